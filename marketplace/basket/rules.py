"""Decisions about baskets: how much fits, and what becomes of two baskets when their owner signs in."""

from collections.abc import Iterable
from dataclasses import replace

from marketplace.basket.types import BasketLine

MAX_LINES = 50
MAX_QUANTITY = 999
"""Packs of one line; more is a purchasing unit's list, not a basket."""


def fits(quantity: int) -> bool:
    return 0 < quantity <= MAX_QUANTITY


def merged(kept: Iterable[BasketLine], brought: Iterable[BasketLine]) -> tuple[BasketLine, ...]:
    """Put a visitor's lines behind those of the account: the same goods are added up, both limits hold."""
    lines: dict[tuple[int, int | None], BasketLine] = {}
    for line in (*kept, *brought):
        there = lines.get((line.variant_id, line.offer_id))
        if there is not None:
            lines[line.variant_id, line.offer_id] = replace(
                there, quantity=min(MAX_QUANTITY, there.quantity + line.quantity)
            )
        elif len(lines) < MAX_LINES:
            lines[line.variant_id, line.offer_id] = replace(line, no=len(lines) + 1)
    return tuple(lines.values())
