"""包邮: freight inside the price, taken apart from the goods to the fen: both are told and counted."""

from collections.abc import Sequence
from typing import NamedTuple

from marketplace.kernel.money import Fen, split
from marketplace.routing.rules.frame import BASIS, Frame
from marketplace.routing.rules.parts import DraftLine
from marketplace.routing.types import Source

FREE_FREIGHT_MOST_BP = 4_000
"""Freight of more than 40 percent of a line's amount is never inside its price: nobody lives on the rest."""


class PricedLine(NamedTuple):
    """What a line comes to: the goods' price a pack, the freight inside, and the freight asked beside it."""

    unit_price_fen: Fen
    inside_fen: Fen
    beside_fen: Fen


def price_lines(frame: Frame, lines: Sequence[DraftLine], freight_fen: int) -> list[PricedLine]:
    """Price the lines of a part whose freight is known: each line bears its weight's share.

    A line with free freight costs what its offer asks and not a fen more; its share of the freight, rounded
    up so that every pack costs the same, is taken out of it.
    """
    weights = [line.source.weight_g * line.quantity for line in lines]
    shares = split(Fen(freight_fen), weights)
    return [_priced(frame, line, share) for line, share in zip(lines, shares, strict=True)]


def is_inside(frame: Frame, source: Source, quantity: int, freight_fen: int) -> bool:
    """Tell whether so much freight is inside the price of a line: from the offer's amount on, within limits.

    Across the border freight is always apart.
    """
    amount = source.amount(quantity)
    return (
        source.free_freight_fen is not None
        and not frame.beyond_border
        and amount >= source.free_freight_fen
        and freight_fen * BASIS <= amount * FREE_FREIGHT_MOST_BP
        and -(-freight_fen // quantity) < source.unit_price(quantity)
    )


def _priced(frame: Frame, line: DraftLine, share_fen: int) -> PricedLine:
    unit = line.source.unit_price(line.quantity)
    if not is_inside(frame, line.source, line.quantity, share_fen):
        return PricedLine(unit, Fen(0), Fen(share_fen))
    a_pack = -(-share_fen // line.quantity)
    return PricedLine(Fen(unit - a_pack), Fen(a_pack * line.quantity), Fen(0))
