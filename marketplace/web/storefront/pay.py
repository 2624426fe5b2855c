"""Paying an order that waits for money: choose a way, go on to the processor, or read how to transfer."""

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from marketplace.flow.start_payment import pay_again, port_of
from marketplace.kernel.refusals import Refusal
from marketplace.orders.types import Order, OrderState
from marketplace.payment import queries as payments
from marketplace.payment.types import Attempt, Instructions, Processor, Redirect
from marketplace.web.database import read, write
from marketplace.web.forms import parse
from marketplace.web.guard import public
from marketplace.web.language import gettext as _
from marketplace.web.language import render
from marketplace.web.limits import CHECKOUT, limiter
from marketplace.web.present import text
from marketplace.web.storefront.forms import PayForm
from marketplace.web.storefront.my_order import order_link, own_order
from marketplace.web.storefront.routes import blueprint, personal, ports
from marketplace.web.wording import PROCESSORS


@blueprint.get("/checkout/pay/<number>")
@personal
@public
def pay(number: str) -> ResponseReturnValue:
    order = own_order(number)
    if order.state is not OrderState.AWAITING_PAYMENT:
        return redirect(order_link(order))
    return _page(order)


@blueprint.post("/checkout/pay/<number>")
@limiter.limit(CHECKOUT)
@personal
@public
def start_paying(number: str) -> ResponseReturnValue:
    """Open the processor's page, or show where to transfer; an open page is used again."""
    order, form = own_order(number), parse(PayForm, request.form)
    if form.model is None:
        return _page(order, _("请选择一种支付方式。")), 422
    try:
        answer = pay_again(write, ports().payments, order.id, form.model.processor)
    except Refusal as refusal:
        return _page(own_order(number), render(refusal.message)), refusal.status
    if isinstance(answer, Redirect):
        return redirect(answer.url, code=303)
    return redirect(order_link(order, "storefront.pay"), code=303)


def _page(order: Order, refused: str | None = None) -> str:
    live = payments.find_live_attempt(read(), order.id)
    return render_template(
        "storefront/pay.html",
        order=order,
        order_href=order_link(order),
        order_pay_href=order_link(order, "storefront.start_paying"),
        live=live,
        instructions=_instructions(live),
        processors=[(str(one), text(PROCESSORS[Processor(one)])) for one in ports().payments],
        refused=refused,
    )


def _instructions(live: Attempt | None) -> Instructions | None:
    """Return where to transfer, where that is how the order is being paid; asking again changes nothing."""
    if live is None or live.processor is not Processor.BANK_TRANSFER:
        return None
    answer = port_of(ports().payments, live.processor).start(live)
    return answer if isinstance(answer, Instructions) else None
