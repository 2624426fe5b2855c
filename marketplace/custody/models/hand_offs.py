"""Tables of hand-offs: who gave what to whom, how warm, and what went wrong.

The chain of holders is the database's own: a hand-off points at the one before together with the holder it
left the goods with, and no two hand-offs follow the same one.
"""

from datetime import datetime
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

from marketplace.custody.models.columns import HOLDER, NAME, NUMBER, STATE, one_of
from marketplace.custody.types import BreachCause, Decision, HandOffKind, HolderKind
from marketplace.kernel.database import Base, Key


class HandOffRow(Base):
    """One hand-off as it was signed, with its canonical bytes. Append-only."""

    __tablename__ = "custody_hand_off"
    __table_args__ = (
        CheckConstraint(one_of("kind", HandOffKind), name="kind_known"),
        CheckConstraint(one_of("decision", Decision), name="decision_known"),
        CheckConstraint(one_of("from_kind", HolderKind), name="from_known"),
        CheckConstraint(one_of("to_kind", HolderKind), name="to_known"),
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
    number: Mapped[str] = mapped_column(NUMBER, unique=True)
    consignment_id: Mapped[int] = mapped_column(ForeignKey("custody_consignment.id"))
    kind: Mapped[str] = mapped_column(STATE)
    from_kind: Mapped[str] = mapped_column(STATE)
    from_party_id: Mapped[int | None] = mapped_column(ForeignKey("parties_party.id"))
    from_person_id: Mapped[int | None] = mapped_column(ForeignKey("parties_person.id"), index=True)
    from_name: Mapped[Any | None] = mapped_column(NAME)
    from_key: Mapped[str] = mapped_column(HOLDER)
    to_kind: Mapped[str] = mapped_column(STATE)
    to_party_id: Mapped[int | None] = mapped_column(ForeignKey("parties_party.id"))
    to_person_id: Mapped[int | None] = mapped_column(ForeignKey("parties_person.id"), index=True)
    to_name: Mapped[Any | None] = mapped_column(NAME)
    to_key: Mapped[str] = mapped_column(HOLDER)
    holder_after_key: Mapped[str] = mapped_column(HOLDER)
    place_code: Mapped[str] = mapped_column(String(20), ForeignKey("places_division.code"), index=True)
    at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    packages: Mapped[int]
    seal_number: Mapped[str | None] = mapped_column(NUMBER)
    seal_intact: Mapped[bool | None]
    plate: Mapped[str | None] = mapped_column(String(20))
    surface_min_milli_c: Mapped[int | None]
    surface_max_milli_c: Mapped[int | None]
    core_milli_c: Mapped[int | None]
    logger_number: Mapped[str | None] = mapped_column(NUMBER)
    logger_min_milli_c: Mapped[int | None]
    logger_max_milli_c: Mapped[int | None]
    logger_mean_milli_c: Mapped[int | None]
    minutes_outside: Mapped[int | None]
    decision: Mapped[str] = mapped_column(STATE)
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
        CheckConstraint(one_of("cause", BreachCause), name="cause_known"),
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
    cause: Mapped[str] = mapped_column(STATE)
    measured_milli_c: Mapped[int | None]
    min_milli_c: Mapped[int | None]
    max_milli_c: Mapped[int | None]
    found_at: Mapped[datetime]
    resolved_at: Mapped[datetime | None]
    resolved_by_id: Mapped[int | None] = mapped_column(ForeignKey("parties_person.id"), index=True)
    resolution: Mapped[str | None]
