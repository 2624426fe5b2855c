"""The measure of finding, against figures worked out by hand."""

from pathlib import Path

import pytest

from benchmarks.search.quality import Judged, measure, ndcg, read_judged

GRADES = {"a": 3, "b": 2, "c": 1}


def test_the_best_order_is_one() -> None:
    assert ndcg(["a", "b", "c", "x"], GRADES) == pytest.approx(1.0)


def test_a_swap_costs_what_the_formula_says() -> None:
    # 3/log2(2) + 7/log2(3) + 1/log2(4) = 7.9165; best 7 + 3/1.5850 + 0.5 = 9.3928.
    assert ndcg(["b", "a", "c"], GRADES) == pytest.approx(7.9165 / 9.3928, abs=1e-4)


def test_nothing_found_is_nothing() -> None:
    assert ndcg([], GRADES) == 0.0


def test_only_ten_places_count() -> None:
    assert ndcg([*"qrstuvwxyz", "a"], GRADES) == 0.0


def test_a_set_is_the_mean_of_its_queries_and_of_each_kind() -> None:
    judged = [Judged("1", "pinyin", GRADES), Judged("2", "pinyin", GRADES), Judged("3", "english", GRADES)]
    answers = {"1": ["a", "b", "c"], "2": ["b", "a", "c"], "3": []}
    quality = measure(answers.__getitem__, judged)
    assert quality.ndcg == pytest.approx((1.0 + 7.9165 / 9.3928 + 0.0) / 3, abs=1e-4)
    assert quality.success == pytest.approx(1 / 3)
    assert quality.by_kind()["pinyin"].success == pytest.approx(1 / 2)
    assert [outcome.judged.query for outcome in quality.worst()] == ["3", "2"]


def test_a_product_graded_twice_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "set.csv"
    path.write_text("query,kind,best,good,near\n茶,simplified,a,a,\n", encoding="utf-8")
    with pytest.raises(ValueError, match="graded twice"):
        read_judged(path)
