"""The same word typed in any script, width or dress is the same word."""

import pytest

from marketplace.search.documents import indexed
from marketplace.search.english import singular
from marketplace.search.language import ENGLISH, NUMBER, PAIR, english_tokens, normalise, number_tokens
from tests.factories.search import make_document
from tests.unit.search.conftest import Shelf


@pytest.mark.parametrize(
    ("typed", "same"),
    [
        ("都勻毛尖 ＭＨＴ", "都匀毛尖 mht"),
        ("臘肉 乾辣椒 麵條", "腊肉 干辣椒 面条"),
        ("猕\u200b猴\ufeff桃", "猕猴桃"),
        ("lǜchá", "lucha"),
        ("Café", "cafe"),
        ("猕猴桃\x00\x1f", "猕猴桃  "),
        ("\ud800茶\udfff", "茶"),
        ("\u202e茶", "茶"),
    ],
)
def test_scripts_widths_and_marks_fall_together(typed: str, same: str) -> None:
    assert normalise(typed) == same


@pytest.mark.parametrize(
    ("plural", "one"),
    [
        ("eggs", "egg"),
        ("cherries", "cherry"),
        ("potatoes", "potato"),
        ("radishes", "radish"),
        ("peaches", "peach"),
        ("chilies", "chili"),
        ("grass", "grass"),
        ("asparagus", "asparagus"),
        ("peas", "pea"),
        ("is", "is"),
    ],
)
def test_english_is_compared_in_the_singular(plural: str, one: str) -> None:
    assert singular(plural) == one
    assert singular(one) == one


def test_apostrophes_do_not_part_english_words() -> None:
    assert english_tokens("Zheng'an white tea") == {ENGLISH + word for word in ("zhengan", "white", "tea")}


def test_certificate_numbers_are_compared_without_dashes_blanks_and_case() -> None:
    assert number_tokens(["DEMO-ZP-000101"]) == number_tokens(["demo zp 000101"]) == {NUMBER + "demozp000101"}


def test_a_name_weighs_more_than_a_keyword_and_that_more_than_a_description(shelf: Shelf) -> None:
    product = indexed(make_document(5, keywords=("菌菇",), description="可以煮火锅"), shelf.language)
    assert product["竹荪"] > product["菌菇"] > product["火锅"] > 0


def test_the_last_word_of_a_name_weighs_more_than_a_word_before_it(shelf: Shelf) -> None:
    shares = shelf.language.name_shares("都匀毛尖")
    assert shares["毛尖"] > shares["都匀"] > shares["匀"]


def test_names_are_found_by_pairs_that_the_dictionary_cuts_apart(shelf: Shelf) -> None:
    shares = shelf.language.name_shares("剑白香猪")
    assert {"香猪", PAIR + "香猪"} & shares.keys()


def test_keywords_have_no_loose_characters(shelf: Shelf) -> None:
    assert "汁" not in shelf.language.keyword_shares("刺梨汁")
