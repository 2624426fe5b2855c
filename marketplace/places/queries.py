"""Reads of places."""

from collections.abc import Collection, Mapping
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.kernel.kept import Kept
from marketplace.kernel.message import Name
from marketplace.places.atlas import Atlas
from marketplace.places.models import DivisionRow, PairingRow, TileRow, TransitRow
from marketplace.places.refusals import NoRoad, PairingNotFound, UnknownPlace
from marketplace.places.rules import judge
from marketplace.places.types import (
    Division,
    DivisionCode,
    Level,
    Pairing,
    PairingId,
    PairingLevel,
    PairingStatus,
    PairingVerdict,
    Side,
    Tile,
    Transit,
)


def atlas(session: Session) -> Atlas:
    """Return every division, tile and pairing in memory, at most half a minute old."""
    return kept_atlas.get(session)


def pairing_on(session: Session, *, destination_code: str, origin_code: str, day: date) -> PairingVerdict:
    """Judge goods of one origin by the pairings as the database holds them now: this is what counts."""
    return verdicts_on(session, destination_code=destination_code, origin_codes=[origin_code], day=day)[
        DivisionCode(origin_code)
    ]


def verdicts_on(
    session: Session, *, destination_code: str, origin_codes: Collection[str], day: date
) -> Mapping[DivisionCode, PairingVerdict]:
    """Judge goods of many origins bound for one destination, in one statement.

    Refuses (UnknownPlace) a destination where nothing is sold, and an unknown origin.
    """
    places = atlas(session)
    if not places.is_destination(destination_code):
        raise UnknownPlace(destination_code)
    rows = session.scalars(select(PairingRow).where(PairingRow.gd_code == places.city_of(destination_code)))
    pairings = [pairing_from_row(row) for row in rows]
    return {
        DivisionCode(code): judge(pairings, places.way(destination_code, code), day)
        for code in sorted(set(origin_codes))
    }


def list_pairings(session: Session, *, on: date | None = None) -> list[Pairing]:
    """Return all pairings, or those whose validity holds a day, cities before districts."""
    rows = session.scalars(
        select(PairingRow).order_by(
            PairingRow.level, PairingRow.gd_code, PairingRow.gz_code, PairingRow.valid_from.nulls_first()
        )
    )
    pairings = map(pairing_from_row, rows)
    return [one for one in pairings if on is None or one.covers(on)]


def get_pairing(session: Session, pairing_id: PairingId) -> Pairing:
    """Return a pairing; refuses (PairingNotFound)."""
    row = session.get(PairingRow, pairing_id)
    if row is None:
        raise PairingNotFound
    return pairing_from_row(row)


def list_transits(session: Session) -> list[Transit]:
    """Return every known way from a prefecture to a city."""
    rows = session.scalars(select(TransitRow).order_by(TransitRow.prefecture_code, TransitRow.city_code))
    return [_transit(row) for row in rows]


def transit(session: Session, prefecture_code: str, city_code: str) -> Transit:
    """Return distance and days from a prefecture to a city; both may name a place inside.

    Refuses (NoRoad) where the data knows no way.
    """
    places = atlas(session)
    origin, city = places.prefecture_of(prefecture_code), places.city_of(city_code)
    row = session.get(TransitRow, (origin, city))
    if row is None:
        raise NoRoad(origin, city)
    return _transit(row)


def road_km(session: Session, prefecture_code: str, city_code: str) -> int:
    """Return the road distance in kilometres."""
    return transit(session, prefecture_code, city_code).road_km


def pairing_from_row(row: PairingRow, known_id: PairingId | None = None) -> Pairing:
    return Pairing(
        id=PairingId(row.id) if known_id is None else known_id,
        code=row.code,
        gd_code=DivisionCode(row.gd_code),
        gz_code=DivisionCode(row.gz_code),
        level=PairingLevel(row.level),
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        documented_as_of=row.documented_as_of,
        status=PairingStatus(row.status),
        is_proven=row.is_proven,
    )


def _read_atlas(session: Session) -> Atlas:
    divisions = [_division(row) for row in session.scalars(select(DivisionRow).order_by(DivisionRow.code))]
    tiles = [
        Tile(code=DivisionCode(row.division_code), map=row.map, x=row.x, y=row.y)
        for row in session.scalars(select(TileRow).order_by(TileRow.map, TileRow.y, TileRow.x))
    ]
    return Atlas(divisions, tiles, list_pairings(session))


# Distances are not part of the atlas, but of what others keep beside it.
kept_atlas = Kept("places.atlas", _read_atlas, (DivisionRow, TileRow, PairingRow, TransitRow))


def _division(row: DivisionRow) -> Division:
    return Division(
        code=DivisionCode(row.code),
        parent_code=DivisionCode(row.parent_code) if row.parent_code else None,
        level=Level(row.level),
        side=Side(row.side),
        name=Name(row.name_zh, row.name_zh_hant, row.name_en),
        short_name=Name(row.short_name_zh, row.short_name_zh_hant, row.short_name_en),
        pinyin=row.pinyin,
        is_official_code=row.is_official_code,
        gba=row.gba,
        key_county=row.key_county,
        poverty_alleviated=row.poverty_alleviated,
        demonstration_zone=row.demonstration_zone,
        located_in_code=DivisionCode(row.located_in_code) if row.located_in_code else None,
    )


def _transit(row: TransitRow) -> Transit:
    return Transit(
        prefecture_code=DivisionCode(row.prefecture_code),
        city_code=DivisionCode(row.city_code),
        road_km=row.road_km,
        cold_truck_days=row.cold_truck_days,
        express_days=row.express_days,
    )
