"""Money in doubt: received without an order, refunds that failed, transfers that a second person confirms."""

from collections.abc import Mapping

from flask import flash, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.flow import confirm_transfer as transfers
from marketplace.flow.return_money import return_money
from marketplace.kernel import time
from marketplace.kernel.message import Message, msg
from marketplace.kernel.paging import Page
from marketplace.kernel.refusals import Refusal
from marketplace.orders.refusals import UnknownOrder
from marketplace.orders.waiting import find_order_id
from marketplace.parties.types import Permission
from marketplace.payment import queries as payments
from marketplace.payment import service as payment
from marketplace.payment import waiting
from marketplace.payment.service.transfers import StatementLine
from marketplace.payment.types import (
    CaptureId,
    Refund,
    RefundId,
    RefundState,
    Transfer,
    TransferId,
    TransferState,
)
from marketplace.payment.waiting import Doubt, UnclearMoney
from marketplace.web import guard, list_words, listing
from marketplace.web.database import read, write
from marketplace.web.forms import Form, FormModel, blank, parse
from marketplace.web.guard import require
from marketplace.web.language import gettext as _
from marketplace.web.operator.forms import PaidBackForm, TransferForm
from marketplace.web.operator.routes import blueprint
from marketplace.web.outcome import done

PER_PAGE = 30
TABS: Mapping[Doubt, Message] = {
    Doubt.UNCLEAR: msg("到账对不上"),
    Doubt.FAILED_REFUND: msg("退款失败"),
    Doubt.TRANSFER: msg("对公转账"),
    Doubt.TO_PAY_BACK: msg("退款在途"),
}
ID = "<int(max=9223372036854775807):{}>"


@blueprint.get("/payments", endpoint="payments")
@require(Permission.OPERATE)
def show_payments() -> ResponseReturnValue:
    return _page(blank())


@blueprint.post("/payments/transfers")
@require(Permission.OPERATE)
def match_transfer() -> ResponseReturnValue:
    """Enter a line of the bank's statement; somebody else confirms it."""
    form = parse(TransferForm, request.form)
    sent = form.model
    fen = sent.fen if sent is not None else None
    if sent is None or fen is None or fen <= 0:
        if sent is not None:
            form.errors["amount"] = _("请填写金额，例如 86.00。")
        return make_response(_page(form, Doubt.TRANSFER), 422)
    line = StatementLine(
        code=sent.code,
        amount_fen=fen,
        payer_name=sent.payer_name,
        bank_reference=sent.bank_reference,
        received_on=sent.received_on,
    )
    person_id = guard.actor().person.id
    try:
        write(lambda session: transfers.match_transfer(session, line, person_id=person_id))
    except Refusal as refusal:
        form.refuse(refusal)
        return make_response(_page(form, Doubt.TRANSFER), refusal.status)
    flash(_("转账已登记，请另一位同事复核。"), "good")
    return _back(Doubt.TRANSFER)


@blueprint.post(f"/payments/transfers/{ID.format('transfer_id')}/confirm")
@require(Permission.OPERATE)
def confirm_transfer(transfer_id: int) -> ResponseReturnValue:
    person_id = guard.actor().person.id
    done(
        lambda session: transfers.confirm_transfer(session, TransferId(transfer_id), person_id=person_id),
        _("转账已确认。"),
    )
    return _back(Doubt.TRANSFER)


@blueprint.post(f"/payments/transfers/{ID.format('transfer_id')}/reject")
@require(Permission.OPERATE)
def reject_transfer(transfer_id: int) -> ResponseReturnValue:
    person_id = guard.actor().person.id
    done(
        lambda session: payment.reject_transfer(session, TransferId(transfer_id), person_id=person_id),
        _("转账已驳回。"),
    )
    return _back(Doubt.TRANSFER)


@blueprint.post(f"/payments/refunds/{ID.format('refund_id')}/retry")
@require(Permission.OPERATE)
def retry_refund(refund_id: int) -> ResponseReturnValue:
    done(lambda session: payment.retry_refund(session, RefundId(refund_id)), _("已重新发起退款。"))
    return _back(Doubt.FAILED_REFUND)


@blueprint.post(f"/payments/refunds/{ID.format('refund_id')}/paid")
@require(Permission.OPERATE)
def refund_paid(refund_id: int) -> ResponseReturnValue:
    """Note that the bank has paid a refund out, under its serial number."""
    form = parse(PaidBackForm, request.form)
    if form.model is None:
        flash(_("请填写银行流水号。"), "stop")
        return _back(Doubt.TO_PAY_BACK)
    reference = form.model.bank_reference
    done(
        lambda session: transfers.confirm_paid_back(session, RefundId(refund_id), bank_reference=reference),
        _("退款已登记为付出。"),
    )
    return _back(Doubt.TO_PAY_BACK)


@blueprint.post(f"/orders/<number>/captures/{ID.format('capture_id')}/return")
@require(Permission.OPERATE)
def return_capture(number: str, capture_id: int) -> ResponseReturnValue:
    """Send money back that no order took."""
    order_id = find_order_id(read(), number)
    if order_id is None:
        raise UnknownOrder
    person_id = guard.actor().person.id
    done(
        lambda session: return_money(session, order_id, CaptureId(capture_id), person_id=person_id),
        _("款项正在原路退回。"),
    )
    return _back(Doubt.UNCLEAR)


def _back(tab: Doubt) -> ResponseReturnValue:
    return redirect(url_for("operator.payments", tab=tab), code=303)


def _page(form: Form[FormModel] | Form[TransferForm], tab: Doubt | None = None) -> ResponseReturnValue:
    asked = request.args.get("tab", "")
    shown = tab or (Doubt(asked) if asked in TABS else Doubt.UNCLEAR)
    tools = listing.asked(
        list_words.UNCLEAR if shown is Doubt.UNCLEAR else list_words.WAITING,
        PER_PAGE,
        search=list_words.ORDER_NUMBER,
        address=url_for("operator.payments"),
    )
    return listing.answer(
        "operator/payments.html",
        tools,
        _found(shown, tools),
        tab=shown,
        tabs=TABS,
        doubts=waiting.doubts(read()),
        form=form,
        me=guard.actor().person.id,
        today=time.today(),
    )


def _found(tab: Doubt, tools: listing.Tools) -> Page[UnclearMoney] | Page[Transfer] | Page[Refund]:
    sought, page, per_page = tools.sought, tools.page, tools.per_page
    if tab is Doubt.UNCLEAR:
        return waiting.list_unclear(read(), sought=sought, page=page, per_page=per_page)
    if tab is Doubt.TRANSFER:
        return payments.list_transfers(
            read(), TransferState.PROPOSED, sought=sought, page=page, per_page=per_page
        )
    state = RefundState.FAILED if tab is Doubt.FAILED_REFUND else RefundState.PENDING
    return payments.list_refunds(read(), state, sought=sought, page=page, per_page=per_page)
