"""The buyer's order: its way, confirming receipt, asking for money back, calling off, reviewing."""

from collections.abc import Callable

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from marketplace.flow.ask_refund import RefundAsk, RefundOutcome, ask_refund
from marketplace.flow.cancel_order import cancel_order
from marketplace.flow.complete import confirm_receipt
from marketplace.kernel import ids
from marketplace.kernel.refusals import NotFound, Refusal
from marketplace.orders.types import FulfilmentId, Order, OrderLineId
from marketplace.places import queries as places
from marketplace.reviews import service as review_service
from marketplace.web import guard
from marketplace.web.database import read, write
from marketplace.web.forms import Form, parse
from marketplace.web.guard import public, signed_in
from marketplace.web.language import gettext as _
from marketplace.web.language import render
from marketplace.web.limits import CHECKOUT, limiter
from marketplace.web.present import text
from marketplace.web.storefront import order_page
from marketplace.web.storefront.forms import ReceiptForm, RefundForm, ReviewForm
from marketplace.web.storefront.my_order import order_link, own_order
from marketplace.web.storefront.routes import blueprint, personal, ports
from marketplace.web.wording import REFUND_STATES


@blueprint.get("/orders/<number>")
@personal
@public
def order(number: str) -> ResponseReturnValue:
    return _page(own_order(number))


@blueprint.post("/orders/<number>/receipt")
@personal
@public
def confirm(number: str) -> ResponseReturnValue:
    """Take the buyer's word that a parcel has arrived, or all of them."""
    opened, form = own_order(number), parse(ReceiptForm, request.form)
    if form.model is None:
        raise NotFound
    parts = [FulfilmentId(one) for one in form.model.part] or None
    return _then(opened, lambda session: confirm_receipt(session, opened.id, parts), _("已确认收货，谢谢。"))


@blueprint.post("/orders/<number>/refund")
@limiter.limit(CHECKOUT)
@personal
@public
def refund(number: str) -> ResponseReturnValue:
    """Ask for packs of one line to be paid back; small losses are, at once, larger ones by a person."""
    opened, form = own_order(number), parse(RefundForm, request.form)
    if form.model is None:
        return _page(opened, form), 422
    sent, person = form.model, guard.current_person()
    ask = RefundAsk(
        line_id=OrderLineId(sent.line),
        quantity=sent.quantity,
        reason=sent.reason,
        person_id=person.id if person else None,
    )
    try:
        outcome = write(lambda session: ask_refund(session, opened.id, ask, sent.key))
    except NotFound:
        raise
    except Refusal as refusal:
        form.refuse(refusal)
        return _page(opened, form), refusal.status
    said = {
        RefundOutcome.AT_ONCE: _("已退款，款项原路退回。"),
        RefundOutcome.BY_PERSON: _("申请已收到，客服会在一个工作日内答复。"),
    }
    flash(said[outcome], "good")
    return redirect(order_link(opened), code=303)


@blueprint.post("/orders/<number>/cancel")
@limiter.limit(CHECKOUT)
@personal
@public
def cancel(number: str) -> ResponseReturnValue:
    """Call the order off: unpaid, or paid while no cooperative has accepted its part."""
    opened = own_order(number)
    try:
        cancel_order(write, ports().payments, opened.id, reason="buyer")
        flash(_("订单已取消。"), "good")
    except Refusal as refusal:
        flash(render(refusal.message), "stop")
    return redirect(order_link(opened), code=303)


@blueprint.post("/orders/<number>/review")
@personal
@signed_in
def review(number: str) -> ResponseReturnValue:
    """Keep what the buyer says of received goods; only the person of the order may."""
    opened, form = own_order(number), parse(ReviewForm, request.form)
    if form.model is None or form.model.line not in {line.id for line in opened.lines}:
        raise NotFound
    sent, person_id = form.model, guard.actor().person.id
    return _then(
        opened,
        lambda session: review_service.write_review(
            session, OrderLineId(sent.line), person_id, rating=sent.rating, text=sent.text
        ),
        _("谢谢您的评价。"),
    )


def _place_name(opened: Order) -> str:
    """Write the place of the address, its city before it where they are not the same."""
    atlas = places.atlas(read())
    place, city = (
        atlas.division(opened.destination_code),
        atlas.division(atlas.city_of(opened.destination_code)),
    )
    names = [city.name, place.name] if place != city else [city.name]
    return " ".join(text(name) for name in names)


def _page(opened: Order, refused: Form[RefundForm] | None = None) -> str:
    """Show an order; what was asked back and refused stands on it with what was typed."""
    return render_template(
        "storefront/order.html",
        page=order_page.gather(read(), opened),
        place_name=_place_name(opened),
        refund_states=REFUND_STATES,
        link=order_link,
        key=ids.new_token(),
        refused=refused,
    )


def _then(opened: Order, use_case: Callable[[Session], object], said: str) -> ResponseReturnValue:
    """Run a use case, say on the order's page what came of it, and show the page again."""
    try:
        write(use_case)
        flash(said, "good")
    except NotFound:
        raise
    except Refusal as refusal:
        flash(render(refusal.message), "stop")
    return redirect(order_link(opened), code=303)
