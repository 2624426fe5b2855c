"""The sandbox's own books. Nothing else reads them: the marketplace knows only what the wire says."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.kernel.database import Base

_ID = String(80)


class SandboxSessionRow(Base):
    __tablename__ = "sandbox_session"
    __table_args__ = (
        CheckConstraint("status IN ('open', 'complete', 'expired')", name="status_known"),
        CheckConstraint("(status = 'complete') = (payment_intent IS NOT NULL)", name="complete_is_paid"),
        CheckConstraint("amount_total > 0", name="amount_positive"),
    )

    id: Mapped[str] = mapped_column(_ID, primary_key=True)
    status: Mapped[str] = mapped_column(String(20))
    payment_intent: Mapped[str | None] = mapped_column(_ID, unique=True)
    amount_total: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    parameters: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class SandboxRefundRow(Base):
    __tablename__ = "sandbox_refund"
    __table_args__ = (
        CheckConstraint("status IN ('pending', 'succeeded', 'failed')", name="status_known"),
        CheckConstraint("amount > 0", name="amount_positive"),
    )

    id: Mapped[str] = mapped_column(_ID, primary_key=True)
    payment_intent: Mapped[str] = mapped_column(_ID, index=True)
    amount: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    status: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str | None]
    metadata_given: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]


class SandboxKeyRow(Base):
    """The first answer given under an idempotency key."""

    __tablename__ = "sandbox_key"

    key: Mapped[str] = mapped_column(String(255), primary_key=True)
    request_hash: Mapped[str] = mapped_column(String(64))
    status: Mapped[int]
    answer: Mapped[dict[str, Any]]
    at: Mapped[datetime]


class SandboxEventRow(Base):
    """An event and whether its delivery was answered with 2xx."""

    __tablename__ = "sandbox_event"

    id: Mapped[str] = mapped_column(_ID, primary_key=True)
    body: Mapped[str]
    delivered: Mapped[bool]
    created_at: Mapped[datetime]
