"""Tables of brands, of who asked to use one, and on which goods."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.catalogue.models.columns import State, one_of
from marketplace.catalogue.types import BrandKind, BrandState, UseState
from marketplace.kernel.database import Base, Key


class BrandRow(Base):
    __tablename__ = "catalogue_brand"
    __table_args__ = (
        CheckConstraint(one_of("kind", BrandKind), name="kind_known"),
        CheckConstraint(one_of("state", BrandState), name="state_known"),
        CheckConstraint("kind <> 'regional' OR division_code IS NOT NULL", name="region_placed"),
        CheckConstraint("holder_id IS NOT NULL OR holder_name <> ''", name="holder_named"),
        Index(
            "uq_catalogue_brand_name",
            "kind",
            "name_zh",
            unique=True,
            postgresql_where=text("state IN ('submitted', 'listed')"),
        ),
        Index(None, "state", "kind", "id"),
        Index(None, "state", "submitted_at", "id"),
        Index(None, "holder_id", "id"),
        Index(None, "division_code"),
    )

    id: Mapped[Key]
    kind: Mapped[State]
    name_zh: Mapped[str]
    name_zh_hant: Mapped[str]
    name_en: Mapped[str]
    holder_id: Mapped[int | None] = mapped_column(ForeignKey("parties_party.id"))
    holder_name: Mapped[str]
    division_code: Mapped[str | None] = mapped_column(String(20), ForeignKey("places_division.code"))
    registration: Mapped[str]
    state: Mapped[State]
    reason: Mapped[str]
    submitted_at: Mapped[datetime]


class BrandUseRow(Base):
    """A cooperative has one use of a brand asked or authorised at a time; what ended stays."""

    __tablename__ = "catalogue_brand_use"
    __table_args__ = (
        CheckConstraint(one_of("state", UseState), name="state_known"),
        CheckConstraint("state <> 'authorised' OR valid_from IS NOT NULL", name="authorised_dated"),
        CheckConstraint("valid_from <= valid_to", name="days_in_order"),
        CheckConstraint("state <> 'refused' OR reason <> ''", name="refusal_has_reason"),
        Index(
            "uq_catalogue_brand_use_open",
            "brand_id",
            "user_id",
            unique=True,
            postgresql_where=text("state IN ('asked', 'authorised')"),
        ),
        Index(None, "brand_id", "state", "id"),
        Index(None, "user_id", "id"),
        Index(None, "user_id", "state", "id"),
        Index(None, "state", "id"),
        Index(None, "state", "asked_at"),
    )

    id: Mapped[Key]
    brand_id: Mapped[int] = mapped_column(ForeignKey("catalogue_brand.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("parties_party.id"))
    state: Mapped[State]
    note: Mapped[str]
    document: Mapped[str]
    reason: Mapped[str]
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    asked_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]


class BrandProductRow(Base):
    __tablename__ = "catalogue_brand_product"
    __table_args__ = (Index(None, "product_id", "use_id"),)

    use_id: Mapped[int] = mapped_column(ForeignKey("catalogue_brand_use.id"), primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("catalogue_product.id"), primary_key=True)
