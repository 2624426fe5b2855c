"""Holds: stock bound for an order while it is paid, and until it leaves."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import insert
from sqlalchemy.orm import Session

from marketplace.catalogue.types import LotId
from marketplace.kernel import journal, time
from marketplace.stock import rules
from marketplace.stock.models import HoldLineRow, HoldRow
from marketplace.stock.refusals import BadQuantity, HoldEnded, OutOfStock, ProlongedTooOften
from marketplace.stock.service import packing
from marketplace.stock.service.counting import LotChange, apply, lock_lots
from marketplace.stock.service.rows import become, lock_hold, read_hold
from marketplace.stock.types import Cause, Hold, HoldId, HoldState, LotStock, MovementKind, Wanted

_LOOKS = 2  # a lot that arrived while we waited for a lock is seen at the second look


def hold(session: Session, wanted: Sequence[Wanted], until: datetime, cause: Cause) -> Hold:
    """Bind stock until an instant: everything that is wanted, or nothing.

    Quantities of one offer are added up; lots go first expired, first out. Refuses OutOfStock with the offer
    and what it has, DayFull where its packing day is taken, BadQuantity.
    """
    if not wanted or any(one.quantity <= 0 for one in wanted):
        raise BadQuantity
    summed = rules.sum_wanted(wanted)
    locked, picks = _choose_lots(session, summed)
    row = HoldRow(
        cause_type=cause.type,
        cause_id=cause.id,
        cause_kind=cause.kind,
        state=HoldState.ACTIVE,
        expires_at=until,
        prolonged=0,
        held_at=time.now(),
        ended_at=None,
    )
    session.add(row)
    session.flush()
    hold_id = HoldId(row.id)
    moved = [
        LotChange(lot_id, MovementKind.HELD, held=quantity) for lot_id, quantity in sorted(picks.items())
    ]
    apply(session, locked, moved, cause, hold_id)
    session.execute(
        insert(HoldLineRow),
        [
            {
                "hold_id": hold_id,
                "lot_id": one.lot_id,
                "offer_id": locked[one.lot_id].offer_id,
                "quantity": one.held,
                "released": 0,
                "shipped": 0,
            }
            for one in moved
        ],
    )
    packing.take(session, hold_id, summed)
    return read_hold(session, row)


def prolong(session: Session, hold_id: HoldId, until: datetime) -> Hold:
    """Keep an unpaid hold longer, for a new payment attempt; at most twice, and never shorter."""
    row = lock_hold(session, hold_id)
    if row.state != HoldState.ACTIVE:
        raise HoldEnded(hold_id, HoldState(row.state))
    if until > row.expires_at:
        if row.prolonged >= rules.MAX_PROLONGATIONS:
            raise ProlongedTooOften(hold_id)
        row.expires_at = until
        row.prolonged += 1
        journal.write(session, "hold", hold_id, "prolonged", until=until.isoformat())
        session.flush()
    return read_hold(session, row)


def commit_hold(session: Session, hold_id: HoldId) -> Hold:
    """Keep the stock of a paid order until it leaves: the hold no longer expires. Idempotent.

    Refuses HoldEnded where it was released or expired before the money came.
    """
    row = lock_hold(session, hold_id)
    if row.state != HoldState.COMMITTED:
        become(session, row, HoldState.COMMITTED)
    return read_hold(session, row)


def _choose_lots(
    session: Session, summed: Sequence[Wanted]
) -> tuple[dict[LotId, LotStock], dict[LotId, int]]:
    today = time.today()
    for look in range(_LOOKS):
        locked = lock_lots(session, [one.offer_id for one in summed])
        picks: dict[LotId, int] = {}
        short: Wanted | None = None
        for one in summed:
            lots = [lot for lot in locked.values() if lot.offer_id == one.offer_id]
            taken = rules.first_expired_first_out(lots, one.quantity, max(today, one.fresh_on or today))
            if taken is None:
                short = one
                break
            picks.update(taken)
        if short is None:
            return locked, picks
        if look == _LOOKS - 1:
            usable_on = max(today, short.fresh_on or today)
            raise OutOfStock(
                short.offer_id, rules.sellable(locked.values(), usable_on).get(short.offer_id, 0)
            )
    raise AssertionError("unreachable")
