"""Time is up: ask the processor first, and only when it says that no money can come, give the goods back."""

from sqlalchemy.orm import Session

from marketplace.flow import books
from marketplace.flow.payment_received import receive
from marketplace.kernel import jobs
from marketplace.orders import service as orders
from marketplace.orders.types import OrderId, OrderState
from marketplace.payment import queries as payments
from marketplace.payment import rules
from marketplace.payment import service as payment
from marketplace.payment.types import Attempt, AttemptId, ProcessorState, ProcessorStatus
from marketplace.stock import service as stock
from marketplace.stock.refusals import HoldNotDue

EXPIRE_ATTEMPT = "payment.expire_attempt"


def schedule_release(session: Session, attempt: Attempt) -> None:
    """Have the attempt looked at when its goods are no longer held: five minutes after it ended."""
    jobs.enqueue(
        session,
        EXPIRE_ATTEMPT,
        {"attempt_id": attempt.id},
        queue="payment",
        scheduled_at=rules.hold_until(attempt.expires_at),
    )


def settle_ended(session: Session, attempt_id: AttemptId, said: ProcessorState | None) -> None:
    """Act on what the processor said when asked to end an attempt; None: it never knew of it.

    Paid in the last moment is paid. Still open is left for the next look.
    """
    attempt = payments.get_attempt(session, attempt_id)
    if said is not None and said.status is ProcessorStatus.PAID:
        receive(session, attempt.processor, said)
    elif said is None or said.status is ProcessorStatus.EXPIRED:
        orders.lock_order(session, attempt.order_id)
        payment.mark_expired(session, attempt_id)


def release_unpaid(session: Session, order_id: OrderId) -> bool:
    """Close an order whose attempts have all ended unpaid and free its goods; False where it still lives."""
    order = orders.lock_order(session, order_id)
    if order.state is not OrderState.AWAITING_PAYMENT or payments.find_live_attempt(session, order_id):
        return False
    if order.hold_id is not None:
        try:
            stock.expire(session, order.hold_id)
        except HoldNotDue:
            return False  # a later attempt prolonged it, and has its own look scheduled
    orders.expire(session, order_id)
    books.unpaid(session, order)
    return True
