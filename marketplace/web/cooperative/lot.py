"""One lot: held and released, recalled, tested, promised in two taps, with all that happened to it."""

from collections.abc import Callable, Mapping
from functools import partial

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue.lot_refusals import CommitmentNotFound, LotNotOpen
from marketplace.catalogue.types import Lot, LotId, LotReportId, LotStatus, ReportDraft
from marketplace.flow import promise_lot, stop_lot
from marketplace.kernel import journal, time
from marketplace.kernel.message import Message, msg
from marketplace.kernel.refusals import NotFound, Refusal
from marketplace.parties.types import PartyId, Permission
from marketplace.web import commitment_sheet, evidence, guard, history, lot_view, lot_words
from marketplace.web.cooperative.forms import CommitmentForm, LotReasonForm, ReportForm
from marketplace.web.cooperative.prints import as_pdf
from marketplace.web.cooperative.routes import blueprint, printer
from marketplace.web.database import read, write
from marketplace.web.forms import Form, M, blank, parse
from marketplace.web.guard import require
from marketplace.web.language import gettext as _
from marketplace.web.language import render
from marketplace.web.outcome import decide

ONE = "/lots/<int(max=9223372036854775807):lot_id>"
REPORT = f"{ONE}/reports/<int(max=9223372036854775807):report_id>"
DECISIONS: Mapping[str, tuple[Callable[..., Lot], Message]] = {
    "hold": (partial(stop_lot.hold, has_authority=False), msg("该批次已停用，查清后再恢复。")),
    "release": (partial(stop_lot.release, has_authority=False), msg("合作社的停用已解除。")),
    "recall": (stop_lot.recall, msg("该批次已召回，买到的人都会收到通知。")),
}


def seller_of(session: Session, lot_id: int, **_rest: object) -> PartyId:
    """Say whose a lot is, for the guard. Refuses (LotNotFound)."""
    return lot_view.whole(session, lot_id).lot.cooperative_id


@blueprint.get(ONE)
@require(Permission.MANAGE_OFFERS, party_from=seller_of)
def lot(lot_id: int) -> ResponseReturnValue:
    return _page(lot_id, blank())


@blueprint.get(f"{ONE}/reached")
@require(Permission.MANAGE_OFFERS, party_from=seller_of)
def lot_reached(lot_id: int) -> ResponseReturnValue:
    """Show which parts of orders packs of the lot went into: whom a recall reaches."""
    return render_template(
        "cooperative/lot_reached.html",
        lot=lot_view.whole(read(), lot_id).lot,
        reached=lot_view.reached(read(), LotId(lot_id)),
    )


@blueprint.post(f"{ONE}/<any(hold, release, recall):what>")
@require(Permission.MANAGE_OFFERS, party_from=seller_of)
def stop_or_release(lot_id: int, what: str) -> ResponseReturnValue:
    """Hold, release or recall a lot for a reason; what the operator or a failed test holds stays held."""
    act, said = DECISIONS[what]
    person_id = guard.actor().person.id
    return decide(
        LotReasonForm,
        lambda session, sent: act(session, LotId(lot_id), sent.reason, person_id=person_id),
        render(said),
        again=partial(_page, lot_id),
        onward=_here(lot_id),
    )


@blueprint.post(f"{ONE}/commitment")
@require(Permission.MANAGE_OFFERS, party_from=seller_of)
def issue_commitment(lot_id: int) -> ResponseReturnValue:
    """Issue 承诺达标合格证: the first tap opened what it says, this is the second."""
    person = guard.actor().person
    return decide(
        CommitmentForm,
        lambda session, sent: promise_lot.promise(
            session, LotId(lot_id), person, basis=sent.basis, contact=sent.contact
        ),
        _("承诺达标合格证已开具，可以打印贴在包装上。"),
        again=partial(_page, lot_id),
        onward=_here(lot_id),
    )


@blueprint.get(f"{ONE}/commitment.pdf")
@require(Permission.MANAGE_OFFERS, party_from=seller_of)
def print_commitment(lot_id: int) -> ResponseReturnValue:
    """Print the certificate that stands: ten labels on a sheet, or one with ``?labels=1``.

    Refuses (CommitmentNotFound, LotNotOpen: no paper goes onto boxes that are held or recalled).
    """
    found = catalogue.commitments_of_lot(read(), LotId(lot_id))
    if not found or found[0].replaced_at is not None:
        raise CommitmentNotFound
    if lot_view.whole(read(), lot_id).lot.status is not LotStatus.OPEN:
        raise LotNotOpen
    count = 1 if request.args.get("labels") == "1" else commitment_sheet.ON_A_PAGE
    sheet = commitment_sheet.sheet(read(), found[0], count)
    return as_pdf(printer().pdf("commitment", sheet), f"commitment-{found[0].number}")


@blueprint.post(f"{ONE}/reports")
@require(Permission.MANAGE_OFFERS, party_from=seller_of)
def add_report(lot_id: int) -> ResponseReturnValue:
    """Record a quarantine or test report with its paper; a failed one holds the lot at once."""
    form = parse(ReportForm, request.form)
    sent = form.model
    if sent is None:
        return _page(lot_id, form), 422
    try:
        digest = evidence.keep_if_sent(request.files.get("evidence"), "evidence")
        draft = ReportDraft(**sent.model_dump(), evidence_digest=digest)
        write(lambda session: stop_lot.report(session, LotId(lot_id), draft))
    except NotFound:
        raise
    except Refusal as refusal:
        form.refuse(refusal)
        return _page(lot_id, form), refusal.status
    if sent.result == "failed":
        flash(_("报告已登记。检测不合格，该批次已停售。"), "stop")
    else:
        flash(_("报告已登记。"), "good")
    return redirect(_here(lot_id), code=303)


@blueprint.get(f"{REPORT}/file")
@require(Permission.MANAGE_OFFERS, party_from=seller_of)
def report_file(lot_id: int, report_id: int) -> ResponseReturnValue:
    return evidence.answer(lot_view.evidence(read(), LotId(lot_id), LotReportId(report_id)))


def _here(lot_id: int) -> str:
    return url_for("cooperative.lot", lot_id=lot_id)


def _page(lot_id: int, form: Form[M]) -> str:
    session = read()
    found = lot_view.facts(session, lot_id)
    is_open = found.whole.lot.status is LotStatus.OPEN
    is_due = promise_lot.may_promise(session, found.whole)
    return render_template(
        "cooperative/lot.html",
        facts=found,
        lot=found.whole.lot,
        draft=promise_lot.prepare_of(
            session, found.whole, found.received, found.reports, guard.actor().person
        )
        if is_open and is_due
        else None,
        is_due=is_due,
        events=history.events(session, journal.history(session, "lot", lot_id)),
        lot_words=lot_words,
        accepted=evidence.ACCEPTED,
        form=form,
        today=time.today(),
    )
