"""Writes of places: loading the reference rows, and the officials' word on a pairing."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import delete, select, tuple_
from sqlalchemy.orm import Session

from marketplace.kernel import changes, journal, time
from marketplace.kernel.locking import locked_one
from marketplace.kernel.upsert import upsert
from marketplace.places.models import DivisionRow, PairingRow, TileRow, TransitRow
from marketplace.places.queries import kept_atlas, pairing_from_row
from marketplace.places.refusals import PairingDaysWrong, PairingDecided, PairingNotFound, PairingsOverlap
from marketplace.places.rules import may_become, overlap
from marketplace.places.types import (
    Division,
    Pairing,
    PairingEntry,
    PairingId,
    PairingStatus,
    Tile,
    Transit,
)


def load_divisions(session: Session, divisions: Sequence[Division]) -> int:
    """Bring the divisions to what the catalogue's data says; returns how many rows changed.

    A division that the data no longer names stays: addresses and lots may still point to it.
    """
    values = [
        {
            "code": one.code,
            "parent_code": one.parent_code,
            "level": one.level,
            "side": one.side,
            "name_zh": one.name.hans,
            "name_zh_hant": one.name.hant,
            "name_en": one.name.en,
            "short_name_zh": one.short_name.hans,
            "short_name_zh_hant": one.short_name.hant,
            "short_name_en": one.short_name.en,
            "pinyin": one.pinyin,
            "is_official_code": one.is_official_code,
            "gba": one.gba,
            "key_county": one.key_county,
            "poverty_alleviated": one.poverty_alleviated,
            "demonstration_zone": one.demonstration_zone,
            "located_in_code": one.located_in_code,
        }
        for one in divisions
    ]
    changed = upsert(session, DivisionRow, ["code"], values)
    kept_atlas.forget(session)
    return len(changed)


def load_tiles(session: Session, tiles: Sequence[Tile]) -> int:
    """Bring the schematic maps to what the data says, whole: a moved square may take another's place."""
    wanted = {(one.map, one.code, one.x, one.y) for one in tiles}
    held = {(row.map, row.division_code, row.x, row.y) for row in session.scalars(select(TileRow))}
    if wanted == held:
        return 0
    session.execute(delete(TileRow))
    values = [{"map": one.map, "division_code": one.code, "x": one.x, "y": one.y} for one in tiles]
    upsert(session, TileRow, ["map", "division_code"], values)
    kept_atlas.forget(session)
    return len(wanted ^ held)


def load_transit(session: Session, transits: Sequence[Transit]) -> int:
    """Bring road distances and days to what the data says; returns how many rows changed."""
    values = [
        {
            "prefecture_code": one.prefecture_code,
            "city_code": one.city_code,
            "road_km": one.road_km,
            "cold_truck_days": one.cold_truck_days,
            "express_days": one.express_days,
        }
        for one in transits
    ]
    named = [(one.prefecture_code, one.city_code) for one in transits]
    gone = session.execute(
        delete(TransitRow)
        .where(tuple_(TransitRow.prefecture_code, TransitRow.city_code).not_in(named))
        .returning(TransitRow.city_code)
    ).all()
    changed = upsert(session, TransitRow, ["prefecture_code", "city_code"], values)
    kept_atlas.forget(session)
    return len(gone) + len(changed)


def load_pairings(session: Session, entries: Sequence[PairingEntry]) -> int:
    """Bring in dated pairings; a row on which an official has decided is left as decided."""
    held = {(row.code, row.valid_from): row for row in session.scalars(select(PairingRow))}
    changed = 0
    for entry in entries:
        values = _values(entry)
        row = held.get((entry.code, entry.valid_from))
        if row is None:
            session.add(PairingRow(**values))
            changed += 1
        elif row.decided_at is None and any(getattr(row, name) != new for name, new in values.items()):
            for name, new in values.items():
                setattr(row, name, new)
            changed += 1
    session.flush()
    kept_atlas.forget(session)
    return changed


def open_pairing(session: Session, entry: PairingEntry) -> Pairing:
    """Add a pairing that the two sides agreed on; refuses (PairingsOverlap) a second one on the same days."""
    row = PairingRow(**_values(entry))
    twins = session.scalars(select(PairingRow).where(PairingRow.code == entry.code))
    wanted = pairing_from_row(row, PairingId(0))
    for twin in map(pairing_from_row, twins):
        counts = twin.is_proven or twin.status is not PairingStatus.ENDED
        if counts and overlap(twin, wanted):
            raise PairingsOverlap(entry.code)
    session.add(row)
    session.flush()
    journal.write(session, "pairing", row.id, "opened", code=entry.code)
    return _decided(session, row)


def confirm_pairing(session: Session, pairing_id: PairingId, person_id: int) -> Pairing:
    """Record that an official confirms a pairing; refuses (PairingDecided) what is already decided."""
    row = _locked(session, pairing_id)
    if not may_become(PairingStatus(row.status), PairingStatus.CONFIRMED):
        raise PairingDecided
    row.status, row.is_proven = PairingStatus.CONFIRMED, True
    row.decided_at, row.decided_by = time.now(), person_id
    journal.write(session, "pairing", row.id, "confirmed", code=row.code)
    return _decided(session, row)


def end_pairing(
    session: Session, pairing_id: PairingId, person_id: int, *, last_day: date, reason: str = ""
) -> Pairing:
    """Record that a pairing ends after ``last_day``, or that an unconfirmed one never was."""
    row = _locked(session, pairing_id)
    if not may_become(PairingStatus(row.status), PairingStatus.ENDED):
        raise PairingDecided
    if row.is_proven:
        if row.valid_from is not None and last_day < row.valid_from:
            raise PairingDaysWrong
        row.valid_to = last_day if row.valid_to is None else min(row.valid_to, last_day)
    row.status = PairingStatus.ENDED
    row.decided_at, row.decided_by = time.now(), person_id
    journal.write(
        session, "pairing", row.id, "ended", code=row.code, last_day=last_day.isoformat(), reason=reason
    )
    return _decided(session, row)


def _values(entry: PairingEntry) -> dict[str, Any]:
    return {
        "code": entry.code,
        "gd_code": entry.gd_code,
        "gz_code": entry.gz_code,
        "level": entry.level,
        "valid_from": entry.valid_from,
        "valid_to": entry.valid_to,
        "documented_as_of": entry.documented_as_of,
        "status": entry.status,
        "is_proven": entry.status in {PairingStatus.DOCUMENTED, PairingStatus.CONFIRMED},
        "source": entry.source,
    }


def _locked(session: Session, pairing_id: PairingId) -> PairingRow:
    return locked_one(session, PairingRow, pairing_id, PairingNotFound)


def _decided(session: Session, row: PairingRow) -> Pairing:
    changes.record(session, "pairing", [row.id])
    session.flush()
    kept_atlas.forget(session)
    return pairing_from_row(row)
