"""Orders as the operator sees them: found by number or state, with money, parts, routing and refunds."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from marketplace.catalogue import queries as catalogue
from marketplace.flow import refund as refunds
from marketplace.flow.refund import RefundWish
from marketplace.kernel import ids
from marketplace.kernel.message import Name
from marketplace.kernel.refusals import Refusal
from marketplace.orders import queries as orders
from marketplace.orders import waiting
from marketplace.orders.types import FulfilmentId, Order, OrderLineId, OrderState
from marketplace.parties import queries as parties
from marketplace.parties.types import Permission
from marketplace.payment import queries as payments
from marketplace.places import queries as places
from marketplace.web import guard, list_words, listing
from marketplace.web.database import read, write
from marketplace.web.forms import Form, FormModel, blank, parse
from marketplace.web.guard import require
from marketplace.web.language import gettext as _
from marketplace.web.operator.forms import RefundForm
from marketplace.web.operator.routes import blueprint

PER_PAGE = 50
REFUNDABLE = frozenset({OrderState.PAID, OrderState.COMPLETED})


@blueprint.get("/orders", endpoint="orders")
@require(Permission.OPERATE)
def list_orders() -> ResponseReturnValue:
    """List orders by state; a number that exists opens its order at once."""
    number = request.args.get("q", "").strip().upper()
    if number and waiting.find_order_id(read(), number) is not None:
        return redirect(url_for("operator.order", number=number))
    asked = request.args.get("state", "")
    state = OrderState(asked) if asked in set(OrderState) else None
    tools = listing.asked(list_words.ORDERS, PER_PAGE)
    found = orders.list_orders(
        read(), state=state, sought=tools.sought, page=tools.page, per_page=tools.per_page
    )
    return listing.answer(
        "operator/orders.html", tools, found, state=state, states=list(OrderState), number=number
    )


@blueprint.get("/orders/<number>")
@require(Permission.OPERATE)
def order(number: str) -> ResponseReturnValue:
    return _page(number, blank(key=ids.new_token()))


@blueprint.post("/orders/<number>/refund")
@require(Permission.OPERATE)
def refund_order(number: str) -> ResponseReturnValue:
    """Give back packs of some lines, and the freight of some parts, for a reason."""
    found = orders.get_order_by_number(read(), number)
    form = parse(RefundForm, request.form)
    lines = {name: request.form[name] for name in request.form if name.startswith("line-")}
    form.typed = {**form.typed, **lines}
    if form.model is None:
        return _page(number, form), 422
    key = form.model.key
    wish = RefundWish(
        quantities=_quantities(found),
        freight=_freight(found),
        reason=form.model.reason,
        person_id=guard.actor().person.id,
    )
    try:
        write(lambda session: refunds.refund(session, found.id, wish, key))
    except Refusal as refusal:
        form.refuse(refusal)
        return _page(number, form), refusal.status
    flash(_("退款已发起，款项按原路退回。"), "good")
    return redirect(url_for("operator.order", number=number), code=303)


@blueprint.get("/unaccepted")
@require(Permission.OPERATE)
def unaccepted() -> ResponseReturnValue:
    tools = listing.asked(list_words.AS_IT_IS, PER_PAGE)
    found = waiting.list_unaccepted(read(), page=tools.page, per_page=tools.per_page)
    sellers = parties.parties_by_id(read(), {one.part.cooperative_id for one in found.items})
    return listing.answer("operator/unaccepted.html", tools, found, sellers=sellers)


def _page(number: str, form: Form[FormModel] | Form[RefundForm]) -> str:
    session = read()
    found = orders.get_order_by_number(session, number)
    who = {part.cooperative_id for part in found.fulfilments}
    who |= {part.warehouse_id for part in found.fulfilments if part.warehouse_id is not None}
    if found.unit_id is not None:
        who.add(found.unit_id)
    return render_template(
        "operator/order.html",
        order=found,
        parties=parties.parties_by_id(session, who),
        lots=catalogue.lots_by_id(session, {pick.lot_id for line in found.lines for pick in line.picks}),
        attempts=payments.attempts_of_order(session, found.id),
        captures=payments.captures_of_order(session, found.id),
        refunds=payments.refunds_of_order(session, found.id),
        city=_city(session, found),
        refundable=found.state in REFUNDABLE,
        form=form,
    )


def _city(session: Session, found: Order) -> Name:
    atlas = places.atlas(session)
    return atlas.division(atlas.city_of(found.destination_code)).short_name


def _quantities(found: Order) -> dict[OrderLineId, int]:
    """Read how many packs of each line go back; what was left empty is none."""
    sent = {line.id: request.form.get(f"line-{line.id}", "") for line in found.lines}
    return {line_id: int(count) for line_id, count in sent.items() if count.isdecimal() and int(count)}


def _freight(found: Order) -> dict[FulfilmentId, int]:
    """Read of which parts the freight goes back, whatever of it is left."""
    ticked = request.form.getlist("freight")
    return {
        part.id: part.freight_fen - part.refunded_freight_fen
        for part in found.fulfilments
        if str(part.id) in ticked and part.freight_fen > part.refunded_freight_fen
    }
