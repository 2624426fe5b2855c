"""Which of the four rows goods fall into, and what may become of a pairing."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.places.rules import TRANSITIONS, Way, judge, may_become, overlap
from marketplace.places.types import Pairing, PairingState, PairingStatus, Side
from tests.factories.places import (
    CONGJIANG,
    FOSHAN,
    GUANGZHOU,
    HENGQIN,
    HONG_KONG,
    QIANDONGNAN,
    SHENZHEN,
    ZHENGAN,
    ZHUHAI,
    catalogue_atlas,
    make_pairing,
)

IN_2025 = date(2025, 6, 1)
IN_2026 = date(2026, 11, 23)
DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))
ENDS = st.one_of(st.none(), DAYS)


@pytest.mark.parametrize(
    ("destination", "origin", "day", "state"),
    [
        (FOSHAN, CONGJIANG, IN_2025, PairingState.PAIRED),
        (FOSHAN, CONGJIANG, IN_2026, PairingState.UNCONFIRMED),
        ("440605", CONGJIANG, IN_2025, PairingState.PAIRED),  # a district counts with its city
        (GUANGZHOU, CONGJIANG, IN_2025, PairingState.UNPAIRED),
        (SHENZHEN, CONGJIANG, IN_2025, PairingState.UNPAIRED),  # paired with Guangxi
        (FOSHAN, "520102", IN_2025, PairingState.UNPAIRED),  # 贵阳 has no partner
        (HONG_KONG, CONGJIANG, IN_2025, PairingState.HK_MACAO),
        ("820000", CONGJIANG, IN_2026, PairingState.HK_MACAO),
        (HENGQIN, ZHENGAN, IN_2026, PairingState.PAIRED),  # policy art. 14
        (HENGQIN, "520302", IN_2026, PairingState.UNPAIRED),  # 珠海's pairing is not 横琴's
        (ZHUHAI, "520302", IN_2025, PairingState.PAIRED),
    ],
)
def test_goods_fall_into_the_row_their_pairing_says(
    destination: str, origin: str, day: date, state: PairingState
) -> None:
    verdict = catalogue_atlas().verdict(destination, origin, day)
    assert verdict.state is state
    assert (verdict.pairing_id is None) == (state in {PairingState.UNPAIRED, PairingState.HK_MACAO})
    assert verdict.city_code == catalogue_atlas().city_of(destination)
    assert verdict.prefecture_code == catalogue_atlas().prefecture_of(origin)


def test_a_district_pairing_alone_changes_no_state() -> None:
    atlas = catalogue_atlas()
    district = next(one for one in atlas.pairings if one.gd_code == "440605")
    city = atlas.city_of(district.gd_code)
    without_city = [one for one in atlas.pairings if one.gd_code != city]
    verdict = judge(without_city, atlas.way(district.gd_code, district.gz_code), IN_2025)
    assert verdict.state is PairingState.UNPAIRED


@given(valid_from=ENDS, valid_to=ENDS, day=DAYS, status=st.sampled_from(PairingStatus), proven=st.booleans())
def test_a_pairing_counts_on_its_days_only_and_only_when_proven(
    valid_from: date | None, valid_to: date | None, day: date, status: PairingStatus, proven: bool
) -> None:
    pairing = make_pairing(valid_from=valid_from, valid_to=valid_to, status=status, is_proven=proven)
    way = Way(
        side=Side.GUANGDONG,
        city_code=FOSHAN,
        prefecture_code=QIANDONGNAN,
        origin_lineage=catalogue_atlas().lineage(CONGJIANG),
    )
    state = judge([pairing], way, day).state
    within = (valid_from is None or day >= valid_from) and (valid_to is None or day <= valid_to)
    if not within or (not proven and status is not PairingStatus.TO_BE_CONFIRMED):
        assert state is PairingState.UNPAIRED
    elif proven:
        assert state is PairingState.PAIRED
    else:
        assert state is PairingState.UNCONFIRMED


def test_a_proven_pairing_is_preferred_to_one_awaiting_confirmation() -> None:
    waiting = make_pairing(id=1, valid_to=None, status=PairingStatus.TO_BE_CONFIRMED, is_proven=False)
    proven = make_pairing(id=2)
    way = catalogue_atlas().way(FOSHAN, CONGJIANG)
    for order in ([waiting, proven], [proven, waiting]):
        assert judge(order, way, IN_2025).pairing_id == 2


@given(a=ENDS, b=ENDS, c=ENDS, d=ENDS)
def test_overlap_means_a_common_day(a: date | None, b: date | None, c: date | None, d: date | None) -> None:
    first, second = make_pairing(valid_from=a, valid_to=b), make_pairing(valid_from=c, valid_to=d)
    if not (first.valid_from and first.valid_to and first.valid_from > first.valid_to) and not (
        second.valid_from and second.valid_to and second.valid_from > second.valid_to
    ):
        assert overlap(first, second) == _share_a_day(first, second)
        assert overlap(first, second) == overlap(second, first)


def _share_a_day(first: Pairing, second: Pairing) -> bool:
    bounds = [
        day for one in (first, second) for day in (one.valid_from, one.valid_to) if day is not None
    ] or [IN_2025]
    probes = {day + timedelta(days=shift) for day in bounds for shift in (-1, 0, 1)}
    return any(first.covers(day) and second.covers(day) for day in probes)


def test_other_divisions_never_overlap() -> None:
    assert not overlap(make_pairing(), make_pairing(gd_code=GUANGZHOU))


def test_what_is_ended_stays_ended() -> None:
    assert not TRANSITIONS[PairingStatus.ENDED]
    assert may_become(PairingStatus.TO_BE_CONFIRMED, PairingStatus.CONFIRMED)
    assert not may_become(PairingStatus.DOCUMENTED, PairingStatus.CONFIRMED)
    assert set(TRANSITIONS) == set(PairingStatus)
