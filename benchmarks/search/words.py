"""What synthetic products are made of: the catalogue's real places, goods and schemes, invented brands."""

import csv
from dataclasses import dataclass
from functools import cache

import numpy as np
from pypinyin.phrases_dict import phrases_dict

from marketplace.kernel import paths
from marketplace.kernel.message import Name

BRANDS = 3_000
DESCRIPTION_WORDS = 30_000
# fmt: off
SUFFIXES = (
    "礼盒装", "五斤装", "十斤装", "三斤装", "家庭装", "特级", "一级", "二级", "散装", "真空装", "罐装",
    "袋装", "双层盒", "伴手礼", "单位采购装", "食堂装", "尝鲜装", "头茬", "明前", "雨前", "秋采",
    "手工", "古法", "林下", "高山", "有机种植", "当季", "现摘现发", "产地直发", "冷链直达", "老字号",
    "小农户", "合作社自产", "农家", "生态", "精选", "优选", "原味", "麻辣", "微辣",
)
# fmt: on
# Characters that brands are put together from; no brand is meant.
_BRAND_CHARACTERS = "云岭黔山苗侗溪谷禾丰源泉青岚雾霞松竹梅兰清秀福安和顺宝珍翠屏龙凤金银玉石林野乡土田园家"


@dataclass(frozen=True, slots=True)
class County:
    code: str
    prefecture_code: str
    names: tuple[Name, Name, Name, Name]
    is_key: bool


@dataclass(frozen=True, slots=True)
class Good:
    """A real product; ``noun`` is its name without the county in front."""

    noun: str
    noun_en: str
    pinyin: str
    county: int
    aisle_code: str
    industry_code: str | None
    storage: str
    groups: tuple[Name, ...]
    months: tuple[int, ...]
    keywords: tuple[str, ...]
    keywords_en: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Scheme:
    code: str
    short_name: Name
    prefix: str


@dataclass(frozen=True, slots=True)
class Words:
    counties: tuple[County, ...]
    goods: tuple[Good, ...]
    schemes: tuple[Scheme, ...]
    brands: tuple[str, ...]
    description: tuple[str, ...]


@cache
def gather(seed: int) -> Words:
    """Read the catalogue's files and invent what they do not hold, the same for the same seed."""
    chance = np.random.default_rng(seed)
    counties = _counties()
    pairs = sorted({a + b for a in _BRAND_CHARACTERS for b in _BRAND_CHARACTERS if a != b})
    chance.shuffle(pairs)
    phrases = sorted(word for word in phrases_dict if 2 <= len(word) <= 4)
    chance.shuffle(phrases)
    # Short words come first, as they do in what people write.
    phrases = sorted(phrases[: 2 * DESCRIPTION_WORDS], key=lambda word: len(word) > 2)
    return Words(
        counties=counties,
        goods=_goods(counties),
        schemes=tuple(
            Scheme(row["code"], _name(row, "short_name"), row["demo_prefix"])
            for row in _rows("certification_schemes")
            if row["show_as_badge"] == "1"
        ),
        brands=tuple(pairs[:BRANDS]),
        description=tuple(phrases[:DESCRIPTION_WORDS]),
    )


def _counties() -> tuple[County, ...]:
    rows = {row["code"]: row for row in _rows("divisions")}
    found = []
    for row in rows.values():
        if row["side"] == "guizhou" and row["level"] == "county":
            above = rows[row["parent_code"]]
            found.append(
                County(
                    row["code"],
                    above["code"],
                    (
                        _name(row, "name"),
                        _name(row, "short_name"),
                        _name(above, "name"),
                        _name(above, "short_name"),
                    ),
                    row["key_county"] == "1",
                )
            )
    return tuple(found)


def _goods(counties: tuple[County, ...]) -> tuple[Good, ...]:
    places = {county.code: number for number, county in enumerate(counties)}
    aisles = {row["code"]: _name(row, "name") for row in _rows("aisles")}
    industries = {row["code"]: _name(row, "name") for row in _rows("industries")}
    storage = {row["code"]: row["storage_kind"] for row in _rows("storage_classes")}
    found = []
    for row in _rows("products"):
        county = places[row["county_code"]]
        industry = row["industry_code"] or None
        groups = (aisles[row["aisle_code"]], *((industries[industry],) if industry else ()))
        found.append(
            Good(
                noun=row["name_zh"].removeprefix(counties[county].names[1].hans) or row["name_zh"],
                noun_en=row["name_en"],
                pinyin=row["pinyin"],
                county=county,
                aisle_code=row["aisle_code"],
                industry_code=industry,
                storage=storage[row["storage_code"]],
                groups=groups,
                months=tuple(int(month) for month in row["sale_months"].split(";") if month),
                keywords=tuple(word for word in row["keywords_zh"].split(";") if word),
                keywords_en=tuple(word for word in row["keywords_en"].split(";") if word),
            )
        )
    return tuple(found)


def _rows(table: str) -> list[dict[str, str]]:
    with (paths.CATALOG_DATA / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _name(row: dict[str, str], column: str) -> Name:
    return Name(row[f"{column}_zh"], row[f"{column}_zh_hant"], row[f"{column}_en"])
