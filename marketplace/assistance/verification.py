"""The proof: entries follow from orders and refunds, and roll-ups follow from entries, to the fen."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import func, literal, select, union_all
from sqlalchemy.orm import Session

from marketplace.assistance.models import ROLLUP_KEY, EntryRow, RollupRow, UnfoldedRow
from marketplace.assistance.types import Difference, Mode, Stage
from marketplace.kernel import time
from marketplace.orders.batches import order_batches
from marketplace.orders.types import FulfilmentState, Order, OrderLine, OrderState
from marketplace.payment import queries as payments
from marketplace.payment.types import Refund
from marketplace.places import queries as places
from marketplace.places.types import PairingState


class _Counted(NamedTuple):
    """What entries of one line are held apart by."""

    order_line_id: int
    stage: Stage
    month: date
    county_code: str
    city_code: str
    pairing_state: PairingState
    pairing_id: int | None
    industry_code: str | None
    mode: Mode
    buyer_id: int


_COLUMNS = tuple(getattr(EntryRow, name) for name in _Counted._fields)


def verify(session: Session, *, progress: Callable[[int, int], None] | None = None) -> list[Difference]:
    """Recompute every entry and roll-up and return each difference; none means that all is right.

    The session's transaction must be REPEATABLE READ, so that all is compared in one snapshot. Custody
    evidence is taken as it was copied. ``progress`` hears how many orders of how many are done.
    """
    differences: list[Difference] = []
    done = 0
    for batch, total in order_batches(session):
        differences += _against_orders(session, batch)
        done += len(batch)
        if progress is not None:
            progress(done, total)
    return differences + _rollups(session)


def _against_orders(session: Session, batch: Sequence[Order]) -> list[Difference]:
    expected: Counter[_Counted] = Counter()
    numbers: dict[int, str] = {}
    for order in batch:
        refunds = payments.refunds_of_order(session, order.id) if order.refunded_fen else []
        for line in order.lines:
            numbers[line.id] = f"{order.number}/{line.no}"
            for counted, amount_fen in _expected(session, order, line, refunds):
                expected[counted] += amount_fen
    found: Counter[_Counted] = Counter(
        {
            _Counted(*key): int(amount)
            for *key, amount in session.execute(
                select(*_COLUMNS, func.sum(EntryRow.amount_fen))
                .where(EntryRow.order_id.in_([order.id for order in batch]))
                .group_by(*_COLUMNS)
            )
        }
    )
    return [
        Difference(
            kind="entry",
            subject=f"{numbers[one.order_line_id]} {one.stage} {one.month:%Y-%m} {one.pairing_state}",
            expected_fen=expected[one],
            found_fen=found[one],
        )
        for one in sorted(expected.keys() | found.keys(), key=str)
        if expected[one] != found[one]
    ]


def _expected(
    session: Session, order: Order, line: OrderLine, refunds: Sequence[Refund]
) -> Iterator[tuple[_Counted, int]]:
    """Say what the record must hold of a line: stages reached, what was given back, when."""
    ordered_on = time.business_day(order.placed_at)
    verdict = places.atlas(session).verdict(order.destination_code, line.county_code, ordered_on)
    for stage, at, amount_fen in _movements(order, line, refunds):
        counted = _Counted(
            order_line_id=line.id,
            stage=stage,
            month=time.month_of(at),
            county_code=line.county_code,
            city_code=verdict.city_code,
            pairing_state=verdict.state,
            pairing_id=verdict.pairing_id,
            industry_code=line.industry_code,
            mode=Mode.PURCHASE if order.unit_id else Mode.HELP_SELL,
            buyer_id=order.unit_id or order.person_id,
        )
        yield counted, amount_fen


def _movements(
    order: Order, line: OrderLine, refunds: Sequence[Refund]
) -> Iterator[tuple[Stage, datetime, int]]:
    given_back = [
        (refund.created_at, part.amount_fen)
        for refund in refunds
        for part in refund.lines
        if part.order_line_id == line.id
    ]
    yield Stage.ORDERED, order.placed_at, line.goods_fen
    if order.paid_at is None:
        if order.closed_at is not None:
            yield Stage.ORDERED, order.closed_at, -line.goods_fen
        return
    yield Stage.PAID, order.paid_at, line.goods_fen
    for at, amount_fen in given_back:
        yield Stage.ORDERED, at, -amount_fen
        yield Stage.PAID, at, -amount_fen
    part = next(one for one in order.fulfilments if one.id == line.fulfilment_id)
    if order.state is not OrderState.COMPLETED or part.state is not FulfilmentState.RECEIVED:
        return
    assert order.completed_at is not None
    yield Stage.COMPLETED, order.completed_at, line.goods_fen
    for at, amount_fen in given_back:
        # What went back before completion never counted as completed; what went back later is reversed then.
        yield Stage.COMPLETED, max(at, order.completed_at), -amount_fen


def _rollups(session: Session) -> list[Difference]:
    """Compare what the folder added up with the entries it folded, dimension by dimension."""
    kept = select(
        *(getattr(RollupRow, name) for name in ROLLUP_KEY),
        RollupRow.amount_fen.label("kept_fen"),
        RollupRow.entry_count.label("kept_count"),
        literal(0).label("added_fen"),
        literal(0).label("added_count"),
    )
    folded = (
        select(
            *(getattr(EntryRow, name) for name in ROLLUP_KEY),
            literal(0),
            literal(0),
            EntryRow.amount_fen,
            literal(1),
        )
        .outerjoin(UnfoldedRow, UnfoldedRow.entry_id == EntryRow.id)
        .where(UnfoldedRow.entry_id.is_(None))
    )
    both = union_all(kept, folded).subquery()
    dimensions = [both.c[name] for name in ROLLUP_KEY]
    sums = [func.sum(both.c[name]) for name in ("kept_fen", "added_fen", "kept_count", "added_count")]
    rows = session.execute(
        select(*dimensions, *sums).group_by(*dimensions).having((sums[0] != sums[1]) | (sums[2] != sums[3]))
    )
    return [
        Difference(
            kind="rollup",
            subject=" ".join("-" if value is None else str(value) for value in row[: len(ROLLUP_KEY)]),
            expected_fen=int(row[len(ROLLUP_KEY) + 1]),
            found_fen=int(row[len(ROLLUP_KEY)]),
        )
        for row in rows
    ]
