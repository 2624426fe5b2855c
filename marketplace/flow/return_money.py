"""Money that no order took goes back to whoever sent it, because a person has looked at it."""

from sqlalchemy.orm import Session

from marketplace.kernel.message import msg
from marketplace.kernel.money import format_yuan
from marketplace.notices import service as notices
from marketplace.notices.types import NoticeKind
from marketplace.orders import service as orders
from marketplace.orders.types import OrderId
from marketplace.parties.types import PersonId
from marketplace.payment import queries as payments
from marketplace.payment import service as payment
from marketplace.payment.refusals import NothingCaptured
from marketplace.payment.types import CaptureId, CaptureKind, Refund, RefundRequest


def return_money(
    session: Session, order_id: OrderId, capture_id: CaptureId, *, person_id: PersonId
) -> Refund:
    """Send back what is left of money that came late, twice or in the wrong amount.

    The books have owed it back since it arrived. Refuses (NothingCaptured) money that paid its order, that is
    another order's, or that is on its way back already.
    """
    order = orders.lock_order(session, order_id)
    found = next((one for one in payments.captures_of_order(session, order_id) if one.id == capture_id), None)
    if found is None or found.kind is CaptureKind.APPLIED or found.refunded_fen == found.amount_fen:
        raise NothingCaptured
    left_fen = found.amount_fen - found.refunded_fen
    promised = payment.request_refund(
        session,
        found,
        RefundRequest(amount_fen=left_fen, reason=f"money_{found.kind}", requested_by=person_id),
    )
    notices.send(
        session,
        kind=NoticeKind.REFUND,
        message=msg(
            "订单 %(number)s 收到的 %(amount)s 与订单不符，款项正在原路退回。",
            number=order.number,
            amount=format_yuan(left_fen),
        ),
        to_phone=order.contact.phone,
        link=f"/orders/{order.number}?token={order.token}",
    )
    return promised
