"""Little or nothing is called just so: what is shown instead, in which order, and that it is said."""

import time
from collections.abc import Callable, Sequence

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from marketplace.search.port import Clause, Matches
from marketplace.search.relaxation import ENOUGH, MOST_CALLS, Found, find
from marketplace.search.types import Relaxation
from tests.unit.search.conftest import Shelf

SECONDS = 0.05


def test_full_matches_come_first_and_others_follow(shelf: Shelf) -> None:
    found = shelf.find("水城猕猴桃")
    assert (found.relaxation, found.full) == (Relaxation.FILLED_UP, 1)
    assert shelf.shown("水城猕猴桃") == ["水城红心猕猴桃", "修文猕猴桃"]


def test_what_follows_scores_far_below_whatever_sales_may_add(shelf: Shelf) -> None:
    matches = shelf.find("水城猕猴桃").matches
    assert matches is not None
    scores = sorted(matches.scores.tolist(), reverse=True)
    assert scores[1] <= 0.31 * scores[0]


def test_enough_full_matches_are_left_alone(shelf: Shelf) -> None:
    found = shelf.find("果")
    assert found.matches is None or found.relaxation is not Relaxation.FILLED_UP or found.full < ENOUGH


def test_a_word_nobody_knows_is_dropped_and_named(shelf: Shelf) -> None:
    found = shelf.find("织金 竹荪 礼盒")
    assert (found.relaxation, found.dropped) == (Relaxation.DROPPED, ("礼盒",))
    assert shelf.shown("织金 竹荪 礼盒")[0] == "织金竹荪"


def test_words_that_no_product_has_together_lose_the_least_telling(shelf: Shelf) -> None:
    found = shelf.find("猕猴桃 竹荪")
    assert found.relaxation is Relaxation.DROPPED
    assert found.dropped == ("猕猴桃",)
    assert shelf.shown("猕猴桃 竹荪")[0] == "织金竹荪"


def test_a_word_only_described_goes_before_one_that_goods_are_called(shelf: Shelf) -> None:
    assert shelf.find("毛尖 鸡汤").dropped == ("鸡汤",)


def test_nothing_like_it_says_so(shelf: Shelf) -> None:
    found = shelf.find("zzzzqqq")
    assert found.matches is not None
    assert len(found.matches.scores) == 0
    assert (found.relaxation, found.dropped) == (Relaxation.NOTHING, ("zzzzqqq",))


@pytest.mark.parametrize("query", ["茅台", "折耳根", "老干妈", "波波糖", "zp000101"])
def test_what_only_shares_a_character_or_letters_is_not_shown(query: str, shelf: Shelf) -> None:
    """水城 is no answer to sc10652, 茅贡米 none to 茅台."""
    found = shelf.find(query)
    assert (found.relaxation, found.dropped) == (Relaxation.NOTHING, (query,))


def test_a_character_that_is_goods_leads_to_them(shelf: Shelf) -> None:
    assert shelf.find("咸蛋").relaxation is Relaxation.WITHIN
    assert shelf.shown("咸蛋") == ["长顺绿壳鸡蛋"]


def test_nothing_typed_is_not_nothing_found(shelf: Shelf) -> None:
    assert shelf.find("  ") == Found(None)


def seconds(work: Callable[[], object]) -> float:
    """Return the processor time of some work; a pause that is not its own is given another chance."""
    least = float("inf")
    for _ in range(3):
        began = time.process_time()
        work()
        least = min(least, time.process_time() - began)
        if least < SECONDS:
            break
    return least


TYPED = st.one_of(
    st.text(max_size=60),
    st.text(
        st.sampled_from("猕猴桃水城都匀毛尖竹荪刺梨汁茶孙挑礼盒贵州 mihoutaodykw-ü0123'\"()&|!:*"),
        max_size=60,
    ),
    st.text(st.characters(), min_size=1, max_size=3).map(lambda part: part * 3500),
    st.lists(st.sampled_from(["猕猴桃", "zusun", "kwii", "圳品", "DEMO-ZP", "竹孙", "du", "yun"])).map(
        " ".join
    ),
)


@given(query=TYPED)
@example(query="猕猴挑" * 3334)
@example(query="mihuotao " * 1200)
@example(query="q" * 10_000)
@example(query="xian" * 2500)
@example(query="\ud800\x00\u202e" * 3000)
@example(query="ﷺ" * 10_000)
@example(query="(\"'" * 3000)
@example(query="e\u0301\u0302" * 3000)
def test_whatever_is_typed_is_answered_in_little_time(query: str, shelf: Shelf) -> None:
    asked = 0

    def match(clauses: Sequence[Clause]) -> Matches:
        nonlocal asked
        asked += 1
        assert clauses
        assert all(clause.tokens for clause in clauses)
        return shelf.text.match(clauses)

    understood = shelf.understand(query)
    found = find(understood, match, shelf.vocabulary.count)
    assert asked <= MOST_CALLS
    assert seconds(lambda: shelf.understand(query)) < SECONDS
    if found.matches is not None:
        assert len(found.matches.slots) == len(found.matches.scores)
        assert np.all(np.diff(found.matches.slots) > 0)
        assert found.full <= len(found.matches.scores)
        assert (found.relaxation is Relaxation.NOTHING) == (len(found.matches.scores) == 0)
        assert found.relaxation is not Relaxation.NONE or not found.dropped


@given(
    words=st.lists(
        st.sampled_from(["水城", "猕猴桃", "竹荪", "火星", "kiwi", "zzzz", "毛尖", "礼盒"]),
        min_size=1,
        max_size=6,
    )
)
def test_what_shares_a_word_with_the_catalogue_finds_something(words: list[str], shelf: Shelf) -> None:
    found = shelf.find(" ".join(words))
    known = set(words) - {"火星", "礼盒", "zzzz"}
    assert found.matches is not None
    assert (len(found.matches.scores) > 0) == bool(known)
    if known:
        assert {"火星", "礼盒", "zzzz"} & set(words) <= set(found.dropped)


@pytest.mark.parametrize(
    "words", [["水城", "修文", "都匀", "湄潭", "盘州", "织金", "威宁", "长顺", "毕节", "遵义"]]
)
def test_many_words_that_never_meet_still_end_in_something(words: list[str], shelf: Shelf) -> None:
    found = shelf.find(" ".join(words))
    assert found.matches is not None
    assert len(found.matches.scores)
    assert found.relaxation is Relaxation.DROPPED
