"""What was typed is cut into words of the catalogue, whatever it was typed with."""

import pytest

from marketplace.search.types import Relaxation
from tests.unit.search.conftest import Shelf

KIWI = ["水城红心猕猴桃", "修文猕猴桃"]


def words(shelf: Shelf, query: str) -> list[str]:
    return [word.typed for word in shelf.understand(query).words]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("水城猕猴桃", ["水城", "猕猴桃"]),
        ("织金竹荪礼盒", ["织金", "竹荪", "礼盒"]),
        ("都匀毛尖", ["都匀", "毛尖"]),
        ("贵州都匀毛尖", ["都匀", "毛尖"]),
        ("du yun mao jian", ["du yun mao jian"]),
        ("green tea", ["green tea"]),
        ("the kiwi from guizhou", ["kiwi"]),
        ("shuichengmihoutao", ["shuicheng", "mihoutao"]),
        ("guizhoumihoutao", ["mihoutao"]),
        ("scqmht", ["scq", "mht"]),
        ("kiwi水城", ["kiwi", "水城"]),
        ("我想买猕猴桃", ["猕猴桃"]),
        ("有没有刺梨汁", ["刺梨汁"]),
        ("水城县 猕猴桃 5斤装", ["水城", "猕猴桃"]),
        ("10kg potato", ["potato"]),
        ("毛尖 一盒", ["毛尖"]),
        ("维c 猕猴桃", ["维", "猕猴桃"]),
        ("猕猴桃 demo-zp-000101", ["猕猴桃", "demo-zp-000101"]),
        ("天麻", ["天麻"]),
    ],
)
def test_typed_text_is_cut_into_words(query: str, expected: list[str], shelf: Shelf) -> None:
    assert words(shelf, query) == expected


@pytest.mark.parametrize("query", ["", "  ", "贵州", "贵州特产", "guizhou", "()[]{}&|!:*", "\x00\x01"])
def test_what_says_nothing_asks_for_nothing(query: str, shelf: Shelf) -> None:
    assert words(shelf, query) == []
    assert shelf.find(query).matches is None


@pytest.mark.parametrize("query", ["😀", "привет", "مرحبا", "สวัสดี", "こんにちは"])
def test_writing_that_no_product_has_finds_nothing_and_is_named(query: str, shelf: Shelf) -> None:
    found = shelf.find(query)
    assert (found.relaxation, found.dropped) == (Relaxation.NOTHING, (query,))


@pytest.mark.parametrize(
    "query", ["demo-zp-000101", "DEMO-ZP-0001", "demo zp 0001", "ＤＥＭＯ－ＺＰ－０００１０１"]
)
def test_a_certificate_number_is_found_whole_or_by_its_beginning(query: str, shelf: Shelf) -> None:
    assert shelf.shown(query) == ["水城红心猕猴桃"]


@pytest.mark.parametrize(
    ("query", "meant"),
    [
        ("猕猴挑", "猕猴桃"),
        ("密猴桃", "猕猴桃"),
        ("竹孙", "竹荪"),
        ("mihuotao", "猕猴桃"),
        ("mihotao", "猕猴桃"),
        ("zusun", "竹荪"),
        ("kwii", "kiwi"),
        ("potatoo", "potato"),
        ("都匀毛间", "都匀毛尖"),
        ("水成猕猴桃", "水城 猕猴桃"),
    ],
)
def test_a_slip_is_read_as_what_was_meant_and_said(query: str, meant: str, shelf: Shelf) -> None:
    found = shelf.find(query)
    assert found.corrected == meant
    assert shelf.shown(query)


def test_only_the_wrong_characters_are_heard(shelf: Shelf) -> None:
    found = shelf.find("水城弥猴挑")
    assert found.corrected == "水城 猕猴桃"
    assert shelf.shown("水城弥猴挑")[0] == "水城红心猕猴桃"


@pytest.mark.parametrize("query", ["奇異果", "kiwi", "mht", "mi hou tao", "獼猴桃", "kiwi fruit"])
def test_other_names_lead_to_the_same_goods(query: str, shelf: Shelf) -> None:
    assert sorted(shelf.shown(query)) == sorted(KIWI)


def test_what_the_catalogue_calls_otherwise_is_found_by_its_siblings(shelf: Shelf) -> None:
    assert shelf.shown("薯仔") == ["威宁洋芋"]


def test_an_ordinary_query_is_no_correction(shelf: Shelf) -> None:
    assert all(word.corrected is None for word in shelf.understand("水城 猕猴桃 kiwi").words)
