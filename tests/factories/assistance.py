"""The assistance record for tests: lines as the flows hand them over, with no order behind the pure ones."""

from dataclasses import replace
from itertools import count
from typing import Any

from sqlalchemy.orm import Session

from marketplace.assistance import queries, rules, service
from marketplace.assistance.types import (
    BuyerKind,
    Cell,
    Dimension,
    Facts,
    Mode,
    Period,
    Selection,
    Stage,
)
from marketplace.custody.types import CustodyEvidence as Evidence
from marketplace.flow import books, refund
from marketplace.orders import queries as order_queries
from marketplace.orders import service as orders
from marketplace.orders.types import Order
from marketplace.payment.types import Refund
from marketplace.places.types import PairingState
from marketplace.settlement import service as settlement

_keys = count(1)


def facts(**overrides: Any) -> Facts:
    """Facts of a completed, paired, double-signed line that a person bought."""
    made = Facts(
        stage=Stage.COMPLETED,
        mode=Mode.HELP_SELL,
        buyer_kind=BuyerKind.PERSON,
        poverty_alleviated=True,
        key_county=True,
        pairing_state=PairingState.PAIRED,
        evidence=Evidence.DOUBLE_SIGNED,
    )
    return replace(made, **overrides)


def cell(amount_fen: int = 8600, key: object = "522633", by: Dimension = Dimension.COUNTY, **of: Any) -> Cell:
    return Cell(keys={by: key}, facts=facts(**of), amount_fen=amount_fen)  # type: ignore[dict-item]  # any key


THIS_YEAR = rules.parse_period("2026")


def stages_of(session: Session, period: Period = THIS_YEAR, **of: Any) -> tuple[int, int, int]:
    """Return ordered, paid and completed of a period, in fen."""
    total = queries.tables(session, [Dimension.MONTH], Selection(period=period, **of))[Dimension.MONTH].total
    return (total.ordered_fen, total.paid_fen, total.completed_fen)


def complete_by_hand(session: Session, order: Order, evidence: Evidence = Evidence.NONE) -> Order:
    """Let every part of a packed order arrive and count it, without a journey behind it."""
    for part in order.fulfilments:
        orders.mark_in_transit(session, part.id)
        orders.mark_delivered(session, part.id)
        settlement.post_completion(session, orders.mark_received(session, part.id))
    done = order_queries.get_order(session, order.id)
    lines = books.countable(session, done, done.lines, evidence)
    service.recognise(session, Stage.COMPLETED, lines, at=done.completed_at)
    return done


def give_back(session: Session, order: Order, quantity: int = 1) -> Refund:
    """Give packs of an order's first line back."""
    wish = refund.RefundWish(quantities={order.lines[0].id: quantity}, reason="test")
    return refund.refund(session, order.id, wish, f"refund-{next(_keys)}")
