"""Divisions, pairings, tiles and ways: what the files say, checked against one another."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise, product

from marketplace.flow.load_catalogue.sheet import Anything, Row, Sheet
from marketplace.kernel.message import msg
from marketplace.places.types import (
    Division,
    DivisionCode,
    Level,
    PairingEntry,
    PairingLevel,
    PairingStatus,
    Side,
    Tile,
    Transit,
)

DIVISIONS, PAIRINGS, TILES, TRANSIT = "divisions.csv", "pairings.csv", "tiles.csv", "prefecture_transit.csv"

COLUMNS: Mapping[str, tuple[str, ...]] = {
    DIVISIONS: (
        "code", "parent_code", "level", "side", "name_zh", "name_zh_hant", "name_en", "short_name_zh",
        "short_name_zh_hant", "short_name_en", "pinyin", "is_official_code", "gba", "key_county",
        "poverty_alleviated", "demonstration_zone", "located_in_code",
    ),
    PAIRINGS: (
        "pairing_code", "gd_code", "gd_level", "gz_code", "gz_level", "valid_from", "valid_to",
        "documented_as_of", "status", "source",
    ),
    TILES: ("map", "code", "x", "y"),
    TRANSIT: ("prefecture_code", "city_code", "road_km", "cold_truck_days", "express_days"),
}  # fmt: skip

_DIVISION_CODE = re.compile(r"\d{6}(\d{3})?|X-[A-Z0-9]+(-[A-Z0-9]+)*")
_OFFICIAL_CODE = re.compile(r"\d{6}(\d{3})?")
_MONTH_OR_YEARS = re.compile(r"\d{4}(-\d{2})?(/\d{4}(-\d{2})?)?")
_PARENTS: Mapping[Level, frozenset[Level]] = {
    Level.PROVINCE: frozenset(),
    Level.SAR: frozenset(),
    Level.PREFECTURE: frozenset({Level.PROVINCE}),
    Level.CITY: frozenset({Level.PROVINCE}),
    Level.SPECIAL_ZONE: frozenset({Level.PROVINCE}),
    Level.COUNTY: frozenset({Level.PREFECTURE}),
    Level.DISTRICT: frozenset({Level.CITY, Level.SAR}),
    Level.TOWN: frozenset({Level.CITY}),
    Level.DEVELOPMENT_ZONE: frozenset({Level.CITY, Level.PREFECTURE}),
}
CITY_LEVELS = frozenset({Level.CITY, Level.SAR, Level.SPECIAL_ZONE})
_MAX_ROAD_KM = 5000
_MAX_DAYS = 30


@dataclass(frozen=True, slots=True)
class Places:
    """The divisions by code, so that every other file can be held against them."""

    known: Collection[str]
    levels: Mapping[str, str]
    sides: Mapping[str, str]
    parents: Mapping[str, str]

    def codes(self, *levels: Level) -> Collection[str]:
        if isinstance(self.known, Anything):
            return self.known
        return [code for code, level in self.levels.items() if level in levels]

    def city_of(self, code: str) -> str:
        """Return the city-level division above a code, or the code itself where it has none."""
        above = code
        for _ in self.levels:
            if self.levels.get(above) in CITY_LEVELS:
                return above
            above = self.parents.get(above, "")
        return code


def known_places(sheet: Sheet) -> Places:
    rows = sheet.rows
    return Places(
        known=sheet.codes(),
        levels={row["code"]: row["level"] for row in rows},
        sides={row["code"]: row["side"] for row in rows},
        parents={row["code"]: row["parent_code"] for row in rows},
    )


def divisions(sheet: Sheet, places: Places) -> list[Division]:
    sheet.unique("code")
    found = [(row, _division(row, places)) for row in sheet.rows]
    return [one for row, one in found if row.is_good]


def _division(row: Row, places: Places) -> Division:
    code = row.matching("code", _DIVISION_CODE)
    level, side = row.choice("level", Level), row.choice("side", Side)
    name = row.name()
    is_official = row.flag("is_official_code")
    if is_official and not _OFFICIAL_CODE.fullmatch(code):
        row.refuse("is_official_code", msg("“%(code)s”不是国家行政区划代码的格式", code=code))
    _check_parent(row, level, places)
    located_in = row.optional("located_in_code")
    if located_in is not None:
        row.reference("located_in_code", places.known, DIVISIONS)
    key_county, poverty_alleviated = row.flag("key_county"), row.flag("poverty_alleviated")
    if key_county and not poverty_alleviated:
        row.refuse("key_county", msg("重点帮扶县必须同时是脱贫县"))
    if poverty_alleviated and (level is not Level.COUNTY or side is not Side.GUIZHOU):
        row.refuse("poverty_alleviated", msg("只有贵州的县级行政区可以标为脱贫县"))
    return Division(
        code=DivisionCode(code),
        parent_code=DivisionCode(row["parent_code"]) if row["parent_code"] else None,
        level=level,
        side=side,
        name=name,
        short_name=row.name("short_name"),
        pinyin=row.pinyin("pinyin", name.hans),
        is_official_code=is_official,
        gba=row.flag("gba"),
        key_county=key_county,
        poverty_alleviated=poverty_alleviated,
        demonstration_zone=row.optional("demonstration_zone"),
        located_in_code=DivisionCode(located_in) if located_in else None,
    )


def _check_parent(row: Row, level: Level, places: Places) -> None:
    parent = row["parent_code"]
    allowed = _PARENTS[level]
    if not parent:
        if allowed:
            row.refuse("parent_code", msg("不能为空"))
        return
    if parent not in places.levels:
        row.refuse("parent_code", msg("%(file)s中没有“%(value)s”", file=DIVISIONS, value=parent))
    elif places.levels[parent] not in allowed:
        row.refuse(
            "parent_code", msg("上级“%(parent)s”的级别不能管辖%(level)s", parent=parent, level=str(level))
        )
    elif places.sides[parent] != row["side"]:
        row.refuse("parent_code", msg("与上级“%(parent)s”不在同一侧", parent=parent))


def pairings(sheet: Sheet, places: Places) -> list[PairingEntry]:
    sheet.unique("pairing_code", "valid_from")
    found = [(row, _pairing(row, places)) for row in sheet.rows]
    _check_overlaps(found)
    return [one for row, one in found if row.is_good]


def _pairing(row: Row, places: Places) -> PairingEntry:
    gd_code, gz_code = (row.reference(column, places.known, DIVISIONS) for column in ("gd_code", "gz_code"))
    for column, side in (("gd", Side.GUANGDONG), ("gz", Side.GUIZHOU)):
        code = row[f"{column}_code"]
        if places.sides.get(code, side) != side:
            row.refuse(f"{column}_code", msg("“%(code)s”不在结对的这一侧", code=code))
        if code in places.levels and places.levels[code] != row[f"{column}_level"]:
            level = places.levels[code]
            row.refuse(f"{column}_level", msg("“%(code)s”的级别是%(level)s", code=code, level=level))
    code = row.text("pairing_code")
    if code != f"{gd_code}_{gz_code}":
        row.refuse("pairing_code", msg("应为“%(wanted)s”", wanted=f"{gd_code}_{gz_code}"))
    valid_from, valid_to = row.day("valid_from"), row.day("valid_to")
    if valid_from is not None and valid_to is not None and valid_to < valid_from:
        row.refuse("valid_to", msg("截止日期早于起始日期"))
    documented = row.optional("documented_as_of")
    if documented is not None:
        row.matching("documented_as_of", _MONTH_OR_YEARS)
    status = row.choice("status", PairingStatus)
    if status is PairingStatus.DOCUMENTED and documented is None:
        row.refuse("documented_as_of", msg("有文件依据的结对须写明依据的时间"))
    is_city = (row["gd_level"], row["gz_level"]) == (Level.CITY, Level.PREFECTURE)
    return PairingEntry(
        code=code,
        gd_code=DivisionCode(gd_code),
        gz_code=DivisionCode(gz_code),
        level=PairingLevel.CITY if is_city else PairingLevel.COUNTY,
        valid_from=valid_from,
        valid_to=valid_to,
        documented_as_of=documented,
        status=status,
        source=row["source"],
    )


def _check_overlaps(found: list[tuple[Row, PairingEntry]]) -> None:
    ordered = sorted(found, key=lambda pair: (pair[1].code, pair[1].valid_from or date.min))
    for (first_row, first), (row, second) in pairwise(ordered):
        if first.code == second.code and (first.valid_to or date.max) >= (second.valid_from or date.min):
            row.refuse("valid_from", msg("与第%(row)d行的结对日期重叠", row=first_row.number))


def tiles(sheet: Sheet, places: Places) -> list[Tile]:
    """Read the schematic maps: each square one division, the Guizhou map every county."""
    sheet.unique("map", "code")
    sheet.unique("map", "x", "y")
    found = [
        (
            row,
            Tile(
                map=row.code("map"),
                code=DivisionCode(row.reference("code", places.known, DIVISIONS)),
                x=row.integer("x", low=0),
                y=row.integer("y", low=0),
            ),
        )
        for row in sheet.rows
    ]
    wanted = {"guizhou": places.codes(Level.COUNTY), "guangdong": places.codes(*CITY_LEVELS)}
    for name, codes in wanted.items():
        drawn = {row["code"] for row in sheet.rows if row["map"] == name}
        for code in codes:
            if code not in drawn:
                sheet.refuse("code", msg("地图“%(map)s”缺少“%(code)s”", map=name, code=code))
    return [one for row, one in found if row.is_good]


def transit(sheet: Sheet, places: Places) -> list[Transit]:
    """Read the ways: one from every prefecture to every city-level division."""
    sheet.unique("prefecture_code", "city_code")
    prefectures, cities = places.codes(Level.PREFECTURE), places.codes(*CITY_LEVELS)
    found = [(row, _way(row, prefectures, cities)) for row in sheet.rows]
    known = {(row["prefecture_code"], row["city_code"]) for row in sheet.rows}
    for prefecture, city in product(prefectures, cities):
        if (prefecture, city) not in known:
            sheet.refuse("city_code", msg("缺少“%(origin)s”到“%(city)s”的里程", origin=prefecture, city=city))
    return [one for row, one in found if row.is_good]


def _way(row: Row, prefectures: Collection[str], cities: Collection[str]) -> Transit:
    return Transit(
        prefecture_code=DivisionCode(row.reference("prefecture_code", prefectures, DIVISIONS)),
        city_code=DivisionCode(row.reference("city_code", cities, DIVISIONS)),
        road_km=row.integer("road_km", low=1, high=_MAX_ROAD_KM),
        cold_truck_days=row.integer("cold_truck_days", low=1, high=_MAX_DAYS),
        express_days=row.integer("express_days", low=1, high=_MAX_DAYS),
    )
