"""What others may hold of places: divisions, pairings, tiles, roads."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NewType

from marketplace.kernel.message import Name

DivisionCode = NewType("DivisionCode", str)
"""GB/T 2260, six digits; nine for towns of 东莞 and 中山; the project's own codes begin with ``X-``."""

PairingId = NewType("PairingId", int)


class Side(StrEnum):
    GUIZHOU = "guizhou"
    GUANGDONG = "guangdong"
    HONG_KONG = "hong_kong"
    MACAO = "macao"


class Level(StrEnum):
    PROVINCE = "province"
    PREFECTURE = "prefecture"
    COUNTY = "county"
    CITY = "city"
    DISTRICT = "district"
    TOWN = "town"
    SAR = "sar"
    SPECIAL_ZONE = "special_zone"
    DEVELOPMENT_ZONE = "development_zone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Division:
    """An administrative division: where goods come from, or where they go."""

    code: DivisionCode
    parent_code: DivisionCode | None
    level: Level
    side: Side
    name: Name
    short_name: Name
    pinyin: str
    is_official_code: bool
    gba: bool
    key_county: bool
    poverty_alleviated: bool
    demonstration_zone: str | None
    located_in_code: DivisionCode | None


class PairingLevel(StrEnum):
    """``CITY``: city with prefecture, which decides what counts; ``COUNTY``: district or zone with county."""

    CITY = "city"
    COUNTY = "county"


class PairingStatus(StrEnum):
    DOCUMENTED = "documented"
    TO_BE_CONFIRMED = "to_be_confirmed"
    CONFIRMED = "confirmed"
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairing:
    """A dated assignment of a Guangdong division to a Guizhou one; both days belong to it.

    ``is_proven``: a document or an official has said so; it stays true when the pairing ends.
    """

    id: PairingId
    code: str
    gd_code: DivisionCode
    gz_code: DivisionCode
    level: PairingLevel
    valid_from: date | None
    valid_to: date | None
    documented_as_of: str | None
    status: PairingStatus
    is_proven: bool

    def covers(self, day: date) -> bool:
        """Tell whether the day lies in the pairing's validity."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_to is None or day <= self.valid_to
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PairingEntry:
    """A pairing as the catalogue's data names it, before an official has decided anything."""

    code: str
    gd_code: DivisionCode
    gz_code: DivisionCode
    level: PairingLevel
    valid_from: date | None
    valid_to: date | None
    documented_as_of: str | None
    status: PairingStatus
    source: str


class PairingState(StrEnum):
    """The four rows into which every official table splits."""

    PAIRED = "paired"
    UNPAIRED = "unpaired"
    HK_MACAO = "hk_macao"
    UNCONFIRMED = "unconfirmed"


@dataclass(frozen=True, slots=True, kw_only=True)
class PairingVerdict:
    """How goods of one origin, sent to one destination on one day, stand to the pairings."""

    state: PairingState
    pairing_id: PairingId | None
    city_code: DivisionCode
    prefecture_code: DivisionCode


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """A division's square on a schematic map; x to the right, y downwards, from zero."""

    code: DivisionCode
    map: str
    x: int
    y: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Transit:
    """The way from a Guizhou prefecture to a destination city: road distance and whole days under way."""

    prefecture_code: DivisionCode
    city_code: DivisionCode
    road_km: int
    cold_truck_days: int
    express_days: int
