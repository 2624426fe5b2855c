"""Places in PostgreSQL: loading, pairings that officials decide on, and the atlas that follows."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from marketplace.kernel import journal, unit_of_work
from marketplace.kernel.time import FixedClock
from marketplace.places import queries, service
from marketplace.places.models import PairingRow
from marketplace.places.refusals import (
    NoRoad,
    PairingDaysWrong,
    PairingDecided,
    PairingNotFound,
    PairingsOverlap,
    UnknownPlace,
)
from marketplace.places.types import (
    DivisionCode,
    Pairing,
    PairingId,
    PairingState,
    PairingStatus,
    Tile,
)
from tests.factories.places import (
    CONGJIANG,
    FOSHAN,
    GUANGZHOU,
    HENGQIN,
    HONG_KONG,
    QIANDONGNAN,
    SHENZHEN,
    divisions,
    make_places,
    pairing_entries,
    transits,
)

NOVEMBER = date(2026, 11, 23)
OFFICIAL = 99


@pytest.fixture
def loaded(session: Session, clock: FixedClock) -> Session:
    del clock
    make_places(session)
    return session


def _of_2026(session: Session) -> Pairing:
    return next(
        one
        for one in queries.list_pairings(session, on=NOVEMBER)
        if (one.gd_code, one.gz_code) == (FOSHAN, QIANDONGNAN)
    )


def _state(session: Session, day: date = NOVEMBER) -> PairingState:
    return queries.pairing_on(session, destination_code=FOSHAN, origin_code=CONGJIANG, day=day).state


def test_loading_again_changes_nothing(loaded: Session) -> None:
    tiles = [Tile(code=CONGJIANG, map="guizhou", x=1, y=2), Tile(code=FOSHAN, map="guangdong", x=0, y=0)]
    assert service.load_tiles(loaded, tiles) == 2
    assert service.load_divisions(loaded, divisions()) == 0
    assert service.load_pairings(loaded, pairing_entries()) == 0
    assert service.load_transit(loaded, transits()) == 0
    assert service.load_tiles(loaded, tiles) == 0


def test_loading_counts_and_keeps_what_changed(loaded: Session) -> None:
    first = replace(divisions()[0], gba=True)
    assert service.load_divisions(loaded, [first]) == 1
    assert queries.atlas(loaded).division(first.code).gba
    longer = replace(transits()[0], road_km=9999)
    assert service.load_transit(loaded, [longer, *transits()[1:]]) == 1
    assert queries.road_km(loaded, longer.prefecture_code, longer.city_code) == 9999
    assert service.load_transit(loaded, transits()[1:]) == 1
    with pytest.raises(NoRoad):
        queries.transit(loaded, longer.prefecture_code, longer.city_code)


def test_squares_may_swap_places(loaded: Session) -> None:
    one, other = Tile(code=CONGJIANG, map="m", x=1, y=1), Tile(code=QIANDONGNAN, map="m", x=2, y=1)
    service.load_tiles(loaded, [one, other])
    service.load_tiles(loaded, [replace(one, x=2), replace(other, x=1)])
    assert {(tile.code, tile.x) for tile in queries.atlas(loaded).tiles("m")} == {
        (CONGJIANG, 2),
        (QIANDONGNAN, 1),
    }


def test_ways_are_known_from_any_place_to_any_place_inside(loaded: Session) -> None:
    way = queries.transit(loaded, CONGJIANG, "440605")
    assert (way.prefecture_code, way.city_code) == (QIANDONGNAN, FOSHAN)
    assert queries.road_km(loaded, QIANDONGNAN, HENGQIN) > 0
    assert len(queries.list_transits(loaded)) == len(transits())


def test_confirming_moves_goods_from_unconfirmed_to_paired(loaded: Session) -> None:
    assert _state(loaded) is PairingState.UNCONFIRMED
    pairing = service.confirm_pairing(loaded, _of_2026(loaded).id, OFFICIAL)
    assert pairing.status is PairingStatus.CONFIRMED
    assert _state(loaded) is PairingState.PAIRED
    assert queries.atlas(loaded).verdict(FOSHAN, CONGJIANG, NOVEMBER).state is PairingState.PAIRED
    loaded.flush()
    assert [entry.action for entry in journal.history(loaded, "pairing", pairing.id)] == ["confirmed"]


def test_a_decided_pairing_is_not_decided_again(loaded: Session) -> None:
    pairing = service.confirm_pairing(loaded, _of_2026(loaded).id, OFFICIAL)
    with pytest.raises(PairingDecided):
        service.confirm_pairing(loaded, pairing.id, OFFICIAL)
    service.end_pairing(loaded, pairing.id, OFFICIAL, last_day=NOVEMBER)
    with pytest.raises(PairingDecided):
        service.end_pairing(loaded, pairing.id, OFFICIAL, last_day=NOVEMBER)
    with pytest.raises(PairingNotFound):
        service.confirm_pairing(loaded, PairingId(10**9), OFFICIAL)


def test_an_ended_pairing_still_counts_on_its_days(loaded: Session) -> None:
    pairing = service.confirm_pairing(loaded, _of_2026(loaded).id, OFFICIAL)
    with pytest.raises(PairingDaysWrong):
        service.end_pairing(loaded, pairing.id, OFFICIAL, last_day=date(2025, 12, 31))
    service.end_pairing(loaded, pairing.id, OFFICIAL, last_day=date(2026, 6, 30), reason="协议终止")
    assert _state(loaded, date(2026, 6, 30)) is PairingState.PAIRED
    assert _state(loaded, date(2026, 7, 1)) is PairingState.UNPAIRED


def test_an_unconfirmed_pairing_that_ends_never_was_and_makes_room(loaded: Session) -> None:
    pairing = _of_2026(loaded)
    service.end_pairing(loaded, pairing.id, OFFICIAL, last_day=NOVEMBER)
    assert _state(loaded) is PairingState.UNPAIRED
    entry = next(one for one in pairing_entries() if one.status is PairingStatus.TO_BE_CONFIRMED)
    entry = replace(entry, code=pairing.code, gd_code=FOSHAN, gz_code=QIANDONGNAN, valid_from=NOVEMBER)
    service.open_pairing(loaded, entry)
    assert _state(loaded) is PairingState.UNCONFIRMED


def test_loading_never_overturns_what_an_official_decided(loaded: Session) -> None:
    pairing = service.confirm_pairing(loaded, _of_2026(loaded).id, OFFICIAL)
    assert service.load_pairings(loaded, pairing_entries()) == 0
    assert queries.get_pairing(loaded, pairing.id).status is PairingStatus.CONFIRMED


def test_two_divisions_are_paired_once_on_a_day(loaded: Session) -> None:
    entry = next(one for one in pairing_entries() if one.valid_from == date(2026, 1, 1))
    with pytest.raises(PairingsOverlap):
        service.open_pairing(loaded, replace(entry, valid_from=date(2026, 3, 1)))
    row = loaded.scalars(select(PairingRow).where(PairingRow.code == entry.code)).first()
    assert row is not None
    with pytest.raises(IntegrityError, match="places_pairing_days_apart"), loaded.begin_nested():
        loaded.execute(
            text(
                "INSERT INTO places_pairing"
                " (code, gd_code, gz_code, level, valid_from, status, is_proven, source)"
                " VALUES (:code, :gd, :gz, 'city', '2026-03-01', 'to_be_confirmed', false, 'K')"
            ),
            {"code": row.code, "gd": row.gd_code, "gz": row.gz_code},
        )


def test_goods_of_many_counties_are_judged_in_one_statement(loaded: Session) -> None:
    queries.atlas(loaded)
    found = queries.verdicts_on(
        loaded, destination_code=FOSHAN, origin_codes=[CONGJIANG, "520102", CONGJIANG], day=date(2025, 6, 1)
    )
    assert {code: one.state for code, one in found.items()} == {
        CONGJIANG: PairingState.PAIRED,
        "520102": PairingState.UNPAIRED,
    }


@pytest.mark.parametrize("destination", [QIANDONGNAN, "440000", "999999"])
def test_nothing_is_judged_where_nothing_is_sold(loaded: Session, destination: str) -> None:
    with pytest.raises(UnknownPlace):
        queries.pairing_on(loaded, destination_code=destination, origin_code=CONGJIANG, day=NOVEMBER)


def test_hong_kong_and_cities_without_partner(loaded: Session) -> None:
    for destination, state in (
        (HONG_KONG, PairingState.HK_MACAO),
        (SHENZHEN, PairingState.UNPAIRED),
        (GUANGZHOU, PairingState.UNPAIRED),
    ):
        verdict = queries.pairing_on(
            loaded, destination_code=destination, origin_code=CONGJIANG, day=NOVEMBER
        )
        assert verdict.state is state


def test_others_see_a_confirmation_once_it_is_committed(engine: Engine) -> None:
    with Session(engine) as writer:
        unit_of_work.commit(writer, make_places)
    with Session(engine) as writer, Session(engine) as reader:
        pairing = _of_2026(writer)

        def shown(session: Session) -> PairingState:
            return queries.atlas(session).verdict(FOSHAN, CONGJIANG, NOVEMBER).state

        assert shown(reader) is PairingState.UNCONFIRMED
        service.confirm_pairing(writer, pairing.id, OFFICIAL)
        assert shown(writer) is PairingState.PAIRED
        assert shown(reader) is PairingState.UNCONFIRMED
        writer.rollback()
        assert shown(writer) is PairingState.UNCONFIRMED
        unit_of_work.commit(writer, lambda s: service.confirm_pairing(s, pairing.id, OFFICIAL))
        reader.rollback()
        assert shown(reader) is PairingState.PAIRED


def test_the_database_refuses_impossible_divisions(loaded: Session) -> None:
    broken = [
        ("is_official_code", replace(divisions()[0], code=DivisionCode("X-ODD"))),
        ("parent", replace(divisions()[0], parent_code=divisions()[0].code)),
    ]
    for _what, division in broken:
        with pytest.raises(IntegrityError), loaded.begin_nested():
            service.load_divisions(loaded, [division])
