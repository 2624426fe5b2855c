"""A purchasing unit's orders: how far they are, paying by transfer, buying the same again."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.assistance import queries as assistance
from marketplace.assistance.types import Stage
from marketplace.flow.order_again import order_again
from marketplace.flow.start_payment import pay_again, port_of
from marketplace.kernel import ids
from marketplace.kernel.refusals import Refusal
from marketplace.orders import queries as orders
from marketplace.orders.types import Order, OrderState
from marketplace.parties import queries as parties
from marketplace.parties.types import Permission
from marketplace.payment import queries as payments
from marketplace.payment.types import Attempt, Instructions, Processor
from marketplace.web import guard
from marketplace.web.database import read, write
from marketplace.web.forms import parse
from marketplace.web.guard import require
from marketplace.web.language import gettext as _
from marketplace.web.language import name_in_language, render
from marketplace.web.paging import page_number
from marketplace.web.purchasing import present
from marketplace.web.purchasing.forms import AgainForm
from marketplace.web.purchasing.routes import acting_for, blueprint, mine, ports

PER_PAGE = 20


@blueprint.get("")
@require(Permission.BUY_FOR_UNIT)
def home() -> ResponseReturnValue:
    found = orders.orders_of_unit(read(), acting_for(), page=page_number(), per_page=PER_PAGE)
    whole = orders.orders_by_id(read(), [one.id for one in found.items])
    return render_template("purchasing/home.html", found=found, rows=present.unit_orders(found.items, whole))


@blueprint.get("/orders/<number>")
@require(Permission.BUY_FOR_UNIT)
def order(number: str) -> ResponseReturnValue:
    found = _own(number)
    entries = assistance.entries_of_order(read(), found.id)
    who = {part.cooperative_id for part in found.fulfilments}
    return render_template(
        "purchasing/order.html",
        order=found,
        progress=present.progress(found),
        done_bp=present.done_bp(found.fulfilments),
        parties=parties.parties_by_id(read(), who),
        counted=[one for one in entries if one.stage is Stage.COMPLETED],
        instructions=_instructions(found),
        key=ids.new_token(),
    )


@blueprint.post("/orders/<number>/transfer")
@require(Permission.BUY_FOR_UNIT)
def pay_by_transfer(number: str) -> ResponseReturnValue:
    """Ask for an account and a code to transfer to; asked again, the same ones."""
    found = _own(number)
    try:
        pay_again(write, ports().payments, found.id, Processor.BANK_TRANSFER)
    except Refusal as refusal:
        flash(render(refusal.message), "stop")
    return redirect(url_for("purchasing.order", number=number), code=303)


@blueprint.post("/orders/<number>/again")
@require(Permission.BUY_FOR_UNIT)
def buy_again(number: str) -> ResponseReturnValue:
    """Put the same goods into the basket, and name what nobody sells any more."""
    found, form = _own(number), parse(AgainForm, request.form)
    if form.model is None:
        return redirect(url_for("purchasing.order", number=number), code=303)
    key, person_id = form.model.key, guard.actor().person.id
    done = write(lambda session: order_again(session, found, person_id, key=key))
    flash(_("已放进购物篮，价格按今天的算。"), "good")
    if done.left_out:
        names = _("、").join(name_in_language(line.product_name) for line in done.left_out)
        flash(_("没有放进去的：%(names)s。目前没有供货，或购物篮放不下。", names=names), "wait")
    return redirect(url_for("storefront.basket"), code=303)


def _own(number: str) -> Order:
    """Return an order of one's unit. Refuses (UnknownOrder) others', one's own private ones among them."""
    found = orders.open_order(read(), number, unit_ids=mine())
    guard.check(Permission.BUY_FOR_UNIT, found.unit_id)
    return found


def _instructions(found: Order) -> Instructions | None:
    """Return where to transfer, where that is how the order is being paid; asking again changes nothing."""
    if found.state is not OrderState.AWAITING_PAYMENT:
        return None
    live: Attempt | None = payments.find_live_attempt(read(), found.id)
    if live is None or live.processor is not Processor.BANK_TRANSFER:
        return None
    answer = port_of(ports().payments, live.processor).start(live)
    return answer if isinstance(answer, Instructions) else None
