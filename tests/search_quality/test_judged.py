"""People find what they mean: queries that people graded, on the real engine over the whole catalogue."""

import sys
from pathlib import Path

import pytest

from benchmarks.search.quality import Quality, measure, read_judged
from marketplace.search.types import Relaxation
from tests.search_quality.conftest import CERTIFIED, Searched

HERE = Path(__file__).parent
SETS = ("judged.csv", "held_out.csv")


def told(quality: Quality) -> str:
    """Name the figures and what is found badly: ``pytest -rP`` shows them."""
    lines = [f"nDCG@10 {quality.ndcg:.4f}, success@1 {quality.success:.4f}"]
    lines += [f"{kind}: {part.ndcg:.3f}" for kind, part in quality.by_kind().items()]
    lines += [f"{one.ndcg:.2f} {one.judged.query} → {', '.join(one.shown[:5])}" for one in quality.worst()]
    return "\n".join(lines)


def test_judged_queries_find_what_was_meant(searched: Searched) -> None:
    quality = measure(searched, read_judged(HERE / "judged.csv"))
    sys.stdout.write(told(quality) + "\n")
    assert quality.ndcg >= 0.95, told(quality)
    assert quality.success >= 0.95, told(quality)


def test_queries_nobody_tuned_for_find_it_too(searched: Searched) -> None:
    quality = measure(searched, read_judged(HERE / "held_out.csv"))
    sys.stdout.write(told(quality) + "\n")
    assert quality.ndcg >= 0.92, told(quality)
    assert quality.success >= 0.92, told(quality)


def test_every_graded_product_is_on_the_shelf(searched: Searched) -> None:
    graded = {slug for name in SETS for one in read_judged(HERE / name) for slug in one.grades}
    assert graded <= set(searched.slugs.values())


def test_the_sets_are_many_queries_of_every_kind_and_share_none() -> None:
    judged, held_out = (read_judged(HERE / name) for name in SETS)
    assert len(judged) >= 180
    assert len(held_out) >= 60
    assert {one.kind for one in held_out} <= {one.kind for one in judged}
    queries = [one.query for one in (*judged, *held_out)]
    assert len(queries) == len(set(queries))


@pytest.mark.parametrize(
    "query", ["水城猕猴桃 zzzzqqq", "火星 刺梨", "圳品 蓝莓", "mihuotao", "刺梨汁饮料礼盒"]
)
def test_what_shares_a_word_with_the_catalogue_finds_something_and_says_how(
    query: str, searched: Searched
) -> None:
    page = searched.page(query)
    assert page.total > 0
    assert page.dropped or page.corrected or page.relaxation is not Relaxation.NONE


def test_a_query_that_shares_nothing_says_so(searched: Searched) -> None:
    page = searched.page("zzzzqqq")
    assert (page.total, page.relaxation) == (0, Relaxation.NOTHING)


def test_words_true_of_all_goods_show_the_whole_shop(searched: Searched) -> None:
    assert searched.page("贵州特产").total == len(searched.slugs)


def test_a_certification_that_was_typed_shows_only_what_has_it(searched: Searched) -> None:
    page = searched.page("圳品")
    assert {searched.slugs[int(one)] for one in page.product_ids} == set(CERTIFIED["zhenpin"])
    assert not page.dropped


def test_a_certification_that_nothing_found_has_is_given_up_and_named(searched: Searched) -> None:
    page = searched.page("圳品 蓝莓")
    assert next(searched.slugs[int(one)] for one in page.product_ids) == "majiang-lanmei"
    assert page.dropped == ("圳品",)


def test_full_matches_stay_ahead_of_what_comes_near(searched: Searched) -> None:
    page = searched.page("水城猕猴桃")
    assert page.relaxation is Relaxation.FILLED_UP
    assert page.full == 1
    assert searched("水城猕猴桃")[0] == "shuicheng-hongxin-mihoutao"
