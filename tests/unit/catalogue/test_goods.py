"""Season, temperature, prices, and what may be sold to consumers."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.catalogue import rules
from marketplace.catalogue.types import OfferTerms, Requirement, SchemeLevel, TemperatureRange
from tests.factories.catalogue import paper_in_memory, product_in_memory, variant_in_memory

months = st.sets(st.integers(1, 12))


def span(low: int, high: int) -> TemperatureRange:
    return TemperatureRange(min_milli_c=low, max_milli_c=high)


def test_fresh_goods_are_in_season_while_they_are_sold() -> None:
    kiwi = product_in_memory(harvest_months=(9, 10), sale_months=(9, 10, 11))
    assert rules.in_season(kiwi, date(2026, 11, 30))
    assert not rules.in_season(kiwi, date(2026, 12, 1))


def test_goods_sold_all_year_are_in_season_at_harvest() -> None:
    tea = product_in_memory(harvest_months=(3, 4), sale_months=tuple(range(1, 13)))
    assert rules.in_season(tea, date(2026, 4, 1))
    assert not rules.in_season(tea, date(2026, 11, 1))
    assert rules.is_sold_on(tea, date(2026, 11, 1))


@given(harvest=months, sale=months)
def test_season_is_in_order_and_holds_every_harvest_month(harvest: set[int], sale: set[int]) -> None:
    season = rules.season_months(harvest, sale)
    assert list(season) == sorted(set(season))
    assert harvest <= set(season) <= harvest | sale


def test_temperature_range_holds_both_ends() -> None:
    assert rules.is_within(0, span(0, 4000))
    assert rules.is_within(4000, span(0, 4000))
    assert not rules.is_within(4001, span(0, 4000))
    assert not rules.is_within(-1, span(0, 4000))
    assert rules.is_within(60000, None)


def test_mixed_load_keeps_the_common_range() -> None:
    assert rules.intersection([span(0, 4000), None, span(1000, 8000)]) == span(1000, 4000)
    assert rules.intersection([None]) is None
    with pytest.raises(ValueError, match="no temperature"):
        rules.intersection([span(0, 4000), span(8000, 13000)])


def test_price_keeps_to_the_band() -> None:
    variant = variant_in_memory(price_low_fen=3000, price_high_fen=9000)
    assert rules.price_problem(variant, 3000) is None
    assert rules.price_problem(variant, 9000) is None
    problem = rules.price_problem(variant, 9001)
    assert problem is not None
    assert str(problem) == "箱装 2.5 kg的价格应在¥30.00至¥90.00之间。"
    assert rules.price_problem(variant, 2999) is not None


@pytest.mark.parametrize(
    ("price_fen", "weight_g", "expected"),
    [(5000, 2500, 1000), (999, 1000, 500), (998, 1000, 499), (100, 300, 167), (12800, 250, 25600)],
)
def test_unit_price_is_of_500_grams_rounded_half_up(price_fen: int, weight_g: int, expected: int) -> None:
    assert rules.price_per_500g(price_fen, weight_g) == expected


def test_shelf_life_gives_the_last_day() -> None:
    assert rules.expires_on(date(2026, 2, 20), 20) == date(2026, 3, 12)
    assert rules.expires_on(date(2026, 2, 20), None) is None


def test_medicinal_material_is_never_sold_to_consumers() -> None:
    bar = paper_in_memory(code="not_for_consumers", scheme_code=None, level=SchemeLevel.PRODUCT)
    assert rules.sellable(product_in_memory(), [bar], {"not_for_consumers"}) is not None
    assert rules.sellable(product_in_memory(consumer_sellable=False), [], ()) is not None
    assert rules.sellable(product_in_memory(), [], ()) is None


def test_offer_needs_its_papers() -> None:
    papers = [
        paper_in_memory(),
        paper_in_memory(code="label", scheme_code=None, level=SchemeLevel.PRODUCT),
        paper_in_memory(code="commitment_cert", level=SchemeLevel.LOT),
        paper_in_memory(code="organic", requirement=Requirement.CONDITIONAL),
    ]
    product = product_in_memory()
    assert rules.sellable(product, papers, {"sc_license", "label"}) is None
    problem = rules.sellable(product, papers, {"label"})
    assert problem is not None
    assert str(problem) == "山果（演示）缺少食品生产许可证，不能上架。"
    both = rules.sellable(product, papers, ())
    assert both is not None
    assert both.parameters["count"] == 2
    assert [paper.code for paper in rules.missing_lot_papers(papers, ())] == ["commitment_cert"]


@pytest.mark.parametrize(
    ("overrides", "is_fine"),
    [
        ({}, True),
        ({"minimum": 0}, False),
        ({"minimum": 101}, False),
        ({"lead_days": -1}, False),
        ({"lead_days": 31}, False),
        ({"cut_off_hour": 24}, False),
        ({"cut_off_hour": 0}, True),
    ],
)
def test_terms_make_sense(overrides: dict[str, int], is_fine: bool) -> None:
    values = {"minimum": 1, "lead_days": 1, "daily_capacity": 100, "cut_off_hour": 16} | overrides
    assert (rules.terms_problem(OfferTerms(**values, serves_hong_kong_macao=False)) is None) is is_fine
