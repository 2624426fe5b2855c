"""Tables of editions of the 名优产品目录: the working ones, and those that only grow once published."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    SmallInteger,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.catalogue.models.columns import Code, CodeKey, State, one_of
from marketplace.catalogue.types import CriterionCheck, Departure, EditionState, NominationState, Verdict
from marketplace.kernel.database import Base, Key

_DIVISION = "places_division.code"
_REVIEWING_SIDES = "side IN ('guizhou', 'guangdong')"


class CriterionRow(Base):
    """The criteria of the next edition to be opened; they come from the catalogue's files alone."""

    __tablename__ = "catalogue_criterion"
    __table_args__ = (CheckConstraint(one_of("check_kind", CriterionCheck), name="check_kind_known"),)

    code: Mapped[CodeKey]
    order_no: Mapped[int] = mapped_column(SmallInteger)
    check_kind: Mapped[State]
    scheme_codes: Mapped[list[str]]
    text_zh: Mapped[str]
    text_en: Mapped[str]
    source_zh: Mapped[str]
    source_en: Mapped[str]


class EditionRow(Base):
    __tablename__ = "catalogue_edition"
    __table_args__ = (
        CheckConstraint(one_of("state", EditionState), name="state_known"),
        CheckConstraint("year BETWEEN 2000 AND 2999", name="year_plausible"),
        CheckConstraint("(state = 'nominating') = (closed_at IS NULL)", name="closed_dated"),
        UniqueConstraint("year"),
    )

    id: Mapped[Key]
    year: Mapped[int] = mapped_column(SmallInteger)
    state: Mapped[State]
    criteria: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    is_demo: Mapped[bool]
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class NominationRow(Base):
    """Withdrawn goods may be nominated anew: only what stands is unique."""

    __tablename__ = "catalogue_nomination"
    __table_args__ = (
        CheckConstraint(one_of("state", NominationState), name="state_known"),
        Index(
            "uq_catalogue_nomination_standing",
            "edition_id",
            "product_id",
            unique=True,
            postgresql_where=text("state <> 'withdrawn'"),
        ),
        UniqueConstraint("id", "edition_id"),  # what a review's pair of keys points at
        Index(None, "edition_id", "state", "county_code"),
        Index(None, "edition_id", "county_code", "id"),
        Index(None, "edition_id", "id"),
        Index(None, "product_id"),
        Index(None, "county_code"),
    )

    id: Mapped[Key]
    edition_id: Mapped[int] = mapped_column(ForeignKey("catalogue_edition.id"))
    product_id: Mapped[int] = mapped_column(ForeignKey("catalogue_product.id"))
    county_code: Mapped[str] = mapped_column(String(20), ForeignKey(_DIVISION))
    state: Mapped[State]
    reason: Mapped[str]
    on_behalf: Mapped[bool]
    nominated_by: Mapped[int]
    nominated_at: Mapped[datetime]


class ReviewerRow(Base):
    """For which province somebody reviews an edition: for one only, whatever offices they hold."""

    __tablename__ = "catalogue_edition_reviewer"
    __table_args__ = (
        CheckConstraint(_REVIEWING_SIDES, name="side_reviews"),
        UniqueConstraint("edition_id", "person_id", "side"),  # what a review points at
    )

    edition_id: Mapped[int] = mapped_column(ForeignKey("catalogue_edition.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("parties_person.id"), primary_key=True)
    side: Mapped[State]


class ReviewRow(Base):
    """Append-only: a province says its word on a nomination once."""

    __tablename__ = "catalogue_nomination_review"
    __table_args__ = (
        CheckConstraint(one_of("verdict", Verdict), name="verdict_known"),
        CheckConstraint("(verdict = 'refuse') = (reason <> '')", name="refusal_reasoned"),
        ForeignKeyConstraint(
            ["nomination_id", "edition_id"], ["catalogue_nomination.id", "catalogue_nomination.edition_id"]
        ),
        ForeignKeyConstraint(
            ["edition_id", "person_id", "side"],
            [
                "catalogue_edition_reviewer.edition_id",
                "catalogue_edition_reviewer.person_id",
                "catalogue_edition_reviewer.side",
            ],
        ),
        Index(None, "edition_id", "person_id", "side"),
    )

    nomination_id: Mapped[int] = mapped_column(primary_key=True)
    side: Mapped[str] = mapped_column(String(20), primary_key=True)
    edition_id: Mapped[int]
    person_id: Mapped[int]
    verdict: Mapped[State]
    reason: Mapped[str]
    at: Mapped[datetime]


class EntryRow(Base):
    """Append-only, and closed once its edition is published (trigger)."""

    __tablename__ = "catalogue_edition_entry"
    __table_args__ = (
        CheckConstraint("no > 0", name="no_positive"),
        UniqueConstraint("edition_id", "product_id"),
        Index(None, "edition_id", "prefecture_code", "no"),
        Index(None, "edition_id", "industry_code", "no"),
        Index(None, "product_id"),
    )

    edition_id: Mapped[int] = mapped_column(ForeignKey("catalogue_edition.id"), primary_key=True)
    no: Mapped[int] = mapped_column(primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("catalogue_product.id"))
    product_number: Mapped[str] = mapped_column(String(20))
    name_zh: Mapped[str]
    name_zh_hant: Mapped[str]
    name_en: Mapped[str]
    county_code: Mapped[str] = mapped_column(String(20))
    prefecture_code: Mapped[str] = mapped_column(String(20))
    industry_code: Mapped[Code | None]
    certificates: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    former_no: Mapped[int | None]


class LeftRow(Base):
    """Append-only, and closed once its edition is published (trigger)."""

    __tablename__ = "catalogue_edition_left"
    __table_args__ = (
        CheckConstraint(one_of("why", Departure), name="why_known"),
        CheckConstraint("(why = 'refused') = (side IS NOT NULL)", name="refused_by_a_side"),
        CheckConstraint(_REVIEWING_SIDES, name="side_reviews"),
        Index(None, "product_id"),
    )

    edition_id: Mapped[int] = mapped_column(ForeignKey("catalogue_edition.id"), primary_key=True)
    former_no: Mapped[int] = mapped_column(primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("catalogue_product.id"))
    product_number: Mapped[str] = mapped_column(String(20))
    name_zh: Mapped[str]
    name_zh_hant: Mapped[str]
    name_en: Mapped[str]
    county_code: Mapped[str] = mapped_column(String(20))
    why: Mapped[State]
    side: Mapped[State | None]
    detail: Mapped[str]


class PublicationRow(Base):
    """Append-only: what was published, to the byte, and its digest."""

    __tablename__ = "catalogue_edition_publication"
    __table_args__ = (
        CheckConstraint("issue_no > 0 AND entry_count > 0 AND left_count >= 0", name="counts_plausible"),
        CheckConstraint("digest = encode(sha256(content), 'hex')", name="digest_of_content"),
        UniqueConstraint("issue_no"),
    )

    edition_id: Mapped[int] = mapped_column(ForeignKey("catalogue_edition.id"), primary_key=True)
    issue_no: Mapped[int] = mapped_column(SmallInteger)
    published_at: Mapped[datetime]
    published_by: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    former_digest: Mapped[str | None] = mapped_column(String(64))
    content: Mapped[bytes] = mapped_column(LargeBinary)
    entry_count: Mapped[int]
    left_count: Mapped[int]
