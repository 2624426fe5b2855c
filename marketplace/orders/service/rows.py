"""Locked rows, and the one way in which an order or a part moves to another state."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.kernel import journal
from marketplace.orders import queries, rules
from marketplace.orders.models import FulfilmentRow, OrderRow
from marketplace.orders.refusals import UnknownFulfilment, UnknownOrder, WrongState
from marketplace.orders.types import Fulfilment, FulfilmentId, FulfilmentState, OrderId, OrderState


def lock(session: Session, order_id: OrderId) -> OrderRow:
    """Lock an order; whoever changes an order or one of its parts takes this lock first."""
    row = session.scalars(
        select(OrderRow)
        .where(OrderRow.id == order_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()
    if row is None:
        raise UnknownOrder
    return row


def lock_part(session: Session, fulfilment_id: FulfilmentId) -> tuple[OrderRow, FulfilmentRow]:
    """Lock an order, then one of its parts."""
    order_id = session.scalar(select(FulfilmentRow.order_id).where(FulfilmentRow.id == fulfilment_id))
    if order_id is None:
        raise UnknownFulfilment
    order = lock(session, OrderId(order_id))
    row = session.scalars(
        select(FulfilmentRow)
        .where(FulfilmentRow.id == fulfilment_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    return order, row


def move(session: Session, row: OrderRow, then: OrderState, action: str, **detail: Any) -> None:
    """Move a locked order. Refuses (WrongState)."""
    if not rules.may_become(OrderState(row.state), then):
        raise WrongState(row.number)
    row.state = then
    journal.write(session, "order", row.id, action, **detail)


def move_part(
    session: Session, row: FulfilmentRow, then: FulfilmentState, action: str, **detail: Any
) -> None:
    """Move a locked part. Refuses (WrongState)."""
    if not rules.fulfilment_may_become(FulfilmentState(row.state), then):
        raise WrongState(row.number)
    row.state = then
    journal.write(session, "fulfilment", row.id, action, **detail)


def told(session: Session, order: OrderRow, row: FulfilmentRow) -> Fulfilment:
    """Return a part as it stands after its change."""
    session.flush()
    return queries.part_of_rows(session, order, row)
