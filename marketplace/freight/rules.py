"""Decisions about freight: what a parcel weighs for the carrier, what it costs, how long it is under way."""

from collections.abc import Iterable, Sequence
from itertools import pairwise

from marketplace.freight.types import CarrierKind, CloudWarehouse, Rate
from marketplace.kernel.money import Fen
from marketplace.places.types import Transit

_PERCENT = 100
COLD_EXPRESS_SORTING_DAYS = 1
"""A cold express parcel rides the cold truck and is sorted for a day in the destination's province."""


def chargeable_g(rate: Rate, weight_g: int) -> int:
    """Return the weight that is charged: the goods with their packing, rounded up to the gram."""
    return -(-weight_g * (_PERCENT + rate.packing_percent) // _PERCENT)


def fee(rate: Rate, weight_g: int) -> Fen:
    """Return what a parcel of so many grams of goods costs in fen: first weight, started steps, packing."""
    beyond = max(0, chargeable_g(rate, weight_g) - rate.first_weight_g)
    steps = -(-beyond // rate.step_weight_g)
    return Fen(rate.first_fee_fen + steps * rate.step_fee_fen + rate.packing_fee_fen)


def least_step_fen(rate: Rate, chargeable_g: int) -> Fen:
    """Return what a weight adds at least to the fee of any parcel that it joins."""
    full_steps = (chargeable_g - 1) // rate.step_weight_g
    beyond_first = -(-max(0, chargeable_g - rate.first_weight_g) // rate.step_weight_g)
    return Fen(min(full_steps, beyond_first) * rate.step_fee_fen)


def find_band(rates: Sequence[Rate], road_km: int) -> Rate | None:
    """Return the row whose distance band holds a road; None where the card does not reach so far."""
    return next((rate for rate in rates if rate.min_km <= road_km <= rate.max_km), None)


def days_under_way(carrier: CarrierKind, way: Transit) -> int:
    """Return the days from pack-house to city, or to the warehouse for a truck."""
    match carrier:
        case CarrierKind.EXPRESS:
            return way.express_days
        case CarrierKind.COLD_EXPRESS:
            return min(way.express_days, way.cold_truck_days + COLD_EXPRESS_SORTING_DAYS)
        case CarrierKind.TRUCK | CarrierKind.COLD_TRUCK:
            return way.cold_truck_days


def overlapping(rates: Iterable[Rate]) -> tuple[tuple[Rate, Rate], ...]:
    """Return pairs of rows that would both price the same parcel: a card has none."""
    ordered = sorted(rates, key=lambda rate: (rate.leg, rate.kind, rate.side, rate.min_km, rate.code))
    return tuple(
        (first, second)
        for first, second in pairwise(ordered)
        if (first.leg, first.kind, first.side) == (second.leg, second.kind, second.side)
        and second.min_km <= first.max_km
    )


def reaching(warehouses: Iterable[CloudWarehouse], city_code: str) -> tuple[CloudWarehouse, ...]:
    """Return the warehouses in use that deliver to a city, in the order of their codes."""
    found = [one for one in warehouses if one.party_id is not None and city_code in one.reach]
    return tuple(sorted(found, key=lambda one: one.code))
