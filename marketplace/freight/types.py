"""What others may hold of freight: the rate card, parcels and what they cost."""

from dataclasses import dataclass
from enum import StrEnum

from marketplace.catalogue.types import StorageKind
from marketplace.kernel.message import Message
from marketplace.kernel.money import Fen
from marketplace.places.types import DivisionCode


class Leg(StrEnum):
    """Which stretch of the way a parcel travels."""

    DIRECT = "direct"
    LINE_HAUL = "line_haul"
    LAST_MILE = "last_mile"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """What is asked about: from a prefecture (or a warehouse's city) to a city; kind; weight in grams."""

    origin_code: DivisionCode
    destination_code: DivisionCode
    kind: StorageKind
    weight_g: int
    leg: Leg = Leg.DIRECT


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """What a parcel costs (fen), its days on the road and the road's length."""

    fee_fen: Fen
    days: int
    road_km: int
    terms: tuple[Message, ...] = ()
