"""What others may hold of freight: the rate card, cloud warehouses, parcels and what they cost."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from marketplace.catalogue.types import StorageKind
from marketplace.kernel.message import Message, Name, msg
from marketplace.kernel.money import Fen, format_yuan
from marketplace.parties.types import PartyId
from marketplace.places.types import DivisionCode, Side


class Leg(StrEnum):
    """Which stretch of the way a parcel travels."""

    DIRECT = "direct"
    LINE_HAUL = "line_haul"
    LAST_MILE = "last_mile"


class CarrierKind(StrEnum):
    """By what a parcel travels; it decides which of a way's days apply."""

    EXPRESS = "express"
    COLD_EXPRESS = "cold_express"
    TRUCK = "truck"
    COLD_TRUCK = "cold_truck"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """A row of the rate card: a first weight and steps, for a leg, a storage kind and a distance band.

    Weights in grams, money in fen, distances in whole kilometres with both ends included. The packing weighs
    ``packing_percent`` of the goods and costs ``packing_fee_fen`` a parcel.
    """

    code: str
    leg: Leg
    carrier: CarrierKind
    kind: StorageKind
    side: Side
    min_km: int
    max_km: int
    first_weight_g: int
    first_fee_fen: int
    step_weight_g: int
    step_fee_fen: int
    packing_percent: int
    packing_fee_fen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """How far a city is from a cloud warehouse, and the days of the last mile."""

    road_km: int
    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CloudWarehouse:
    """A cloud warehouse (销地云仓): what it keeps, how long it handles a load, which cities it reaches.

    ``party_id`` is None until a party runs it; until then nothing is sent through it.
    """

    code: str
    name: Name
    division_code: DivisionCode
    kinds: frozenset[StorageKind]
    handling_days: int
    cut_off_hour: int
    reach: Mapping[DivisionCode, Reach]
    party_id: PartyId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """What is asked about.

    ``origin_code`` is a prefecture, or on the last mile a warehouse's code; ``destination_code`` is a
    city-level division, or on the line haul a warehouse's code. ``weight_g`` is the goods' net weight.
    """

    origin_code: str
    destination_code: str
    kind: StorageKind
    weight_g: int
    leg: Leg = Leg.DIRECT


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """What a parcel costs (fen), its days under way, the road's length, and by which row of the card."""

    fee_fen: Fen
    days: int
    road_km: int
    chargeable_g: int
    rate: Rate

    @property
    def terms(self) -> tuple[Message, ...]:
        """Say how the fee came about, for whoever pays it."""
        rate = self.rate
        told = [
            msg("含包装计费重量 %(grams)s 克", grams=self.chargeable_g),
            msg(
                "首重 %(first_grams)s 克 %(first_fee)s，续重每 %(step_grams)s 克 %(step_fee)s",
                first_grams=rate.first_weight_g,
                first_fee=format_yuan(rate.first_fee_fen),
                step_grams=rate.step_weight_g,
                step_fee=format_yuan(rate.step_fee_fen),
            ),
        ]
        if rate.packing_fee_fen:
            told.append(msg("保温包装 %(fee)s", fee=format_yuan(rate.packing_fee_fen)))
        return tuple(told)
