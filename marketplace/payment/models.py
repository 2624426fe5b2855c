"""Tables of payment; private to the room. Money that arrived and events are never deleted."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.kernel.database import Base, Key
from marketplace.payment.types import AttemptState, CaptureKind, Processor, RefundState, TransferState


def _one_of(column: str, values: type[StrEnum]) -> str:
    return f"{column} IN ({', '.join(repr(str(one)) for one in values)})"


_LIVE = text("state IN ('created', 'open')")


class AttemptRow(Base):
    __tablename__ = "payment_attempt"
    __table_args__ = (
        CheckConstraint(_one_of("state", AttemptState), name="state_known"),
        CheckConstraint(_one_of("processor", Processor), name="processor_known"),
        CheckConstraint("amount_fen > 0", name="amount_positive"),
        CheckConstraint("state <> 'open' OR reference IS NOT NULL", name="open_has_reference"),
        CheckConstraint("expires_at > created_at", name="expires_later"),
        UniqueConstraint("processor", "reference"),
        Index("uq_payment_attempt_live", "order_id", unique=True, postgresql_where=_LIVE),
        Index("ix_payment_attempt_due", "expires_at", postgresql_where=_LIVE),
        Index(None, "order_id", "id"),
    )

    id: Mapped[Key]
    order_id: Mapped[int] = mapped_column(ForeignKey("orders_order.id"))
    order_number: Mapped[str] = mapped_column(String(40))
    processor: Mapped[str] = mapped_column(String(20))
    amount_fen: Mapped[int]
    reference: Mapped[str | None] = mapped_column(String(255))
    payment_reference: Mapped[str | None] = mapped_column(String(255))
    url: Mapped[str | None]
    idempotency_key: Mapped[str] = mapped_column(String(80), unique=True)
    token: Mapped[str] = mapped_column(String(64), unique=True)
    language: Mapped[str] = mapped_column(String(12))
    state: Mapped[str] = mapped_column(String(20))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]


class CaptureRow(Base):
    """Money that arrived; the database takes one that pays the order, however many events tell of it."""

    __tablename__ = "payment_capture"
    __table_args__ = (
        CheckConstraint(_one_of("kind", CaptureKind), name="kind_known"),
        CheckConstraint(_one_of("processor", Processor), name="processor_known"),
        CheckConstraint("amount_fen > 0", name="amount_positive"),
        CheckConstraint("refunded_fen BETWEEN 0 AND amount_fen", name="refunded_once"),
        UniqueConstraint("processor", "reference"),
        Index(
            "uq_payment_capture_applied", "order_id", unique=True, postgresql_where=text("kind = 'applied'")
        ),
        Index(None, "order_id", "id"),
        Index("ix_payment_capture_unmatched", "id", postgresql_where=text("kind = 'mismatch'")),
        Index("ix_payment_capture_unclear", "id", postgresql_where=text("kind <> 'applied'")),
    )

    id: Mapped[Key]
    attempt_id: Mapped[int] = mapped_column(ForeignKey("payment_attempt.id"), index=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders_order.id"))
    processor: Mapped[str] = mapped_column(String(20))
    reference: Mapped[str] = mapped_column(String(255))
    amount_fen: Mapped[int]
    refunded_fen: Mapped[int] = mapped_column(default=0)
    kind: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime]


class RefundRow(Base):
    __tablename__ = "payment_refund"
    __table_args__ = (
        CheckConstraint(_one_of("state", RefundState), name="state_known"),
        CheckConstraint("amount_fen > 0 AND freight_fen >= 0", name="amounts_positive"),
        CheckConstraint("(state = 'pending') = (settled_at IS NULL)", name="settled_when"),
        Index(None, "order_id", "id"),
        Index("ix_payment_refund_waiting", "state", "id", postgresql_where=text("state <> 'succeeded'")),
    )

    id: Mapped[Key]
    order_id: Mapped[int] = mapped_column(ForeignKey("orders_order.id"))
    capture_id: Mapped[int] = mapped_column(ForeignKey("payment_capture.id"), index=True)
    amount_fen: Mapped[int]
    freight_fen: Mapped[int]
    reason: Mapped[str]
    state: Mapped[str] = mapped_column(String(20))
    reference: Mapped[str | None] = mapped_column(String(255), unique=True)
    idempotency_key: Mapped[str] = mapped_column(String(80), unique=True)
    tries: Mapped[int] = mapped_column(default=1)
    failure: Mapped[str | None]
    requested_by: Mapped[int | None] = mapped_column(ForeignKey("parties_person.id"), index=True)
    created_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]


class RefundLineRow(Base):
    __tablename__ = "payment_refund_line"
    __table_args__ = (CheckConstraint("quantity > 0 AND amount_fen > 0", name="amounts_positive"),)

    refund_id: Mapped[int] = mapped_column(ForeignKey("payment_refund.id"), primary_key=True)
    order_line_id: Mapped[int] = mapped_column(ForeignKey("orders_line.id"), primary_key=True, index=True)
    quantity: Mapped[int]
    amount_fen: Mapped[int]


class EventRow(Base):
    """What a processor reported, stored by its own id before anything acts on it."""

    __tablename__ = "payment_event"
    __table_args__ = (
        UniqueConstraint("processor", "event_id"),
        Index("ix_payment_event_waiting", "received_at", postgresql_where=text("handled_at IS NULL")),
    )

    id: Mapped[Key]
    processor: Mapped[str] = mapped_column(String(20))
    event_id: Mapped[str] = mapped_column(String(255))
    kind: Mapped[str] = mapped_column(String(80))
    subject: Mapped[str] = mapped_column(String(255))
    payload: Mapped[dict[str, Any]]
    received_at: Mapped[datetime]
    handled_at: Mapped[datetime | None]
    outcome: Mapped[str | None] = mapped_column(String(80))


class TransferRow(Base):
    """A line of the bank's statement, matched to an order by one person and confirmed by another."""

    __tablename__ = "payment_transfer"
    __table_args__ = (
        CheckConstraint(_one_of("state", TransferState), name="state_known"),
        CheckConstraint("amount_fen > 0", name="amount_positive"),
        CheckConstraint("confirmed_by <> proposed_by", name="two_persons"),
        CheckConstraint("(state = 'proposed') = (confirmed_by IS NULL)", name="confirmed_who"),
        Index(None, "state", "id"),
    )

    id: Mapped[Key]
    attempt_id: Mapped[int] = mapped_column(ForeignKey("payment_attempt.id"), index=True)
    code: Mapped[str] = mapped_column(String(20))
    amount_fen: Mapped[int]
    payer_name: Mapped[str]
    bank_reference: Mapped[str] = mapped_column(String(120), unique=True)
    received_on: Mapped[date]
    state: Mapped[str] = mapped_column(String(20))
    proposed_by: Mapped[int] = mapped_column(ForeignKey("parties_person.id"), index=True)
    confirmed_by: Mapped[int | None] = mapped_column(ForeignKey("parties_person.id"), index=True)
    proposed_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
