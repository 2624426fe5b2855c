"""Where the whole order stands: paid, closed, completed."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.kernel import time
from marketplace.orders import queries, rules
from marketplace.orders.models import FulfilmentRow, OrderRow
from marketplace.orders.refusals import WrongState
from marketplace.orders.service.rows import lock, move, move_part
from marketplace.orders.types import FulfilmentState, Order, OrderId, OrderState


def lock_order(session: Session, order_id: OrderId) -> Order:
    """Return an order that nobody else can change until this transaction ends. Refuses (UnknownOrder)."""
    return queries.order_of_row(session, lock(session, order_id))


def mark_paid(session: Session, order_id: OrderId) -> bool:
    """Take an order as paid and hand its parts to their cooperatives; False where it already was.

    Refuses (WrongState) an order that is no longer waiting for money.
    """
    row = lock(session, order_id)
    if row.state in {OrderState.PAID, OrderState.COMPLETED}:
        return False
    move(session, row, OrderState.PAID, "paid")
    row.paid_at = time.now()
    _move_parts(session, row, FulfilmentState.TO_ACCEPT)
    return True


def expire(session: Session, order_id: OrderId) -> None:
    """Close an order that nobody paid for in time. Refuses (WrongState)."""
    _close(session, lock(session, order_id), OrderState.EXPIRED, "expired")


def cancel(session: Session, order_id: OrderId, *, reason: str) -> None:
    """Call an order off, unpaid, or paid with no part accepted yet. Refuses (WrongState)."""
    row = lock(session, order_id)
    parts = session.scalars(select(FulfilmentRow.state).where(FulfilmentRow.order_id == order_id)).all()
    if row.state == OrderState.PAID and not rules.may_cancel_paid(FulfilmentState(one) for one in parts):
        raise WrongState(row.number)
    _close(session, row, OrderState.CANCELLED, "cancelled", reason=reason)


def settle(session: Session, order_id: OrderId) -> OrderState:
    """Complete or cancel a paid order whose parts have all ended; return where it stands."""
    row = lock(session, order_id)
    states = session.scalars(select(FulfilmentRow.state).where(FulfilmentRow.order_id == order_id)).all()
    then = rules.order_state_after(FulfilmentState(one) for one in states)
    if row.state == OrderState.PAID and then is not None:
        if then is OrderState.COMPLETED:
            row.completed_at = time.now()
        else:
            row.closed_at = time.now()
        move(session, row, then, str(then))
    return OrderState(row.state)


def _close(session: Session, row: OrderRow, then: OrderState, action: str, **detail: Any) -> None:
    move(session, row, then, action, **detail)
    row.closed_at = time.now()
    _move_parts(session, row, FulfilmentState.CANCELLED)


def _move_parts(session: Session, order: OrderRow, then: FulfilmentState) -> None:
    """Move every part that has not ended."""
    for part in session.scalars(
        select(FulfilmentRow)
        .where(FulfilmentRow.order_id == order.id, FulfilmentRow.state.not_in(rules.ENDED))
        .order_by(FulfilmentRow.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all():
        move_part(session, part, then, str(then))
    session.flush()
