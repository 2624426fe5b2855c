"""Where the buyer comes back to from the processor's page, paid or not."""

from flask import redirect
from flask.typing import ResponseReturnValue

from marketplace.flow.start_payment import sync_attempt
from marketplace.orders import queries as orders
from marketplace.payment import queries as payments
from marketplace.payment.types import RETURN_PATH
from marketplace.web.database import write
from marketplace.web.guard import public
from marketplace.web.payment.routes import blueprint, ports


@blueprint.get(f"{RETURN_PATH}/<token>")
@public
def come_back(token: str) -> ResponseReturnValue:
    """Ask the processor how it went, act on the answer as the webhook would, and show the order.

    Coming here proves nothing and may happen any number of times: the processor's word counts, once.
    """
    attempt = write(lambda session: payments.attempt_by_token(session, token))
    sync_attempt(write, ports().payments, attempt.id)
    order = write(lambda session: orders.get_order(session, attempt.order_id))
    return redirect(f"/orders/{order.number}?token={order.token}", 303)
