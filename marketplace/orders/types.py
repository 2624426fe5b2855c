"""What others may hold of orders: the order, its frozen lines, and the cooperatives' parts of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NewType

from marketplace.catalogue.types import CertificateProof, LotId, OfferId, ProductId, StorageKind, VariantId
from marketplace.kernel.message import Message, Name
from marketplace.parties.types import PartyId, PersonId
from marketplace.places.types import DivisionCode
from marketplace.stock.types import HoldId

OrderId = NewType("OrderId", int)
OrderLineId = NewType("OrderLineId", int)
FulfilmentId = NewType("FulfilmentId", int)


class OrderState(StrEnum):
    """Where the whole order stands; money that came too late is payment's to say."""

    AWAITING_PAYMENT = "awaiting_payment"
    PAID = "paid"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class FulfilmentState(StrEnum):
    """Where one cooperative's part (供货单) stands; before payment it is only planned."""

    AWAITING_PAYMENT = "awaiting_payment"
    TO_ACCEPT = "to_accept"
    ACCEPTED = "accepted"
    PACKED = "packed"
    IN_TRANSIT = "in_transit"
    DELIVERED = "delivered"
    RECEIVED = "received"
    DECLINED = "declined"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where the goods go; ``phone`` is E.164. Personal: for buyer, sender and carrier only."""

    recipient: str
    phone: str
    division_code: DivisionCode
    line: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Whom to tell about the order, in the language they read (BCP 47)."""

    phone: str
    language: str = "zh-Hans"
    email: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pick:
    """Packs of one lot that serve a line."""

    lot_id: LotId
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LineDraft:
    """One line as it will be frozen: everything a report may ask for later is copied here and now."""

    product_id: ProductId
    product_slug: str
    product_name: Name
    pack: Name
    variant_id: VariantId
    offer_id: OfferId
    cooperative_id: PartyId
    cooperative_name: Name
    producer_id: PartyId
    producer_name: Name
    county_code: DivisionCode
    prefecture_code: DivisionCode
    industry_code: str | None
    storage_code: str
    storage_kind: StorageKind
    range_min_milli_c: int | None
    range_max_milli_c: int | None
    unit_price_fen: int
    quantity: int
    net_weight_g: int
    certificates: tuple[CertificateProof, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PartDraft:
    """A part of the chosen plan: one cooperative's lines that leave together.

    Parts with the same ``shipment_no`` meet in one cloud warehouse and reach the buyer as one parcel;
    ``freight_fen`` is this part's share of that parcel's freight.
    """

    no: int
    shipment_no: int
    cooperative_id: PartyId
    warehouse_id: PartyId | None
    storage_kind: StorageKind
    weight_g: int
    freight_fen: int
    ships_on: date
    arrives_on: date
    reasons: tuple[Message, ...]
    lines: tuple[LineDraft, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderDraft:
    """Everything that becomes an order, complete: a half-built order cannot exist."""

    person_id: PersonId
    unit_id: PartyId | None
    contact: Contact
    address: Address
    policy_version: str
    parts: tuple[PartDraft, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLine:
    """A frozen line; amounts in fen for the whole line, ``net_weight_g`` for one pack.

    Names, price, producer, county, certificates and range are those of the moment it was ordered.
    """

    id: OrderLineId
    no: int
    order_id: OrderId
    fulfilment_id: FulfilmentId
    product_id: ProductId
    product_slug: str
    product_name: Name
    pack: Name
    variant_id: VariantId
    offer_id: OfferId
    cooperative_id: PartyId
    cooperative_name: Name
    producer_id: PartyId
    producer_name: Name
    county_code: DivisionCode
    prefecture_code: DivisionCode
    industry_code: str | None
    storage_code: str
    storage_kind: StorageKind
    range_min_milli_c: int | None
    range_max_milli_c: int | None
    unit_price_fen: int
    quantity: int
    refunded_quantity: int
    goods_fen: int
    net_weight_g: int
    certificates: tuple[CertificateProof, ...]
    picks: tuple[Pick, ...]

    @property
    def refunded_fen(self) -> int:
        """Goods money of this line that is given back, in fen."""
        return self.unit_price_fen * self.refunded_quantity

    @property
    def refundable_quantity(self) -> int:
        return self.quantity - self.refunded_quantity

    @property
    def lot_id(self) -> LotId | None:
        """The lot where the whole line comes from a single one."""
        return self.picks[0].lot_id if len(self.picks) == 1 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fulfilment:
    """供货单 to the cooperative, 包裹 to the buyer; ``reasons`` say why routing chose it."""

    id: FulfilmentId
    number: str
    order_id: OrderId
    order_number: str
    part_no: int
    shipment_no: int
    cooperative_id: PartyId
    warehouse_id: PartyId | None
    destination_code: DivisionCode
    storage_kind: StorageKind
    weight_g: int
    freight_fen: int
    refunded_freight_fen: int
    state: FulfilmentState
    ships_on: date
    arrives_on: date
    reasons: tuple[Message, ...]
    label_token: str
    decline_reason: str | None
    accepted_at: datetime | None
    packed_at: datetime | None
    shipped_at: datetime | None
    delivered_at: datetime | None
    received_at: datetime | None
    lines: tuple[OrderLine, ...]

    @property
    def goods_fen(self) -> int:
        return sum(line.goods_fen for line in self.lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """A cooperative's parts in one state that no buyer has received: how many, their worth, the next arrival.

    ``due_parts`` of them should have left by the end of the day; ``goods_fen`` is told of packed ones.
    """

    parts: int
    goods_fen: int
    next_on: date | None
    due_parts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """An order as its buyer agreed to it. ``number`` is read aloud, ``token`` opens it without an account."""

    id: OrderId
    number: str
    token: str
    person_id: PersonId
    unit_id: PartyId | None
    state: OrderState
    destination_code: DivisionCode
    address: Address
    contact: Contact
    goods_fen: int
    freight_fen: int
    total_fen: int
    refunded_freight_fen: int
    hold_id: HoldId | None
    policy_version: str
    placed_at: datetime
    paid_at: datetime | None
    completed_at: datetime | None
    closed_at: datetime | None
    lines: tuple[OrderLine, ...]
    fulfilments: tuple[Fulfilment, ...]

    @property
    def refunded_fen(self) -> int:
        """Everything given back or on its way back, goods and freight, in fen."""
        return self.refunded_freight_fen + sum(line.refunded_fen for line in self.lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderSummary:
    """One row of a list of orders."""

    id: OrderId
    number: str
    state: OrderState
    total_fen: int
    placed_at: datetime
    first_product: Name
    line_count: int


Picks = Mapping[OrderLineId, tuple[Pick, ...]]
"""What a cooperative takes from which lots, line by line."""
