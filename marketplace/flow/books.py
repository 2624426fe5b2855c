"""Every book that a step of an order is written into, in the transaction of that step.

The money ledger and the count of consumption assistance are told here and nowhere else on the way
from checkout to refund; receipt has its own use case.
"""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from marketplace.assistance import service as assistance
from marketplace.assistance.types import BuyerKind, CountableLine, Reason, Stage
from marketplace.custody.types import CustodyEvidence
from marketplace.kernel import time
from marketplace.orders.types import Order, OrderLine
from marketplace.payment.types import Capture, Refund
from marketplace.places import queries as places
from marketplace.settlement import service as settlement


def ordered(session: Session, order: Order) -> None:
    """Placed: the countable lines are recognised as ordered."""
    lines = countable(session, order, order.lines)
    assistance.recognise(session, Stage.ORDERED, lines, at=order.placed_at)


def unpaid(session: Session, order: Order) -> None:
    """Ended without money: what was counted as ordered is taken back, in this month."""
    for line in order.lines:
        assistance.reverse(session, line.id, line.goods_fen, Reason.UNPAID, cause=("order_unpaid", order.id))


def paid(session: Session, order: Order) -> None:
    """Paid: the money is posted and the countable lines are recognised as paid."""
    settlement.post_payment(session, order)
    lines = countable(session, order, order.lines)
    assistance.recognise(session, Stage.PAID, lines, at=order.paid_at)


def money_without_order(session: Session, capture: Capture) -> None:
    """Money came that no order takes: it is owed back, or waits for a person."""
    settlement.post_unclear(session, capture)


def given_back(session: Session, refund: Refund) -> None:
    """A refund was promised: its part is reversed in this period, in the money ledger and in the count."""
    settlement.post_refund(session, refund)
    for line in refund.lines:
        assistance.reverse(
            session, line.order_line_id, line.amount_fen, cause=("refund", refund.id), at=refund.created_at
        )


def refund_turned(session: Session, refund: Refund) -> None:
    """The processor has paid a refund out, or one that it had paid out has bounced."""
    settlement.post_refund_outcome(session, refund)


def countable(
    session: Session,
    order: Order,
    lines: Sequence[OrderLine],
    evidence: CustodyEvidence = CustodyEvidence.NONE,
) -> list[CountableLine]:
    """Say of order lines what the record asks: origin of the goods, pairing of the day, buyer, proofs."""
    day = time.business_day(order.placed_at)
    atlas = places.atlas(session)
    verdicts = places.verdicts_on(
        session,
        destination_code=order.destination_code,
        origin_codes={line.county_code for line in lines},
        day=day,
    )
    return [
        CountableLine(
            order_line_id=line.id,
            order_id=order.id,
            ordered_on=day,
            amount_fen=line.goods_fen - line.refunded_fen,
            origin_county=line.county_code,
            poverty_alleviated=atlas.division(line.county_code).poverty_alleviated,
            key_county=atlas.division(line.county_code).key_county,
            verdict=verdicts[line.county_code],
            industry_code=line.industry_code,
            buyer=order.unit_id or order.person_id,
            buyer_kind=BuyerKind.UNIT if order.unit_id else BuyerKind.PERSON,
            certificates=line.certificates,
            evidence=evidence,
        )
        for line in lines
    ]
