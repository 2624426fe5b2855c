"""Tables of the money ledger; private to the room. Entries and postings only grow."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.kernel.database import Base, Key


class LedgerEntryRow(Base):
    """凭证: unique per source and purpose, so that a replay is harmless; a deferred trigger balances it."""

    __tablename__ = "settlement_entry"
    __table_args__ = (
        UniqueConstraint("source_type", "source_id", "purpose"),
        CheckConstraint("extract(day FROM month) = 1", name="month_first_day"),
    )

    id: Mapped[Key]
    source_type: Mapped[str] = mapped_column(String(20))
    source_id: Mapped[int]
    purpose: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime]
    month: Mapped[date]


class PostingRow(Base):
    """分录, with the dimensions of the moment copied."""

    __tablename__ = "settlement_posting"
    __table_args__ = (
        CheckConstraint("amount_fen <> 0", name="amount_something"),
        Index(None, "account", "month", "id"),
        Index(None, "entry_id"),
        Index(None, "order_id"),
        Index(None, "order_line_id"),
        Index(None, "party_id"),
        Index(None, "fulfilment_id"),
    )

    id: Mapped[Key]
    entry_id: Mapped[int] = mapped_column(ForeignKey("settlement_entry.id"))
    account: Mapped[str] = mapped_column(String(60))
    amount_fen: Mapped[int]
    month: Mapped[date]
    party_id: Mapped[int | None] = mapped_column(ForeignKey("parties_party.id"))
    order_id: Mapped[int | None] = mapped_column(ForeignKey("orders_order.id"))
    fulfilment_id: Mapped[int | None] = mapped_column(ForeignKey("orders_fulfilment.id"))
    order_line_id: Mapped[int | None] = mapped_column(ForeignKey("orders_line.id"))
    particulars: Mapped[dict[str, Any] | None] = mapped_column(JSONB)


class UnfoldedRow(Base):
    """A posting that its account's kept balance does not hold yet."""

    __tablename__ = "settlement_unfolded"

    posting_id: Mapped[int] = mapped_column(ForeignKey("settlement_posting.id"), primary_key=True)


class BalanceRow(Base):
    """What an account's folded postings add up to; only the folder writes here."""

    __tablename__ = "settlement_balance"

    account: Mapped[str] = mapped_column(String(60), primary_key=True)
    amount_fen: Mapped[int]
    posting_count: Mapped[int]
