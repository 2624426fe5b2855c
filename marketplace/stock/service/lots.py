"""Lots come in, are corrected, blocked and released for sale; nothing here touches an order."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue.types import LotId, OfferId
from marketplace.kernel import changes, journal
from marketplace.stock.models import LotRow
from marketplace.stock.refusals import BadQuantity, BelowHeld, UnknownLot, WrongLot
from marketplace.stock.service.counting import LotChange, apply, lock_lots, note_crossings, write_movements
from marketplace.stock.types import Cause, LotStock, MovementKind


def receive(session: Session, lot_id: LotId, offer_id: OfferId, quantity: int, cause: Cause) -> LotStock:
    """Bring packs of a lot into stock; a lot's first arrival copies its last day from its papers.

    Refuses BadQuantity, UnknownLot, and WrongLot where the lot is another offer's.
    """
    if quantity <= 0:
        raise BadQuantity
    lot = catalogue.lots_by_id(session, [lot_id]).get(lot_id)
    if lot is None:
        raise UnknownLot(lot_id)
    if lot.offer_id != offer_id:
        raise WrongLot(lot_id)
    session.execute(
        insert(LotRow)
        .values(lot_id=lot_id, offer_id=offer_id, on_hand=0, held=0, blocked=False, expires_on=lot.expires_on)
        .on_conflict_do_nothing()
    )
    locked = lock_lots(session, [offer_id], [lot_id])
    apply(session, locked, [LotChange(lot_id, MovementKind.RECEIVED, on_hand=quantity)], cause)
    return _read(session, lot_id)


def receive_many(session: Session, arrivals: Mapping[LotId, int], cause: Cause) -> None:
    """Bring packs of many lots into stock at once: their offers' lots are locked and looked at one time.

    Refuses (BadQuantity, UnknownLot) and then brings none.
    """
    lots = catalogue.lots_by_id(session, list(arrivals))
    for lot_id, quantity in arrivals.items():
        if quantity <= 0:
            raise BadQuantity
        if lot_id not in lots:
            raise UnknownLot(lot_id)
    if not lots:
        return
    session.execute(
        insert(LotRow).on_conflict_do_nothing().returning(LotRow.lot_id),  # so that rows go by the thousand
        [
            {
                "lot_id": lot.id,
                "offer_id": lot.offer_id,
                "on_hand": 0,
                "held": 0,
                "blocked": False,
                "expires_on": lot.expires_on,
            }
            for lot in sorted(lots.values(), key=lambda one: one.id)
        ],
    )
    locked = lock_lots(session, {lot.offer_id for lot in lots.values()}, list(lots))
    moved = [LotChange(lot_id, MovementKind.RECEIVED, on_hand=arrivals[lot_id]) for lot_id in lots]
    apply(session, locked, moved, cause)


def renew_last_day(session: Session, lot_id: LotId) -> None:
    """Copy a lot's last day again where its harvest turned out to be on another day; refuses UnknownLot."""
    before = lock_lots(session, [_offer_of(session, lot_id)], [lot_id])
    last_day = catalogue.get_lot(session, lot_id).expires_on
    session.execute(update(LotRow).where(LotRow.lot_id == lot_id).values(expires_on=last_day))
    note_crossings(session, before, before | {lot_id: replace(before[lot_id], expires_on=last_day)})
    changes.record(session, "stock", [before[lot_id].offer_id])


def correct_many(session: Session, counted: Mapping[LotId, int], cause: Cause) -> None:
    """Bring the counts of many lots to what stock-taking found, in packs; what agrees is left alone.

    Refuses (UnknownLot, BelowHeld) and then corrects none.
    """
    offers = session.scalars(select(LotRow.offer_id).where(LotRow.lot_id.in_(counted)).distinct()).all()
    locked = lock_lots(session, [OfferId(one) for one in offers], list(counted))
    moved: list[LotChange] = []
    for lot_id, found in sorted(counted.items()):
        if lot_id not in locked:
            raise UnknownLot(lot_id)
        lot = locked[lot_id]
        if found < lot.held:
            raise BelowHeld(lot_id, lot.held)
        if found != lot.on_hand:
            moved.append(LotChange(lot_id, MovementKind.CORRECTED, on_hand=found - lot.on_hand))
    apply(session, locked, moved, cause)
    said = [
        (one.lot_id, "corrected", {"change": one.on_hand, "cause": cause.type, "cause_id": cause.id})
        for one in moved
    ]
    journal.write_many(session, "lot", said)


def correct(session: Session, lot_id: LotId, on_hand_change: int, cause: Cause) -> LotStock:
    """Bring the count to what stock-taking found; refuses to go below what is held (BelowHeld)."""
    if on_hand_change == 0:
        raise BadQuantity
    locked = lock_lots(session, [_offer_of(session, lot_id)], [lot_id])
    lot = locked[lot_id]
    if lot.on_hand + on_hand_change < lot.held:
        raise BelowHeld(lot_id, lot.held)
    apply(session, locked, [LotChange(lot_id, MovementKind.CORRECTED, on_hand=on_hand_change)], cause)
    journal.write(
        session, "lot", lot_id, "corrected", change=on_hand_change, cause=cause.type, cause_id=cause.id
    )
    return _read(session, lot_id)


def block_lot(session: Session, lot_id: LotId, cause: Cause) -> LotStock:
    """Take a lot out of sale after a breach, a refusal or a recall; what is held stays held. Idempotent."""
    return _set_blocked(session, lot_id, cause, blocked=True)


def unblock_lot(session: Session, lot_id: LotId, cause: Cause) -> LotStock:
    """Put a lot back on sale, on the word of a person with authority. Idempotent."""
    return _set_blocked(session, lot_id, cause, blocked=False)


def _set_blocked(session: Session, lot_id: LotId, cause: Cause, *, blocked: bool) -> LotStock:
    before = lock_lots(session, [_offer_of(session, lot_id)], [lot_id])
    lot = before[lot_id]
    if lot.blocked == blocked:
        return lot
    session.execute(update(LotRow).where(LotRow.lot_id == lot_id).values(blocked=blocked))
    kind = MovementKind.BLOCKED if blocked else MovementKind.UNBLOCKED
    write_movements(session, [LotChange(lot_id, kind)], cause)
    journal.write(session, "lot", lot_id, kind, cause=cause.type, cause_id=cause.id)
    now = replace(lot, blocked=blocked, available=0 if blocked else lot.on_hand - lot.held)
    note_crossings(session, before, before | {lot_id: now})
    return now


def note_expired(session: Session, day: date) -> int:
    """Tell the rooms above which offers lost packs because a lot's last day was the day before; run daily."""
    offers = session.scalars(
        select(LotRow.offer_id)
        .where(LotRow.expires_on == day - timedelta(days=1), LotRow.on_hand > 0, LotRow.available > 0)
        .distinct()
    ).all()
    if offers:
        changes.record(session, "stock", list(offers))
    return len(offers)


def _offer_of(session: Session, lot_id: LotId) -> OfferId:
    offer_id = session.scalar(select(LotRow.offer_id).where(LotRow.lot_id == lot_id))
    if offer_id is None:
        raise UnknownLot(lot_id)
    return OfferId(offer_id)


def _read(session: Session, lot_id: LotId) -> LotStock:
    row = session.execute(
        select(
            LotRow.lot_id,
            LotRow.offer_id,
            LotRow.on_hand,
            LotRow.held,
            LotRow.available,
            LotRow.blocked,
            LotRow.expires_on,
        ).where(LotRow.lot_id == lot_id)
    ).one()
    return LotStock(**row._mapping)  # noqa: SLF001 - SQLAlchemy's public name
