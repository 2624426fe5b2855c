"""Ways: how the parts of an order travel, each direct or several through a cloud warehouse as one parcel."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from marketplace.catalogue.types import TemperatureRange
from marketplace.freight.rules import least_step_fen
from marketplace.freight.types import CloudWarehouse, Leg, Quote
from marketplace.routing.rules.frame import (
    Frame,
    distance_cost,
    freight_cost,
    freshness_cost,
    waiting_cost,
)
from marketplace.routing.rules.parts import DraftLine, DraftPart, meet, usable_packs

EXACT_PARTS = 5
"""Up to so many parts of one kind every way of joining them is tried; beyond, they join one by one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Parts that reach the buyer as one parcel: one sent direct, or some that met in a warehouse.

    ``haul_fen`` is what each part's way to the warehouse costs, ``last_fen`` what they share.
    """

    parts: tuple[DraftPart, ...]
    warehouse: CloudWarehouse | None
    haul_fen: tuple[int, ...]
    last_fen: int
    road_km: int
    arrives_on: date
    days: int
    freight_fen: int
    cost: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrangement:
    """How all parts of one storage kind travel."""

    blocks: tuple[Block, ...] = ()
    cost: int = 0
    exact: bool = True

    @property
    def freight_fen(self) -> int:
        return sum(block.freight_fen for block in self.blocks)


NOTHING = Arrangement()


def arrange(frame: Frame, parts: tuple[DraftPart, ...]) -> Arrangement | None:
    """Return the best way for parts of one storage kind; None where one of them cannot arrive in time."""
    key = tuple(part.key for part in parts)
    known: dict[Any, Arrangement | None] = frame.arrangements
    if key not in known:
        known[key] = _exactly(frame, parts) if len(parts) <= EXACT_PARTS else _one_by_one(frame, parts)
    return known[key]


def _exactly(frame: Frame, parts: tuple[DraftPart, ...]) -> Arrangement | None:
    """Try every partition: a parcel with the first part still open, then the best of the rest.

    Cheapest for the policy wins, then the lower freight, then fewer parcels. Sets of parts are bit masks.
    """
    size = 1 << len(parts)
    blocks = [
        best_block(frame, tuple(part for place, part in enumerate(parts) if mask >> place & 1))
        if mask
        else None
        for mask in range(size)
    ]
    best: list[tuple[int, int, int] | None] = [(0, 0, 0)] + [None] * (size - 1)
    taken = [0] * size
    for rest in range(1, size):
        others = rest & (rest - 1)
        first = rest ^ others
        inside = others
        while True:
            block, before = blocks[inside | first], best[others ^ inside]
            if block is not None and before is not None:
                tried = (before[0] + block.cost, before[1] + block.freight_fen, before[2] + 1)
                known = best[rest]
                if known is None or tried < known:
                    best[rest], taken[rest] = tried, inside | first
            if inside == 0:
                break
            inside = (inside - 1) & others
    return _read_back(blocks, best, taken)


def _read_back(
    blocks: Sequence[Block | None], best: Sequence[tuple[int, int, int] | None], taken: Sequence[int]
) -> Arrangement | None:
    found, rest = best[-1], len(best) - 1
    if found is None:
        return None
    chosen = []
    while rest:
        chosen.append(blocks[taken[rest]])
        rest ^= taken[rest]
    return Arrangement(blocks=tuple(one for one in chosen if one is not None), cost=found[0])


def _one_by_one(frame: Frame, parts: tuple[DraftPart, ...]) -> Arrangement | None:
    """Let parts join the parcel that grows cheapest by them: many parts, good and quick, not proven best."""
    blocks: list[Block] = []
    for part in parts:
        alone = best_block(frame, (part,))
        if alone is None:
            return None
        choice, place = (alone.cost, len(blocks)), None
        made = alone
        for at, block in enumerate(blocks):
            grown = best_block(frame, (*block.parts, part))
            if grown is not None and (grown.cost - block.cost, at) < choice:
                choice, place, made = (grown.cost - block.cost, at), at, grown
        if place is None:
            blocks.append(made)
        else:
            blocks[place] = made
    return Arrangement(blocks=tuple(blocks), cost=sum(block.cost for block in blocks), exact=False)


def best_block(frame: Frame, parts: tuple[DraftPart, ...]) -> Block | None:
    """Return the best parcel of exactly these parts: direct for one, or through one of the warehouses."""
    key = tuple(part.key for part in parts)
    known: dict[Any, Block | None] = frame.blocks
    if key in known:
        return known[key]
    tried = [_direct(frame, parts[0])] if len(parts) == 1 else []
    if _share_a_temperature(parts):
        warehouses = frame.book.reaching(frame.destination.city_code)
        tried += [_through(frame, parts, warehouse) for warehouse in warehouses]
    found = min(
        (block for block in tried if block is not None),
        key=lambda block: (block.cost, block.freight_fen, block.arrives_on),
        default=None,
    )
    known[key] = found
    return found


def _share_a_temperature(parts: Sequence[DraftPart]) -> bool:
    common: TemperatureRange | None = None
    for part in parts:
        suits, common = meet(common, part.range)
        if not suits:
            return False
    return True


def _direct(frame: Frame, part: DraftPart) -> Block | None:
    quote = frame.book.price(
        Leg.DIRECT, part.prefecture_code, frame.destination.city_code, part.kind, part.weight_g
    )
    if quote is None:
        return None
    arrives_on = part.ready_on + timedelta(days=quote.days)
    return _block(frame, (part,), None, (quote,), None, arrives_on)


def _through(frame: Frame, parts: tuple[DraftPart, ...], warehouse: CloudWarehouse) -> Block | None:
    hauls = []
    for part in parts:
        haul = frame.book.price(Leg.LINE_HAUL, part.prefecture_code, warehouse.code, part.kind, part.weight_g)
        if haul is None:
            return None
        hauls.append(haul)
    weight_g = sum(part.weight_g for part in parts)
    last = frame.book.price(
        Leg.LAST_MILE, warehouse.code, frame.destination.city_code, parts[0].kind, weight_g
    )
    if last is None:
        return None
    gathered_on = max(
        part.ready_on + timedelta(days=haul.days) for part, haul in zip(parts, hauls, strict=True)
    )
    arrives_on = gathered_on + timedelta(days=warehouse.handling_days + last.days)
    return _block(frame, parts, warehouse, tuple(hauls), last, arrives_on)


def _block(
    frame: Frame,
    parts: tuple[DraftPart, ...],
    warehouse: CloudWarehouse | None,
    hauls: tuple[Quote, ...],
    last: Quote | None,
    arrives_on: date,
) -> Block | None:
    if not all(arrives_in_time(frame, part, arrives_on) for part in parts):
        return None
    quotes = hauls if last is None else (*hauls, last)
    road_km = sum(quote.road_km for quote in quotes)
    freshness = sum(
        freshness_cost(frame, line.source, line.quantity, arrives_on) for part in parts for line in part.lines
    )
    fee_fen = sum(quote.fee_fen for quote in quotes)
    return Block(
        parts=parts,
        warehouse=warehouse,
        haul_fen=tuple(haul.fee_fen for haul in hauls),
        last_fen=0 if last is None else last.fee_fen,
        road_km=road_km,
        arrives_on=arrives_on,
        days=(arrives_on - frame.day).days,
        freight_fen=fee_fen,
        cost=freight_cost(frame, fee_fen)
        + distance_cost(frame, road_km)
        + waiting_cost(frame, arrives_on)
        + freshness,
    )


def least_travel(frame: Frame, line: DraftLine) -> int:
    """Return what a line adds at least to any plan by travelling, even in a parcel that goes there anyway.

    Steps of weight that it adds to each leg, and the freshness it loses on the quickest way.
    """
    source, kind = line.source, line.source.storage_kind
    city, book = frame.destination.city_code, frame.book
    weight_g, origin = source.weight_g * line.quantity, source.prefecture_code
    ready_on = line.packing[-1].packs_on
    found: list[int] = []
    direct = book.price(Leg.DIRECT, origin, city, kind, weight_g)
    if direct is not None:
        found.append(_least(frame, line, ready_on + timedelta(days=direct.days), (direct,)))
    for one in book.reaching(city):
        haul = book.price(Leg.LINE_HAUL, origin, one.code, kind, weight_g)
        last = book.price(Leg.LAST_MILE, one.code, city, kind, weight_g)
        if haul is not None and last is not None:
            days = haul.days + one.handling_days + last.days
            found.append(_least(frame, line, ready_on + timedelta(days=days), (haul, last)))
    return min(found, default=0)


def _least(frame: Frame, line: DraftLine, arrives_on: date, quotes: tuple[Quote, ...]) -> int:
    fees = sum(least_step_fen(quote.rate, quote.chargeable_g) for quote in quotes)
    return freight_cost(frame, fees) + freshness_cost(frame, line.source, line.quantity, arrives_on)


def has_carrier(frame: Frame, part: DraftPart) -> bool:
    """Tell whether anybody carries such a parcel there at all, however late it arrives."""
    city, book = frame.destination.city_code, frame.book
    if book.price(Leg.DIRECT, part.prefecture_code, city, part.kind, part.weight_g) is not None:
        return True
    return any(
        book.price(Leg.LINE_HAUL, part.prefecture_code, one.code, part.kind, part.weight_g) is not None
        and book.price(Leg.LAST_MILE, one.code, city, part.kind, part.weight_g) is not None
        for one in book.reaching(city)
    )


def arrives_in_time(frame: Frame, part: DraftPart, arrives_on: date) -> bool:
    """Tell whether every line arrives within its shelf life, from lots that have not expired by then."""
    for line in part.lines:
        shelf_life = line.source.shelf_life_days
        if shelf_life is not None and frame.aged_days(line.source, arrives_on) > shelf_life:
            return False
    quantities = part.quantities()
    return all(
        usable_packs(line.source, arrives_on) >= quantities[line.source.offer_id] for line in part.lines
    )
