"""What stands still while one order is planned: when and where to, by which policy and rate book."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from marketplace.freight.book import RateBook
from marketplace.kernel.time import SHANGHAI, business_day
from marketplace.places.types import PairingState, Side
from marketplace.routing.types import Destination, Policy, Source

BASIS = 10_000
_KM_PER_STEP = 100
_BEYOND_BORDER = frozenset({Side.HONG_KONG, Side.MACAO})
# A pairing that officials have yet to confirm is followed half way.
_PAIRING_PART = {
    PairingState.PAIRED: 0,
    PairingState.HK_MACAO: 0,
    PairingState.UNCONFIRMED: BASIS // 2,
    PairingState.UNPAIRED: BASIS,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """The still facts of one planning, and what it has already worked out."""

    at: datetime
    destination: Destination
    policy: Policy
    book: RateBook
    blocks: dict[Any, Any] = field(default_factory=dict)
    arrangements: dict[Any, Any] = field(default_factory=dict)
    day: date = field(init=False)
    hour: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "day", business_day(self.at))
        object.__setattr__(self, "hour", self.at.astimezone(SHANGHAI).hour)

    @property
    def beyond_border(self) -> bool:
        return self.destination.side in _BEYOND_BORDER

    def first_packing_day(self, source: Source) -> date:
        """Return the first day the source can pack: after its cut-off hour the next day counts as today.

        A pre-sale waits for its harvest, and everything for a weekday on which the source ships.
        """
        late = 1 if self.hour >= source.cut_off_hour else 0
        day = self.day + timedelta(days=late + source.lead_days)
        if source.presale_on is not None:
            day = max(day, source.presale_on)
        while day.isoweekday() not in source.ship_weekdays:
            day += timedelta(days=1)
        return day

    def aged_days(self, source: Source, arrives_on: date) -> int:
        """Return the days of the shelf life that have passed on arrival: of a pre-sale, since its harvest."""
        begins = self.day if source.presale_on is None else max(self.day, source.presale_on)
        return (arrives_on - begins).days


def still_cost(frame: Frame, source: Source, quantity: int) -> int:
    """Return what a quantity from a source weighs before it travels, whatever its way."""
    return sum(still_terms(frame, source, quantity))


def still_terms(frame: Frame, source: Source, quantity: int) -> tuple[int, int, int, int]:
    """Return the terms that do not depend on the way, in fen: price, pairing, key county, fair share."""
    policy, goods = frame.policy, source.amount(quantity)
    return (
        goods * policy.price_bp // BASIS,
        goods * policy.pairing_bp * _PAIRING_PART[source.pairing] // (BASIS * BASIS),
        0 if source.key_county else goods * policy.key_county_bp // BASIS,
        goods * policy.fair_share_bp * source.share_bp // (BASIS * BASIS),
    )


def freight_cost(frame: Frame, fee_fen: int) -> int:
    return fee_fen * frame.policy.freight_bp // BASIS


def distance_cost(frame: Frame, road_km: int) -> int:
    return road_km * frame.policy.distance_fen_per_100_km // _KM_PER_STEP


def waiting_cost(frame: Frame, arrives_on: date) -> int:
    return (arrives_on - frame.day).days * frame.policy.waiting_day_fen


def freshness_cost(frame: Frame, source: Source, quantity: int, arrives_on: date) -> int:
    """Return what the part of the shelf life weighs that passes before goods arrive."""
    if source.shelf_life_days is None:
        return 0
    passed_bp = min(BASIS, frame.aged_days(source, arrives_on) * BASIS // source.shelf_life_days)
    return source.amount(quantity) * frame.policy.freshness_bp * passed_bp // (BASIS * BASIS)
