"""Decisions about stock: which lots serve a quantity, which days pack it, what may become of a hold."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta
from itertools import chain

from marketplace.catalogue.types import EVERY_WEEKDAY, LotId, OfferId
from marketplace.stock.types import HoldState, LotStock, PackingShare, Wanted

MAX_PROLONGATIONS = 2
"""How often a hold may be prolonged: two further payment attempts, then the goods are free again."""

PACKING_HORIZON_DAYS = 7
"""How many days ahead of its first packing day an offer may be packed for one order."""

TRANSITIONS: Mapping[HoldState, frozenset[HoldState]] = {
    HoldState.ACTIVE: frozenset({HoldState.COMMITTED, HoldState.RELEASED, HoldState.EXPIRED}),
    HoldState.COMMITTED: frozenset({HoldState.RELEASED, HoldState.SHIPPED}),
    HoldState.RELEASED: frozenset(),
    HoldState.EXPIRED: frozenset(),
    HoldState.SHIPPED: frozenset(),
}

BINDING = frozenset({HoldState.ACTIVE, HoldState.COMMITTED})
"""States in which a hold still binds stock."""


def may_become(state: HoldState, later: HoldState) -> bool:
    return later in TRANSITIONS[state]


def is_usable(lot: LotStock, usable_on: date) -> bool:
    """Tell whether a lot can be held: not blocked, and its last day is not before the day it must reach."""
    return not lot.blocked and (lot.expires_on is None or lot.expires_on >= usable_on)


def sellable(lots: Iterable[LotStock], day: date) -> dict[OfferId, int]:
    """Add up what each offer can give on a day."""
    totals: dict[OfferId, int] = {}
    for lot in lots:
        totals[lot.offer_id] = totals.get(lot.offer_id, 0) + (lot.available if is_usable(lot, day) else 0)
    return totals


def first_expired_first_out(
    lots: Iterable[LotStock], quantity: int, usable_on: date
) -> tuple[tuple[LotId, int], ...] | None:
    """Take a quantity from the lots that expire first; None where they hold too little (FEFO)."""
    usable = [lot for lot in lots if lot.available > 0 and is_usable(lot, usable_on)]
    usable.sort(key=lambda lot: (lot.expires_on or date.max, lot.lot_id))
    picks: list[tuple[LotId, int]] = []
    missing = quantity
    for lot in usable:
        if missing == 0:
            break
        taken = min(missing, lot.available)
        picks.append((lot.lot_id, taken))
        missing -= taken
    return None if missing else tuple(picks)


def sum_wanted(wanted: Sequence[Wanted]) -> tuple[Wanted, ...]:
    """Add up what is wanted of each offer, so that two lines of one offer cannot share the same last pack."""
    by_offer: dict[OfferId, list[Wanted]] = {}
    for one in wanted:
        by_offer.setdefault(one.offer_id, []).append(one)
    return tuple(
        Wanted(
            offer_id=offer_id,
            quantity=sum(one.quantity for one in together),
            fresh_on=max((one.fresh_on for one in together if one.fresh_on), default=None),
            packing=_sum_packing(chain.from_iterable(one.packing for one in together)),
        )
        for offer_id, together in sorted(by_offer.items())
    )


def _sum_packing(shares: Iterable[PackingShare]) -> tuple[PackingShare, ...]:
    by_day: dict[date, PackingShare] = {}
    for share in shares:
        before = by_day.get(share.packs_on)
        by_day[share.packs_on] = PackingShare(
            packs_on=share.packs_on,
            quantity=share.quantity + (before.quantity if before else 0),
            capacity=min(share.capacity, before.capacity) if before else share.capacity,
        )
    return tuple(by_day[day] for day in sorted(by_day))


def spread_over_days(
    quantity: int,
    capacity: int,
    taken: Mapping[date, int],
    first_day: date,
    weekdays: Collection[int] = EVERY_WEEKDAY,
) -> tuple[PackingShare, ...] | None:
    """Spread packs over the days from the first that still have capacity; None beyond the horizon.

    Only ISO weekdays on which the offer ships are packed on.
    """
    shares: list[PackingShare] = []
    missing = quantity
    for ahead in range(PACKING_HORIZON_DAYS):
        day = first_day + timedelta(days=ahead)
        if day.isoweekday() not in weekdays:
            continue
        packed = min(missing, capacity - taken.get(day, 0))
        if packed > 0:
            shares.append(PackingShare(packs_on=day, quantity=packed, capacity=capacity))
            missing -= packed
        if missing == 0:
            return tuple(shares)
    return None


def give_back_days(packed: Sequence[tuple[date, int]], quantity: int) -> tuple[tuple[date, int], ...]:
    """Say which days' capacity a released quantity gives back: the latest days first."""
    given: list[tuple[date, int]] = []
    missing = quantity
    for day, planned in sorted(packed, reverse=True):
        back = min(missing, planned)
        if back > 0:
            given.append((day, back))
            missing -= back
    return tuple(given)
