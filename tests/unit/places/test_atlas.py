"""The atlas of the catalogue's own data."""

from datetime import date

import pytest

from marketplace.places.refusals import UnknownPlace
from marketplace.places.types import Level, Side
from tests.factories.places import (
    CONGJIANG,
    FOSHAN,
    HENGQIN,
    HONG_KONG,
    QIANDONGNAN,
    ZHUHAI,
    catalogue_atlas,
)


def test_guizhou_has_88_counties_in_nine_prefectures() -> None:
    atlas = catalogue_atlas()
    assert len(atlas.counties) == 88
    assert len(atlas.prefectures) == 9
    assert sum(one.key_county for one in atlas.counties) == 20
    assert sum(one.poverty_alleviated for one in atlas.counties) == 66
    assert {atlas.prefecture_of(one.code) for one in atlas.counties} == {
        one.code for one in atlas.prefectures
    }


def test_cities_of_the_bay_area_come_first() -> None:
    cities = catalogue_atlas().cities
    gba = [one.gba for one in cities]
    assert gba == sorted(gba, reverse=True)
    assert len(cities) == 21 + 1 + 2  # Guangdong's cities, 横琴, Hong Kong and Macao


def test_ways_up_and_down() -> None:
    atlas = catalogue_atlas()
    assert atlas.lineage(CONGJIANG) == (CONGJIANG, QIANDONGNAN, "520000")
    assert atlas.city_of("440605") == FOSHAN
    assert atlas.city_of("441900003") == "441900"
    assert atlas.city_of(HENGQIN) == HENGQIN
    assert atlas.city_of("X-ZHUHAI-HITECH") == ZHUHAI
    assert CONGJIANG in {one.code for one in atlas.children(QIANDONGNAN)}
    assert atlas.children(CONGJIANG) == ()
    assert atlas.within(CONGJIANG, "520000")
    assert not atlas.within("520000", CONGJIANG)


@pytest.mark.parametrize("code", ["", "999999", "佛山", "440600 "])
def test_an_unknown_code_is_refused(code: str) -> None:
    atlas = catalogue_atlas()
    assert atlas.find(code) is None
    assert not atlas.is_destination(code)
    for ask in (atlas.division, atlas.lineage, atlas.city_of, atlas.prefecture_of):
        with pytest.raises(UnknownPlace):
            ask(code)


def test_a_county_has_no_city_and_a_city_no_prefecture() -> None:
    with pytest.raises(UnknownPlace):
        catalogue_atlas().city_of(CONGJIANG)
    with pytest.raises(UnknownPlace):
        catalogue_atlas().prefecture_of(FOSHAN)


def test_goods_go_to_guangdong_hong_kong_and_macao_only() -> None:
    atlas = catalogue_atlas()
    for code in (FOSHAN, "440605", "441900003", HENGQIN, HONG_KONG, "820000"):
        assert atlas.is_destination(code)
    for code in (CONGJIANG, QIANDONGNAN, "520000", "440000"):
        assert not atlas.is_destination(code)


def test_a_pairing_is_named_after_both_sides() -> None:
    label = catalogue_atlas().pairing_label(FOSHAN, CONGJIANG, date(2025, 6, 1))
    assert str(label) == "佛山—黔东南结对"
    assert catalogue_atlas().pairing_label(FOSHAN, "520102", date(2025, 6, 1)) is None


def test_every_division_but_the_roots_has_its_parent() -> None:
    atlas = catalogue_atlas()
    roots = {one.code for one in map(atlas.division, atlas._divisions) if one.parent_code is None}
    assert roots == {"520000", "440000", "810000", "820000"}
    for code in atlas._divisions:
        assert atlas.division(atlas.lineage(code)[-1]).level in {Level.PROVINCE, Level.SAR}
        assert atlas.division(atlas.lineage(code)[-1]).side in set(Side)
