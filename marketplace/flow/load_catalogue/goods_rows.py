"""Products and packs: what the files say, checked against places and reference rows."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from marketplace.catalogue.types import ProductDraft, VariantDraft
from marketplace.flow.load_catalogue.places_rows import DIVISIONS, Places
from marketplace.flow.load_catalogue.reference_rows import (
    AISLES,
    FORMS,
    INDUSTRIES,
    PICTURES,
    STORAGE,
    UNITS,
    temperatures,
)
from marketplace.flow.load_catalogue.sheet import Row, Sheet
from marketplace.kernel.message import Name, msg
from marketplace.places.types import DivisionCode, Level

PRODUCTS, VARIANTS = "products.csv", "variants.csv"

COLUMNS: Mapping[str, tuple[str, ...]] = {
    PRODUCTS: (
        "slug", "product_no", "name_zh", "name_zh_hant", "name_en", "pinyin", "county_code", "industry_code",
        "aisle_code", "picture_kind", "product_form", "cut_or_spec_zh", "cut_or_spec_zh_hant",
        "cut_or_spec_en", "storage_code", "temperature_min_milli_c", "temperature_max_milli_c",
        "excursion_lower_milli_c", "excursion_upper_milli_c", "shelf_life_days", "harvest_months",
        "sale_months", "description_zh", "description_zh_hant", "description_en", "keywords_zh",
        "keywords_en", "gi_kind", "gi_status", "gi_number", "consumer_sellable",
    ),
    VARIANTS: (
        "variant_code", "product_slug", "position", "pack_zh", "pack_zh_hant", "pack_en", "unit_code",
        "net_weight_g", "price_low_fen", "price_high_fen",
    ),
}  # fmt: skip

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_PRODUCT_NO = re.compile(r"P\d{3,6}")
_GI_KINDS = frozenset({"AGI", "PGI", "GCM"})
_AGI_NUMBER = re.compile(r"AGI\d{5}")
_MAX_SHELF_DAYS = 3650
_MAX_WEIGHT_G = 200_000
_MAX_PRICE_FEN = 10_000_000
_NOT_FOR_CONSUMERS = "tcm_only"


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """The codes that products may name, each with the file that has them."""

    places: Places
    industries: Collection[str]
    aisles: Collection[str]
    pictures: Collection[str]
    forms: Collection[str]
    storage: Sheet


def products(sheet: Sheet, known: Known, variant_slugs: Collection[str]) -> list[ProductDraft]:
    for column in ("slug", "product_no", "name_zh", "name_zh_hant"):
        sheet.unique(column)
    found = [(row, _product(row, known)) for row in sheet.rows]
    for row in sheet.rows:
        if row["slug"] not in variant_slugs:
            row.refuse("slug", msg("%(file)s中没有这件商品的规格", file=VARIANTS))
    return [one for row, one in found if row.is_good]


def _product(row: Row, known: Known) -> ProductDraft:
    name = row.name()
    limits = temperatures(row)
    storage_code = row.reference("storage_code", known.storage.codes(), STORAGE)
    storage = known.storage.find("code", storage_code)
    if storage is not None and bool(storage["temperature_min_milli_c"]) != (limits["range"] is not None):
        row.refuse("temperature_min_milli_c", msg("温度范围与存储类别“%(code)s”不一致", code=storage_code))
    industry_code = row.optional("industry_code")
    if industry_code is not None:
        row.reference("industry_code", known.industries, INDUSTRIES)
    _check_indication(row)
    return ProductDraft(
        slug=row.matching("slug", _SLUG),
        number=row.matching("product_no", _PRODUCT_NO),
        name=name,
        pinyin=row.pinyin("pinyin", name.hans),
        cut=_cut(row),
        county_code=DivisionCode(row.reference("county_code", known.places.codes(Level.COUNTY), DIVISIONS)),
        industry_code=industry_code,
        aisle_code=row.reference("aisle_code", known.aisles, AISLES),
        picture_kind=row.reference("picture_kind", known.pictures, PICTURES),
        product_form=row.reference("product_form", known.forms, FORMS),
        storage_code=storage_code,
        shelf_life_days=row.optional_integer("shelf_life_days", low=1, high=_MAX_SHELF_DAYS),
        harvest_months=row.months("harvest_months"),
        sale_months=row.months("sale_months"),
        description=row.loose_name("description"),
        keywords=row.items("keywords_zh"),
        keywords_en=row.items("keywords_en"),
        consumer_sellable=_sellable(row),
        **limits,
    )


def _cut(row: Row) -> Name | None:
    if not any(row[f"cut_or_spec_{language}"] for language in ("zh", "zh_hant", "en")):
        return None
    return row.loose_name("cut_or_spec")


def _sellable(row: Row) -> bool:
    sellable = row.flag("consumer_sellable")
    if sellable and row["product_form"] == _NOT_FOR_CONSUMERS:
        row.refuse("consumer_sellable", msg("中药材原料不得向消费者零售，应为0"))
    return sellable


def _check_indication(row: Row) -> None:
    """A geographical indication is claimed only where its grant was seen, a number only of a known form."""
    kinds = row.items("gi_kind")
    for kind in kinds:
        if kind not in _GI_KINDS:
            row.refuse("gi_kind", msg("“%(value)s”应为%(allowed)s之一", value=kind, allowed="AGI、GCM、PGI"))
    if kinds and row["gi_status"] != "granted":
        row.refuse("gi_status", msg("填写了gi_kind的商品，gi_status须为granted"))
    if row["gi_number"] and ("AGI" not in kinds or not _AGI_NUMBER.fullmatch(row["gi_number"])):
        row.refuse("gi_number", msg("“%(value)s”的格式不对", value=row["gi_number"]))


def variants(sheet: Sheet, slugs: Collection[str], unit_codes: Collection[str]) -> list[VariantDraft]:
    sheet.unique("variant_code")
    sheet.unique("product_slug", "position")
    found = [(row, _variant(row, slugs, unit_codes)) for row in sheet.rows]
    return [one for row, one in found if row.is_good]


def _variant(row: Row, slugs: Collection[str], unit_codes: Collection[str]) -> VariantDraft:
    slug = row.reference("product_slug", slugs, PRODUCTS)
    code = row.matching("variant_code", _SLUG)
    if code and not code.startswith(f"{slug}-"):
        row.refuse("variant_code", msg("规格编码须以商品的slug“%(slug)s”开头", slug=slug))
    low, high = (
        row.integer(column, low=1, high=_MAX_PRICE_FEN) for column in ("price_low_fen", "price_high_fen")
    )
    if high < low:
        row.refuse("price_high_fen", msg("最高价低于最低价"))
    return VariantDraft(
        product_slug=slug,
        code=code,
        order_no=row.integer("position", low=1),
        pack=row.name("pack"),
        unit_code=row.reference("unit_code", unit_codes, UNITS),
        net_weight_g=row.integer("net_weight_g", low=1, high=_MAX_WEIGHT_G),
        price_low_fen=low,
        price_high_fen=high,
    )
