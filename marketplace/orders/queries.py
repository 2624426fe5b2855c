"""Reads of orders; a list costs the same number of statements however long it is."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from marketplace.catalogue.types import LotId
from marketplace.kernel.message import Name
from marketplace.kernel.paging import ANY, Listing, Page, Sought, in_order, read_page
from marketplace.orders import kept
from marketplace.orders.models import FulfilmentRow, OrderLineRow, OrderRow, PickRow
from marketplace.orders.refusals import UnknownFulfilment, UnknownOrder
from marketplace.orders.rules import may_open
from marketplace.orders.types import (
    Fulfilment,
    FulfilmentId,
    FulfilmentState,
    Order,
    OrderId,
    OrderLine,
    OrderLineId,
    OrderState,
    OrderSummary,
    Pick,
)
from marketplace.parties.types import PartyId, PersonId

# What was read before a lock may be old after it: every read of an order takes what the database says now.
_FRESH: Mapping[str, Any] = {"populate_existing": True}


def find_order(session: Session, order_id: OrderId) -> Order | None:
    return orders_by_id(session, [order_id]).get(order_id)


def get_order(session: Session, order_id: OrderId) -> Order:
    """Return an order whole. Refuses (UnknownOrder)."""
    found = find_order(session, order_id)
    if found is None:
        raise UnknownOrder
    return found


def get_order_by_number(session: Session, number: str) -> Order:
    """Return an order by its public number, for those who may see any. Refuses (UnknownOrder)."""
    found = _orders(session, OrderRow.number == number)
    if not found:
        raise UnknownOrder
    return found[0]


def open_order(
    session: Session,
    number: str,
    *,
    person_id: PersonId | None = None,
    unit_ids: Collection[PartyId] = (),
    token: str | None = None,
) -> Order:
    """Open an order for its person, its purchasing unit or the bearer of its link.

    Refuses (UnknownOrder) everybody else in the same words as an order that does not exist.
    """
    order = get_order_by_number(session, number)
    if not may_open(
        order.person_id, order.unit_id, order.token, person_id=person_id, unit_ids=unit_ids, token=token
    ):
        raise UnknownOrder
    return order


def orders_by_id(session: Session, order_ids: Collection[OrderId]) -> Mapping[OrderId, Order]:
    """Return many orders whole in four statements; unknown ids are left out."""
    return {order.id: order for order in _orders(session, OrderRow.id.in_(order_ids))}


def orders_of_person(
    session: Session, person_id: PersonId, *, page: int = 1, per_page: int = 20
) -> Page[OrderSummary]:
    """Return a person's orders, newest first."""
    return _summaries(session, OrderRow.person_id == person_id, page, per_page)


def orders_of_unit(
    session: Session, unit_id: PartyId, *, page: int = 1, per_page: int = 20
) -> Page[OrderSummary]:
    """Return a purchasing unit's orders, newest first."""
    return _summaries(session, OrderRow.unit_id == unit_id, page, per_page)


def list_orders(
    session: Session,
    *,
    state: OrderState | None = None,
    sought: Sought = ANY,
    page: int = 1,
    per_page: int = 50,
) -> Page[OrderSummary]:
    """Return all orders for the operator, newest first."""
    wanted = OrderRow.state == state if state else OrderRow.id > 0
    return _summaries(session, wanted, page, per_page, in_order(_ORDERS, sought))


def fulfilments_of_cooperative(
    session: Session,
    cooperative_id: PartyId,
    state: FulfilmentState | None = None,
    *,
    sought: Sought = ANY,
    page: int = 1,
    per_page: int = 20,
) -> Page[Fulfilment]:
    """Return a cooperative's paid parts, the next to ship first; of all states when none is named."""
    mine = FulfilmentRow.cooperative_id == cooperative_id
    wanted = (
        FulfilmentRow.state == state if state else FulfilmentRow.state != FulfilmentState.AWAITING_PAYMENT
    )
    row, where = FulfilmentRow, [mine, wanted]
    if sought.text:
        where.append(row.number.startswith(sought.text.upper(), autoescape=True))
    order = in_order(_PART_ORDERS, sought)
    listed = read_page(session, Listing(select(row.id), row.id, where, order), page, per_page)
    ids = [FulfilmentId(one) for one, *_ in listed.rows]
    found = fulfilments_by_id(session, ids)
    return listed.of([found[one] for one in ids])


def get_fulfilment(session: Session, fulfilment_id: FulfilmentId) -> Fulfilment:
    """Refuses (UnknownFulfilment)."""
    found = fulfilments_by_id(session, [fulfilment_id]).get(fulfilment_id)
    if found is None:
        raise UnknownFulfilment
    return found


def fulfilment_by_label(session: Session, token: str) -> Fulfilment:
    """Return the part whose label's QR was scanned. Refuses (UnknownFulfilment)."""
    found = session.scalar(select(FulfilmentRow.id).where(FulfilmentRow.label_token == token))
    if found is None:
        raise UnknownFulfilment
    return get_fulfilment(session, FulfilmentId(found))


def fulfilments_by_id(
    session: Session, fulfilment_ids: Collection[FulfilmentId]
) -> Mapping[FulfilmentId, Fulfilment]:
    """Return many parts with their lines and picks in four statements; unknown ids are left out."""
    orders = session.scalars(
        select(OrderRow).where(
            OrderRow.id.in_(select(FulfilmentRow.order_id).where(FulfilmentRow.id.in_(fulfilment_ids)))
        )
    ).all()
    parts = _fulfilments(session, FulfilmentRow.id.in_(fulfilment_ids), {row.id: row for row in orders})
    return {part.id: part for part in parts}


def order_of_row(session: Session, row: OrderRow) -> Order:
    """Return the whole order of a row that its room has at hand, in three statements."""
    return kept.order_of(row, _fulfilments(session, FulfilmentRow.order_id == row.id, {row.id: row}))


def part_of_rows(session: Session, order: OrderRow, row: FulfilmentRow) -> Fulfilment:
    """Return the whole part of rows that its room has at hand, in two statements."""
    return _with_lines(session, [row], {order.id: order})[0]


def lines_by_id(session: Session, line_ids: Collection[OrderLineId]) -> Mapping[OrderLineId, OrderLine]:
    rows = session.scalars(select(OrderLineRow).where(OrderLineRow.id.in_(line_ids))).all()
    picks = _picks(session, [row.id for row in rows])
    return {OrderLineId(row.id): kept.line_of(row, picks[row.id]) for row in rows}


def lines_from_lots(session: Session, lot_ids: Collection[LotId]) -> Mapping[LotId, tuple[OrderLineId, ...]]:
    """Return every line that packs of a lot went into: whom a recall must reach."""
    reached: dict[LotId, tuple[OrderLineId, ...]] = {}
    rows = session.execute(
        select(PickRow.lot_id, PickRow.order_line_id)
        .where(PickRow.lot_id.in_(lot_ids))
        .order_by(PickRow.lot_id, PickRow.order_line_id)
    )
    for lot_id, line_id in rows:
        reached[lot_id] = (*reached.get(lot_id, ()), OrderLineId(line_id))
    return reached


def delivered_before(
    session: Session, instant: datetime, *, storage_kind: str | None = None, limit: int = 200
) -> list[FulfilmentId]:
    """Return parts that were delivered before an instant and whose receipt nobody has confirmed yet."""
    query = select(FulfilmentRow.id).where(
        FulfilmentRow.state == FulfilmentState.DELIVERED, FulfilmentRow.delivered_at < instant
    )
    if storage_kind is not None:
        query = query.where(FulfilmentRow.storage_kind == storage_kind)
    return [FulfilmentId(one) for one in session.scalars(query.order_by(FulfilmentRow.id).limit(limit))]


_ORDERS = {"newest": (OrderRow.id.desc(),), "oldest": (OrderRow.id,)}
_PART_ORDERS = {
    "ships": (FulfilmentRow.ships_on, FulfilmentRow.id),
    "newest": (FulfilmentRow.id.desc(),),
}


def _summaries(
    session: Session,
    wanted: ColumnElement[bool],
    page: int,
    per_page: int,
    order: Sequence[Any] = _ORDERS["newest"],
) -> Page[OrderSummary]:
    found = read_page(session, Listing(select(OrderRow), OrderRow.id, (wanted,), order), page, per_page)
    rows = [row for row, *_ in found.rows]
    ids = [row.id for row in rows]
    counts: dict[int, int] = dict(
        session.execute(
            select(OrderLineRow.order_id, func.count())
            .where(OrderLineRow.order_id.in_(ids))
            .group_by(OrderLineRow.order_id)
        )
        .tuples()
        .all()
    )
    firsts = {
        line.order_id: line
        for line in session.scalars(
            select(OrderLineRow).where(OrderLineRow.order_id.in_(ids), OrderLineRow.no == 1)
        )
    }
    return found.of([_summary(row, firsts[row.id], counts[row.id]) for row in rows])


def _summary(row: OrderRow, first: OrderLineRow, count: int) -> OrderSummary:
    return OrderSummary(
        id=OrderId(row.id),
        number=row.number,
        state=OrderState(row.state),
        total_fen=row.total_fen,
        placed_at=row.placed_at,
        first_product=Name(first.product_name_zh, first.product_name_zh_hant, first.product_name_en),
        line_count=count,
    )


def _orders(session: Session, wanted: ColumnElement[bool]) -> list[Order]:
    rows = session.scalars(select(OrderRow).where(wanted).execution_options(**_FRESH)).all()
    by_id = {row.id: row for row in rows}
    parts: dict[int, list[Fulfilment]] = defaultdict(list)
    for part in _fulfilments(session, FulfilmentRow.order_id.in_(by_id), by_id):
        parts[part.order_id].append(part)
    return [kept.order_of(row, parts[row.id]) for row in rows]


def _fulfilments(
    session: Session, wanted: ColumnElement[bool], orders: Mapping[int, OrderRow]
) -> list[Fulfilment]:
    rows = session.scalars(
        select(FulfilmentRow)
        .where(wanted)
        .order_by(FulfilmentRow.order_id, FulfilmentRow.part_no)
        .execution_options(**_FRESH)
    ).all()
    return _with_lines(session, rows, orders)


def _with_lines(
    session: Session, rows: Sequence[FulfilmentRow], orders: Mapping[int, OrderRow]
) -> list[Fulfilment]:
    lines = session.scalars(
        select(OrderLineRow)
        .where(OrderLineRow.fulfilment_id.in_([row.id for row in rows]))
        .order_by(OrderLineRow.no)
        .execution_options(**_FRESH)
    ).all()
    picks = _picks(session, [line.id for line in lines])
    by_part: dict[int, list[OrderLine]] = defaultdict(list)
    for line in lines:
        by_part[line.fulfilment_id].append(kept.line_of(line, picks[line.id]))
    return [
        kept.fulfilment_of(
            row, orders[row.order_id].number, orders[row.order_id].destination_code, by_part[row.id]
        )
        for row in rows
    ]


def _picks(session: Session, line_ids: Sequence[int]) -> dict[int, list[Pick]]:
    picks: dict[int, list[Pick]] = defaultdict(list)
    for row in session.scalars(
        select(PickRow)
        .where(PickRow.order_line_id.in_(line_ids))
        .order_by(PickRow.order_line_id, PickRow.position)
        .execution_options(**_FRESH)
    ):
        picks[row.order_line_id].append(Pick(lot_id=LotId(row.lot_id), quantity=row.quantity))
    return picks
