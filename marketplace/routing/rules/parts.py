"""Parts: what one cooperative packs together, as lines are given to it one after the other."""

from dataclasses import dataclass, replace
from datetime import date

from marketplace.catalogue.types import OfferId, StorageKind, TemperatureRange
from marketplace.parties.types import PartyId
from marketplace.places.types import DivisionCode
from marketplace.routing.rules.frame import Frame
from marketplace.routing.types import Source
from marketplace.stock import rules as stock
from marketplace.stock.types import PackingShare

LineKey = tuple[int, OfferId, int]
PartKey = tuple[LineKey, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftLine:
    """A quantity of a need given to a source, with the days on which it is packed."""

    line_no: int
    source: Source
    quantity: int
    packing: tuple[PackingShare, ...]

    @property
    def key(self) -> LineKey:
        return (self.line_no, self.source.offer_id, self.quantity)


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftPart:
    """Lines of one cooperative, one origin and one storage kind that a single temperature suits."""

    cooperative_id: PartyId
    prefecture_code: DivisionCode
    kind: StorageKind
    range: TemperatureRange | None
    lines: tuple[DraftLine, ...]
    weight_g: int
    ready_on: date
    key: PartKey

    def quantities(self) -> dict[OfferId, int]:
        """Add up what the part takes of each offer."""
        totals: dict[OfferId, int] = {}
        for line in self.lines:
            totals[line.source.offer_id] = totals.get(line.source.offer_id, 0) + line.quantity
        return totals


def meet(
    one: TemperatureRange | None, other: TemperatureRange | None
) -> tuple[bool, TemperatureRange | None]:
    """Tell whether a single temperature suits both loads, and which range it is."""
    if one is None or other is None:
        return True, one or other
    low = max(one.min_milli_c, other.min_milli_c)
    high = min(one.max_milli_c, other.max_milli_c)
    if low > high:
        return False, None
    return True, TemperatureRange(min_milli_c=low, max_milli_c=high)


def usable_packs(source: Source, arrives_on: date) -> int:
    """Count the packs of lots that have not expired on the day they arrive."""
    return sum(
        lot.available for lot in source.supply.lots if lot.expires_on is None or lot.expires_on >= arrives_on
    )


def pack_line(frame: Frame, source: Source, line_no: int, quantity: int, before: int) -> DraftLine | None:
    """Find packing days for a quantity after ``before`` packs of the same order; None beyond the horizon."""
    first_day = frame.first_packing_day(source)
    taken = source.supply.taken
    if before:
        earlier = stock.spread_over_days(
            before, source.daily_capacity, taken, first_day, source.ship_weekdays
        )
        if earlier is None:
            return None
        taken = {**taken}
        for share in earlier:
            taken[share.packs_on] = taken.get(share.packs_on, 0) + share.quantity
    packing = stock.spread_over_days(quantity, source.daily_capacity, taken, first_day, source.ship_weekdays)
    if packing is None:
        return None
    return DraftLine(line_no=line_no, source=source, quantity=quantity, packing=packing)


def part_of(line: DraftLine) -> DraftPart:
    """Make the part that consists of a single line."""
    source = line.source
    return DraftPart(
        cooperative_id=source.cooperative_id,
        prefecture_code=source.prefecture_code,
        kind=source.storage_kind,
        range=source.range,
        lines=(line,),
        weight_g=source.weight_g * line.quantity,
        ready_on=line.packing[-1].packs_on,
        key=(line.key,),
    )


def with_line(parts: tuple[DraftPart, ...], line: DraftLine) -> tuple[DraftPart, ...]:
    """Put a line into the first part it can share, or open another: its temperature decides."""
    source = line.source
    for place, part in enumerate(parts):
        if (
            part.cooperative_id == source.cooperative_id
            and part.prefecture_code == source.prefecture_code
            and part.kind == source.storage_kind
        ):
            suits, common = meet(part.range, source.range)
            if suits:
                grown = replace(
                    part,
                    range=common,
                    lines=(*part.lines, line),
                    weight_g=part.weight_g + source.weight_g * line.quantity,
                    ready_on=max(part.ready_on, line.packing[-1].packs_on),
                    key=(*part.key, line.key),
                )
                return (*parts[:place], grown, *parts[place + 1 :])
    return (*parts, part_of(line))
