"""How holds end: released, expired, shipped; and how one moves to another lot before that."""

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.catalogue.types import LotId, OfferId
from marketplace.kernel import time
from marketplace.stock import rules
from marketplace.stock.models import HoldLineRow, HoldRow
from marketplace.stock.refusals import HoldEnded, HoldNotDue, LotBlocked, OutOfStock, WrongLot
from marketplace.stock.service import packing
from marketplace.stock.service.counting import LotChange, apply
from marketplace.stock.service.rows import (
    add_line,
    become,
    cause_of,
    check_held,
    lock_hold,
    lock_lots_of_hold,
    move_line,
    open_lines,
    read_hold,
)
from marketplace.stock.types import Cause, Hold, HoldId, HoldState, LotStock, MovementKind


def release(
    session: Session, hold_id: HoldId, reason: str, quantities: Mapping[LotId, int] | None = None
) -> Hold:
    """Free the stock of a hold, whole or so many packs of these lots (a declined part).

    ``reason`` is a short code that the movements keep. Idempotent once ended. Refuses NotHeld.
    """
    row = lock_hold(session, hold_id)
    if row.state not in rules.BINDING:
        return read_hold(session, row)
    _free(session, row, quantities, MovementKind.RELEASED, reason)
    if not open_lines(session, hold_id):
        shipped = session.scalar(
            select(HoldLineRow.lot_id).where(HoldLineRow.hold_id == hold_id, HoldLineRow.shipped > 0).limit(1)
        )
        become(session, row, HoldState.SHIPPED if shipped else HoldState.RELEASED, reason=reason)
    return read_hold(session, row)


def expire(session: Session, hold_id: HoldId) -> Hold:
    """Free the stock of an unpaid hold whose time is over; the caller has made sure no money can come.

    Refuses HoldNotDue before its time and HoldEnded for a paid one; idempotent once ended.
    """
    row = lock_hold(session, hold_id)
    if row.state in {HoldState.EXPIRED, HoldState.RELEASED}:
        return read_hold(session, row)
    if row.state != HoldState.ACTIVE:
        raise HoldEnded(hold_id, HoldState(row.state))
    if time.now() < row.expires_at:
        raise HoldNotDue(hold_id, row.expires_at)
    _free(session, row, None, MovementKind.EXPIRED, "expired")
    become(session, row, HoldState.EXPIRED)
    return read_hold(session, row)


def ship(session: Session, hold_id: HoldId, quantities: Mapping[LotId, int]) -> Hold:
    """Let held packs leave: on hand and held fall together. Refuses HoldEnded, NotHeld, LotBlocked."""
    row = lock_hold(session, hold_id)
    if row.state != HoldState.COMMITTED:
        raise HoldEnded(hold_id, HoldState(row.state))
    check_held(hold_id, open_lines(session, hold_id), quantities)
    locked = lock_lots_of_hold(session, hold_id, quantities)
    for lot_id in sorted(quantities):
        if locked[lot_id].blocked:
            raise LotBlocked(lot_id)
        move_line(session, hold_id, lot_id, shipped=quantities[lot_id])
    moved = [
        LotChange(lot_id, MovementKind.SHIPPED, on_hand=-quantity, held=-quantity)
        for lot_id, quantity in sorted(quantities.items())
    ]
    apply(session, locked, moved, cause_of(row), hold_id)
    if not open_lines(session, hold_id):
        become(session, row, HoldState.SHIPPED)
    return read_hold(session, row)


def move_hold(session: Session, hold_id: HoldId, from_lot: LotId, to_lot: LotId, quantity: int) -> Hold:
    """Serve held packs from another lot of the same offer, as found at packing.

    Refuses NotHeld, WrongLot (another offer's), LotBlocked and OutOfStock of the new lot.
    """
    row = lock_hold(session, hold_id)
    if row.state not in rules.BINDING:
        raise HoldEnded(hold_id, HoldState(row.state))
    check_held(hold_id, open_lines(session, hold_id), {from_lot: quantity})
    locked = lock_lots_of_hold(session, hold_id, {from_lot: quantity}, also=to_lot)
    _check_move(locked, from_lot, to_lot, quantity)
    move_line(session, hold_id, from_lot, released=quantity)
    add_line(session, hold_id, locked[to_lot], quantity)
    moved = [
        LotChange(from_lot, MovementKind.MOVED, held=-quantity),
        LotChange(to_lot, MovementKind.MOVED, held=quantity),
    ]
    apply(session, locked, moved, cause_of(row), hold_id)
    return read_hold(session, row)


def _check_move(locked: Mapping[LotId, LotStock], from_lot: LotId, to_lot: LotId, quantity: int) -> None:
    target = locked.get(to_lot)
    if target is None or from_lot == to_lot:
        raise WrongLot(to_lot)
    if target.blocked:
        raise LotBlocked(to_lot)
    available = target.available if rules.is_usable(target, time.today()) else 0
    if available < quantity:
        raise OutOfStock(target.offer_id, available)


def _free(
    session: Session, row: HoldRow, quantities: Mapping[LotId, int] | None, kind: MovementKind, reason: str
) -> None:
    hold_id = HoldId(row.id)
    still = open_lines(session, hold_id)
    freed = still if quantities is None else dict(quantities)
    check_held(hold_id, still, freed)
    locked = lock_lots_of_hold(session, hold_id, freed)
    moved = []
    for lot_id, quantity in sorted(freed.items()):
        move_line(session, hold_id, lot_id, released=quantity)
        moved.append(LotChange(lot_id, kind, held=-quantity))
    apply(session, locked, moved, Cause(row.cause_type, row.cause_id, reason), hold_id)
    by_offer: dict[OfferId, int] = {}
    for one in moved:
        offer_id = locked[one.lot_id].offer_id
        by_offer[offer_id] = by_offer.get(offer_id, 0) - one.held
    packing.give_back(session, hold_id, by_offer)
