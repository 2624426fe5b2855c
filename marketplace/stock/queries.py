"""Reads of the stock: what can be held, who holds it, why it moved, and whether it all adds up."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ARRAY, BigInteger, Date, ScalarSelect, Select, and_, bindparam, func, or_, select, text
from sqlalchemy.orm import Session

from marketplace.catalogue.types import LotId, OfferId
from marketplace.kernel import time
from marketplace.stock.models import HoldLineRow, HoldRow, LotRow, MovementRow
from marketplace.stock.refusals import UnknownHold
from marketplace.stock.types import (
    Availability,
    Cause,
    Hold,
    HoldId,
    HoldLine,
    HoldState,
    LotStock,
    LotSupply,
    Movement,
    MovementKind,
    StockDifference,
    Supply,
)

_SUPPLY = text(
    """
    SELECT offer_id, expires_on AS day, sum(available)::bigint AS packs, false AS is_taken
    FROM stock_lot
    WHERE offer_id = ANY(:offers) AND on_hand > 0 AND available > 0
        AND (expires_on IS NULL OR expires_on >= :today)
    GROUP BY offer_id, expires_on
    UNION ALL
    SELECT offer_id, packs_on, taken, true
    FROM stock_packing_day
    WHERE offer_id = ANY(:offers) AND packs_on >= :today AND taken > 0
    """
).bindparams(bindparam("offers", type_=ARRAY(BigInteger)), bindparam("today", type_=Date))


def available(session: Session, offer_ids: Collection[OfferId]) -> Availability:
    """Return how many packs of each offer can be held now; an offer without stock has zero."""
    totals: dict[OfferId, int] = dict.fromkeys(offer_ids, 0)
    if not totals:
        return totals
    rows = session.execute(
        select(LotRow.offer_id, func.sum(LotRow.available))
        .where(
            LotRow.offer_id.in_(totals),
            LotRow.on_hand > 0,
            or_(LotRow.expires_on.is_(None), LotRow.expires_on >= time.today()),
        )
        .group_by(LotRow.offer_id)
    )
    totals.update({OfferId(offer_id): int(packs) for offer_id, packs in rows})
    return totals


def supply(session: Session, offer_ids: Collection[OfferId], from_day: date) -> Mapping[OfferId, Supply]:
    """Return what offers can still give from a day on, by expiry and packing day, in one statement."""
    if not offer_ids:
        return {}
    lots: dict[OfferId, list[LotSupply]] = {}
    taken: dict[OfferId, dict[date, int]] = {}
    for offer_id, day, packs, is_taken in session.execute(
        _SUPPLY, {"offers": list(offer_ids), "today": from_day}
    ):
        if is_taken:
            taken.setdefault(offer_id, {})[day] = packs
        else:
            lots.setdefault(offer_id, []).append(LotSupply(expires_on=day, available=packs))
    return {
        offer_id: Supply(
            lots=tuple(sorted(lots.get(offer_id, ()), key=lambda lot: lot.expires_on or date.max)),
            taken=taken.get(offer_id, {}),
        )
        for offer_id in offer_ids
    }


def lots_of_offer(session: Session, offer_id: OfferId) -> list[LotStock]:
    """Return an offer's lots that still have packs, first expired first."""
    return _lots(session, and_(LotRow.offer_id == offer_id, LotRow.on_hand > 0))


def lots_by_id(session: Session, lot_ids: Collection[LotId]) -> Mapping[LotId, LotStock]:
    return {lot.lot_id: lot for lot in _lots(session, LotRow.lot_id.in_(lot_ids))} if lot_ids else {}


def lots_in_store() -> Select[tuple[int]]:
    """Choose the lots that still have packs, for a list that another room makes."""
    return select(LotRow.lot_id).where(LotRow.on_hand > 0)


def blocked_lots() -> Select[tuple[int]]:
    """Choose the lots that are out of sale, for whatever reason."""
    return select(LotRow.lot_id).where(LotRow.blocked)


def received(session: Session, lot_id: LotId) -> int:
    """Return how many packs of a lot ever came in, as counting found them right."""
    return int(session.scalar(select(_received(lot_id))) or 0)


def find_lot_and_received(session: Session, lot_id: LotId) -> tuple[LotStock | None, int]:
    """Return a lot's quantities, None before anything came in, with all that ever came in, in one go."""
    row = session.execute(
        select(
            LotRow.lot_id,
            LotRow.offer_id,
            LotRow.on_hand,
            LotRow.held,
            LotRow.available,
            LotRow.blocked,
            LotRow.expires_on,
            _received(lot_id).label("received"),
        ).where(LotRow.lot_id == lot_id)
    ).one_or_none()
    if row is None:
        return None, 0
    found = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's public name
    came_in = int(found.pop("received") or 0)
    return LotStock(**found), came_in


def _received(lot_id: LotId) -> ScalarSelect[Any]:
    return (
        select(func.sum(MovementRow.on_hand_change))
        .where(
            MovementRow.lot_id == lot_id,
            MovementRow.kind.in_((MovementKind.RECEIVED, MovementKind.CORRECTED)),
        )
        .scalar_subquery()
    )


def _lots(session: Session, condition: Any) -> list[LotStock]:
    rows = session.execute(
        select(
            LotRow.lot_id,
            LotRow.offer_id,
            LotRow.on_hand,
            LotRow.held,
            LotRow.available,
            LotRow.blocked,
            LotRow.expires_on,
        )
        .where(condition)
        .order_by(LotRow.expires_on.asc().nulls_last(), LotRow.lot_id)
    )
    return [LotStock(**row._mapping) for row in rows]  # noqa: SLF001 - SQLAlchemy's public name


def find_hold(session: Session, hold_id: HoldId) -> Hold | None:
    """Return a hold with the lines that are still open, or None."""
    row = session.get(HoldRow, hold_id, populate_existing=True)
    return None if row is None else _holds(session, [row])[0]


def get_hold(session: Session, hold_id: HoldId) -> Hold:
    found = find_hold(session, hold_id)
    if found is None:
        raise UnknownHold(hold_id)
    return found


def holds_of(session: Session, cause_type: str, cause_id: int) -> list[Hold]:
    """Return every hold that a thing above has asked for, oldest first."""
    rows = session.scalars(
        select(HoldRow)
        .where(HoldRow.cause_type == cause_type, HoldRow.cause_id == cause_id)
        .order_by(HoldRow.id)
    )
    return _holds(session, rows.all())


def list_due_holds(session: Session, at: datetime, *, limit: int = 100) -> list[Hold]:
    """Return unpaid holds whose time is over, the longest first; ask payment before expiring them."""
    rows = session.scalars(
        select(HoldRow)
        .where(HoldRow.state == HoldState.ACTIVE, HoldRow.expires_at <= at)
        .order_by(HoldRow.expires_at, HoldRow.id)
        .limit(limit)
    )
    return _holds(session, rows.all())


def _holds(session: Session, rows: Sequence[HoldRow]) -> list[Hold]:
    lines: dict[int, list[Any]] = {}
    if rows:
        for hold_id, *line in session.execute(
            select(HoldLineRow.hold_id, HoldLineRow.offer_id, HoldLineRow.lot_id, HoldLineRow.open)
            .where(HoldLineRow.hold_id.in_([row.id for row in rows]), HoldLineRow.open > 0)
            .order_by(HoldLineRow.offer_id, HoldLineRow.lot_id)
        ):
            lines.setdefault(hold_id, []).append(line)
    return [hold_from_rows(row, lines.get(row.id, ())) for row in rows]


def hold_from_rows(row: HoldRow, lines: Iterable[Any]) -> Hold:
    """Make the hold that others may keep from its row and its open lines (offer, lot, packs)."""
    return Hold(
        id=HoldId(row.id),
        cause=Cause(row.cause_type, row.cause_id, row.cause_kind),
        state=HoldState(row.state),
        expires_at=row.expires_at,
        prolonged=row.prolonged,
        lines=tuple(
            HoldLine(offer_id=OfferId(offer), lot_id=LotId(lot), quantity=packs)
            for offer, lot, packs in lines
        ),
    )


def movements(session: Session, lot_id: LotId, *, limit: int = 100) -> list[Movement]:
    """Return how a lot's quantities came about, newest first."""
    rows = session.scalars(
        select(MovementRow).where(MovementRow.lot_id == lot_id).order_by(MovementRow.id.desc()).limit(limit)
    )
    return [
        Movement(
            lot_id=LotId(row.lot_id),
            kind=MovementKind(row.kind),
            on_hand_change=row.on_hand_change,
            held_change=row.held_change,
            cause=Cause(row.cause_type, row.cause_id, row.cause_kind),
            at=row.at,
        )
        for row in rows
    ]


def differences(session: Session) -> list[StockDifference]:
    """Return every lot whose quantities are not the sum of its movements and open holds; none is right."""
    moved = (
        select(
            MovementRow.lot_id,
            func.sum(MovementRow.on_hand_change).label("on_hand"),
            func.sum(MovementRow.held_change).label("held"),
        )
        .group_by(MovementRow.lot_id)
        .subquery()
    )
    still = (
        select(HoldLineRow.lot_id, func.sum(HoldLineRow.open).label("open"))
        .group_by(HoldLineRow.lot_id)
        .subquery()
    )
    on_hand, held, opened = (
        func.coalesce(moved.c.on_hand, 0),
        func.coalesce(moved.c.held, 0),
        func.coalesce(still.c.open, 0),
    )
    rows = session.execute(
        select(LotRow.lot_id, LotRow.on_hand, on_hand, LotRow.held, held, opened)
        .outerjoin(moved, moved.c.lot_id == LotRow.lot_id)
        .outerjoin(still, still.c.lot_id == LotRow.lot_id)
        .where(or_(LotRow.on_hand != on_hand, LotRow.held != held, LotRow.held != opened))
        .order_by(LotRow.lot_id)
    )
    return [
        StockDifference(
            lot_id=LotId(lot),
            on_hand=there,
            on_hand_moved=int(there_moved),
            held=bound,
            held_moved=int(bound_moved),
            held_open=int(bound_open),
        )
        for lot, there, there_moved, bound, bound_moved, bound_open in rows
    ]
