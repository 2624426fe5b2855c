"""Reads for those who watch over everybody's orders: which parts nobody has accepted yet, and since when."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.kernel.paging import Page, offset
from marketplace.kernel.waiting import Waiting
from marketplace.orders.models import FulfilmentRow, OrderRow
from marketplace.orders.queries import fulfilments_by_id
from marketplace.orders.types import Fulfilment, FulfilmentId, FulfilmentState, OrderId


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingPart:
    """A paid part that its cooperative has neither accepted nor declined."""

    part: Fulfilment
    paid_at: datetime


_UNACCEPTED = FulfilmentRow.state == FulfilmentState.TO_ACCEPT


def unaccepted(session: Session) -> Waiting:
    """Count the paid parts that wait for their cooperative's word."""
    count, since = session.execute(
        select(func.count(), func.min(OrderRow.paid_at))
        .select_from(FulfilmentRow)
        .join(OrderRow, OrderRow.id == FulfilmentRow.order_id)
        .where(_UNACCEPTED)
    ).one()
    return Waiting(count, since)


def list_unaccepted(session: Session, *, page: int = 1, per_page: int = 20) -> Page[WaitingPart]:
    """Return the parts that wait for their cooperative's word, the longest first."""
    total = session.scalar(select(func.count()).select_from(FulfilmentRow).where(_UNACCEPTED)) or 0
    rows = session.execute(
        select(FulfilmentRow.id, OrderRow.paid_at)
        .join(OrderRow, OrderRow.id == FulfilmentRow.order_id)
        .where(_UNACCEPTED, OrderRow.paid_at.is_not(None))
        .order_by(OrderRow.paid_at, FulfilmentRow.id)
        .limit(per_page)
        .offset(offset(page, per_page))
    ).all()
    parts = fulfilments_by_id(session, [FulfilmentId(part_id) for part_id, _ in rows])
    items = [WaitingPart(part=parts[FulfilmentId(part_id)], paid_at=paid_at) for part_id, paid_at in rows]
    return Page(items, total, page, per_page)


def find_order_id(session: Session, number: str) -> OrderId | None:
    """Find an order by its public number without reading it."""
    found = session.scalar(select(OrderRow.id).where(OrderRow.number == number))
    return None if found is None else OrderId(found)
