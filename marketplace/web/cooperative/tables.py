"""用表格更新: goods, offers, stock or lots changed with a spreadsheet; looked at first, then confirmed."""

import io
from collections.abc import Mapping

from flask import Response, current_app, make_response, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from marketplace.flow import update_by_sheet
from marketplace.kernel import ids, uploads
from marketplace.kernel.message import Message, msg
from marketplace.kernel.refusals import NotFound, Refusal
from marketplace.kernel.spreadsheets import Page, SheetUnreadable, Spreadsheets
from marketplace.kernel.uploads import Upload, UploadId, UploadState
from marketplace.parties.types import PartyId, Permission
from marketplace.web import guard
from marketplace.web.cooperative import tables_shown, tables_written
from marketplace.web.cooperative.forms import ConfirmSheetForm, SheetForm
from marketplace.web.cooperative.routes import acting_for, blueprint
from marketplace.web.database import read, write
from marketplace.web.forms import Form, FormModel, M, blank, parse
from marketplace.web.guard import require
from marketplace.web.language import render

SUBJECTS = "<any(goods, offers, stock, lots):subject>"
ONE = "/tables/<int(max=9223372036854775807):upload_id>"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
NAMES: Mapping[str, Message] = {
    "offers": msg("报价"),
    "stock": msg("库存"),
    "lots": msg("批次"),
    "goods": msg("自有商品"),
}
ABOUT: Mapping[str, Message] = {
    "offers": msg("改价格、起订、备货、截单和上下架。"),
    "stock": msg("盘点各批次，或者登记又来了多少。"),
    "lots": msg("登记新采收、新生产的批次。"),
    "goods": msg("描述目录里没有的商品，存成草稿；或者改已有的资料和规格。"),
}
ASKED_AGAIN_S = "3"


def sender_of(session: Session, upload_id: int) -> PartyId:
    """Say whose a file is, for the guard. Refuses (UploadNotFound)."""
    return PartyId(uploads.get(session, UploadId(upload_id)).party_id)


@blueprint.get("/tables", endpoint="tables")
@require(Permission.MANAGE_OFFERS)
def choose_table() -> ResponseReturnValue:
    return _tables_page(blank(subject=request.args.get("subject", "offers")))


@blueprint.post("/tables", endpoint="send_table")
@require(Permission.MANAGE_OFFERS)
def send_table() -> ResponseReturnValue:
    form = parse(SheetForm, request.form)
    file = request.files.get("file")
    if form.model is None or file is None or not file.filename:
        form.refuse(SheetUnreadable(msg("请选择一个表格文件。")))
        return _tables_page(form), 422
    sent, name, content = form.model, file.filename, file.read()
    by = (acting_for(), guard.actor().person.id)

    try:
        kept = write(
            lambda session: update_by_sheet.receive(
                session, _files(), sent.subject, by, (name, content), sent.key
            )
        )
    except Refusal as refusal:
        form.refuse(refusal)
        return _tables_page(form), refusal.status
    return redirect(url_for("cooperative.table", upload_id=kept.id), code=303)


@blueprint.get(ONE, endpoint="table")
@require(Permission.MANAGE_OFFERS, party_from=sender_of)
def show_table(upload_id: int) -> ResponseReturnValue:
    return _table_page(uploads.get(read(), UploadId(upload_id)), None)


@blueprint.post(f"{ONE}/confirm")
@require(Permission.MANAGE_OFFERS, party_from=sender_of)
def confirm_table(upload_id: int) -> ResponseReturnValue:
    form = parse(ConfirmSheetForm, request.form)
    digest = form.model.digest if form.model is not None else ""
    upload = uploads.get(read(), UploadId(upload_id))
    try:
        write(lambda session: update_by_sheet.confirm(session, _files(), upload, digest))
    except Refusal as refusal:
        return _table_page(uploads.get(read(), upload.id), refusal), refusal.status
    return redirect(url_for("cooperative.table", upload_id=upload_id), code=303)


@blueprint.get(f"{ONE}/result.xlsx")
@require(Permission.MANAGE_OFFERS, party_from=sender_of)
def table_result(upload_id: int) -> ResponseReturnValue:
    """Give back the rows as they came, each with what became of it or what is wrong with it."""
    upload = uploads.get(read(), UploadId(upload_id))
    if upload.state not in {UploadState.READ, UploadState.APPLIED}:
        raise NotFound
    outcome = update_by_sheet.outcome(read(), _files(), upload)
    return _sent(tables_written.result(upload, outcome), f"{upload.subject}-result.xlsx")


@blueprint.get(f"/tables/{SUBJECTS}-template.xlsx")
@require(Permission.MANAGE_OFFERS)
def table_template(subject: str) -> ResponseReturnValue:
    columns = update_by_sheet.SUBJECTS[subject].columns(read(), acting_for())
    title = render(msg("%(subject)s表格模板", subject=NAMES[subject]))
    return _sent(tables_written.template(title, columns), f"{subject}-template.xlsx")


@blueprint.get(f"/tables/{SUBJECTS}.xlsx")
@require(Permission.MANAGE_OFFERS)
def table_export(subject: str) -> ResponseReturnValue:
    chosen = update_by_sheet.SUBJECTS[subject]
    columns = chosen.columns(read(), acting_for())
    return _sent(tables_written.export(columns, chosen.export(read(), acting_for())), f"{subject}.xlsx")


def _tables_page(form: Form[M] | Form[FormModel]) -> str:
    return render_template(
        "cooperative/tables.html",
        form=form,
        names=NAMES,
        about=ABOUT,
        recent=uploads.recent(read(), acting_for()),
        key=ids.new_token(),
    )


def _table_page(upload: Upload, refusal: Refusal | None) -> Response:
    """Show what a file would change, how far it is (and ask again by itself), or what it has changed."""
    is_only_shown = upload.state is UploadState.READ
    page = render_template(
        "cooperative/table.html",
        upload=upload,
        seen=tables_shown.seen(update_by_sheet.find(read(), _files(), upload)) if is_only_shown else None,
        unreadable=update_by_sheet.why_unreadable(upload),
        title=NAMES[upload.subject],
        refusal=refusal,
    )
    answer = make_response(page)
    if upload.state in {UploadState.LOOKING, UploadState.WAITING}:
        answer.headers["Refresh"] = ASKED_AGAIN_S
    return answer


def _sent(page: Page, name: str) -> Response:
    content = io.BytesIO(_files().write(page))
    return send_file(content, mimetype=XLSX, as_attachment=True, download_name=name)


def _files() -> Spreadsheets:
    found: Spreadsheets = current_app.extensions["ports"].spreadsheets
    return found
