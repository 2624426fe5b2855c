"""What an offer says beyond its price, in the plan: ladder, freight inside, days, cities, pre-sale."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.catalogue.types import OfferId, Step
from marketplace.kernel.money import Fen
from marketplace.places.types import DivisionCode
from marketplace.routing.refusals import CannotSupply
from marketplace.routing.rules import Frame, choose, price_offers
from marketplace.routing.rules.inside import FREE_FREIGHT_MOST_BP
from marketplace.routing.types import Plan, Reason, Source
from tests.factories.places import FOSHAN
from tests.factories.routing import TODAY, frame_in_memory, need, source_in_memory, supply

HONG_KONG, GUANGZHOU = DivisionCode("810000"), DivisionCode("440100")
LADDER = (Step(3, 4600), Step(10, 4200))


def plan_of(frame: Frame, quantity: int, **terms: Any) -> Plan:
    return choose(frame, [need(quantity=quantity)], [source_in_memory(**terms)])


def reason_of(frame: Frame, **terms: Any) -> Reason:
    with pytest.raises(CannotSupply) as refused:
        plan_of(frame, 1, **terms)
    return refused.value.problems[0].reason


@pytest.mark.parametrize(("quantity", "unit"), [(1, 5000), (2, 5000), (3, 4600), (9, 4600), (10, 4200)])
def test_a_line_costs_the_lowest_step_it_reaches(quantity: int, unit: int) -> None:
    plan = plan_of(frame_in_memory(), quantity, ladder=LADDER)
    assert plan.parts[0].lines[0].unit_price_fen == unit
    assert plan.goods_fen == unit * quantity
    told = " ".join(one.template for one in plan.parts[0].reasons)
    assert ("阶梯价" in told) == (unit < 5000)


@given(
    price=st.integers(100, 60_000),
    quantity=st.integers(1, 40),
    weight=st.integers(200, 9000),
    threshold=st.integers(1, 400_000),
    ladder=st.sampled_from([(), LADDER]),
)
def test_free_freight_costs_the_price_and_tells_goods_and_freight_apart(
    price: int, quantity: int, weight: int, threshold: int, ladder: tuple[Step, ...]
) -> None:
    terms: dict[str, Any] = {
        "price_fen": Fen(price),
        "weight_g": weight,
        "ladder": tuple(one for one in ladder if one.price_fen < price),
    }
    paid = plan_of(frame_in_memory(), quantity, **terms)
    free = plan_of(frame_in_memory(), quantity, **terms, free_freight_fen=Fen(threshold))
    asked = source_in_memory(**terms).amount(quantity)
    if free.freight_inside_fen:
        assert asked >= threshold
        assert free.total_fen == asked  # not a fen more than the price
        assert free.freight_inside_fen == free.freight_fen  # a single line, all of it inside
        assert paid.freight_fen <= free.freight_fen < paid.freight_fen + quantity
        assert paid.freight_fen * 10_000 <= asked * FREE_FREIGHT_MOST_BP
    else:
        assert (free.goods_fen, free.freight_fen) == (paid.goods_fen, paid.freight_fen)
    assert all(line.unit_price_fen > 0 for part in free.parts for line in part.lines)
    assert free.total_fen == sum(part.goods_fen + part.freight_fen for part in free.parts)
    assert sum(one.freight_fen for one in free.shipments) == free.freight_fen
    card = price_offers(
        frame_in_memory(), [source_in_memory(**terms, free_freight_fen=Fen(threshold))], quantity
    )
    assert card.total_fen == free.total_fen
    assert card.freight_inside_fen == free.freight_inside_fen


def test_in_one_parcel_only_the_line_that_reached_its_amount_is_free() -> None:
    one = source_in_memory(1, free_freight_fen=Fen(4000))
    other = replace(one, offer_id=OfferId(2), variant_id=2, free_freight_fen=None)
    plan = choose(frame_in_memory(), [need(1), need(2, variant=2)], [one, other])
    assert len(plan.shipments) == 1
    inside, beside = plan.freight_inside_fen, plan.freight_fen - plan.freight_inside_fen
    assert inside > 0
    assert beside > 0
    assert plan.total_fen == 5000 + 5000 + beside


def test_freight_across_the_border_is_always_apart() -> None:
    frame = frame_in_memory(HONG_KONG)
    plan = plan_of(frame, 5, serves_hong_kong_macao=True, free_freight_fen=Fen(100), served_cities=(FOSHAN,))
    assert plan.freight_inside_fen == 0
    assert plan.freight_fen > 0
    assert reason_of(frame) is Reason.NOT_SERVED


def test_only_named_cities_are_served() -> None:
    assert plan_of(frame_in_memory(), 1, served_cities=(FOSHAN,)).total_fen > 0
    assert reason_of(frame_in_memory(), served_cities=(GUANGZHOU,)) is Reason.NOT_SERVED


@given(st.sets(st.integers(1, 7), min_size=1), st.integers(1, 30))
def test_nothing_is_packed_on_a_day_that_does_not_ship(weekdays: set[int], quantity: int) -> None:
    source = source_in_memory(ship_weekdays=tuple(sorted(weekdays)), daily_capacity=10)
    try:
        plan = choose(frame_in_memory(), [need(quantity=quantity)], [source])
    except CannotSupply:
        assert quantity > 10 * len(weekdays)
        return
    for share in plan.parts[0].lines[0].packing:
        assert share.packs_on.isoweekday() in weekdays
        assert share.packs_on > TODAY


def test_a_pre_sale_is_packed_from_its_harvest_on_and_ages_from_there() -> None:
    harvest = TODAY + timedelta(days=40)
    fresh = {"shelf_life_days": 6, "supply": supply((50, harvest + timedelta(days=6)))}
    plan = plan_of(frame_in_memory(), 1, presale_on=harvest, **fresh)
    assert plan.parts[0].ships_on == harvest
    assert plan.arrives_on <= harvest + timedelta(days=6)
    assert any("预售" in one.template for one in plan.parts[0].reasons)
    late = {**fresh, "supply": supply((50, harvest))}
    assert reason_of(frame_in_memory(), presale_on=harvest, **late) is Reason.TOO_SLOW


def test_a_pre_sale_never_wins_over_the_same_goods_that_are_there() -> None:
    later: Source = source_in_memory(1, price_fen=Fen(4900), presale_on=date(2027, 1, 20))
    plan = choose(frame_in_memory(), [need()], [later, source_in_memory(2)])
    assert plan.parts[0].lines[0].offer_id == 2
