"""The question that routing is asked, and what it may choose from."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from marketplace.catalogue.types import (
    EVERY_WEEKDAY,
    OfferId,
    ProductId,
    Step,
    StorageKind,
    TemperatureRange,
    VariantId,
)
from marketplace.kernel.message import Name
from marketplace.kernel.money import Fen
from marketplace.parties.types import PartyId
from marketplace.places.types import DivisionCode, PairingState, Side
from marketplace.stock.types import Supply


class Term(StrEnum):
    """A named term of the policy; each weighs in fen, and less is better."""

    PRICE = "price"
    FREIGHT = "freight"
    DISTANCE = "distance"
    PARTS = "parts"
    WAITING = "waiting"
    FRESHNESS = "freshness"
    PAIRING = "pairing"
    KEY_COUNTY = "key_county"
    FAIR_SHARE = "fair_share"


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """A version of the weights by which the sources of an order are chosen.

    Weights in basis points apply to the goods' amount (``pairing_bp``, ``key_county_bp``, ``fair_share_bp``,
    ``freshness_bp``) or to fen as they stand (``price_bp``, ``freight_bp``); the others are fen per unit.
    None is negative.
    """

    version: str
    valid_from: date
    price_bp: int
    freight_bp: int
    pairing_bp: int
    key_county_bp: int
    fair_share_bp: int
    freshness_bp: int
    distance_fen_per_100_km: int
    part_fen: int
    waiting_day_fen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """A line that somebody has to supply; with an offer it is that seller's or nobody's."""

    line_no: int
    variant_id: VariantId
    quantity: int
    offer_id: OfferId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """An offer that could supply a variant, as far as routing needs to know it.

    ``weight_g`` is one pack's shipping weight and ``share_bp`` its cooperative's part of the last 30 days
    among those who offer the variant. ``ladder``, ``ship_weekdays``, ``served_cities`` and
    ``free_freight_fen`` are the offer's selling terms; ``presale_on`` is the harvest that its packs wait for.
    """

    offer_id: OfferId
    variant_id: VariantId
    product_id: ProductId
    cooperative_id: PartyId
    county_code: DivisionCode
    county: Name
    prefecture_code: DivisionCode
    price_fen: Fen
    minimum: int
    supply: Supply
    lead_days: int
    cut_off_hour: int
    daily_capacity: int
    storage_kind: StorageKind
    range: TemperatureRange | None
    weight_g: int
    shelf_life_days: int | None
    serves_hong_kong_macao: bool
    pairing: PairingState
    key_county: bool
    share_bp: int
    ladder: tuple[Step, ...] = ()
    ship_weekdays: tuple[int, ...] = EVERY_WEEKDAY
    served_cities: tuple[str, ...] = ()
    free_freight_fen: Fen | None = None
    presale_on: date | None = None

    def unit_price(self, quantity: int) -> Fen:
        """Return what one pack costs in a line of so many: the lowest step that they reach."""
        return Fen(min([self.price_fen, *(one.price_fen for one in self.ladder if quantity >= one.quantity)]))

    def amount(self, quantity: int) -> Fen:
        return Fen(self.unit_price(quantity) * quantity)


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """Where an order goes: the division that the buyer named, and the city by which it is priced."""

    code: DivisionCode
    city_code: DivisionCode
    side: Side
    city: Name


class Reason(StrEnum):
    """Why a line cannot be supplied; the later one says that somebody came closer to supplying it."""

    NO_OFFER = "no_offer"
    NOT_SERVED = "not_served"
    BELOW_MINIMUM = "below_minimum"
    OUT_OF_STOCK = "out_of_stock"
    DAY_FULL = "day_full"
    NO_CARRIER = "no_carrier"
    TOO_SLOW = "too_slow"


@dataclass(frozen=True, slots=True, kw_only=True)
class LineProblem:
    """A line that nobody can supply: why, and how much there is or is the least one can order."""

    line_no: int
    reason: Reason
    available: int = 0
    minimum: int = 0
