"""Tables of the assistance record; private to the room. Entries only grow, roll-ups are folded from them."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.assistance.types import BuyerKind, Channel, Mode, Reason, Stage
from marketplace.custody.types import CustodyEvidence
from marketplace.kernel.database import Base, Key
from marketplace.places.types import PairingState

_CODE = String(20)
_STATE = String(20)


def _one_of(column: str, values: type[StrEnum]) -> str:
    return f"{column} IN ({', '.join(repr(str(one)) for one in values)})"


_REACHED = text("reason = 'reached'")


class EntryRow(Base):
    """台账明细 and 冲减; a line reaches a stage once, and each cause is answered once.

    Places and pairings are copied without foreign keys: every writer would take a lock on the one row of a
    hot pairing, and what was copied must not move when the reference does.
    """

    __tablename__ = "assistance_entry"
    __table_args__ = (
        CheckConstraint(_one_of("stage", Stage), name="stage_known"),
        CheckConstraint(_one_of("reason", Reason), name="reason_known"),
        CheckConstraint(_one_of("pairing_state", PairingState), name="pairing_state_known"),
        CheckConstraint(_one_of("channel", Channel), name="channel_known"),
        CheckConstraint(_one_of("mode", Mode), name="mode_known"),
        CheckConstraint(_one_of("buyer_kind", BuyerKind), name="buyer_kind_known"),
        CheckConstraint(_one_of("evidence", CustodyEvidence), name="evidence_known"),
        CheckConstraint("extract(day FROM month) = 1", name="month_first_day"),
        CheckConstraint("amount_fen <> 0", name="amount_something"),
        CheckConstraint(
            "CASE reason WHEN 'reached' THEN reverses_id IS NULL AND amount_fen > 0"
            " WHEN 'restated' THEN reverses_id IS NOT NULL"
            " ELSE reverses_id IS NOT NULL AND amount_fen < 0 END",
            name="reversal_negative",
        ),
        CheckConstraint(
            "(pairing_id IS NOT NULL) = (pairing_state IN ('paired', 'unconfirmed'))", name="pairing_named"
        ),
        Index(
            "uq_assistance_entry_reached", "order_line_id", "stage", unique=True, postgresql_where=_REACHED
        ),
        Index(
            "uq_assistance_entry_cause",
            "order_line_id",
            "stage",
            "cause_type",
            "cause_id",
            unique=True,
            postgresql_where=text("cause_id IS NOT NULL AND reason <> 'restated'"),
        ),
        Index(None, "reverses_id"),
        Index(None, "order_id"),
        Index(None, "month", "id"),
        Index(None, "county_code", "month"),
        Index(None, "pairing_id", "month"),
    )

    id: Mapped[Key]
    stage: Mapped[str] = mapped_column(_STATE)
    reason: Mapped[str] = mapped_column(_STATE)
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("assistance_entry.id"))
    cause_type: Mapped[str | None] = mapped_column(_STATE)
    cause_id: Mapped[int | None]
    order_line_id: Mapped[int] = mapped_column(ForeignKey("orders_line.id"))
    order_id: Mapped[int] = mapped_column(ForeignKey("orders_order.id"))
    ordered_on: Mapped[date]
    amount_fen: Mapped[int]
    at: Mapped[datetime]
    month: Mapped[date]
    county_code: Mapped[str] = mapped_column(_CODE)
    prefecture_code: Mapped[str] = mapped_column(_CODE)
    city_code: Mapped[str] = mapped_column(_CODE)
    pairing_state: Mapped[str] = mapped_column(_STATE)
    pairing_id: Mapped[int | None]
    industry_code: Mapped[str | None] = mapped_column(String(40))
    channel: Mapped[str] = mapped_column(_STATE)
    mode: Mapped[str] = mapped_column(_STATE)
    buyer_kind: Mapped[str] = mapped_column(_STATE)
    buyer_id: Mapped[int]
    poverty_alleviated: Mapped[bool]
    key_county: Mapped[bool]
    certificates: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    evidence: Mapped[str] = mapped_column(_STATE)
    recognition_version: Mapped[str] = mapped_column(String(20))


class UnfoldedRow(Base):
    """An entry that the roll-up does not hold yet; folding takes it away in the same transaction."""

    __tablename__ = "assistance_unfolded"

    entry_id: Mapped[int] = mapped_column(ForeignKey("assistance_entry.id"), primary_key=True)


ROLLUP_KEY = (
    "month",
    "stage",
    "city_code",
    "county_code",
    "prefecture_code",
    "industry_code",
    "pairing_state",
    "pairing_id",
    "evidence",
    "mode",
    "buyer_kind",
    "channel",
    "poverty_alleviated",
    "key_county",
)


class RollupRow(Base):
    """What entries of equal dimensions add up to; only the folder writes here."""

    __tablename__ = "assistance_rollup"
    __table_args__ = (
        Index(
            "uq_assistance_rollup_dimensions",
            *ROLLUP_KEY,
            unique=True,
            postgresql_nulls_not_distinct=True,
        ),
        CheckConstraint("extract(day FROM month) = 1", name="month_first_day"),
        CheckConstraint("entry_count > 0", name="count_positive"),
    )

    id: Mapped[Key]
    month: Mapped[date]
    stage: Mapped[str] = mapped_column(_STATE)
    city_code: Mapped[str] = mapped_column(_CODE)
    county_code: Mapped[str] = mapped_column(_CODE)
    prefecture_code: Mapped[str] = mapped_column(_CODE)
    industry_code: Mapped[str | None] = mapped_column(String(40))
    pairing_state: Mapped[str] = mapped_column(_STATE)
    pairing_id: Mapped[int | None]
    evidence: Mapped[str] = mapped_column(_STATE)
    mode: Mapped[str] = mapped_column(_STATE)
    buyer_kind: Mapped[str] = mapped_column(_STATE)
    channel: Mapped[str] = mapped_column(_STATE)
    poverty_alleviated: Mapped[bool]
    key_county: Mapped[bool]
    amount_fen: Mapped[int]
    entry_count: Mapped[int]


class TargetRow(Base):
    """年度任务 of a scope; a changed one keeps its history in the journal."""

    __tablename__ = "assistance_target"
    __table_args__ = (
        Index(
            "uq_assistance_target_scope",
            "year",
            "division_code",
            "city_code",
            "gz_code",
            unique=True,
            postgresql_nulls_not_distinct=True,
        ),
        CheckConstraint("amount_fen > 0", name="amount_positive"),
        CheckConstraint("year BETWEEN 2000 AND 2999", name="year_plausible"),
        CheckConstraint(
            "(division_code IS NOT NULL) <> (city_code IS NOT NULL)"
            " AND (city_code IS NULL) = (gz_code IS NULL)",
            name="scope_whole",
        ),
    )

    id: Mapped[Key]
    year: Mapped[int] = mapped_column(Integer)
    division_code: Mapped[str | None] = mapped_column(_CODE, ForeignKey("places_division.code"), index=True)
    city_code: Mapped[str | None] = mapped_column(_CODE, ForeignKey("places_division.code"), index=True)
    gz_code: Mapped[str | None] = mapped_column(_CODE, ForeignKey("places_division.code"), index=True)
    amount_fen: Mapped[int]
    set_by: Mapped[int] = mapped_column(ForeignKey("parties_person.id"), index=True)
    set_at: Mapped[datetime]
