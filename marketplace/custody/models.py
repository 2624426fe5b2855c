"""Tables of custody; private to the room.

The chain of holders is the database's own: a hand-off points at the one before together with the holder it
left the goods with, and no two hand-offs follow the same one.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    SmallInteger,
    String,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.catalogue.types import StorageKind
from marketplace.custody.types import (
    BreachCause,
    ConsignmentState,
    Decision,
    HandOffKind,
    HolderKind,
    WaybillEventKind,
)
from marketplace.kernel.database import Base, Key

_STATE = String(20)
_HOLDER = String(60)
_NUMBER = String(40)
_NAME = JSONB(none_as_null=True)


def _one_of(column: str, values: type[StrEnum]) -> str:
    return f"{column} IN ({', '.join(repr(str(one)) for one in values)})"


class RegroupingRow(Base):
    """A load split, or loads put together, by the holder who has them. Append-only."""

    __tablename__ = "custody_regrouping"
    __table_args__ = (
        CheckConstraint(_one_of("holder_kind", HolderKind), name="holder_known"),
        CheckConstraint("at <= recorded_at", name="not_in_the_future"),
    )

    id: Mapped[Key]
    uid: Mapped[UUID] = mapped_column(Uuid, unique=True)
    holder_kind: Mapped[str] = mapped_column(_STATE)
    holder_party_id: Mapped[int | None] = mapped_column(ForeignKey("parties_party.id"), index=True)
    holder_person_id: Mapped[int | None] = mapped_column(ForeignKey("parties_person.id"), index=True)
    holder_name: Mapped[Any | None] = mapped_column(_NAME)
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
        CheckConstraint(_one_of("state", ConsignmentState), name="state_known"),
        CheckConstraint(_one_of("storage_kind", StorageKind), name="storage_known"),
        CheckConstraint(_one_of("holder_kind", HolderKind), name="holder_known"),
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
    number: Mapped[str] = mapped_column(_NUMBER, unique=True)
    label_token: Mapped[str] = mapped_column(String(64), unique=True)
    trace_token: Mapped[str] = mapped_column(String(64), unique=True)
    fulfilment_id: Mapped[int | None] = mapped_column(ForeignKey("orders_fulfilment.id"))
    regrouping_id: Mapped[int | None] = mapped_column(ForeignKey("custody_regrouping.id"), index=True)
    sender_id: Mapped[int] = mapped_column(ForeignKey("parties_party.id"))
    destination_code: Mapped[str] = mapped_column(String(20), ForeignKey("places_division.code"), index=True)
    warehouse_id: Mapped[int | None] = mapped_column(ForeignKey("parties_party.id"))
    storage_kind: Mapped[str] = mapped_column(_STATE)
    packages: Mapped[int]
    seal_number: Mapped[str | None] = mapped_column(_NUMBER)
    state: Mapped[str] = mapped_column(_STATE)
    holder_kind: Mapped[str] = mapped_column(_STATE)
    holder_party_id: Mapped[int | None] = mapped_column(ForeignKey("parties_party.id"))
    holder_person_id: Mapped[int | None] = mapped_column(ForeignKey("parties_person.id"))
    holder_name: Mapped[Any | None] = mapped_column(_NAME)
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


class WaybillRow(Base):
    """An express parcel. Append-only."""

    __tablename__ = "custody_waybill"
    __table_args__ = (UniqueConstraint("courier", "number"),)

    id: Mapped[Key]
    consignment_id: Mapped[int] = mapped_column(ForeignKey("custody_consignment.id"), index=True)
    courier: Mapped[str] = mapped_column(String(40))
    number: Mapped[str] = mapped_column(_NUMBER)
    recorded_at: Mapped[datetime]


class WaybillEventRow(Base):
    """揽收 or 签收. Append-only."""

    __tablename__ = "custody_waybill_event"
    __table_args__ = (
        CheckConstraint(_one_of("kind", WaybillEventKind), name="kind_known"),
        CheckConstraint("at <= recorded_at", name="not_in_the_future"),
    )

    waybill_id: Mapped[int] = mapped_column(ForeignKey("custody_waybill.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(_STATE, primary_key=True)
    at: Mapped[datetime]
    recorded_at: Mapped[datetime]


class HandOffRow(Base):
    """One hand-off as it was signed, with its canonical bytes. Append-only."""

    __tablename__ = "custody_hand_off"
    __table_args__ = (
        CheckConstraint(_one_of("kind", HandOffKind), name="kind_known"),
        CheckConstraint(_one_of("decision", Decision), name="decision_known"),
        CheckConstraint(_one_of("from_kind", HolderKind), name="from_known"),
        CheckConstraint(_one_of("to_kind", HolderKind), name="to_known"),
        CheckConstraint("from_key <> to_key", name="changes_hands"),
        CheckConstraint(
            "holder_after_key = CASE WHEN decision = 'refuse' THEN from_key ELSE to_key END",
            name="holder_follows_decision",
        ),
        CheckConstraint("decision = 'accept' OR reason IS NOT NULL", name="reason_given"),
        CheckConstraint("packages > 0", name="packages_positive"),
        CheckConstraint("at <= recorded_at", name="not_in_the_future"),
        CheckConstraint("surface_min_milli_c <= surface_max_milli_c", name="surface_in_order"),
        CheckConstraint("logger_min_milli_c <= logger_max_milli_c", name="logger_in_order"),
        CheckConstraint("octet_length(leaf_hash) = 32", name="leaf_whole"),
        UniqueConstraint("id", "consignment_id", "holder_after_key"),
        UniqueConstraint("previous_id"),
        ForeignKeyConstraint(
            ["previous_id", "consignment_id", "from_key"],
            ["custody_hand_off.id", "custody_hand_off.consignment_id", "custody_hand_off.holder_after_key"],
            name="fk_custody_hand_off_chain",
        ),
        Index(
            "uq_custody_hand_off_first",
            "consignment_id",
            unique=True,
            postgresql_where=text("previous_id IS NULL"),
        ),
        Index(None, "consignment_id", "id"),
        Index(None, "from_party_id", "at"),
        Index(None, "to_party_id", "at"),
    )

    id: Mapped[Key]
    uid: Mapped[UUID] = mapped_column(Uuid, unique=True)
    number: Mapped[str] = mapped_column(_NUMBER, unique=True)
    consignment_id: Mapped[int] = mapped_column(ForeignKey("custody_consignment.id"))
    kind: Mapped[str] = mapped_column(_STATE)
    from_kind: Mapped[str] = mapped_column(_STATE)
    from_party_id: Mapped[int | None] = mapped_column(ForeignKey("parties_party.id"))
    from_person_id: Mapped[int | None] = mapped_column(ForeignKey("parties_person.id"), index=True)
    from_name: Mapped[Any | None] = mapped_column(_NAME)
    from_key: Mapped[str] = mapped_column(_HOLDER)
    to_kind: Mapped[str] = mapped_column(_STATE)
    to_party_id: Mapped[int | None] = mapped_column(ForeignKey("parties_party.id"))
    to_person_id: Mapped[int | None] = mapped_column(ForeignKey("parties_person.id"), index=True)
    to_name: Mapped[Any | None] = mapped_column(_NAME)
    to_key: Mapped[str] = mapped_column(_HOLDER)
    holder_after_key: Mapped[str] = mapped_column(_HOLDER)
    place_code: Mapped[str] = mapped_column(String(20), ForeignKey("places_division.code"), index=True)
    at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    packages: Mapped[int]
    seal_number: Mapped[str | None] = mapped_column(_NUMBER)
    seal_intact: Mapped[bool | None]
    plate: Mapped[str | None] = mapped_column(String(20))
    surface_min_milli_c: Mapped[int | None]
    surface_max_milli_c: Mapped[int | None]
    core_milli_c: Mapped[int | None]
    logger_number: Mapped[str | None] = mapped_column(_NUMBER)
    logger_min_milli_c: Mapped[int | None]
    logger_max_milli_c: Mapped[int | None]
    logger_mean_milli_c: Mapped[int | None]
    minutes_outside: Mapped[int | None]
    decision: Mapped[str] = mapped_column(_STATE)
    reason: Mapped[str | None]
    giver_signature: Mapped[Any | None] = mapped_column(JSONB(none_as_null=True))
    receiver_signature: Mapped[Any | None] = mapped_column(JSONB(none_as_null=True))
    salt: Mapped[str] = mapped_column(String(40))
    photo_digests: Mapped[list[str]]
    previous_id: Mapped[int | None]
    waybill_id: Mapped[int | None] = mapped_column(ForeignKey("custody_waybill.id"), index=True)
    schema_version: Mapped[int] = mapped_column(SmallInteger)
    canonical: Mapped[bytes] = mapped_column(LargeBinary)
    leaf_hash: Mapped[bytes] = mapped_column(LargeBinary)
    leaf_id: Mapped[int] = mapped_column(ForeignKey("transparency_leaf.id"), unique=True)


class QuantityRow(Base):
    """What passed of one lot of one line. Append-only."""

    __tablename__ = "custody_quantity"
    __table_args__ = (
        CheckConstraint(
            "given > 0 AND received >= 0 AND lost >= 0 AND kept >= 0", name="quantities_not_negative"
        ),
        CheckConstraint("given = received + lost + kept", name="conserved"),
        Index(None, "order_line_id", "hand_off_id"),
        Index(None, "lot_id", "hand_off_id"),
    )

    hand_off_id: Mapped[int] = mapped_column(ForeignKey("custody_hand_off.id"), primary_key=True)
    order_line_id: Mapped[int] = mapped_column(ForeignKey("orders_line.id"), primary_key=True)
    lot_id: Mapped[int] = mapped_column(ForeignKey("catalogue_lot.id"), primary_key=True)
    given: Mapped[int]
    received: Mapped[int]
    lost: Mapped[int]
    kept: Mapped[int]


class BreachRow(Base):
    """Packs out of range or refused, until a person with authority has decided."""

    __tablename__ = "custody_breach"
    __table_args__ = (
        CheckConstraint(_one_of("cause", BreachCause), name="cause_known"),
        CheckConstraint(
            "(cause = 'refused') = (measured_milli_c IS NULL)"
            " AND num_nulls(measured_milli_c, min_milli_c, max_milli_c) IN (0, 3)",
            name="measured_when_out_of_range",
        ),
        CheckConstraint(
            "num_nulls(resolved_at, resolved_by_id, resolution) IN (0, 3)", name="resolved_whole"
        ),
        UniqueConstraint("hand_off_id", "order_line_id", "lot_id", "cause"),
        Index(None, "order_line_id"),
        Index(None, "lot_id"),
        Index("ix_custody_breach_open", "id", postgresql_where=text("resolved_at IS NULL")),
    )

    id: Mapped[Key]
    hand_off_id: Mapped[int] = mapped_column(ForeignKey("custody_hand_off.id"))
    order_line_id: Mapped[int] = mapped_column(ForeignKey("orders_line.id"))
    lot_id: Mapped[int] = mapped_column(ForeignKey("catalogue_lot.id"))
    cause: Mapped[str] = mapped_column(_STATE)
    measured_milli_c: Mapped[int | None]
    min_milli_c: Mapped[int | None]
    max_milli_c: Mapped[int | None]
    found_at: Mapped[datetime]
    resolved_at: Mapped[datetime | None]
    resolved_by_id: Mapped[int | None] = mapped_column(ForeignKey("parties_person.id"), index=True)
    resolution: Mapped[str | None]


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
