"""Tables of loads on their way: what travels under a label, what is in it, and how it was split."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, SmallInteger, String, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.catalogue.types import StorageKind
from marketplace.custody.models.columns import NAME, NUMBER, STATE, one_of
from marketplace.custody.types import ConsignmentState, HolderKind
from marketplace.kernel.database import Base, Key


class RegroupingRow(Base):
    """A load split, or loads put together, by the holder who has them. Append-only."""

    __tablename__ = "custody_regrouping"
    __table_args__ = (
        CheckConstraint(one_of("holder_kind", HolderKind), name="holder_known"),
        CheckConstraint("at <= recorded_at", name="not_in_the_future"),
    )

    id: Mapped[Key]
    uid: Mapped[UUID] = mapped_column(Uuid, unique=True)
    holder_kind: Mapped[str] = mapped_column(STATE)
    holder_party_id: Mapped[int | None] = mapped_column(ForeignKey("parties_party.id"), index=True)
    holder_person_id: Mapped[int | None] = mapped_column(ForeignKey("parties_person.id"), index=True)
    holder_name: Mapped[Any | None] = mapped_column(NAME)
    at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    signature: Mapped[dict[str, Any]]
    salt: Mapped[str] = mapped_column(String(40))
    schema_version: Mapped[int] = mapped_column(SmallInteger)
    canonical: Mapped[bytes] = mapped_column(LargeBinary)
    leaf_hash: Mapped[bytes] = mapped_column(LargeBinary)
    leaf_id: Mapped[int] = mapped_column(ForeignKey("transparency_leaf.id"), unique=True)


class ConsignmentRow(Base):
    """What travels under one label, with who has it now; the hand-offs are its history."""

    __tablename__ = "custody_consignment"
    __table_args__ = (
        CheckConstraint(one_of("state", ConsignmentState), name="state_known"),
        CheckConstraint(one_of("storage_kind", StorageKind), name="storage_known"),
        CheckConstraint(one_of("holder_kind", HolderKind), name="holder_known"),
        CheckConstraint("packages > 0", name="packages_positive"),
        CheckConstraint("(state = 'received') = (received_at IS NOT NULL)", name="received_when"),
        # A part is opened once; what a warehouse makes of it has a cause of its own.
        Index(
            "uq_custody_consignment_first",
            "fulfilment_id",
            unique=True,
            postgresql_where=text("regrouping_id IS NULL"),
        ),
        Index(None, "fulfilment_id"),
        Index(None, "holder_party_id", "state", "id"),
        Index(None, "holder_person_id", "state", "id"),
        Index(None, "warehouse_id", "state", "id"),
        Index(None, "sender_id", "id"),
        Index(None, "state", "id"),
    )

    id: Mapped[Key]
    number: Mapped[str] = mapped_column(NUMBER, unique=True)
    label_token: Mapped[str] = mapped_column(String(64), unique=True)
    trace_token: Mapped[str] = mapped_column(String(64), unique=True)
    fulfilment_id: Mapped[int | None] = mapped_column(ForeignKey("orders_fulfilment.id"))
    regrouping_id: Mapped[int | None] = mapped_column(ForeignKey("custody_regrouping.id"), index=True)
    sender_id: Mapped[int] = mapped_column(ForeignKey("parties_party.id"))
    destination_code: Mapped[str] = mapped_column(String(20), ForeignKey("places_division.code"), index=True)
    warehouse_id: Mapped[int | None] = mapped_column(ForeignKey("parties_party.id"))
    storage_kind: Mapped[str] = mapped_column(STATE)
    packages: Mapped[int]
    seal_number: Mapped[str | None] = mapped_column(NUMBER)
    state: Mapped[str] = mapped_column(STATE)
    holder_kind: Mapped[str] = mapped_column(STATE)
    holder_party_id: Mapped[int | None] = mapped_column(ForeignKey("parties_party.id"))
    holder_person_id: Mapped[int | None] = mapped_column(ForeignKey("parties_person.id"))
    holder_name: Mapped[Any | None] = mapped_column(NAME)
    held_since: Mapped[datetime]
    # No key of its own: hand-offs point here, and the chain among them is what holds.
    last_hand_off_id: Mapped[int | None]
    opened_at: Mapped[datetime]
    received_at: Mapped[datetime | None]


class ContentRow(Base):
    """Packs of a lot in a consignment, with what they bear, frozen; ``quantity`` is what is there now."""

    __tablename__ = "custody_content"
    __table_args__ = (
        CheckConstraint("packed > 0 AND quantity BETWEEN 0 AND packed", name="quantity_within_packed"),
        CheckConstraint("min_milli_c <= max_milli_c", name="range_in_order"),
        CheckConstraint(
            "excursion_lower_milli_c <= min_milli_c AND max_milli_c <= excursion_upper_milli_c",
            name="excursion_outside_range",
        ),
        CheckConstraint(
            "num_nulls(min_milli_c, max_milli_c, excursion_lower_milli_c, excursion_upper_milli_c,"
            " tolerance_minutes) IN (0, 5)",
            name="limits_whole",
        ),
    )

    consignment_id: Mapped[int] = mapped_column(ForeignKey("custody_consignment.id"), primary_key=True)
    order_line_id: Mapped[int] = mapped_column(ForeignKey("orders_line.id"), primary_key=True, index=True)
    lot_id: Mapped[int] = mapped_column(ForeignKey("catalogue_lot.id"), primary_key=True, index=True)
    fulfilment_id: Mapped[int] = mapped_column(ForeignKey("orders_fulfilment.id"), index=True)
    packed: Mapped[int]
    quantity: Mapped[int]
    min_milli_c: Mapped[int | None]
    max_milli_c: Mapped[int | None]
    excursion_lower_milli_c: Mapped[int | None]
    excursion_upper_milli_c: Mapped[int | None]
    reject_above_milli_c: Mapped[int | None]
    tolerance_minutes: Mapped[int | None]


class MovedRow(Base):
    """Packs that went from one consignment into another. Append-only."""

    __tablename__ = "custody_moved"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity_positive"),
        CheckConstraint("from_id <> to_id", name="moves"),
    )

    regrouping_id: Mapped[int] = mapped_column(ForeignKey("custody_regrouping.id"), primary_key=True)
    from_id: Mapped[int] = mapped_column(ForeignKey("custody_consignment.id"), primary_key=True, index=True)
    to_id: Mapped[int] = mapped_column(ForeignKey("custody_consignment.id"), primary_key=True, index=True)
    order_line_id: Mapped[int] = mapped_column(ForeignKey("orders_line.id"), primary_key=True, index=True)
    lot_id: Mapped[int] = mapped_column(ForeignKey("catalogue_lot.id"), primary_key=True, index=True)
    quantity: Mapped[int]
