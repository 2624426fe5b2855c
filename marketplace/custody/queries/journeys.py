"""Reads of what happened: a load's whole journey in six statements, hand-offs by line, sheets, breaches."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session, aliased

from marketplace.catalogue.types import LotId
from marketplace.custody import kept, rules
from marketplace.custody.models import (
    BreachRow,
    ConsignmentRow,
    ContentRow,
    HandOffRow,
    MovedRow,
    QuantityRow,
    RegroupingRow,
    WaybillRow,
)
from marketplace.custody.queries.consignments import waybills, with_contents
from marketplace.custody.refusals import UnknownConsignment, UnknownHandOff
from marketplace.custody.types import (
    Breach,
    BreachCause,
    Consignment,
    ConsignmentId,
    HandOff,
    Journey,
    Regrouping,
)
from marketplace.kernel.paging import ANY, Listing, Page, Sought, in_order, read_page
from marketplace.orders.types import OrderLineId


def journey(session: Session, consignment_id: ConsignmentId) -> Journey:
    """Return everything that happened to a load's goods, oldest first. Refuses (UnknownConsignment).

    What it was made of and what was made of it belong to it; what became of the rest of a split load does
    not.
    """
    found = _journey(session, ConsignmentRow.id == consignment_id, lambda load: load.id == consignment_id)
    if found is None:
        raise UnknownConsignment
    return found


def find_journey(session: Session, token: str) -> Journey | None:
    """Return the journey that a public token, or a label's own, opens; None where there is none (yet)."""
    tokens = (token, rules.trace_token(token))
    return _journey(session, ConsignmentRow.trace_token.in_(tokens), lambda load: load.trace_token in tokens)


def _journey(
    session: Session, start: ColumnElement[bool], is_meant: Callable[[Consignment], bool]
) -> Journey | None:
    rows = session.scalars(
        select(ConsignmentRow)
        .where(
            or_(
                ConsignmentRow.id.in_(_related(start, upwards=True)),
                ConsignmentRow.id.in_(_related(start, upwards=False)),
            )
        )
        .order_by(ConsignmentRow.id)
    ).all()
    loads = {one.id: one for one in with_contents(session, rows)}
    meant = next((one for one in loads.values() if is_meant(one)), None)
    if meant is None:
        return None
    hand_offs = _hand_offs(session, HandOffRow.consignment_id.in_(loads))
    return Journey(
        consignment=meant,
        loads=tuple(loads.values()),
        hand_offs=tuple(hand_offs),
        regroupings=tuple(_regroupings(session, list(loads))),
        waybills=tuple(waybills(session, WaybillRow.consignment_id.in_(loads))),
    )


def get_hand_off(session: Session, number: str) -> HandOff:
    """Return a hand-off by the number on its sheet. Refuses (UnknownHandOff)."""
    found = _hand_offs(session, HandOffRow.number == number)
    if not found:
        raise UnknownHandOff
    return found[0]


def last_hand_off(session: Session, load: Consignment) -> HandOff | None:
    """Return the hand-off by which a load came to where it is; None where it has not moved yet."""
    if load.last_hand_off_id is None:
        return None
    return next(iter(_hand_offs(session, HandOffRow.id == load.last_hand_off_id)), None)


def hand_offs_by_number(session: Session, numbers: Collection[str]) -> list[HandOff]:
    """Return several hand-offs, for a sheet that prints them together; unknown ones are left out."""
    return _hand_offs(session, HandOffRow.number.in_(numbers)) if numbers else []


def hand_offs_of_lines(
    session: Session, order_line_ids: Collection[OrderLineId]
) -> Mapping[OrderLineId, tuple[HandOff, ...]]:
    """Return the hand-offs that each order line's goods went through, oldest first, in two statements."""
    if not order_line_ids:
        return {}
    touched = select(QuantityRow.hand_off_id).where(QuantityRow.order_line_id.in_(order_line_ids))
    found: dict[OrderLineId, tuple[HandOff, ...]] = defaultdict(tuple)
    for one in _hand_offs(session, HandOffRow.id.in_(touched)):
        for line_id in {quantity.order_line_id for quantity in one.quantities} & set(order_line_ids):
            found[line_id] = (*found[line_id], one)
    return dict(found)


def open_breaches(
    session: Session,
    *,
    cause: BreachCause | None = None,
    lot_ids: Select[tuple[int]] | None = None,
    sought: Sought = ANY,
    page: int = 1,
    per_page: int = 50,
) -> Page[Breach]:
    """Return what waits for a person with authority, oldest first; of one cause, on some lots or on any."""
    row = BreachRow
    where: list[ColumnElement[bool]] = [row.resolved_at.is_(None)]
    if cause is not None:
        where.append(row.cause == cause)
    if lot_ids is not None:
        where.append(row.lot_id.in_(lot_ids))
    listing = Listing(select(row), row.id, where, in_order(_BREACH_ORDERS, sought))
    found = read_page(session, listing, page, per_page)
    return found.of([kept.breach_of(one) for one, *_ in found.rows])


_BREACH_ORDERS = {"oldest": (BreachRow.id,), "newest": (BreachRow.id.desc(),)}


def has_open_breach(session: Session, lot_id: LotId) -> bool:
    """Tell whether something found on the way of a lot still waits for a person with authority."""
    waiting = select(BreachRow.id).where(BreachRow.lot_id == lot_id, BreachRow.resolved_at.is_(None))
    return session.scalar(waiting.limit(1)) is not None


def breaches_of_lines(
    session: Session, order_line_ids: Collection[OrderLineId]
) -> Mapping[OrderLineId, tuple[Breach, ...]]:
    """Return what went wrong with each line's goods on the way."""
    found: dict[OrderLineId, tuple[Breach, ...]] = defaultdict(tuple)
    rows = session.scalars(
        select(BreachRow).where(BreachRow.order_line_id.in_(order_line_ids)).order_by(BreachRow.id)
    )
    for row in rows:
        found[OrderLineId(row.order_line_id)] = (
            *found[OrderLineId(row.order_line_id)],
            kept.breach_of(row),
        )
    return dict(found)


def loads_with_lot(session: Session, lot_id: LotId) -> list[Consignment]:
    """Return every load that a lot's packs are in or went through: what a recall must reach."""
    rows = session.scalars(
        select(ConsignmentRow)
        .where(ConsignmentRow.id.in_(select(ContentRow.consignment_id).where(ContentRow.lot_id == lot_id)))
        .order_by(ConsignmentRow.id)
    ).all()
    return with_contents(session, rows)


def _related(start: ColumnElement[bool], *, upwards: bool) -> ColumnElement[int]:
    """Select a load with all it was made of, or with all that was made of it."""
    related = select(ConsignmentRow.id).where(start).cte(recursive=True)
    moved = aliased(MovedRow)
    step = (
        select(moved.from_id).where(moved.to_id == related.c.id)
        if upwards
        else select(moved.to_id).where(moved.from_id == related.c.id)
    )
    related = related.union(step)
    return select(related.c.id).scalar_subquery()


def _hand_offs(session: Session, wanted: ColumnElement[bool]) -> list[HandOff]:
    rows = session.scalars(select(HandOffRow).where(wanted).order_by(HandOffRow.at, HandOffRow.id)).all()
    return list(hand_offs_from_rows(session, rows).values())


def hand_offs_from_rows(session: Session, rows: Sequence[HandOffRow]) -> Mapping[int, HandOff]:
    """Return hand-offs whole by their keys, in the order of their rows, with one statement more."""
    quantities: dict[int, dict[tuple[int, int], QuantityRow]] = defaultdict(dict)
    breaches: dict[int, list[BreachRow]] = defaultdict(list)
    if rows:
        for quantity, breach in session.execute(
            select(QuantityRow, BreachRow)
            .outerjoin(
                BreachRow,
                and_(
                    BreachRow.hand_off_id == QuantityRow.hand_off_id,
                    BreachRow.order_line_id == QuantityRow.order_line_id,
                    BreachRow.lot_id == QuantityRow.lot_id,
                ),
            )
            .where(QuantityRow.hand_off_id.in_([row.id for row in rows]))
            .order_by(QuantityRow.order_line_id, QuantityRow.lot_id, BreachRow.id)
            .execution_options(populate_existing=True)
        ):
            quantities[quantity.hand_off_id][quantity.order_line_id, quantity.lot_id] = quantity
            if breach is not None:
                breaches[quantity.hand_off_id].append(breach)
    return {row.id: kept.hand_off_of(row, quantities[row.id].values(), breaches[row.id]) for row in rows}


def _regroupings(session: Session, consignment_ids: Sequence[ConsignmentId]) -> list[Regrouping]:
    rows: dict[int, RegroupingRow] = {}
    moved: dict[int, list[MovedRow]] = defaultdict(list)
    for row, one in session.execute(
        select(RegroupingRow, MovedRow)
        .join(MovedRow, MovedRow.regrouping_id == RegroupingRow.id)
        .where(MovedRow.from_id.in_(consignment_ids), MovedRow.to_id.in_(consignment_ids))
        .order_by(RegroupingRow.id, MovedRow.from_id, MovedRow.to_id, MovedRow.order_line_id, MovedRow.lot_id)
    ):
        rows[row.id] = row
        moved[row.id].append(one)
    return [kept.regrouping_of(row, moved[row.id]) for row in rows.values()]
