"""All orders, some at a time: for what recomputes everything that follows from them."""

from collections.abc import Iterator

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.orders.models import OrderRow
from marketplace.orders.queries import orders_by_id
from marketplace.orders.types import Order, OrderId


def order_batches(session: Session, size: int = 200) -> Iterator[tuple[list[Order], int]]:
    """Give all orders whole, the oldest first, each time with how many there are in all."""
    total = session.scalar(select(func.count()).select_from(OrderRow)) or 0
    last = 0
    while ids := session.scalars(
        select(OrderRow.id).where(OrderRow.id > last).order_by(OrderRow.id).limit(size)
    ).all():
        yield list(orders_by_id(session, [OrderId(one) for one in ids]).values()), total
        last = ids[-1]
