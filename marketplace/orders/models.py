"""Tables of orders; private to the room. What was agreed is frozen: triggers refuse to change it."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.catalogue.types import StorageKind
from marketplace.kernel.database import Base, Key
from marketplace.orders.types import FulfilmentState, OrderState

_CODE = String(20)


def _one_of(column: str, values: type[StrEnum]) -> str:
    return f"{column} IN ({', '.join(repr(str(one)) for one in values)})"


class OrderRow(Base):
    __tablename__ = "orders_order"
    __table_args__ = (
        CheckConstraint(_one_of("state", OrderState), name="state_known"),
        CheckConstraint("goods_fen > 0 AND freight_fen >= 0", name="amounts_positive"),
        CheckConstraint("total_fen = goods_fen + freight_fen", name="total_adds_up"),
        CheckConstraint("(state IN ('paid', 'completed')) <= (paid_at IS NOT NULL)", name="paid_when"),
        CheckConstraint("(state = 'completed') = (completed_at IS NOT NULL)", name="completed_when"),
        CheckConstraint("(state IN ('cancelled', 'expired')) = (closed_at IS NOT NULL)", name="closed_when"),
        Index(None, "person_id", "id"),
        Index(None, "unit_id", "id"),
        Index(None, "state", "id"),
    )

    id: Mapped[Key]
    number: Mapped[str] = mapped_column(String(40), unique=True)
    token: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("parties_person.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("parties_party.id"))
    state: Mapped[str] = mapped_column(String(20))
    contact_phone: Mapped[str] = mapped_column(String(20))
    contact_language: Mapped[str] = mapped_column(String(12))
    contact_email: Mapped[str | None]
    recipient: Mapped[str]
    recipient_phone: Mapped[str] = mapped_column(String(20))
    destination_code: Mapped[str] = mapped_column(_CODE, ForeignKey("places_division.code"), index=True)
    address_line: Mapped[str]
    goods_fen: Mapped[int]
    freight_fen: Mapped[int]
    total_fen: Mapped[int]
    hold_id: Mapped[int | None] = mapped_column(ForeignKey("stock_hold.id"), index=True)
    policy_version: Mapped[str] = mapped_column(String(40))
    placed_at: Mapped[datetime]
    paid_at: Mapped[datetime | None]
    completed_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]


class FulfilmentRow(Base):
    __tablename__ = "orders_fulfilment"
    __table_args__ = (
        CheckConstraint(_one_of("state", FulfilmentState), name="state_known"),
        CheckConstraint(_one_of("storage_kind", StorageKind), name="storage_known"),
        CheckConstraint("weight_g > 0 AND freight_fen >= 0", name="amounts_positive"),
        CheckConstraint("refunded_freight_fen BETWEEN 0 AND freight_fen", name="freight_refunded_once"),
        CheckConstraint("(state = 'declined') = (decline_reason IS NOT NULL)", name="declined_why"),
        CheckConstraint("(state = 'received') = (received_at IS NOT NULL)", name="received_when"),
        CheckConstraint("arrives_on >= ships_on", name="days_in_order"),
        UniqueConstraint("order_id", "part_no"),
        Index(None, "cooperative_id", "state", "id"),
        Index(None, "warehouse_id", "id"),
        Index(None, "state", "delivered_at"),
    )

    id: Mapped[Key]
    number: Mapped[str] = mapped_column(String(50), unique=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders_order.id"))
    part_no: Mapped[int]
    shipment_no: Mapped[int]
    cooperative_id: Mapped[int] = mapped_column(ForeignKey("parties_party.id"))
    warehouse_id: Mapped[int | None] = mapped_column(ForeignKey("parties_party.id"))
    storage_kind: Mapped[str] = mapped_column(String(20))
    weight_g: Mapped[int]
    freight_fen: Mapped[int]
    refunded_freight_fen: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(String(20))
    ships_on: Mapped[date]
    arrives_on: Mapped[date]
    reasons: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    label_token: Mapped[str] = mapped_column(String(64), unique=True)
    decline_reason: Mapped[str | None]
    accepted_at: Mapped[datetime | None]
    packed_at: Mapped[datetime | None]
    shipped_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    received_at: Mapped[datetime | None]


class OrderLineRow(Base):
    __tablename__ = "orders_line"
    __table_args__ = (
        CheckConstraint("unit_price_fen > 0 AND quantity > 0 AND net_weight_g > 0", name="amounts_positive"),
        CheckConstraint("goods_fen = unit_price_fen * quantity", name="goods_adds_up"),
        CheckConstraint("refunded_quantity BETWEEN 0 AND quantity", name="refunded_once"),
        CheckConstraint(_one_of("storage_kind", StorageKind), name="storage_known"),
        UniqueConstraint("order_id", "no"),
        Index(None, "fulfilment_id", "no"),
    )

    id: Mapped[Key]
    no: Mapped[int]
    order_id: Mapped[int] = mapped_column(ForeignKey("orders_order.id"))
    fulfilment_id: Mapped[int] = mapped_column(ForeignKey("orders_fulfilment.id"))
    product_id: Mapped[int] = mapped_column(ForeignKey("catalogue_product.id"), index=True)
    product_slug: Mapped[str]
    product_name_zh: Mapped[str]
    product_name_zh_hant: Mapped[str]
    product_name_en: Mapped[str]
    pack_zh: Mapped[str]
    pack_zh_hant: Mapped[str]
    pack_en: Mapped[str]
    variant_id: Mapped[int] = mapped_column(ForeignKey("catalogue_variant.id"), index=True)
    offer_id: Mapped[int] = mapped_column(ForeignKey("catalogue_offer.id"), index=True)
    cooperative_id: Mapped[int] = mapped_column(ForeignKey("parties_party.id"), index=True)
    cooperative_name_zh: Mapped[str]
    cooperative_name_zh_hant: Mapped[str]
    cooperative_name_en: Mapped[str]
    producer_id: Mapped[int] = mapped_column(ForeignKey("parties_party.id"), index=True)
    producer_name_zh: Mapped[str]
    producer_name_zh_hant: Mapped[str]
    producer_name_en: Mapped[str]
    county_code: Mapped[str] = mapped_column(_CODE, ForeignKey("places_division.code"), index=True)
    prefecture_code: Mapped[str] = mapped_column(_CODE, ForeignKey("places_division.code"), index=True)
    industry_code: Mapped[str | None] = mapped_column(String(40))
    storage_code: Mapped[str] = mapped_column(String(40))
    storage_kind: Mapped[str] = mapped_column(String(20))
    range_min_milli_c: Mapped[int | None]
    range_max_milli_c: Mapped[int | None]
    unit_price_fen: Mapped[int]
    quantity: Mapped[int]
    goods_fen: Mapped[int]
    net_weight_g: Mapped[int]
    certificates: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    refunded_quantity: Mapped[int] = mapped_column(default=0)


class PickRow(Base):
    """Packs of a lot that serve a line: proposed by the hold, settled when the cooperative packs.

    ``position`` keeps the order in which they are to be taken: what expires first comes first.
    """

    __tablename__ = "orders_pick"
    __table_args__ = (CheckConstraint("quantity > 0", name="quantity_positive"),)

    order_line_id: Mapped[int] = mapped_column(ForeignKey("orders_line.id"), primary_key=True)
    lot_id: Mapped[int] = mapped_column(ForeignKey("catalogue_lot.id"), primary_key=True, index=True)
    position: Mapped[int]
    quantity: Mapped[int]
