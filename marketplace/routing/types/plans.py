"""What routing answers: the plan with its parts, parcels, money and days; and what goods cost delivered."""

from dataclasses import dataclass
from datetime import date, datetime

from marketplace.catalogue.types import (
    OfferId,
    ProductId,
    Step,
    StorageKind,
    TemperatureRange,
    VariantId,
)
from marketplace.kernel.message import Message
from marketplace.kernel.money import Fen
from marketplace.parties.types import PartyId
from marketplace.places.types import DivisionCode
from marketplace.routing.types.sources import Need, Policy, Reason, Term
from marketplace.stock.types import PackingShare

NOTHING = Fen(0)


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
    """A quantity of a need that one offer supplies, at its price.

    Where freight is inside the price (包邮), ``unit_price_fen`` is what is left for the goods and
    ``freight_inside_fen`` the line's freight: both add up to what was asked.
    """

    line_no: int
    offer_id: OfferId
    quantity: int
    unit_price_fen: Fen
    packing: tuple[PackingShare, ...] = ()
    freight_inside_fen: Fen = NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanPart:
    """What one cooperative packs together: it becomes one fulfilment.

    ``freight_fen`` is its share of its shipment's freight; shares add up exactly. Some of it may be inside
    the prices of its lines already.
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

    @property
    def freight_inside_fen(self) -> Fen:
        return Fen(sum(line.freight_inside_fen for line in self.lines))


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

    @property
    def freight_inside_fen(self) -> Fen:
        """Return how much of the freight the buyer sees in the goods' prices and not beside them."""
        return Fen(sum(part.freight_inside_fen for part in self.parts))


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceWithFreight:
    """What goods cost delivered, for a card: the offer, money and day that the plan would choose.

    ``quantity`` is one pack, or the least that can be ordered; ``price_fen`` is for one pack, ``total_fen``
    for ``quantity`` packs with freight. With a ``problem`` the goods cannot be ordered now: the money is then
    that of the offer which came closest, without freight, and there is no day. ``freight_fen`` is what is
    asked beside the price; ``freight_inside_fen`` is what the price holds of it where freight is free.
    ``packs_on`` is the first day on which it is packed, ordered before ``cut_off_hour``.
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
    freight_inside_fen: Fen = NOTHING
    packs_on: date | None = None
    cut_off_hour: int = 0
    ladder: tuple[Step, ...] = ()
    free_freight_fen: Fen | None = None
    presale_on: date | None = None

    @property
    def sold_out(self) -> bool:
        return self.problem in {Reason.OUT_OF_STOCK, Reason.DAY_FULL}
