"""Tables of the reference rows; they come from the catalogue's files alone."""

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.catalogue.models.columns import Code, CodeKey, State, in_order, one_of
from marketplace.catalogue.types import Requirement, SchemeLevel, SchemeStatus, StorageKind
from marketplace.kernel.database import Base


class AisleRow(Base):
    __tablename__ = "catalogue_aisle"

    code: Mapped[CodeKey]
    order_no: Mapped[int] = mapped_column(SmallInteger)
    name_zh: Mapped[str]
    name_zh_hant: Mapped[str]
    name_en: Mapped[str]


class IndustryRow(Base):
    __tablename__ = "catalogue_industry"

    code: Mapped[CodeKey]
    order_no: Mapped[int] = mapped_column(SmallInteger)
    name_zh: Mapped[str]
    name_zh_hant: Mapped[str]
    name_en: Mapped[str]


class UnitRow(Base):
    __tablename__ = "catalogue_unit"

    code: Mapped[CodeKey]
    order_no: Mapped[int] = mapped_column(SmallInteger)
    name_zh: Mapped[str]
    name_zh_hant: Mapped[str]
    name_en: Mapped[str]


class ProductFormRow(Base):
    __tablename__ = "catalogue_product_form"

    code: Mapped[CodeKey]
    order_no: Mapped[int] = mapped_column(SmallInteger)
    name_zh: Mapped[str]
    name_zh_hant: Mapped[str]
    name_en: Mapped[str]


class PictureKindRow(Base):
    __tablename__ = "catalogue_picture_kind"

    code: Mapped[CodeKey]
    order_no: Mapped[int] = mapped_column(SmallInteger)
    name_zh: Mapped[str]
    name_zh_hant: Mapped[str]
    name_en: Mapped[str]


class SchemeRow(Base):
    __tablename__ = "catalogue_scheme"
    __table_args__ = (
        CheckConstraint(one_of("level", SchemeLevel), name="level_known"),
        CheckConstraint(one_of("status", SchemeStatus), name="status_known"),
        CheckConstraint("validity_months > 0", name="validity_positive"),
        CheckConstraint("renewal_days_before > 0", name="renewal_positive"),
        CheckConstraint("demo_prefix LIKE 'DEMO-%'", name="demo_marked"),
    )

    code: Mapped[CodeKey]
    order_no: Mapped[int] = mapped_column(SmallInteger)
    name_zh: Mapped[str]
    name_zh_hant: Mapped[str]
    name_en: Mapped[str]
    short_name_zh: Mapped[str]
    short_name_zh_hant: Mapped[str]
    short_name_en: Mapped[str]
    issuer_zh: Mapped[str]
    issuer_zh_hant: Mapped[str]
    issuer_en: Mapped[str]
    level: Mapped[State]
    status: Mapped[State]
    validity_months: Mapped[int | None] = mapped_column(SmallInteger)
    renewal_days_before: Mapped[int | None] = mapped_column(SmallInteger)
    renewal_in_business_days: Mapped[bool]
    number_pattern: Mapped[str | None]
    demo_prefix: Mapped[str]
    shows_badge: Mapped[bool]


class StorageClassRow(Base):
    __tablename__ = "catalogue_storage_class"
    __table_args__ = (
        CheckConstraint(one_of("kind", StorageKind), name="kind_known"),
        CheckConstraint(in_order("min_milli_c", "max_milli_c"), name="range_in_order"),
        CheckConstraint("max_excursion_minutes > 0 AND logger_interval_minutes > 0", name="minutes_positive"),
    )

    code: Mapped[CodeKey]
    order_no: Mapped[int] = mapped_column(SmallInteger)
    kind: Mapped[State]
    name_zh: Mapped[str]
    name_zh_hant: Mapped[str]
    name_en: Mapped[str]
    advice_zh: Mapped[str]
    advice_zh_hant: Mapped[str]
    advice_en: Mapped[str]
    min_milli_c: Mapped[int | None]
    max_milli_c: Mapped[int | None]
    excursion_lower_milli_c: Mapped[int | None]
    excursion_upper_milli_c: Mapped[int | None]
    reject_above_milli_c: Mapped[int | None]
    max_excursion_minutes: Mapped[int | None]
    logger_interval_minutes: Mapped[int | None]
    shelf_life_days: Mapped[int | None]


class PaperRow(Base):
    __tablename__ = "catalogue_paper"
    __table_args__ = (
        CheckConstraint(one_of("level", SchemeLevel), name="level_known"),
        CheckConstraint(one_of("requirement", Requirement), name="requirement_known"),
        Index(None, "scheme_code"),
    )

    product_form: Mapped[str] = mapped_column(ForeignKey("catalogue_product_form.code"), primary_key=True)
    code: Mapped[CodeKey]
    order_no: Mapped[int] = mapped_column(SmallInteger)
    scheme_code: Mapped[Code | None] = mapped_column(ForeignKey("catalogue_scheme.code"))
    level: Mapped[State]
    name_zh: Mapped[str]
    name_zh_hant: Mapped[str]
    name_en: Mapped[str]
    requirement: Mapped[State]
    condition_zh: Mapped[str]
    condition_en: Mapped[str]
    legal_basis: Mapped[str]
