"""The one way in which a lot's quantities change: locked in order, conditionally, with a movement each."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import CursorResult, insert, or_, select, text
from sqlalchemy.orm import Session

from marketplace.catalogue.types import LotId, OfferId
from marketplace.kernel import changes, time
from marketplace.stock import rules
from marketplace.stock.models import LotRow, MovementRow
from marketplace.stock.types import Cause, HoldId, LotStock, MovementKind

_CHANGE = text(
    """
    UPDATE stock_lot SET on_hand = stock_lot.on_hand + change.on_hand, held = stock_lot.held + change.held
    FROM unnest(CAST(:lots AS bigint[]), CAST(:on_hand AS bigint[]), CAST(:held AS bigint[]))
        AS change(lot_id, on_hand, held)
    WHERE stock_lot.lot_id = change.lot_id
        AND stock_lot.held + change.held BETWEEN 0 AND stock_lot.on_hand + change.on_hand
        AND (change.held <= 0 OR NOT stock_lot.blocked)
    """
)


@dataclass(frozen=True, slots=True)
class LotChange:
    """By how much a lot's quantities move, in packs."""

    lot_id: LotId
    kind: MovementKind
    on_hand: int = 0
    held: int = 0


def lock_lots(
    session: Session, offer_ids: Collection[OfferId], lot_ids: Collection[LotId] = ()
) -> dict[LotId, LotStock]:
    """Lock every lot of these offers that still has packs, and the named ones, in ascending order.

    All of an offer's lots are locked, so that whether it crosses in stock / sold out is decided once.
    """
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
        .where(LotRow.offer_id.in_(offer_ids), or_(LotRow.on_hand > 0, LotRow.lot_id.in_(lot_ids)))
        .order_by(LotRow.lot_id)
        .with_for_update()
    )
    return {LotId(row.lot_id): LotStock(**row._mapping) for row in rows}  # noqa: SLF001 - SQLAlchemy's public name


def apply(
    session: Session,
    locked: dict[LotId, LotStock],
    moved: Sequence[LotChange],
    cause: Cause,
    hold_id: HoldId | None = None,
) -> None:
    """Change locked lots in one conditional UPDATE and append their movements."""
    if not moved:
        return
    result = session.execute(
        _CHANGE,
        {
            "lots": [one.lot_id for one in moved],
            "on_hand": [one.on_hand for one in moved],
            "held": [one.held for one in moved],
        },
    )
    assert isinstance(result, CursorResult)
    if result.rowcount != len(moved):
        raise RuntimeError("a locked lot did not take the change that was decided for it")
    write_movements(session, moved, cause, hold_id)
    after = dict(locked)
    for one in moved:
        after[one.lot_id] = _changed(after[one.lot_id], one)
    note_crossings(session, locked, after)


def write_movements(
    session: Session, moved: Sequence[LotChange], cause: Cause, hold_id: HoldId | None = None
) -> None:
    """Append one movement a change, in the transaction that makes it."""
    now = time.now()
    session.execute(
        insert(MovementRow).returning(MovementRow.id),  # so that rows go by the thousand
        [
            {
                "lot_id": one.lot_id,
                "kind": one.kind,
                "on_hand_change": one.on_hand,
                "held_change": one.held,
                "cause_type": cause.type,
                "cause_id": cause.id,
                "cause_kind": cause.kind,
                "hold_id": hold_id,
                "at": now,
            }
            for one in moved
        ],
    )


def note_crossings(session: Session, before: dict[LotId, LotStock], after: dict[LotId, LotStock]) -> None:
    """Tell the rooms above which offers came into stock or sold out; nothing between concerns them."""
    today = time.today()
    had, has = rules.sellable(before.values(), today), rules.sellable(after.values(), today)
    crossed = [one for one in has.keys() | had.keys() if bool(had.get(one)) != bool(has.get(one))]
    if crossed:
        changes.record(session, "stock", crossed)


def _changed(lot: LotStock, change: LotChange) -> LotStock:
    on_hand, held = lot.on_hand + change.on_hand, lot.held + change.held
    return replace(lot, on_hand=on_hand, held=held, available=0 if lot.blocked else on_hand - held)
