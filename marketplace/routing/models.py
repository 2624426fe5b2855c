"""The tables of routing: every decision with its parts, lines, terms, reasons and runner-up. Append-only."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.kernel.database import Base, Key

_TERMS = "'price','freight','distance','parts','waiting','freshness','pairing','key_county','fair_share'"


class DecisionRow(Base):
    """One choice for one cause; a declined part makes another decision for the same order."""

    __tablename__ = "routing_decision"
    __table_args__ = (
        CheckConstraint("score_fen >= 0", name="score_not_negative"),
        CheckConstraint("goods_fen >= 0 AND freight_fen >= 0", name="money_not_negative"),
        Index(None, "cause_type", "cause_id", "id"),
        Index(None, "policy_version", "decided_at"),
    )

    id: Mapped[Key]
    cause_type: Mapped[str] = mapped_column(String(40))
    cause_id: Mapped[int]
    cause_kind: Mapped[str] = mapped_column(String(40))
    decided_at: Mapped[datetime]
    destination_code: Mapped[str] = mapped_column(String(20), ForeignKey("places_division.code"), index=True)
    policy_version: Mapped[str] = mapped_column(String(40))
    optimal: Mapped[bool]
    score_fen: Mapped[int]
    goods_fen: Mapped[int]
    freight_fen: Mapped[int]


class DecidedPartRow(Base):
    """What a decision gave to one cooperative; ``decided_on`` is the business day, for fair shares."""

    __tablename__ = "routing_decided_part"
    __table_args__ = (
        CheckConstraint("goods_fen >= 0 AND freight_fen >= 0", name="money_not_negative"),
        Index(
            "ix_routing_decided_part_share",
            "decided_on",
            "cooperative_id",
            postgresql_include=["goods_fen"],
        ),
        Index(None, "cooperative_id", "decided_on"),
    )

    decision_id: Mapped[int] = mapped_column(ForeignKey("routing_decision.id"), primary_key=True)
    no: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    cooperative_id: Mapped[int] = mapped_column(ForeignKey("parties_party.id"))
    warehouse_id: Mapped[int | None] = mapped_column(ForeignKey("parties_party.id"), index=True)
    origin_code: Mapped[str] = mapped_column(String(20), ForeignKey("places_division.code"), index=True)
    goods_fen: Mapped[int]
    freight_fen: Mapped[int]
    decided_on: Mapped[date]


class DecidedLineRow(Base):
    """A quantity of a line given to an offer, at its price."""

    __tablename__ = "routing_decided_line"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity_positive"),
        CheckConstraint("unit_price_fen > 0", name="price_positive"),
    )

    decision_id: Mapped[int] = mapped_column(ForeignKey("routing_decision.id"), primary_key=True)
    part_no: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    line_no: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    offer_id: Mapped[int] = mapped_column(ForeignKey("catalogue_offer.id"), primary_key=True, index=True)
    quantity: Mapped[int]
    unit_price_fen: Mapped[int]


class DecisionTermRow(Base):
    """What a named term of the policy came to, for the choice (rank 1) and for the runner-up (rank 2)."""

    __tablename__ = "routing_decision_term"
    __table_args__ = (
        CheckConstraint(f"term IN ({_TERMS})", name="term_known"),
        CheckConstraint("amount_fen >= 0", name="amount_not_negative"),
        CheckConstraint("rank IN (1, 2)", name="rank_known"),
    )

    decision_id: Mapped[int] = mapped_column(ForeignKey("routing_decision.id"), primary_key=True)
    rank: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    term: Mapped[str] = mapped_column(String(20), primary_key=True)
    amount_fen: Mapped[int]


class DecisionReasonRow(Base):
    """A reason as template and parameters; it is put into the reader's language where it is shown."""

    __tablename__ = "routing_decision_reason"

    decision_id: Mapped[int] = mapped_column(ForeignKey("routing_decision.id"), primary_key=True)
    part_no: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    position: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    template: Mapped[str]
    parameters: Mapped[dict[str, Any]]


class RunnerUpRow(Base):
    """The best plan that was not taken, and why it was not."""

    __tablename__ = "routing_runner_up"
    __table_args__ = (CheckConstraint("score_fen >= 0 AND total_fen >= 0", name="money_not_negative"),)

    decision_id: Mapped[int] = mapped_column(ForeignKey("routing_decision.id"), primary_key=True)
    score_fen: Mapped[int]
    total_fen: Mapped[int]
    offers: Mapped[list[list[int]]] = mapped_column(JSONB)
    template: Mapped[str]
    parameters: Mapped[dict[str, Any]]
