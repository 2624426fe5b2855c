"""Pure decisions about orders: which state follows which, who may open one, which lots serve which line."""

import hmac
from collections.abc import Collection, Iterable, Mapping, Sequence

from marketplace.catalogue.types import LotId, OfferId
from marketplace.orders.types import FulfilmentState, OrderLine, OrderState, Pick
from marketplace.parties.types import PartyId, PersonId

TRANSITIONS: Mapping[OrderState, frozenset[OrderState]] = {
    OrderState.AWAITING_PAYMENT: frozenset({OrderState.PAID, OrderState.CANCELLED, OrderState.EXPIRED}),
    OrderState.PAID: frozenset({OrderState.COMPLETED, OrderState.CANCELLED}),
    OrderState.COMPLETED: frozenset(),
    OrderState.CANCELLED: frozenset(),
    OrderState.EXPIRED: frozenset(),
}

_F = FulfilmentState
FULFILMENT_TRANSITIONS: Mapping[FulfilmentState, frozenset[FulfilmentState]] = {
    _F.AWAITING_PAYMENT: frozenset({_F.TO_ACCEPT, _F.CANCELLED}),
    _F.TO_ACCEPT: frozenset({_F.ACCEPTED, _F.DECLINED, _F.CANCELLED}),
    _F.ACCEPTED: frozenset({_F.PACKED, _F.DECLINED, _F.CANCELLED}),
    # Packed or travelling goods are cancelled only where they are lost or refused on the way.
    _F.PACKED: frozenset({_F.IN_TRANSIT, _F.CANCELLED}),
    _F.IN_TRANSIT: frozenset({_F.DELIVERED, _F.RECEIVED, _F.CANCELLED}),
    _F.DELIVERED: frozenset({_F.RECEIVED}),
    _F.RECEIVED: frozenset(),
    _F.DECLINED: frozenset(),
    _F.CANCELLED: frozenset(),
}

UNPACKED = frozenset({_F.TO_ACCEPT, _F.ACCEPTED})
"""States in which the goods are still on the cooperative's shelf, held for this order."""

UNSENT = UNPACKED | {_F.PACKED}
AWAY = frozenset({_F.PACKED, _F.IN_TRANSIT, _F.DELIVERED})
"""States in which the goods have left the shelf and their buyer has not received them."""

ENDED = frozenset({_F.RECEIVED, _F.DECLINED, _F.CANCELLED})

# How far along the road a part is; a late scan never moves it back.
_ROAD = (_F.PACKED, _F.IN_TRANSIT, _F.DELIVERED, _F.RECEIVED)


def may_become(now: OrderState, then: OrderState) -> bool:
    return then in TRANSITIONS[now]


def fulfilment_may_become(now: FulfilmentState, then: FulfilmentState) -> bool:
    return then in FULFILMENT_TRANSITIONS[now]


def is_already_past(now: FulfilmentState, then: FulfilmentState) -> bool:
    """Tell whether a part has already reached a point of the road, so that a second scan changes nothing."""
    return now in _ROAD and then in _ROAD and _ROAD.index(now) >= _ROAD.index(then)


def order_state_after(states: Iterable[FulfilmentState]) -> OrderState | None:
    """Return what a paid order becomes once every part has ended; None while one has not.

    Completed where at least one part was received, cancelled where none was.
    """
    seen = set(states)
    if not seen or not seen <= ENDED:
        return None
    return OrderState.COMPLETED if _F.RECEIVED in seen else OrderState.CANCELLED


def may_cancel_paid(states: Iterable[FulfilmentState]) -> bool:
    """Tell whether the buyer may still call a paid order off: no cooperative has accepted its part."""
    return all(state in {_F.TO_ACCEPT, _F.DECLINED, _F.CANCELLED} for state in states)


def may_open(
    owner: PersonId,
    unit: PartyId | None,
    kept_token: str,
    *,
    person_id: PersonId | None,
    unit_ids: Collection[PartyId] = (),
    token: str | None = None,
) -> bool:
    """Tell whether an order opens: to its person, to its purchasing unit, or by its unguessable link."""
    if person_id is not None and person_id == owner:
        return True
    if unit is not None and unit in unit_ids:
        return True
    return token is not None and hmac.compare_digest(token.encode(), kept_token.encode())


def allocate(
    wanted: Sequence[tuple[OfferId, int]], held: Sequence[tuple[OfferId, LotId, int]]
) -> list[tuple[Pick, ...]]:
    """Give each line its share of the held lots, in the order in which stock held them (先到期先出).

    The held packs of every offer must add up to what its lines want.
    """
    left: dict[OfferId, list[list[int]]] = {}
    for offer_id, lot_id, quantity in held:
        left.setdefault(offer_id, []).append([lot_id, quantity])
    allocated: list[tuple[Pick, ...]] = []
    for offer_id, quantity in wanted:
        picks: list[Pick] = []
        missing = quantity
        for lot in left.get(offer_id, []):
            taken = min(missing, lot[1])
            if taken:
                picks.append(Pick(lot_id=LotId(lot[0]), quantity=taken))
                lot[1] -= taken
                missing -= taken
        if missing:
            raise ValueError(f"held {quantity - missing} of {quantity} packs of offer {offer_id}")
        allocated.append(tuple(picks))
    return allocated


def picks_fit(line: OrderLine, picks: Sequence[Pick]) -> bool:
    """Tell whether the picked lots add up to what is left of a line, each lot named once."""
    lots = [pick.lot_id for pick in picks]
    return (
        len(set(lots)) == len(lots)
        and all(pick.quantity > 0 for pick in picks)
        and sum(pick.quantity for pick in picks) == line.refundable_quantity
    )


def reduce_picks(picks: Sequence[Pick], quantity: int) -> tuple[tuple[Pick, ...], tuple[Pick, ...]]:
    """Take packs away from a line's picks, from the last lot first; return what stays and what is freed."""
    stays: list[Pick] = []
    freed: list[Pick] = []
    for pick in reversed(picks):
        gone = min(quantity, pick.quantity)
        quantity -= gone
        if gone:
            freed.append(Pick(lot_id=pick.lot_id, quantity=gone))
        if pick.quantity > gone:
            stays.append(Pick(lot_id=pick.lot_id, quantity=pick.quantity - gone))
    if quantity:
        raise ValueError("more packs taken away than were picked")
    return tuple(reversed(stays)), tuple(freed)


def moves(proposed: Sequence[Pick], taken: Sequence[Pick]) -> list[tuple[LotId, LotId, int]]:
    """Say how the proposed lots become the taken ones: from lot, to lot, packs. Both add up to the same."""
    surplus = {pick.lot_id: pick.quantity for pick in proposed}
    missing: dict[LotId, int] = {}
    for pick in taken:
        kept = min(surplus.get(pick.lot_id, 0), pick.quantity)
        surplus[pick.lot_id] = surplus.get(pick.lot_id, 0) - kept
        missing[pick.lot_id] = pick.quantity - kept
    steps: list[tuple[LotId, LotId, int]] = []
    for to_lot, wanted in missing.items():
        for from_lot, left in list(surplus.items()):
            quantity = min(wanted, left)
            if quantity:
                steps.append((from_lot, to_lot, quantity))
                surplus[from_lot] -= quantity
                wanted -= quantity  # noqa: PLW2901 - counts down what this lot still misses
    return steps
