"""Where the packs of a lot went: what a recall has to reach."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.catalogue.types import LotId
from marketplace.orders.models import FulfilmentRow, OrderLineRow, OrderRow, PickRow
from marketplace.orders.types import FulfilmentState


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """Packs of a lot in one part of an order."""

    number: str
    order_number: str
    state: FulfilmentState
    packs: int


def parts_reached(session: Session, lot_id: LotId, *, limit: int) -> list[Reached]:
    """Return the parts of orders that packs of a lot went into, the newest first, in one statement."""
    rows = session.execute(
        select(
            FulfilmentRow.number,
            OrderRow.number.label("order_number"),
            FulfilmentRow.state,
            func.sum(PickRow.quantity).label("packs"),
        )
        .join(OrderLineRow, OrderLineRow.id == PickRow.order_line_id)
        .join(FulfilmentRow, FulfilmentRow.id == OrderLineRow.fulfilment_id)
        .join(OrderRow, OrderRow.id == FulfilmentRow.order_id)
        .where(PickRow.lot_id == lot_id)
        .group_by(FulfilmentRow.id, OrderRow.id)
        .order_by(FulfilmentRow.id.desc())
        .limit(limit)
    )
    return [
        Reached(
            number=row.number,
            order_number=row.order_number,
            state=FulfilmentState(row.state),
            packs=row.packs,
        )
        for row in rows
    ]
