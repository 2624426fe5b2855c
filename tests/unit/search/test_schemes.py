"""Certifications typed by name become filters, unless they are part of what goods are called."""

import pytest

from marketplace.search.lexicon import scheme_words
from marketplace.search.schemes import Asked, AskedScheme, SchemeNames
from marketplace.search.understanding import KnownWords
from tests.factories.catalogue import rows
from tests.unit.search.conftest import Shelf

GI = ("agi", "pgi_product", "gi_trademark")


@pytest.fixture(scope="module")
def names() -> SchemeNames:
    return SchemeNames(rows().reference.schemes, scheme_words())


@pytest.mark.parametrize(
    ("query", "words", "codes"),
    [
        ("圳品", "", [("zhenpin",)]),
        ("圳品 刺梨", "刺梨", [("zhenpin",)]),
        ("圳品刺梨", "刺梨", [("zhenpin",)]),
        ("Zhenpin kiwi", "kiwi", [("zhenpin",)]),
        ("綠色食品 茶", "茶", [("green_food_lb",)]),
        ("有机茶", "茶", [("organic_cert",)]),
        ("有机产品", "", [("organic_cert",)]),
        ("地理标志 茶", "茶", [GI]),
        ("地理标志保护产品", "", [("pgi_product",)]),
        ("GI tea", "tea", [GI]),
        ("圳品 有机 茶", "茶", [("zhenpin",), ("organic_cert",)]),
        ("猕猴桃", "猕猴桃", []),
        ("gingko", "gingko", []),
    ],
)
def test_schemes_are_taken_out(
    query: str, words: str, codes: list[tuple[str, ...]], names: SchemeNames
) -> None:
    asked = names.take_out(query)
    assert (asked.words, [scheme.codes for scheme in asked.schemes]) == (words, codes)


def test_a_name_within_what_goods_are_called_stays_a_word(names: SchemeNames, shelf: Shelf) -> None:
    goods = KnownWords(shelf.language, shelf.vocabulary)
    assert names.take_out("guizhou green tea", goods) == Asked("guizhou green tea")
    assert names.take_out("guizhou green kiwi", goods).schemes
    assert names.take_out("圳品人家", {"圳品人家"}) == Asked("圳品人家")


def test_what_was_typed_is_kept_for_saying_what_nothing_has(names: SchemeNames) -> None:
    assert names.take_out("绿色食品 茶").schemes == (AskedScheme("绿色食品", ("green_food_lb",)),)


def test_no_scheme_no_filter() -> None:
    assert SchemeNames([]).take_out("圳品 茶") == Asked("圳品 茶")


def test_a_wall_of_names_is_read_as_far_as_a_person_types(names: SchemeNames) -> None:
    assert names.take_out("圳品" * 5000).schemes == (AskedScheme("圳品", ("zhenpin",)),)


def test_every_other_name_leads_to_a_scheme() -> None:
    codes = {scheme.code for scheme in rows().reference.schemes}
    assert all(set(found) <= codes for found in scheme_words().values())
