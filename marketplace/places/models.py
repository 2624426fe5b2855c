"""Tables of places; private to the room."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.kernel.database import Base, Key
from marketplace.places.types import Level, PairingLevel, PairingStatus, Side

_CODE = String(20)


def _one_of(column: str, values: type[Level | Side | PairingLevel | PairingStatus]) -> str:
    return f"{column} IN ({', '.join(repr(str(one)) for one in values)})"


class DivisionRow(Base):
    __tablename__ = "places_division"
    __table_args__ = (
        CheckConstraint(_one_of("level", Level), name="level_known"),
        CheckConstraint(_one_of("side", Side), name="side_known"),
        CheckConstraint("NOT is_official_code OR code ~ '^([0-9]{6}|[0-9]{9})$'", name="code_marked"),
        CheckConstraint("parent_code <> code", name="parent_other"),
    )

    code: Mapped[str] = mapped_column(_CODE, primary_key=True)
    parent_code: Mapped[str | None] = mapped_column(_CODE, ForeignKey("places_division.code"), index=True)
    level: Mapped[str] = mapped_column(String(20))
    side: Mapped[str] = mapped_column(String(20))
    name_zh: Mapped[str]
    name_zh_hant: Mapped[str]
    name_en: Mapped[str]
    short_name_zh: Mapped[str]
    short_name_zh_hant: Mapped[str]
    short_name_en: Mapped[str]
    pinyin: Mapped[str]
    is_official_code: Mapped[bool]
    gba: Mapped[bool]
    key_county: Mapped[bool]
    poverty_alleviated: Mapped[bool]
    demonstration_zone: Mapped[str | None]
    located_in_code: Mapped[str | None] = mapped_column(_CODE, ForeignKey("places_division.code"), index=True)


class PairingRow(Base):
    """Two divisions and the days on which they are paired; ``code`` names the two, over all periods."""

    __tablename__ = "places_pairing"
    __table_args__ = (
        CheckConstraint(_one_of("level", PairingLevel), name="level_known"),
        CheckConstraint(_one_of("status", PairingStatus), name="status_known"),
        CheckConstraint("valid_from <= valid_to", name="days_in_order"),
        CheckConstraint("status NOT IN ('documented', 'confirmed') OR is_proven", name="proof_kept"),
        CheckConstraint("status <> 'to_be_confirmed' OR NOT is_proven", name="doubt_kept"),
        CheckConstraint("status <> 'ended' OR valid_to IS NOT NULL OR NOT is_proven", name="end_dated"),
        UniqueConstraint("code", "valid_from", postgresql_nulls_not_distinct=True),
        # A hash stands for the two codes: ranges of text would need an extension the server may lack.
        ExcludeConstraint(
            (
                func.int8range(
                    text("hashtextextended(code, 0) / 2"), text("hashtextextended(code, 0) / 2"), "[]"
                ),
                "&&",
            ),
            (func.daterange(text("valid_from"), text("valid_to"), text("'[]'")), "&&"),
            name="places_pairing_days_apart",
            using="gist",
            where=text("status <> 'ended' OR is_proven"),
        ),
        Index(None, "gd_code"),
        Index(None, "gz_code"),
    )

    id: Mapped[Key]
    code: Mapped[str] = mapped_column(String(60))
    gd_code: Mapped[str] = mapped_column(_CODE, ForeignKey("places_division.code"))
    gz_code: Mapped[str] = mapped_column(_CODE, ForeignKey("places_division.code"))
    level: Mapped[str] = mapped_column(String(20))
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    documented_as_of: Mapped[str | None]
    status: Mapped[str] = mapped_column(String(20))
    is_proven: Mapped[bool]
    source: Mapped[str]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[int | None]


class TileRow(Base):
    __tablename__ = "places_tile"
    __table_args__ = (
        UniqueConstraint("map", "x", "y"),
        CheckConstraint("x >= 0 AND y >= 0", name="square_on_map"),
        Index(None, "division_code"),
    )

    map: Mapped[str] = mapped_column(String(40), primary_key=True)
    division_code: Mapped[str] = mapped_column(_CODE, ForeignKey("places_division.code"), primary_key=True)
    x: Mapped[int]
    y: Mapped[int]


class TransitRow(Base):
    __tablename__ = "places_transit"
    __table_args__ = (
        CheckConstraint("road_km > 0", name="road_positive"),
        CheckConstraint("cold_truck_days > 0 AND express_days > 0", name="days_positive"),
        Index(None, "city_code"),
    )

    prefecture_code: Mapped[str] = mapped_column(_CODE, ForeignKey("places_division.code"), primary_key=True)
    city_code: Mapped[str] = mapped_column(_CODE, ForeignKey("places_division.code"), primary_key=True)
    road_km: Mapped[int]
    cold_truck_days: Mapped[int]
    express_days: Mapped[int]
