"""Places for tests: the catalogue's own rows, read here without the loader's checks."""

import csv
from datetime import date
from functools import cache

from sqlalchemy.orm import Session

from marketplace.kernel.message import Name
from marketplace.kernel.paths import CATALOG_DATA
from marketplace.places import service
from marketplace.places.atlas import Atlas
from marketplace.places.types import (
    Division,
    DivisionCode,
    Level,
    Pairing,
    PairingEntry,
    PairingId,
    PairingLevel,
    PairingStatus,
    Side,
    Tile,
    Transit,
)
from tests.factories.copied import PLACES, load_or_copy

FOSHAN = DivisionCode("440600")
GUANGZHOU = DivisionCode("440100")
ZHUHAI = DivisionCode("440400")
SHENZHEN = DivisionCode("440300")
HENGQIN = DivisionCode("X-HENGQIN")
HONG_KONG = DivisionCode("810000")
QIANDONGNAN = DivisionCode("522600")
ZUNYI = DivisionCode("520300")
CONGJIANG = DivisionCode("522633")
ZHENGAN = DivisionCode("520324")


def _rows(name: str) -> list[dict[str, str]]:
    with (CATALOG_DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def divisions() -> tuple[Division, ...]:
    return tuple(
        Division(
            code=DivisionCode(row["code"]),
            parent_code=DivisionCode(row["parent_code"]) if row["parent_code"] else None,
            level=Level(row["level"]),
            side=Side(row["side"]),
            name=Name(row["name_zh"], row["name_zh_hant"], row["name_en"]),
            short_name=Name(row["short_name_zh"], row["short_name_zh_hant"], row["short_name_en"]),
            pinyin=row["pinyin"],
            is_official_code=row["is_official_code"] == "1",
            gba=row["gba"] == "1",
            key_county=row["key_county"] == "1",
            poverty_alleviated=row["poverty_alleviated"] == "1",
            demonstration_zone=row["demonstration_zone"] or None,
            located_in_code=DivisionCode(row["located_in_code"]) if row["located_in_code"] else None,
        )
        for row in _rows("divisions")
    )


@cache
def pairing_entries() -> tuple[PairingEntry, ...]:
    return tuple(
        PairingEntry(
            code=row["pairing_code"],
            gd_code=DivisionCode(row["gd_code"]),
            gz_code=DivisionCode(row["gz_code"]),
            level=PairingLevel.CITY if row["gd_level"] == "city" else PairingLevel.COUNTY,
            valid_from=date.fromisoformat(row["valid_from"]) if row["valid_from"] else None,
            valid_to=date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
            documented_as_of=row["documented_as_of"] or None,
            status=PairingStatus(row["status"]),
            source=row["source"],
        )
        for row in _rows("pairings")
    )


@cache
def transits() -> tuple[Transit, ...]:
    return tuple(
        Transit(
            prefecture_code=DivisionCode(row["prefecture_code"]),
            city_code=DivisionCode(row["city_code"]),
            road_km=int(row["road_km"]),
            cold_truck_days=int(row["cold_truck_days"]),
            express_days=int(row["express_days"]),
        )
        for row in _rows("prefecture_transit")
    )


def make_pairing(**overrides: object) -> Pairing:
    """Make a pairing of 佛山 with 黔东南, in memory only."""
    values: dict[str, object] = {
        "id": PairingId(1),
        "code": "440600_522600",
        "gd_code": FOSHAN,
        "gz_code": QIANDONGNAN,
        "level": PairingLevel.CITY,
        "valid_from": date(2021, 1, 1),
        "valid_to": date(2025, 12, 31),
        "documented_as_of": "2025-09",
        "status": PairingStatus.DOCUMENTED,
        "is_proven": True,
    }
    return Pairing(**(values | overrides))  # type: ignore[arg-type]  # overrides are checked by what they make


@cache
def catalogue_atlas() -> Atlas:
    """Return the atlas of the catalogue's data, without a database."""
    pairings = [
        Pairing(
            id=PairingId(number),
            code=one.code,
            gd_code=one.gd_code,
            gz_code=one.gz_code,
            level=one.level,
            valid_from=one.valid_from,
            valid_to=one.valid_to,
            documented_as_of=one.documented_as_of,
            status=one.status,
            is_proven=one.status is PairingStatus.DOCUMENTED,
        )
        for number, one in enumerate(pairing_entries(), start=1)
    ]
    tiles = [Tile(code=CONGJIANG, map="guizhou", x=7, y=9)]
    return Atlas(divisions(), tiles, pairings)


def make_places(session: Session) -> None:
    """Load every division, pairing and way of the catalogue's data."""
    load_or_copy(session, _load_places, PLACES)


def _load_places(session: Session) -> None:
    service.load_divisions(session, divisions())
    service.load_pairings(session, pairing_entries())
    service.load_transit(session, transits())
