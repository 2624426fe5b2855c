"""What others may hold of routing: the question, the possible sources, the plan and its reasons."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NewType

from marketplace.catalogue.types import OfferId, ProductId, StorageKind, TemperatureRange, VariantId
from marketplace.kernel.message import Message, Name
from marketplace.kernel.money import Fen
from marketplace.parties.types import PartyId
from marketplace.places.types import DivisionCode, PairingState, Side
from marketplace.stock.types import Cause, PackingShare, Supply

DecisionId = NewType("DecisionId", int)


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
    among those who offer the variant.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRequest:
    """What is to be planned: where to, what, as of which instant; the policy in force when none is named.

    ``without`` names cooperatives that have declined and are not asked again.
    """

    destination_code: DivisionCode
    needs: tuple[Need, ...]
    at: datetime
    policy: Policy | None = None
    without: frozenset[PartyId] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanLine:
    """A quantity of a need that one offer supplies, at its price."""

    line_no: int
    offer_id: OfferId
    quantity: int
    unit_price_fen: Fen
    packing: tuple[PackingShare, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanPart:
    """What one cooperative packs together: it becomes one fulfilment.

    ``freight_fen`` is its share of its shipment's freight; shares add up exactly.
    """

    no: int
    cooperative_id: PartyId
    origin_code: DivisionCode
    warehouse_id: PartyId | None
    storage_kind: StorageKind
    range: TemperatureRange | None
    lines: tuple[PlanLine, ...]
    weight_g: int
    goods_fen: Fen
    freight_fen: Fen
    ships_on: date
    arrives_on: date
    reasons: tuple[Message, ...]

    @property
    def fresh_on(self) -> date:
        """Return the day on which its lots must not have expired yet: the day they arrive."""
        return self.arrives_on


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipment:
    """What reaches the buyer as one parcel: a part sent direct, or parts that met in a cloud warehouse."""

    no: int
    warehouse_id: PartyId | None
    part_nos: tuple[int, ...]
    freight_fen: Fen
    arrives_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreTerm:
    """What one named term of the policy came to, in fen."""

    term: Term
    amount_fen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RunnerUp:
    """The best plan with other sources that was not taken, and what told them apart."""

    offer_ids: tuple[tuple[int, OfferId], ...]
    score_fen: int
    total_fen: Fen
    score_terms: tuple[ScoreTerm, ...]
    reason: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How an order will be supplied: parts, shipments, money and days; frozen when the order is placed."""

    destination_code: DivisionCode
    parts: tuple[PlanPart, ...]
    shipments: tuple[Shipment, ...]
    goods_fen: Fen
    freight_fen: Fen
    total_fen: Fen
    arrives_on: date
    policy_version: str
    score_fen: int
    score_terms: tuple[ScoreTerm, ...]
    runner_up: RunnerUp | None
    optimal: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceWithFreight:
    """What goods cost delivered, for a card: the offer, money and day that the plan would choose.

    ``quantity`` is one pack, or the least that can be ordered; ``price_fen`` is for one pack, ``total_fen``
    for ``quantity`` packs with freight. With a ``problem`` the goods cannot be ordered now: the money is then
    that of the offer which came closest, without freight, and there is no day.
    """

    offer_id: OfferId
    variant_id: VariantId
    product_id: ProductId
    cooperative_id: PartyId
    quantity: int
    price_fen: Fen
    freight_fen: Fen
    total_fen: Fen
    arrives_on: date | None
    unit_price_fen_per_500g: Fen
    problem: Reason | None

    @property
    def sold_out(self) -> bool:
        return self.problem in {Reason.OUT_OF_STOCK, Reason.DAY_FULL}


@dataclass(frozen=True, slots=True, kw_only=True)
class DecidedPart:
    """A part as it was decided, with its reasons, for operator, cooperative and official."""

    no: int
    cooperative_id: PartyId
    warehouse_id: PartyId | None
    origin_code: DivisionCode
    goods_fen: Fen
    freight_fen: Fen
    lines: tuple[PlanLine, ...]
    reasons: tuple[Message, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A stored routing decision: what was chosen for which cause, by which policy, and what came second."""

    id: DecisionId
    cause: Cause
    decided_at: datetime
    destination_code: DivisionCode
    policy_version: str
    optimal: bool
    score_fen: int
    score_terms: tuple[ScoreTerm, ...]
    parts: tuple[DecidedPart, ...]
    runner_up: RunnerUp | None
