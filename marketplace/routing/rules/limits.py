"""Hard limits first: which sources can supply a line at all, alone or together, and why not."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations

from marketplace.routing.rules.frame import Frame, still_cost
from marketplace.routing.rules.parts import DraftLine, pack_line, part_of, usable_packs
from marketplace.routing.rules.ways import Block, best_block, has_carrier, least_travel
from marketplace.routing.types import LineProblem, Need, Reason, Source
from marketplace.stock.rules import PACKING_HORIZON_DAYS

SPLIT_AMONG = 4
"""A line that nobody can supply whole is split among at most so many sources."""

SPLITS_TRIED = 24

REASONS = tuple(Reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class Solo:
    """What a quantity from one source would come to if it were the whole order."""

    line: DraftLine
    still: int
    block: Block

    @property
    def rank(self) -> tuple[int, int, date, int]:
        """Order sources of one line, the best first, as the whole plan would."""
        return (
            self.still + self.block.cost,
            self.block.freight_fen,
            self.block.arrives_on,
            self.line.source.offer_id,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One way to supply a need: from one source, or split among several.

    ``still`` is what it weighs before it travels, ``least`` what it adds to any plan at the very least.
    """

    supplied: tuple[tuple[Source, int], ...]
    still: int
    least: int
    rank: tuple[int, ...]


def try_source(frame: Frame, source: Source, line_no: int, quantity: int) -> Solo | Reason:
    """Try a quantity from one source alone; says the first limit that forbids it."""
    if not serves(frame, source):
        return Reason.NOT_SERVED
    if quantity < source.minimum:
        return Reason.BELOW_MINIMUM
    if usable_packs(source, frame.day) < quantity:
        return Reason.OUT_OF_STOCK
    line = pack_line(frame, source, line_no, quantity, 0)
    if line is None:
        return Reason.DAY_FULL
    part = part_of(line)
    block = best_block(frame, (part,))
    if block is None:
        return Reason.TOO_SLOW if has_carrier(frame, part) else Reason.NO_CARRIER
    return Solo(line=line, still=still_cost(frame, source, quantity), block=block)


def serves(frame: Frame, source: Source) -> bool:
    """Tell whether a source sends to the place: across the border only where it may, else to its cities."""
    if frame.beyond_border:
        return source.serves_hong_kong_macao
    return not source.served_cities or frame.destination.city_code in source.served_cities


def options_for(frame: Frame, need: Need, sources: Sequence[Source]) -> tuple[Option, ...] | LineProblem:
    """Return every way to supply a need, the best alone first; or why there is none."""
    asked = [one for one in sources if need.offer_id is None or one.offer_id == need.offer_id]
    tried = [try_source(frame, source, need.line_no, need.quantity) for source in asked]
    solos = sorted((one for one in tried if isinstance(one, Solo)), key=lambda one: one.rank)
    if solos:
        return tuple(
            Option(
                supplied=((solo.line.source, need.quantity),),
                still=solo.still,
                least=solo.still + least_travel(frame, solo.line),
                rank=(solo.rank[0], solo.rank[1], solo.rank[2].toordinal(), solo.rank[3]),
            )
            for solo in solos
        )
    return _splits(frame, need, asked) or problem_of(need, asked, tried)


def problem_of(need: Need, asked: Sequence[Source], tried: Sequence[Solo | Reason]) -> LineProblem:
    """Say why a line cannot be supplied: the reason of the source that came closest."""
    reasons = [one for one in tried if isinstance(one, Reason)]
    reason = max(reasons, key=REASONS.index, default=Reason.NO_OFFER)
    return LineProblem(
        line_no=need.line_no,
        reason=reason,
        available=sum(one.supply.available for one in asked) if reason is Reason.OUT_OF_STOCK else 0,
        minimum=min((one.minimum for one in asked), default=0) if reason is Reason.BELOW_MINIMUM else 0,
    )


def _splits(frame: Frame, need: Need, asked: Sequence[Source]) -> tuple[Option, ...]:
    """Split a line among the fewest sources that together suffice: the cheaper first, and to the full."""
    givers = sorted(_givers(frame, need, asked), key=lambda one: (one[0].price_fen, one[0].offer_id))
    for size in range(2, min(SPLIT_AMONG, len(givers)) + 1):
        found: list[Option] = []
        for together in combinations(givers, size):
            supplied = _fill(need.quantity, together)
            solos = [try_source(frame, source, need.line_no, taken) for source, taken in supplied]
            able = [one for one in solos if isinstance(one, Solo)]
            if supplied and len(able) == len(solos):
                still = sum(one.still for one in able)
                found.append(
                    Option(
                        supplied=supplied,
                        still=still,
                        least=still + sum(least_travel(frame, one.line) for one in able),
                        rank=(sum(one.rank[0] for one in able), *(one.rank[3] for one in able)),
                    )
                )
        if found:
            return tuple(sorted(found, key=lambda option: option.rank)[:SPLITS_TRIED])
    return ()


def _givers(frame: Frame, need: Need, asked: Sequence[Source]) -> Iterator[tuple[Source, int]]:
    for source in asked:
        most = min(usable_packs(source, frame.day), _packs_within_horizon(frame, source), need.quantity)
        while most >= source.minimum and most > 0:
            tried = try_source(frame, source, need.line_no, most)
            if isinstance(tried, Solo):
                yield source, most
                break
            most = max((packs for packs in _usable_steps(source) if packs < most), default=0)


def _usable_steps(source: Source) -> list[int]:
    """Return the packs left when the lots that expire first are given up one by one."""
    lots = source.supply.lots
    return [sum(lot.available for lot in lots[place:]) for place in range(len(lots))]


def _packs_within_horizon(frame: Frame, source: Source) -> int:
    first = frame.first_packing_day(source).toordinal()
    ahead = (date.fromordinal(first + one) for one in range(PACKING_HORIZON_DAYS))
    days = [day for day in ahead if day.isoweekday() in source.ship_weekdays]
    taken: Mapping[date, int] = source.supply.taken
    return sum(max(0, source.daily_capacity - taken.get(day, 0)) for day in days)


def _fill(quantity: int, givers: Sequence[tuple[Source, int]]) -> tuple[tuple[Source, int], ...]:
    """Take from each what it has, leaving the later ones at least their minimum; empty if too little."""
    supplied: list[tuple[Source, int]] = []
    missing = quantity
    for place, (source, most) in enumerate(givers):
        kept_back = sum(later.minimum for later, _ in givers[place + 1 :])
        taken = min(most, missing - kept_back)
        if taken < source.minimum:
            return ()
        supplied.append((source, taken))
        missing -= taken
    return tuple(supplied) if missing == 0 else ()
