"""From plan to stock: what to hold for it, and which held lots serve which line."""

from collections.abc import Mapping

from marketplace.catalogue.types import LotId, OfferId
from marketplace.routing.types import Plan
from marketplace.stock.types import Hold, Wanted

Picks = Mapping[tuple[int, int, OfferId], tuple[tuple[LotId, int], ...]]
"""Lots and packs by part number, line number and offer."""


def wanted(plan: Plan) -> tuple[Wanted, ...]:
    """Return exactly what the plan needs of the stock, fresh on arrival, on its packing days."""
    return tuple(
        Wanted(
            offer_id=line.offer_id,
            quantity=line.quantity,
            fresh_on=part.arrives_on,
            packing=line.packing,
        )
        for part in plan.parts
        for line in part.lines
    )


def picks(plan: Plan, hold: Hold) -> Picks:
    """Share the held lots out among the plan's lines, in the order of parts and lines.

    Raises ValueError where the hold is not this plan's.
    """
    left: dict[OfferId, list[tuple[LotId, int]]] = {}
    for held in hold.lines:
        left.setdefault(held.offer_id, []).append((held.lot_id, held.quantity))
    shared: dict[tuple[int, int, OfferId], tuple[tuple[LotId, int], ...]] = {}
    for part in plan.parts:
        for line in part.lines:
            shared[part.no, line.line_no, line.offer_id] = _take(left.get(line.offer_id, []), line.quantity)
    if any(packs for lots in left.values() for _, packs in lots):
        raise ValueError("the hold has more than the plan needs")
    return shared


def _take(lots: list[tuple[LotId, int]], quantity: int) -> tuple[tuple[LotId, int], ...]:
    taken: list[tuple[LotId, int]] = []
    while quantity:
        if not lots:
            raise ValueError("the hold has less than the plan needs")
        lot_id, packs = lots.pop(0)
        part = min(packs, quantity)
        taken.append((lot_id, part))
        quantity -= part
        if packs > part:
            lots.insert(0, (lot_id, packs - part))
    return tuple(taken)
