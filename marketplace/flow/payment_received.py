"""Money arrives: compare it with what was asked, take the order as paid exactly once, hand on its parts."""

from sqlalchemy.orm import Session

from marketplace.flow import books
from marketplace.kernel.logging import logger
from marketplace.kernel.message import msg
from marketplace.kernel.money import format_yuan
from marketplace.notices import service as notices
from marketplace.notices.types import NoticeKind
from marketplace.orders import queries as order_queries
from marketplace.orders import service as orders
from marketplace.orders.types import Order, OrderState
from marketplace.payment import queries as payments
from marketplace.payment import service as payment
from marketplace.payment.types import (
    Capture,
    CaptureKind,
    Processor,
    ProcessorState,
    ProcessorStatus,
    RefundRequest,
)
from marketplace.stock import service as stock

_log = logger(__name__)


def receive(session: Session, processor: Processor, said: ProcessorState) -> Capture | None:
    """Act on what a processor says of a payment; the same news again, or older news, changes nothing.

    Money for an order that waits pays it. Money that comes too late or twice is kept as such and goes back.
    Money that is not what was asked waits for a person. Returns what was newly captured.
    """
    attempt = payments.find_attempt(session, processor, said.reference, said.attempt_key)
    if attempt is None:
        _log.warning("payment_unknown", processor=processor, reference=said.reference)
        return None
    if said.status is not ProcessorStatus.PAID:
        return None
    order = orders.lock_order(session, attempt.order_id)
    capture = payment.record_capture(
        session,
        attempt.id,
        said,
        order_waits=order.state is OrderState.AWAITING_PAYMENT,
        order_paid=order.state in {OrderState.PAID, OrderState.COMPLETED},
    )
    if capture is not None:
        _act(session, order, capture)
    return capture


def _act(session: Session, order: Order, capture: Capture) -> None:
    _log.info("money_received", order_number=order.number, kind=capture.kind, amount_fen=capture.amount_fen)
    if capture.kind is CaptureKind.APPLIED:
        _paid(session, order)
    elif capture.kind in {CaptureKind.LATE, CaptureKind.DOUBLE}:
        _give_back(session, order, capture)
    else:
        books.money_without_order(session, capture)


def _paid(session: Session, order: Order) -> None:
    """The plan becomes fulfilments, the goods stay held until they leave, and every book is told."""
    orders.mark_paid(session, order.id)
    if order.hold_id is not None:
        stock.commit_hold(session, order.hold_id)
    paid = order_queries.get_order(session, order.id)
    books.paid(session, paid)
    notices.send(
        session,
        kind=NoticeKind.ORDER,
        message=msg(
            "订单 %(number)s 已付款 %(amount)s，合作社将尽快备货。",
            number=order.number,
            amount=format_yuan(order.total_fen),
        ),
        to_phone=order.contact.phone,
        link=f"/orders/{order.number}?token={order.token}",
    )


def _give_back(session: Session, order: Order, capture: Capture) -> None:
    """An order that ended is not revived: its goods may be sold already. The money goes back whole."""
    books.money_without_order(session, capture)
    payment.request_refund(
        session, capture, RefundRequest(amount_fen=capture.amount_fen, reason=f"money_{capture.kind}")
    )
    notices.send(
        session,
        kind=NoticeKind.REFUND,
        message=msg(
            "订单 %(number)s 收到付款 %(amount)s 时已经结束或已付清，款项正在原路退回。",
            number=order.number,
            amount=format_yuan(capture.amount_fen),
        ),
        to_phone=order.contact.phone,
        link=f"/orders/{order.number}?token={order.token}",
    )
