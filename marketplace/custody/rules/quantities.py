"""Packs are conserved: what comes to a holder goes on, is lost, or is still there."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from marketplace.catalogue.types import LotId
from marketplace.custody.types import Account, ConsignmentId, Content, Decision, HandOffQuantity, Moved
from marketplace.orders.types import OrderLineId

Key = tuple[OrderLineId, LotId]


def key_of(one: Content | HandOffQuantity | Moved) -> Key:
    return (one.order_line_id, one.lot_id)


def settle(
    contents: Sequence[Content], lost: Mapping[Key, int], decision: Decision
) -> tuple[HandOffQuantity, ...] | None:
    """Spell out what passes of everything that is there; None where the losses cannot be true.

    A refused load stays with its giver whole: nothing can be lost in a hand-off that did not happen.
    """
    there = {key_of(one): one.quantity for one in contents if one.quantity}
    losses = {key: count for key, count in lost.items() if count}
    if any(not 0 < count <= there.get(key, 0) for key, count in losses.items()):
        return None
    refused = decision is Decision.REFUSE
    if refused and losses:
        return None
    return tuple(
        HandOffQuantity(
            order_line_id=line_id,
            lot_id=lot_id,
            given=given,
            received=0 if refused else given - losses.get((line_id, lot_id), 0),
            lost=losses.get((line_id, lot_id), 0),
            kept=given if refused else 0,
        )
        for (line_id, lot_id), given in sorted(there.items())
    )


def regroups(
    sources: Mapping[ConsignmentId, Sequence[Content]],
    parts: Sequence[Mapping[tuple[ConsignmentId, OrderLineId, LotId], int]],
) -> bool:
    """Tell whether new loads are made of what is there: every part has packs, none more than its source."""
    wanted: dict[tuple[ConsignmentId, OrderLineId, LotId], int] = defaultdict(int)
    for part in parts:
        if not part or any(count <= 0 for count in part.values()):
            return False
        for key, count in part.items():
            wanted[key] += count
    there = {(source, *key_of(one)): one.quantity for source, contents in sources.items() for one in contents}
    return bool(wanted) and all(count <= there.get(key, 0) for key, count in wanted.items())


def account(holder_key: str, key: Key, *, came: int, went: int, lost: int, on_hand: int) -> Account:
    line_id, lot_id = key
    return Account(
        holder_key=holder_key,
        order_line_id=line_id,
        lot_id=lot_id,
        came=came,
        went=went,
        lost=lost,
        on_hand=on_hand,
    )


def is_conserved(one: Account) -> bool:
    """Tell whether a holder's account closes: units in = units out + loss + on hand."""
    return one.came == one.went + one.lost + one.on_hand and min(one.went, one.lost, one.on_hand) >= 0


def total(quantities: Iterable[HandOffQuantity]) -> int:
    return sum(one.received for one in quantities)
