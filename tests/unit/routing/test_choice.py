"""What decides between sources, and what is said about it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from marketplace.catalogue.types import StorageKind, VariantId
from marketplace.kernel.money import Fen
from marketplace.parties.types import PartyId
from marketplace.places.types import DivisionCode, PairingState
from marketplace.routing.policies import POLICIES, policy_on
from marketplace.routing.refusals import CannotSupply, NothingToPlan
from marketplace.routing.rules import choose
from marketplace.routing.types import Need, Plan, Reason, Source, Term
from tests.factories.places import HONG_KONG
from tests.factories.routing import TODAY, frame_in_memory, need, source_in_memory, supply


def chosen(*sources: Source, asked: Need | None = None) -> Plan:
    return choose(frame_in_memory(), [asked or need()], sources)


def offer_of(plan: Plan) -> int:
    return plan.parts[0].lines[0].offer_id


def told(plan: Plan) -> list[str]:
    return [str(reason) for part in plan.parts for reason in part.reasons]


def test_a_paired_county_wins_while_it_costs_a_little_more() -> None:
    unpaired = source_in_memory(1, price_fen=Fen(5000))
    paired = source_in_memory(2, price_fen=Fen(5300), pairing=PairingState.PAIRED)
    plan = chosen(unpaired, paired)
    assert offer_of(plan) == 2
    assert "产地从江与佛山结对帮扶" in told(plan)
    assert plan.runner_up is not None
    assert str(plan.runner_up.reason) == "次选方案的产地与收货城市没有结对"


def test_a_paired_county_does_not_win_at_any_price() -> None:
    plan = chosen(source_in_memory(1), source_in_memory(2, price_fen=Fen(5600), pairing=PairingState.PAIRED))
    assert offer_of(plan) == 1
    assert "在 2 家可供货的合作社中价格最低" in told(plan)
    assert plan.runner_up is not None
    assert str(plan.runner_up.reason) == "次选方案的货款多 ¥6.00"


def test_a_pairing_to_be_confirmed_is_followed_half_way() -> None:
    open_question = source_in_memory(2, pairing=PairingState.UNCONFIRMED)
    assert offer_of(chosen(source_in_memory(1), open_question)) == 2
    assert offer_of(chosen(source_in_memory(3, pairing=PairingState.PAIRED), open_question)) == 3


def test_a_key_county_wins_among_equals() -> None:
    plan = chosen(source_in_memory(1), source_in_memory(2, key_county=True))
    assert offer_of(plan) == 2
    assert "从江是国家乡村振兴重点帮扶县" in told(plan)


def test_who_had_fewer_orders_wins_among_equals() -> None:
    plan = chosen(source_in_memory(1, share_bp=7000), source_in_memory(2, share_bp=3000))
    assert offer_of(plan) == 2
    assert "近30天接单较少，按公平份额优先" in told(plan)


def test_the_only_one_who_can_is_said_to_be() -> None:
    assert "目前只有这家合作社能按时供应" in told(chosen(source_in_memory(1)))


def test_fresher_goods_win_where_shelf_life_is_short() -> None:
    slow = source_in_memory(1, lead_days=3, shelf_life_days=8)
    quick = source_in_memory(2, lead_days=0, shelf_life_days=8, price_fen=Fen(5050))
    assert offer_of(chosen(slow, quick)) == 2


def test_one_cooperative_packs_two_lines_together_rather_than_two_apart() -> None:
    together = [
        source_in_memory(1, cooperative_id=PartyId(1)),
        source_in_memory(2, cooperative_id=PartyId(1), variant_id=VariantId(2), price_fen=Fen(5100)),
        source_in_memory(3, cooperative_id=PartyId(2), variant_id=VariantId(2), price_fen=Fen(5050)),
    ]
    plan = choose(frame_in_memory(), [need(1), need(2, variant=2)], together)
    assert [line.offer_id for part in plan.parts for line in part.lines] == [1, 2]
    assert len(plan.parts) == 1


def test_parts_meet_in_the_warehouse_and_travel_as_one_parcel() -> None:
    sources = [
        source_in_memory(1, cooperative_id=PartyId(1)),
        source_in_memory(2, cooperative_id=PartyId(2), variant_id=VariantId(2)),
    ]
    plan = choose(frame_in_memory(), [need(1), need(2, variant=2)], sources)
    alone = [choose(frame_in_memory(), [one], sources) for one in (need(1), need(2, variant=2))]
    assert len(plan.parts) == 2
    assert [shipment.part_nos for shipment in plan.shipments] == [(1, 2)]
    assert plan.shipments[0].warehouse_id is not None
    assert plan.freight_fen < sum(one.freight_fen for one in alone)
    assert any("合并配送" in sentence for sentence in told(plan))


def test_kinds_of_storage_never_share_a_parcel() -> None:
    sources = [
        source_in_memory(1),
        source_in_memory(2, variant_id=VariantId(2), storage_kind=StorageKind.FROZEN, range=None),
    ]
    plan = choose(frame_in_memory(), [need(1), need(2, variant=2)], sources)
    assert {part.storage_kind for part in plan.parts} == {StorageKind.CHILLED, StorageKind.FROZEN}
    assert len(plan.shipments) == 2


def test_after_the_cut_off_hour_packing_begins_a_day_later() -> None:
    evening = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)  # 17:00 in Shanghai
    early = choose(frame_in_memory(), [need()], [source_in_memory()])
    late = choose(frame_in_memory(at=evening), [need()], [source_in_memory()])
    assert late.parts[0].ships_on - early.parts[0].ships_on == timedelta(days=1)


def test_packing_is_spread_over_days_within_capacity() -> None:
    source = source_in_memory(daily_capacity=4, supply=supply((100, None), taken={date(2026, 11, 24): 3}))
    plan = chosen(source, asked=need(quantity=8))
    shares = plan.parts[0].lines[0].packing
    assert [(share.packs_on.day, share.quantity) for share in shares] == [(24, 1), (25, 4), (26, 3)]
    assert plan.parts[0].ships_on == date(2026, 11, 26)


def test_what_nobody_has_whole_is_split_among_the_fewest() -> None:
    sources = [
        source_in_memory(1, supply=supply((3, None)), price_fen=Fen(5200)),
        source_in_memory(2, supply=supply((4, None)), price_fen=Fen(5000)),
        source_in_memory(3, supply=supply((1, None)), price_fen=Fen(4000)),
    ]
    plan = chosen(*sources, asked=need(quantity=6))
    assert {line.offer_id: line.quantity for part in plan.parts for line in part.lines} == {2: 4, 1: 2}


@pytest.mark.parametrize(
    ("source", "quantity", "reason"),
    [
        (source_in_memory(supply=supply((2, None))), 3, Reason.OUT_OF_STOCK),
        (source_in_memory(supply=supply()), 1, Reason.OUT_OF_STOCK),
        (source_in_memory(supply=supply((9, TODAY - timedelta(days=1)))), 1, Reason.OUT_OF_STOCK),
        (source_in_memory(minimum=5), 2, Reason.BELOW_MINIMUM),
        (source_in_memory(daily_capacity=1), 8, Reason.DAY_FULL),
        (source_in_memory(supply=supply((9, TODAY + timedelta(days=1)))), 1, Reason.TOO_SLOW),
        (source_in_memory(shelf_life_days=2), 1, Reason.TOO_SLOW),
        (source_in_memory(prefecture_code=DivisionCode("999999")), 1, Reason.NO_CARRIER),
        (source_in_memory(variant_id=VariantId(7)), 1, Reason.NO_OFFER),
    ],
)
def test_what_cannot_be_supplied_is_refused_with_line_and_reason(
    source: Source, quantity: int, reason: Reason
) -> None:
    with pytest.raises(CannotSupply) as refused:
        choose(frame_in_memory(), [need(4, quantity)], [source])
    assert (refused.value.line_no, refused.value.reason) == (4, reason)
    assert str(refused.value)


def test_every_line_in_trouble_is_named() -> None:
    with pytest.raises(CannotSupply) as refused:
        choose(
            frame_in_memory(),
            [need(1, variant=8), need(2), need(3, 500)],
            [source_in_memory(supply=supply((5, None)))],
        )
    assert [(one.line_no, one.reason, one.available) for one in refused.value.problems] == [
        (1, Reason.NO_OFFER, 0),
        (3, Reason.OUT_OF_STOCK, 5),
    ]
    assert str(refused.value) == "目前没有合作社供应这件商品。"


def test_goods_go_over_the_border_only_where_the_offer_does() -> None:
    here = source_in_memory(1)
    with pytest.raises(CannotSupply) as refused:
        choose(frame_in_memory(HONG_KONG), [need()], [here])
    assert refused.value.reason is Reason.NOT_SERVED
    there = replace(here, serves_hong_kong_macao=True)
    assert choose(frame_in_memory(HONG_KONG), [need()], [there]).arrives_on > TODAY


def test_a_named_seller_is_kept_to() -> None:
    plan = chosen(source_in_memory(1), source_in_memory(2, price_fen=Fen(9000)), asked=need(offer=2))
    assert offer_of(plan) == 2


def test_nothing_to_plan_is_refused() -> None:
    with pytest.raises(NothingToPlan):
        choose(frame_in_memory(), [], [])


def test_the_policy_in_force_is_the_last_that_has_begun() -> None:
    assert policy_on(TODAY) is POLICIES[-1]
    assert len({policy.version for policy in POLICIES}) == len(POLICIES)


def test_no_weight_is_negative() -> None:
    for policy in POLICIES:
        weights = [
            value for value in (getattr(policy, name) for name in policy.__slots__) if isinstance(value, int)
        ]
        assert weights
        assert min(weights) >= 0


def test_lines_share_their_sellers_packing_days() -> None:
    """Seven packs in seven days are all that one can do: the second line goes to somebody else."""
    slow = source_in_memory(1, daily_capacity=1, price_fen=Fen(3000))
    other = source_in_memory(2)
    plan = choose(frame_in_memory(), [need(1, 5), need(2, 5)], [slow, other])
    assert {line.offer_id for part in plan.parts for line in part.lines} == {1, 2}
    with pytest.raises(CannotSupply) as refused:
        choose(frame_in_memory(), [need(1, 5), need(2, 5)], [slow])
    assert refused.value.line_no == 2


@pytest.mark.parametrize(("lines", "rivals"), [(24, 6), (12, 5)])
def test_a_long_list_is_answered_within_bounds_and_says_that_it_is_not_proven(
    lines: int, rivals: int
) -> None:
    """Whether too many parts meet or too many assignments remain, the search ends with a whole plan."""
    sources = [
        source_in_memory(
            line * 10 + rival,
            variant_id=VariantId(line),
            cooperative_id=PartyId(rival),
            price_fen=Fen(3000 + line * 37 % 11 * 10 + rival * line % 7),
        )
        for line in range(1, lines + 1)
        for rival in range(1, rivals + 1)
    ]
    needs = [need(line, variant=line) for line in range(1, lines + 1)]
    plan = choose(frame_in_memory(), needs, sources)
    assert sorted(line.line_no for part in plan.parts for line in part.lines) == [
        one.line_no for one in needs
    ]
    assert not plan.optimal
    assert plan == choose(frame_in_memory(), needs, sources)


def test_score_terms_name_every_term_once() -> None:
    plan = chosen(source_in_memory(1), source_in_memory(2))
    assert [one.term for one in plan.score_terms] == list(Term)
