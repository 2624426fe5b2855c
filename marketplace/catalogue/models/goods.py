"""Tables of what is sold: products, packs, offers, lots and lots' papers."""

from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    SmallInteger,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.catalogue.models.columns import Code, CodeKey, PartyKey, State, in_order, one_of
from marketplace.catalogue.types import EVERY_WEEKDAY, LotStatus, OfferStatus, ProductStatus
from marketplace.kernel.database import Base, Key

_ANY_MONTH = "ARRAY[1,2,3,4,5,6,7,8,9,10,11,12]::smallint[]"
_MONTHS = _DAYS = ARRAY(SmallInteger)
_ANY_WEEKDAY = "ARRAY[1,2,3,4,5,6,7]::smallint[]"


class ProductRow(Base):
    """A speciality of one county; ``season_months`` follows from the two other columns of months."""

    __tablename__ = "catalogue_product"
    __table_args__ = (
        CheckConstraint(one_of("status", ProductStatus), name="status_known"),
        CheckConstraint(in_order("min_milli_c", "max_milli_c"), name="range_in_order"),
        CheckConstraint(
            "excursion_lower_milli_c <= min_milli_c AND max_milli_c <= excursion_upper_milli_c",
            name="excursion_outside_range",
        ),
        CheckConstraint("shelf_life_days > 0", name="shelf_life_positive"),
        CheckConstraint(f"harvest_months <@ {_ANY_MONTH}", name="harvest_months_known"),
        CheckConstraint(
            f"sale_months <@ {_ANY_MONTH} AND cardinality(sale_months) > 0", name="sale_months_known"
        ),
        CheckConstraint("consumer_sellable OR status <> 'listed'", name="listed_only_if_sellable"),
        Index(None, "status", "aisle_code", "number"),
        Index(None, "status", "county_code", "number"),
        Index(None, "status", "industry_code", "number"),
        Index(None, "status", "number"),
        Index(None, "season_months", postgresql_using="gin"),
        Index(None, "county_code"),
        Index(None, "industry_code"),
        Index(None, "aisle_code"),
        Index(None, "picture_kind"),
        Index(None, "product_form"),
        Index(None, "storage_code"),
        Index(None, "owner_id", "id"),
    )

    id: Mapped[Key]
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    number: Mapped[str] = mapped_column(String(20), unique=True)
    name_zh: Mapped[str]
    name_zh_hant: Mapped[str]
    name_en: Mapped[str]
    pinyin: Mapped[str]
    cut_zh: Mapped[str | None]
    cut_zh_hant: Mapped[str | None]
    cut_en: Mapped[str | None]
    county_code: Mapped[str] = mapped_column(String(20), ForeignKey("places_division.code"))
    industry_code: Mapped[Code | None] = mapped_column(ForeignKey("catalogue_industry.code"))
    aisle_code: Mapped[Code] = mapped_column(ForeignKey("catalogue_aisle.code"))
    picture_kind: Mapped[Code] = mapped_column(ForeignKey("catalogue_picture_kind.code"))
    product_form: Mapped[Code] = mapped_column(ForeignKey("catalogue_product_form.code"))
    storage_code: Mapped[Code] = mapped_column(ForeignKey("catalogue_storage_class.code"))
    min_milli_c: Mapped[int | None]
    max_milli_c: Mapped[int | None]
    excursion_lower_milli_c: Mapped[int | None]
    excursion_upper_milli_c: Mapped[int | None]
    shelf_life_days: Mapped[int | None]
    harvest_months: Mapped[list[int]] = mapped_column(_MONTHS)
    sale_months: Mapped[list[int]] = mapped_column(_MONTHS)
    season_months: Mapped[list[int]] = mapped_column(_MONTHS)
    description_zh: Mapped[str]
    description_zh_hant: Mapped[str]
    description_en: Mapped[str]
    keywords: Mapped[list[str]]
    keywords_en: Mapped[list[str]]
    consumer_sellable: Mapped[bool]
    status: Mapped[State]
    photo_digest: Mapped[str | None] = mapped_column(String(64))
    picture_digests: Mapped[list[str]] = mapped_column(default=list)
    allergens: Mapped[list[str]] = mapped_column(default=list)
    may_cross_border: Mapped[bool] = mapped_column(default=True)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("parties_party.id"))
    created_at: Mapped[datetime]


class VariantRow(Base):
    __tablename__ = "catalogue_variant"
    __table_args__ = (
        CheckConstraint("net_weight_g > 0", name="weight_positive"),
        CheckConstraint("0 < price_low_fen AND price_low_fen <= price_high_fen", name="band_in_order"),
        Index(None, "product_id", "order_no"),  # not unique: packs may change places in one load
        UniqueConstraint("id", "product_id"),  # what an offer's pair of keys points at
        Index(None, "unit_code"),
    )

    id: Mapped[Key]
    product_id: Mapped[int] = mapped_column(ForeignKey("catalogue_product.id"))
    code: Mapped[str] = mapped_column(String(120), unique=True)
    order_no: Mapped[int] = mapped_column(SmallInteger)
    pack_zh: Mapped[str]
    pack_zh_hant: Mapped[str]
    pack_en: Mapped[str]
    unit_code: Mapped[Code] = mapped_column(ForeignKey("catalogue_unit.code"))
    net_weight_g: Mapped[int]
    cut_zh: Mapped[str | None]
    cut_zh_hant: Mapped[str | None]
    cut_en: Mapped[str | None]
    price_low_fen: Mapped[int]
    price_high_fen: Mapped[int]


class OfferRow(Base):
    __tablename__ = "catalogue_offer"
    __table_args__ = (
        CheckConstraint(one_of("status", OfferStatus), name="status_known"),
        CheckConstraint("price_fen > 0", name="price_positive"),
        CheckConstraint("minimum > 0", name="minimum_positive"),
        CheckConstraint("lead_days >= 0", name="lead_not_negative"),
        CheckConstraint("daily_capacity > 0", name="capacity_positive"),
        CheckConstraint("cut_off_hour BETWEEN 0 AND 23", name="cut_off_an_hour"),
        CheckConstraint(
            "cardinality(ladder_from) = cardinality(ladder_fen) "
            "AND 1 < ALL (ladder_from) AND 0 < ALL (ladder_fen)",
            name="ladder_matched",
        ),
        CheckConstraint(
            f"ship_weekdays <@ {_ANY_WEEKDAY} AND cardinality(ship_weekdays) > 0", name="weekdays_known"
        ),
        CheckConstraint("free_freight_fen > 0", name="free_freight_positive"),
        CheckConstraint(
            "(presale_on IS NULL) = (presale_cap IS NULL) AND presale_cap > 0", name="presale_whole"
        ),
        Index(None, "presale_on", postgresql_where=text("presale_on IS NOT NULL")),
        ForeignKeyConstraint(
            ["variant_id", "product_id"], ["catalogue_variant.id", "catalogue_variant.product_id"]
        ),
        Index(
            "uq_catalogue_offer_standing",
            "variant_id",
            "cooperative_id",
            "producer_id",
            unique=True,
            postgresql_where=text("status <> 'withdrawn'"),
        ),
        Index(None, "variant_id", "product_id"),
        Index(None, "product_id", "status"),
        Index(None, "cooperative_id", "status", "id"),
    )

    id: Mapped[Key]
    variant_id: Mapped[int]
    product_id: Mapped[int]
    cooperative_id: Mapped[int] = mapped_column(ForeignKey("parties_party.id"))
    producer_id: Mapped[PartyKey]
    price_fen: Mapped[int]
    minimum: Mapped[int]
    lead_days: Mapped[int] = mapped_column(SmallInteger)
    daily_capacity: Mapped[int]
    cut_off_hour: Mapped[int] = mapped_column(SmallInteger)
    serves_hong_kong_macao: Mapped[bool]
    ladder_from: Mapped[list[int]] = mapped_column(ARRAY(BigInteger), default=list)
    ladder_fen: Mapped[list[int]] = mapped_column(ARRAY(BigInteger), default=list)
    ship_weekdays: Mapped[list[int]] = mapped_column(_DAYS, default=lambda: list(EVERY_WEEKDAY))
    served_cities: Mapped[list[str]] = mapped_column(ARRAY(String(20)), default=list)
    free_freight_fen: Mapped[int | None]
    presale_on: Mapped[date | None]
    presale_cap: Mapped[int | None]
    declared_papers: Mapped[list[str]]
    status: Mapped[State]
    created_at: Mapped[datetime]


class LotRow(Base):
    __tablename__ = "catalogue_lot"
    __table_args__ = (
        CheckConstraint(one_of("status", LotStatus), name="status_known"),
        CheckConstraint("harvested_on <= expires_on", name="days_in_order"),
        UniqueConstraint("offer_id", "code"),
        Index(None, "cooperative_id", "id"),
        Index(None, "cooperative_id", "expires_on", "id"),
        Index(None, "cooperative_id", "code", "id"),
        Index(None, "status", "id", postgresql_where=text("status <> 'open'")),
    )

    id: Mapped[Key]
    offer_id: Mapped[int] = mapped_column(ForeignKey("catalogue_offer.id"))
    # The offer's, kept here so that a cooperative's lots are found and sorted by an index of their own.
    cooperative_id: Mapped[int] = mapped_column(ForeignKey("parties_party.id"))
    code: Mapped[str] = mapped_column(String(40))
    harvested_on: Mapped[date]
    expires_on: Mapped[date | None]
    status: Mapped[State]
    recorded_at: Mapped[datetime]


class LotPaperRow(Base):
    """A paper that travels with a lot: 承诺达标合格证, 动物检疫合格证明, 出厂检验报告."""

    __tablename__ = "catalogue_lot_paper"

    lot_id: Mapped[int] = mapped_column(ForeignKey("catalogue_lot.id"), primary_key=True)
    paper_code: Mapped[CodeKey]
    number: Mapped[str]
    evidence_digest: Mapped[str | None] = mapped_column(String(64))
    recorded_at: Mapped[datetime]
