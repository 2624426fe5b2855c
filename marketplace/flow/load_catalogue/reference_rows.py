"""Aisles, industries, schemes, storage classes, forms and papers: what the files say, checked."""

import re
from collections.abc import Collection, Mapping
from typing import Any

from marketplace.catalogue import rules
from marketplace.catalogue.types import (
    Aisle,
    Criterion,
    CriterionCheck,
    Industry,
    Paper,
    PictureKind,
    ProductForm,
    Requirement,
    Scheme,
    SchemeLevel,
    SchemeStatus,
    StorageClass,
    StorageKind,
    TemperatureRange,
    Unit,
)
from marketplace.flow.load_catalogue.sheet import Row, Sheet
from marketplace.kernel.message import Name, msg

AISLES, INDUSTRIES, UNITS = "aisles.csv", "industries.csv", "units.csv"
FORMS, PICTURES, PAPERS = "product_forms.csv", "picture_kinds.csv", "papers.csv"
SCHEMES, STORAGE = "certification_schemes.csv", "storage_classes.csv"
CRITERIA = "edition_criteria.csv"

_NAME = ("name_zh", "name_zh_hant", "name_en")
COLUMNS: Mapping[str, tuple[str, ...]] = {
    AISLES: ("code", "position", *_NAME),
    INDUSTRIES: ("code", "position", *_NAME, "default_storage_code"),
    UNITS: ("code", *_NAME),
    FORMS: ("code", *_NAME),
    PICTURES: ("code", *_NAME),
    STORAGE: (
        "code", "position", "storage_kind", *_NAME, "advice_zh", "advice_en", "temperature_min_milli_c",
        "temperature_max_milli_c", "excursion_lower_milli_c", "excursion_upper_milli_c",
        "reject_above_milli_c", "max_excursion_minutes", "logger_interval_minutes", "shelf_life_days",
    ),
    SCHEMES: (
        "code", "position", "level", *_NAME, "short_name_zh", "short_name_zh_hant", "short_name_en",
        "issuer_zh", "issuer_zh_hant", "issuer_en", "validity_months", "renewal_days_before",
        "renewal_day_kind", "number_pattern", "demo_prefix", "demo_number", "status", "show_as_badge",
    ),
    CRITERIA: (
        "code", "position", "check", "scheme_codes", "text_zh", "text_en", "source_zh", "source_en",
    ),
    PAPERS: (
        "product_form", "paper_code", "scheme_code", "level", *_NAME, "requirement", "condition_zh",
        "condition_en", "legal_basis_zh",
    ),
}  # fmt: skip

_COLDEST_MILLI_C, _HOTTEST_MILLI_C = -80_000, 60_000
_MAX_MINUTES = 7 * 24 * 60
_MAX_SHELF_DAYS = 3650
_LIMITS = (
    "temperature_min_milli_c",
    "temperature_max_milli_c",
    "excursion_lower_milli_c",
    "excursion_upper_milli_c",
)


def aisles(sheet: Sheet) -> list[Aisle]:
    return [Aisle(**values) for values in _positioned(sheet)]


def industries(sheet: Sheet, storage_codes: Collection[str]) -> list[Industry]:
    for row in sheet.rows:
        row.reference("default_storage_code", storage_codes, STORAGE)
    return [Industry(**values) for values in _positioned(sheet)]


def units(sheet: Sheet) -> list[Unit]:
    return [Unit(**values) for values in _counted(sheet)]


def product_forms(sheet: Sheet) -> list[ProductForm]:
    return [ProductForm(**values) for values in _counted(sheet)]


def picture_kinds(sheet: Sheet, used: Collection[str]) -> list[PictureKind]:
    for row in sheet.rows:
        if row["code"] not in used:
            row.refuse("code", msg("没有商品使用插图“%(code)s”", code=row["code"]))
    return [PictureKind(**values) for values in _counted(sheet)]


def storage_classes(sheet: Sheet) -> list[StorageClass]:
    sheet.unique("code")
    sheet.unique("position")
    found = [(row, _storage_class(row)) for row in sheet.rows]
    return [one for row, one in found if row.is_good]


def _storage_class(row: Row) -> StorageClass:
    limits = temperatures(row)
    minutes = [
        row.optional_integer(column, low=1, high=_MAX_MINUTES)
        for column in ("max_excursion_minutes", "logger_interval_minutes")
    ]
    if limits["range"] is not None and None in minutes:
        row.refuse("max_excursion_minutes", msg("有温度要求的存储类别须填写容许时间和记录间隔"))
    return StorageClass(
        code=row.code("code"),
        order_no=row.integer("position", low=1),
        kind=row.choice("storage_kind", StorageKind),
        name=row.name(),
        advice=Name(row.text("advice_zh"), "", row.text("advice_en")),
        reject_above_milli_c=row.optional_integer("reject_above_milli_c", _COLDEST_MILLI_C, _HOTTEST_MILLI_C),
        max_excursion_minutes=minutes[0],
        logger_interval_minutes=minutes[1],
        shelf_life_days=row.optional_integer("shelf_life_days", low=1, high=_MAX_SHELF_DAYS),
        **limits,
    )


def temperatures(row: Row) -> dict[str, Any]:
    """Read a range with its outer limits: all four or none, the outer ones outside."""
    low, high, lower, upper = (
        row.optional_integer(column, _COLDEST_MILLI_C, _HOTTEST_MILLI_C) for column in _LIMITS
    )
    if None in (low, high, lower, upper):
        if any(row[column] for column in _LIMITS):
            row.refuse(_LIMITS[0], msg("温度范围和波动界限须同时填写或同时留空"))
        return {"range": None, "excursion_lower_milli_c": None, "excursion_upper_milli_c": None}
    assert low is not None
    assert high is not None
    assert lower is not None
    assert upper is not None
    if not low < high:
        row.refuse(_LIMITS[1], msg("最高温度须高于最低温度"))
    if lower > low:
        row.refuse(_LIMITS[2], msg("波动下限不能高于最低温度"))
    if upper < high:
        row.refuse(_LIMITS[3], msg("波动上限不能低于最高温度"))
    return {
        "range": TemperatureRange(min_milli_c=low, max_milli_c=high),
        "excursion_lower_milli_c": lower,
        "excursion_upper_milli_c": upper,
    }


def schemes(sheet: Sheet) -> list[Scheme]:
    sheet.unique("code")
    sheet.unique("position")
    sheet.unique("demo_prefix")
    found = [(row, _scheme(row)) for row in sheet.rows]
    return [one for row, one in found if row.is_good]


def _scheme(row: Row) -> Scheme:
    days = row.optional_integer("renewal_days_before", low=1)
    if (days is None) != (row["renewal_day_kind"] == "") or row["renewal_day_kind"] not in {
        "",
        "calendar",
        "business",
    }:
        row.refuse("renewal_day_kind", msg("与renewal_days_before同填calendar或business，或同时留空"))
    scheme = Scheme(
        code=row.code("code"),
        order_no=row.integer("position", low=1),
        name=row.name(),
        short_name=row.name("short_name"),
        issuer=row.name("issuer"),
        level=row.choice("level", SchemeLevel),
        status=row.choice("status", SchemeStatus),
        validity_months=row.optional_integer("validity_months", low=1, high=600),
        renewal_days_before=days,
        renewal_in_business_days=row["renewal_day_kind"] == "business",
        number_pattern=_pattern(row),
        demo_prefix=row.text("demo_prefix"),
        shows_badge=row.flag("show_as_badge"),
    )
    if not scheme.demo_prefix.startswith("DEMO-"):
        row.refuse("demo_prefix", msg("演示编号须以DEMO-开头"))
    number = row.text("demo_number")
    if number and not rules.is_demo_number(scheme, number):
        row.refuse("demo_number", msg("“%(number)s”须为demo_prefix加数字", number=number))
    if scheme.number_pattern and re.fullmatch(scheme.number_pattern, number):
        row.refuse("number_pattern", msg("真实编号规则不能与演示编号相符"))
    return scheme


def _pattern(row: Row) -> str | None:
    pattern = row.optional("number_pattern")
    if pattern is None:
        return None
    try:
        re.compile(pattern)
    except re.error as error:
        row.refuse("number_pattern", msg("不是有效的正则表达式：%(error)s", error=str(error)))
        return None
    return pattern


def papers(sheet: Sheet, forms: Collection[str], schemes_sheet: Sheet) -> list[Paper]:
    """Read what goods of each form must carry; every form has at least one row, if only to say none."""
    sheet.unique("product_form", "paper_code")
    found = [(row, _paper(row, forms, schemes_sheet)) for row in sheet.rows]
    listed = sheet.codes("product_form")
    for form in forms:
        if form not in listed:
            sheet.refuse("product_form", msg("商品形态“%(form)s”没有列出所需证件", form=form))
    return [one for row, one in found if row.is_good]


def _paper(row: Row, forms: Collection[str], schemes_sheet: Sheet) -> Paper:
    level = row.choice("level", SchemeLevel)
    scheme_code = row.optional("scheme_code")
    if scheme_code is not None:
        row.reference("scheme_code", schemes_sheet.codes(), SCHEMES)
        scheme = schemes_sheet.find("code", scheme_code)
        if scheme is not None and scheme["level"] != level:
            row.refuse("level", msg("与认证“%(scheme)s”的层级不同", scheme=scheme_code))
    return Paper(
        product_form=row.reference("product_form", forms, FORMS),
        code=row.code("paper_code"),
        scheme_code=scheme_code,
        level=level,
        name=row.name(),
        requirement=row.choice("requirement", Requirement),
        condition_zh=row["condition_zh"],
        condition_en=row["condition_en"],
        legal_basis=row["legal_basis_zh"],
    )


def criteria(sheet: Sheet, scheme_codes: Collection[str]) -> list[Criterion]:
    """Read what goods must be to stand in an edition of the 名优产品目录."""
    sheet.unique("code")
    sheet.unique("position")
    found = [(row, _criterion(row, scheme_codes)) for row in sheet.rows]
    return [one for row, one in found if row.is_good]


def _criterion(row: Row, scheme_codes: Collection[str]) -> Criterion:
    check = row.choice("check", CriterionCheck)
    schemes = row.references("scheme_codes", scheme_codes, SCHEMES)
    if (check is CriterionCheck.CERTIFIED) != bool(schemes):
        row.refuse("scheme_codes", msg("只有查证书的条件才写认证种类，且至少一种"))
    return Criterion(
        code=row.code("code"),
        order_no=row.integer("position", low=1),
        check=check,
        scheme_codes=schemes,
        text=Name(row.text("text_zh"), "", row.text("text_en")),
        source=Name(row.text("source_zh"), "", row.text("source_en")),
    )


def _positioned(sheet: Sheet) -> list[dict[str, Any]]:
    sheet.unique("code")
    sheet.unique("position")
    found = [
        (row, {"code": row.code("code"), "order_no": row.integer("position", low=1), "name": row.name()})
        for row in sheet.rows
    ]
    return [values for row, values in found if row.is_good]


def _counted(sheet: Sheet) -> list[dict[str, Any]]:
    """Read rows whose order in the file is their shown order."""
    sheet.unique("code")
    found = [
        (row, {"code": row.code("code"), "order_no": place, "name": row.name()})
        for place, row in enumerate(sheet.rows, start=1)
    ]
    return [values for row, values in found if row.is_good]
