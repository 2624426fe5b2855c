"""Calling an order off: unpaid, by closing its payment first; paid, while no cooperative has accepted it."""

from sqlalchemy.orm import Session

from marketplace.flow import books
from marketplace.flow.refund import everything_left, give_back
from marketplace.flow.start_payment import close_attempt
from marketplace.flow.transact import Transact
from marketplace.orders import queries as order_queries
from marketplace.orders import rules as order_rules
from marketplace.orders import service as orders
from marketplace.orders.refusals import WrongState
from marketplace.orders.types import Order, OrderId, OrderState
from marketplace.payment import queries as payments
from marketplace.payment.port import Processors
from marketplace.stock import service as stock


def cancel_order(transact: Transact, processors: Processors, order_id: OrderId, *, reason: str) -> Order:
    """Call an order off as its buyer asks; money that was paid goes back whole.

    Refuses (WrongState, PaymentUnavailable: while the processor cannot be asked, the page may still be paid).
    """
    live = transact(lambda session: payments.find_live_attempt(session, order_id))
    if live is not None:
        close_attempt(transact, processors, live)
    return transact(lambda session: _cancel(session, order_id, reason))


def _cancel(session: Session, order_id: OrderId, reason: str) -> Order:
    order = orders.lock_order(session, order_id)
    if order.state is OrderState.PAID and order_rules.may_cancel_paid(one.state for one in order.fulfilments):
        # With nothing left in any part, the parts and with them the order end as cancelled.
        give_back(session, order, everything_left(order, reason=reason))
        return order_queries.get_order(session, order_id)
    if order.state is not OrderState.AWAITING_PAYMENT:
        raise WrongState(order.number)
    if order.hold_id is not None:
        stock.release(session, order.hold_id, "cancelled")
    orders.cancel(session, order_id, reason=reason)
    books.unpaid(session, order)
    return order_queries.get_order(session, order_id)
