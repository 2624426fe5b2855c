"""Tables of what is known of a lot: holds, reports, 承诺达标合格证."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.catalogue.models.columns import Code, PartyKey, State, one_of
from marketplace.catalogue.types import CommitmentBasis, HoldCause, ReportResult
from marketplace.kernel.database import Base, Key


class LotReportRow(Base):
    """Append-only: a report that turns out wrong is followed by another."""

    __tablename__ = "catalogue_lot_report"
    __table_args__ = (
        CheckConstraint(one_of("result", ReportResult), name="result_known"),
        Index(None, "lot_id", "id"),
    )

    id: Mapped[Key]
    lot_id: Mapped[int] = mapped_column(ForeignKey("catalogue_lot.id"))
    paper_code: Mapped[Code]
    number: Mapped[str] = mapped_column(String(80))
    issuer: Mapped[str] = mapped_column(String(120))
    issued_on: Mapped[date]
    result: Mapped[State]
    findings: Mapped[str] = mapped_column(String(400))
    evidence_digest: Mapped[str | None] = mapped_column(String(64))
    recorded_at: Mapped[datetime]


class LotHoldRow(Base):
    __tablename__ = "catalogue_lot_hold"
    __table_args__ = (
        CheckConstraint(one_of("cause", HoldCause), name="cause_known"),
        CheckConstraint("(cause = 'failed_test') = (report_id IS NOT NULL)", name="test_named"),
        CheckConstraint("(released_at IS NULL) = (release_reason IS NULL)", name="release_reasoned"),
        CheckConstraint("held_at <= released_at", name="times_in_order"),
        Index(None, "lot_id", "id"),
        Index(None, "report_id"),
        Index(None, "held_at", postgresql_where=text("released_at IS NULL")),
        Index(
            "uq_catalogue_lot_hold_open",
            "lot_id",
            "cause",
            unique=True,
            postgresql_where=text("released_at IS NULL"),
        ),
    )

    id: Mapped[Key]
    lot_id: Mapped[int] = mapped_column(ForeignKey("catalogue_lot.id"))
    cause: Mapped[State]
    reason: Mapped[str] = mapped_column(String(400))
    report_id: Mapped[int | None] = mapped_column(ForeignKey("catalogue_lot_report.id"))
    held_at: Mapped[datetime]
    released_at: Mapped[datetime | None]
    release_reason: Mapped[str | None] = mapped_column(String(400))


class CommitmentRow(Base):
    """A certificate says what it said when it was issued; only that another took its place is added."""

    __tablename__ = "catalogue_commitment"
    __table_args__ = (
        CheckConstraint(one_of("basis", CommitmentBasis), name="basis_known"),
        CheckConstraint("packs > 0 AND net_weight_g > 0", name="quantity_positive"),
        CheckConstraint("issued_at <= replaced_at", name="times_in_order"),
        UniqueConstraint("token"),
        UniqueConstraint("lot_id", "number"),
        Index(
            "uq_catalogue_commitment_standing",
            "lot_id",
            unique=True,
            postgresql_where=text("replaced_at IS NULL"),
        ),
    )

    id: Mapped[Key]
    lot_id: Mapped[int] = mapped_column(ForeignKey("catalogue_lot.id"))
    token: Mapped[str] = mapped_column(String(40))
    number: Mapped[str] = mapped_column(String(80))
    product_name_zh: Mapped[str]
    product_name_zh_hant: Mapped[str]
    product_name_en: Mapped[str]
    pack_zh: Mapped[str]
    pack_zh_hant: Mapped[str]
    pack_en: Mapped[str]
    packs: Mapped[int]
    net_weight_g: Mapped[int]
    county_code: Mapped[str] = mapped_column(String(20))
    promiser_id: Mapped[PartyKey]
    promiser_zh: Mapped[str]
    promiser_zh_hant: Mapped[str]
    promiser_en: Mapped[str]
    producer_zh: Mapped[str]
    producer_zh_hant: Mapped[str]
    producer_en: Mapped[str]
    contact: Mapped[str] = mapped_column(String(40))
    basis: Mapped[State]
    is_demo: Mapped[bool]
    issued_at: Mapped[datetime]
    replaced_at: Mapped[datetime | None]
