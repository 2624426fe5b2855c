"""The chosen plan is the optimum of every possible one, complete, non-negative, and always the same."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.catalogue.types import StorageKind, TemperatureRange, VariantId
from marketplace.kernel.money import Fen
from marketplace.parties.types import PartyId
from marketplace.places.types import DivisionCode, PairingState
from marketplace.routing.policies import POLICIES
from marketplace.routing.refusals import CannotSupply
from marketplace.routing.rules import choose, price_offers
from marketplace.routing.types import LineProblem, Need, Plan, Policy, Source
from tests.factories.freight import book_in_memory
from tests.factories.places import FOSHAN, HONG_KONG, QIANDONGNAN, SHENZHEN
from tests.factories.routing import TODAY, frame_in_memory, need, source_in_memory, supply
from tests.unit.routing.brute_force import lowest_scores

RANGES = (
    TemperatureRange(min_milli_c=0, max_milli_c=4000),
    TemperatureRange(min_milli_c=2000, max_milli_c=8000),
    TemperatureRange(min_milli_c=10_000, max_milli_c=14_000),
    None,
)
PREFECTURES = (QIANDONGNAN, DivisionCode("520500"), DivisionCode("520300"))
LAST_DAYS = (None, *(TODAY + timedelta(days=days) for days in (1, 3, 6, 20)))
lots = st.lists(st.tuples(st.integers(0, 6), st.sampled_from(LAST_DAYS)), min_size=1, max_size=3)


@st.composite
def sources(draw: st.DrawFn, variants: int) -> list[Source]:
    made: list[Source] = []
    for variant in range(1, variants + 1):
        kind = draw(st.sampled_from(list(StorageKind)))
        shelf_life, limits = draw(st.sampled_from([None, 3, 8, 30])), draw(st.sampled_from(RANGES))
        for _ in range(draw(st.integers(1, 3))):
            number = len(made) + 1
            made.append(
                source_in_memory(
                    number,
                    variant_id=VariantId(variant),
                    cooperative_id=PartyId(draw(st.integers(1, 4))),
                    prefecture_code=draw(st.sampled_from(PREFECTURES)),
                    price_fen=Fen(draw(st.integers(500, 9000))),
                    minimum=draw(st.sampled_from([1, 1, 1, 2])),
                    supply=supply(*draw(lots), taken={TODAY + timedelta(days=1): draw(st.integers(0, 5))}),
                    lead_days=draw(st.integers(0, 2)),
                    cut_off_hour=draw(st.sampled_from([8, 16])),
                    daily_capacity=draw(st.integers(1, 8)),
                    storage_kind=kind,
                    range=limits,
                    weight_g=draw(st.sampled_from([250, 1000, 2500])),
                    shelf_life_days=shelf_life,
                    serves_hong_kong_macao=draw(st.booleans()),
                    pairing=draw(st.sampled_from(list(PairingState))),
                    key_county=draw(st.booleans()),
                    share_bp=draw(st.integers(0, 10_000)),
                )
            )
    return made


policies = st.builds(
    lambda weights: replace(POLICIES[0], **weights),
    st.fixed_dictionaries(
        {
            "pairing_bp": st.integers(0, 2000),
            "key_county_bp": st.integers(0, 1000),
            "fair_share_bp": st.integers(0, 1000),
            "freshness_bp": st.integers(0, 5000),
            "distance_fen_per_100_km": st.integers(0, 100),
            "part_fen": st.integers(0, 1000),
            "waiting_day_fen": st.integers(0, 500),
        }
    ),
)


@st.composite
def orders(draw: st.DrawFn) -> tuple[list[Need], list[Source], Policy, DivisionCode]:
    variants = draw(st.integers(1, 3))
    offered = draw(sources(variants))
    needs = [
        need(no, draw(st.integers(1, 4)), variant=draw(st.integers(1, variants)))
        for no in range(1, draw(st.integers(1, 4)) + 1)
    ]
    return needs, offered, draw(policies), draw(st.sampled_from([FOSHAN, SHENZHEN, HONG_KONG]))


@st.composite
def close_calls(draw: st.DrawFn) -> tuple[list[Need], list[Source], Policy, DivisionCode]:
    """Draw orders with enough of everything, so that only small differences and shared parcels decide."""
    chance = draw(st.randoms(use_true_random=False))
    lines = chance.randint(2, 4)
    offered: list[Source] = []
    for line in range(1, lines + 1):
        kind = chance.choice((StorageKind.CHILLED, StorageKind.CHILLED, StorageKind.AMBIENT))
        shelf_life, limits = chance.choice((None, 6, 30)), chance.choice(RANGES)
        for _ in range(chance.randint(2, 3)):
            offered.append(
                source_in_memory(
                    len(offered) + 1,
                    variant_id=VariantId(line),
                    cooperative_id=PartyId(chance.randint(1, 5)),
                    prefecture_code=chance.choice(PREFECTURES),
                    price_fen=Fen(chance.randint(3000, 3600)),
                    lead_days=chance.randint(0, 3),
                    daily_capacity=chance.choice((2, 200)),
                    storage_kind=kind,
                    range=limits,
                    weight_g=chance.choice((250, 1000, 2500)),
                    shelf_life_days=shelf_life,
                    pairing=chance.choice(list(PairingState)),
                    share_bp=chance.randint(0, 10_000),
                )
            )
    of_any = chance.random() < 0.3  # lines of the same goods share stock and packing days
    needs = [
        need(line, chance.randint(1, 3), variant=chance.randint(1, lines) if of_any else line)
        for line in range(1, lines + 1)
    ]
    return needs, offered, draw(policies), chance.choice((FOSHAN, SHENZHEN))


@given(orders() | close_calls())
def test_the_plan_is_the_optimum(order: tuple[list[Need], list[Source], Policy, DivisionCode]) -> None:
    needs, offered, policy, destination = order
    frame = frame_in_memory(destination, policy=policy)
    scores = lowest_scores(frame, needs, offered)
    plan = outcome(destination, policy, needs, offered)
    if not isinstance(plan, Plan):
        assert not scores
        assert {problem.line_no for problem in plan} <= {one.line_no for one in needs}
        return
    assert_whole(plan, needs)
    split = any(
        sum(line.line_no == one.line_no for part in plan.parts for line in part.lines) > 1 for one in needs
    )
    if scores and not split:
        assert plan.optimal
        assert plan.score_fen == scores[0]
        assert (plan.runner_up is None) == (len(scores) == 1)
        if plan.runner_up is not None:
            assert plan.runner_up.score_fen == scores[1]
    if scores:
        assert not split, "a line that one source can supply is not split"


def assert_whole(plan: Plan, needs: list[Need]) -> None:
    """Every need is supplied exactly once, and all amounts add up and are non-negative."""
    supplied: Counter[int] = Counter()
    for part in plan.parts:
        for line in part.lines:
            supplied[line.line_no] += line.quantity
            assert sum(share.quantity for share in line.packing) == line.quantity
        assert part.ships_on == max(share.packs_on for line in part.lines for share in line.packing)
        assert part.ships_on <= part.arrives_on <= plan.arrives_on
        assert part.reasons
    assert supplied == Counter({one.line_no: one.quantity for one in needs})
    assert sorted(no for shipment in plan.shipments for no in shipment.part_nos) == [
        part.no for part in plan.parts
    ]
    for shipment in plan.shipments:
        parts = [part for part in plan.parts if part.no in shipment.part_nos]
        assert sum(part.freight_fen for part in parts) == shipment.freight_fen
        assert {part.warehouse_id for part in parts} == {shipment.warehouse_id}
        assert {part.arrives_on for part in parts} == {shipment.arrives_on}
    assert plan.freight_fen == sum(shipment.freight_fen for shipment in plan.shipments)
    assert plan.total_fen == plan.goods_fen + plan.freight_fen
    assert plan.score_fen == sum(term.amount_fen for term in plan.score_terms)
    assert all(term.amount_fen >= 0 for term in plan.score_terms)
    assert all(part.freight_fen >= 0 for part in plan.parts)


@given(orders(), st.randoms(use_true_random=False))
def test_the_same_order_gets_the_same_plan_however_it_is_listed(
    order: tuple[list[Need], list[Source], Policy, DivisionCode], shuffler: object
) -> None:
    needs, offered, policy, destination = order
    shuffled_needs, shuffled = list(needs), list(offered)
    shuffler.shuffle(shuffled_needs)  # type: ignore[attr-defined]  # hypothesis' random has no public type
    shuffler.shuffle(shuffled)  # type: ignore[attr-defined]  # as above
    assert outcome(destination, policy, needs, offered) == outcome(
        destination, policy, shuffled_needs, shuffled
    )


def outcome(
    destination: DivisionCode, policy: Policy, needs: list[Need], offered: list[Source]
) -> Plan | tuple[LineProblem, ...]:
    try:
        return choose(frame_in_memory(destination, policy=policy), needs, offered)
    except CannotSupply as refusal:
        return refusal.problems


@given(orders())
def test_a_card_shows_what_the_plan_chooses(
    order: tuple[list[Need], list[Source], Policy, DivisionCode],
) -> None:
    _, offered, policy, destination = order
    of_one = [one for one in offered if one.variant_id == 1]
    shown = price_offers(frame_in_memory(destination, policy=policy), of_one)
    asked = need(1, shown.quantity)
    plan = outcome(destination, policy, [asked], of_one)
    if not isinstance(plan, Plan):
        assert shown.problem == plan[0].reason
        return
    if len(plan.parts) > 1 or len(plan.parts[0].lines) > 1:
        assert shown.problem is not None  # nobody has the least quantity alone, though two would together
        return
    assert shown.problem is None
    assert shown.offer_id == plan.parts[0].lines[0].offer_id
    assert (shown.total_fen, shown.freight_fen) == (plan.total_fen, plan.freight_fen)
    assert shown.arrives_on == plan.arrives_on


@given(orders())
def test_joining_in_a_warehouse_never_costs_more_than_going_apart(
    order: tuple[list[Need], list[Source], Policy, DivisionCode],
) -> None:
    """With warehouses to meet in, the optimum is never worse than without them."""
    needs, offered, policy, _ = order
    try:
        apart = choose(
            frame_in_memory(policy=policy, book=book_in_memory(with_warehouses=False)), needs, offered
        )
        joined = choose(frame_in_memory(policy=policy), needs, offered)
    except CannotSupply:
        return
    if sum(len(part.lines) for part in apart.parts) == len(needs):  # nothing had to be split
        assert joined.score_fen <= apart.score_fen


@settings(max_examples=20)
@given(st.integers(2, 6), st.integers(1, 3))
def test_shared_stock_is_never_promised_twice(lines: int, packs: int) -> None:
    """So many lines of one offer get no more than it has, and the line that goes short is named."""
    offered = [source_in_memory(1, supply=supply((packs, None)))]
    needs = [need(no) for no in range(1, lines + 1)]
    if lines <= packs:
        assert_whole(choose(frame_in_memory(), needs, offered), needs)
    else:
        with pytest.raises(CannotSupply) as refused:
            choose(frame_in_memory(), needs, offered)
        assert refused.value.line_no == packs + 1


def test_unlike_temperatures_are_never_in_one_parcel() -> None:
    cold, mild = RANGES[0], RANGES[2]
    offered = [
        source_in_memory(1, cooperative_id=PartyId(1), range=cold),
        source_in_memory(2, cooperative_id=PartyId(1), range=mild, variant_id=VariantId(2)),
    ]
    plan = choose(frame_in_memory(), [need(1), need(2, variant=2)], offered)
    assert len(plan.parts) == len(plan.shipments) == 2
    for one, other in combinations(plan.parts, 2):
        assert one.range != other.range
