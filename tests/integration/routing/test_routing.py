"""Routing over the database: plans and cards agree, statements do not grow, decisions are kept for good."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue import service as catalogue_service
from marketplace.catalogue.types import Offer, ProductId
from marketplace.freight import service as freight
from marketplace.kernel import time
from marketplace.kernel.time import FixedClock
from marketplace.places.refusals import UnknownPlace
from marketplace.places.types import DivisionCode, PairingState
from marketplace.routing import queries, service
from marketplace.routing.refusals import CannotSupply, NoDecision
from marketplace.routing.sources import frame_for, given_shares, sources_of_variants
from marketplace.routing.types import Need, Plan, PlanRequest, PriceWithFreight, Reason
from marketplace.stock import service as stock
from marketplace.stock.types import Cause, Wanted
from tests.factories.catalogue import make_product, make_variant
from tests.factories.freight import rates
from tests.factories.places import FOSHAN, GUANGZHOU, HONG_KONG, SHENZHEN
from tests.factories.routing import make_market, make_supply

PLACED = Cause("order", 77, "placed")


@pytest.fixture(autouse=True)
def market(session: Session, clock: FixedClock) -> None:
    make_market(session)


def plan_for(session: Session, *offers: Offer, quantity: int = 1, to: DivisionCode = FOSHAN) -> Plan:
    needs = tuple(
        Need(line_no=no, variant_id=offer.variant_id, quantity=quantity) for no, offer in enumerate(offers, 1)
    )
    return service.plan(session, PlanRequest(destination_code=to, needs=needs, at=time.now()))


def card(session: Session, offer: Offer, to: DivisionCode = FOSHAN) -> PriceWithFreight:
    return queries.price_with_freight(session, [offer.product_id], to, time.today())[offer.product_id]


@contextmanager
def statements(session: Session) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    connection = session.connection()
    event.listen(connection, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(connection, "before_cursor_execute", note)


def test_an_order_is_planned_from_what_there_is(session: Session) -> None:
    dear = make_supply(session, price_fen=8000)
    cheap = make_supply(session, catalogue.get_variant(session, dear.variant_id), price_fen=5000)
    plan = plan_for(session, dear, quantity=2)
    assert [line.offer_id for part in plan.parts for line in part.lines] == [cheap.id]
    assert (plan.goods_fen, plan.total_fen) == (10_000, 10_000 + plan.freight_fen)
    assert plan.freight_fen > 0
    assert plan.destination_code == FOSHAN
    assert plan.arrives_on > plan.parts[0].ships_on > time.today()


def test_the_pairing_of_the_buyers_city_is_followed(session: Session, clock: FixedClock) -> None:
    """佛山 is paired with 黔东南, documented to the end of 2025; 从江 lies in it and 水城 does not."""
    clock.instant = clock.instant.replace(year=2025)
    paired = make_supply(session)
    elsewhere = make_product(session, county_code=DivisionCode("520204"))
    unpaired = make_supply(session, make_variant(session, elsewhere))
    frame = frame_for(session, FOSHAN, time.now())
    found = sources_of_variants(session, frame, [paired.variant_id, unpaired.variant_id])
    states = {source.offer_id: source.pairing for source in found}
    assert states == {paired.id: PairingState.PAIRED, unpaired.id: PairingState.UNPAIRED}
    assert "产地从江与佛山结对帮扶" in map(str, plan_for(session, paired).parts[0].reasons)


def test_what_is_held_for_others_is_not_planned(session: Session) -> None:
    offer = make_supply(session, packs=3)
    stock.hold(session, [Wanted(offer_id=offer.id, quantity=2)], time.now() + timedelta(hours=1), PLACED)
    assert plan_for(session, offer).parts
    with pytest.raises(CannotSupply) as refused:
        plan_for(session, offer, quantity=2)
    assert (refused.value.reason, refused.value.problems[0].available) == (Reason.OUT_OF_STOCK, 1)


def test_the_plan_can_be_held_exactly(session: Session) -> None:
    offers = [make_supply(session, packs=4, daily_capacity=2) for _ in range(3)]
    plan = plan_for(session, *offers, quantity=4)
    hold = stock.hold(
        session,
        [
            Wanted(
                offer_id=line.offer_id, quantity=line.quantity, fresh_on=part.fresh_on, packing=line.packing
            )
            for part in plan.parts
            for line in part.lines
        ],
        time.now() + timedelta(hours=1),
        PLACED,
    )
    assert sum(line.quantity for line in hold.lines) == 12
    assert {len(line.packing) for part in plan.parts for line in part.lines} == {2}


def test_who_declined_is_not_asked_again(session: Session) -> None:
    first = make_supply(session, price_fen=4000)
    second = make_supply(session, catalogue.get_variant(session, first.variant_id), price_fen=6000)
    need = Need(line_no=1, variant_id=first.variant_id, quantity=1)
    request = PlanRequest(destination_code=FOSHAN, needs=(need,), at=time.now())
    assert service.plan(session, request).parts[0].cooperative_id == first.cooperative_id
    again = replace(request, without=frozenset({first.cooperative_id}))
    assert service.plan(session, again).parts[0].cooperative_id == second.cooperative_id


def test_nothing_is_sold_to_where_it_came_from(session: Session) -> None:
    with pytest.raises(UnknownPlace):
        plan_for(session, make_supply(session), to=DivisionCode("522633"))


@pytest.mark.parametrize("to", [FOSHAN, GUANGZHOU, SHENZHEN, HONG_KONG, DivisionCode("441900003")])
def test_a_card_tells_what_the_plan_will_choose(session: Session, to: DivisionCode) -> None:
    first = make_supply(session, price_fen=5000, serves_hong_kong_macao=True)
    variant = catalogue.get_variant(session, first.variant_id)
    make_supply(session, variant, price_fen=4900, lead_days=3, serves_hong_kong_macao=True)
    make_supply(session, variant, price_fen=3000, packs=0)
    shown, plan = card(session, first, to), plan_for(session, first, to=to)
    assert shown.problem is None
    assert shown.offer_id == plan.parts[0].lines[0].offer_id
    assert (shown.freight_fen, shown.total_fen, shown.arrives_on) == (
        plan.freight_fen,
        plan.total_fen,
        plan.arrives_on,
    )
    assert shown.unit_price_fen_per_500g == shown.price_fen // 5


def test_a_card_says_why_goods_cannot_be_ordered(session: Session) -> None:
    empty = make_supply(session, packs=0)
    shown = card(session, empty)
    assert (shown.problem, shown.sold_out, shown.arrives_on) == (Reason.OUT_OF_STOCK, True, None)
    assert shown.price_fen == shown.total_fen == empty.price_fen
    inland = card(session, make_supply(session), HONG_KONG)
    assert (inland.problem, inland.sold_out) == (Reason.NOT_SERVED, False)


def test_a_card_shows_the_least_that_can_be_had(session: Session) -> None:
    shown = card(session, make_supply(session, minimum=3, price_fen=4000))
    assert shown.problem is None
    assert (shown.quantity, shown.price_fen) == (3, 4000)
    assert shown.total_fen == 12_000 + shown.freight_fen


def test_a_card_shows_the_cheapest_pack_that_can_be_had(session: Session) -> None:
    product = make_product(session)
    packs = [
        make_variant(session, product, order_no=no, net_weight_g=grams, price_low_fen=1000)
        for no, grams in ((1, 500), (2, 1000), (3, 2500))
    ]
    small = make_supply(session, packs[0], packs=0, price_fen=2000)
    middle = make_supply(session, packs[1], price_fen=3500)
    make_supply(session, packs[2], price_fen=6000)
    assert card(session, small).variant_id == middle.variant_id
    prices = queries.variant_prices(session, [product.id], FOSHAN, time.today())
    assert {variant: one.sold_out for variant, one in prices.items()} == {
        packs[0].id: True,
        packs[1].id: False,
        packs[2].id: False,
    }


def test_every_offer_is_priced_by_itself(session: Session) -> None:
    first = make_supply(session, price_fen=5000)
    second = make_supply(session, catalogue.get_variant(session, first.variant_id), price_fen=7000)
    prices = queries.offer_prices(session, [first.product_id], FOSHAN, time.today())
    assert {offer: one.price_fen for offer, one in prices.items()} == {first.id: 5000, second.id: 7000}


def test_a_card_follows_stock_price_and_city_at_once(session: Session) -> None:
    """Prices are kept in memory, and yet never shown when anything that decides them has moved."""
    offer = make_supply(session, packs=2, price_fen=5000)
    rival = make_supply(session, catalogue.get_variant(session, offer.variant_id), price_fen=5400)
    near, again, far = card(session, offer), card(session, offer), card(session, offer, SHENZHEN)
    assert near is again
    assert (near.offer_id, far.offer_id) == (offer.id, offer.id)
    assert far != near
    hold = stock.hold(
        session, [Wanted(offer_id=offer.id, quantity=2)], time.now() + timedelta(hours=1), PLACED
    )
    assert card(session, offer).offer_id == rival.id
    stock.release(session, hold.id, "cancelled")
    assert card(session, offer) == near
    catalogue_service.change_price(session, offer.id, 6000)
    assert (card(session, offer).offer_id, card(session, offer, SHENZHEN).offer_id) == (rival.id, rival.id)
    catalogue_service.pause_offer(session, rival.id)
    assert card(session, offer).price_fen == 6000


def test_a_card_follows_the_rate_card_and_the_clock(session: Session, clock: FixedClock) -> None:
    offer = make_supply(session)
    before = card(session, offer)
    clock.advance(timedelta(hours=8))  # past the cut-off hour
    assert before.arrives_on is not None
    assert card(session, offer).arrives_on == before.arrives_on + timedelta(days=1)
    dearer = [replace(rate, first_fee_fen=rate.first_fee_fen + 100) for rate in rates()]
    freight.load_rate_card(session, dearer)
    assert card(session, offer).freight_fen > before.freight_fen


def test_goods_that_nobody_offers_have_no_price(session: Session) -> None:
    offer = make_supply(session)
    catalogue_service.pause_offer(session, offer.id)
    assert queries.price_with_freight(session, [offer.product_id], FOSHAN, time.today()) == {}
    assert queries.price_with_freight(session, [], FOSHAN, time.today()) == {}
    with pytest.raises(CannotSupply) as refused:
        plan_for(session, offer)
    assert refused.value.reason is Reason.NO_OFFER


def test_cards_take_two_statements_however_many(session: Session) -> None:
    offers = [make_supply(session) for _ in range(12)]
    products: list[ProductId] = [offer.product_id for offer in offers]
    session.flush()
    queries.price_with_freight(session, products, FOSHAN, time.today())  # what is kept in memory is read now
    counts = []
    for some in (products[:1], products):
        with statements(session) as seen:
            shown = queries.price_with_freight(session, some, FOSHAN, time.today())
        counts.append(len(seen))
        assert len(shown) == len(some)
    assert counts[0] == counts[1] <= 2


def test_statements_of_a_plan_do_not_grow_with_its_lines(session: Session) -> None:
    offers = [make_supply(session) for _ in range(5)]
    plan_for(session, offers[0])
    counts = []
    for some in (offers[:1], offers):
        with statements(session) as seen:
            plan = plan_for(session, *some)
        counts.append(len(seen))
        with statements(session) as seen:
            service.record_decision(session, PLACED, plan)
        counts.append(len(seen))
    assert counts[0] == counts[2] <= 2
    assert counts[1] == counts[3] <= 7


def test_a_decision_is_kept_whole(session: Session) -> None:
    first = make_supply(session, price_fen=5000)
    make_supply(session, catalogue.get_variant(session, first.variant_id), price_fen=7000)
    other = make_supply(session)
    plan = plan_for(session, first, other, quantity=2)
    assert plan.runner_up is not None
    decision_id = service.record_decision(session, PLACED, plan)
    session.expire_all()
    kept = queries.decision(session, PLACED.id)
    assert (kept.id, kept.cause, kept.decided_at) == (decision_id, PLACED, time.now())
    assert (kept.policy_version, kept.optimal, kept.score_fen) == (plan.policy_version, True, plan.score_fen)
    assert kept.score_terms == plan.score_terms
    assert kept.runner_up == plan.runner_up
    assert kept.destination_code == FOSHAN
    for there, part in zip(kept.parts, plan.parts, strict=True):
        assert there.reasons == part.reasons
        assert (there.no, there.cooperative_id, there.warehouse_id, there.origin_code) == (
            part.no,
            part.cooperative_id,
            part.warehouse_id,
            part.origin_code,
        )
        assert (there.goods_fen, there.freight_fen) == (part.goods_fen, part.freight_fen)
        assert [(one.line_no, one.offer_id, one.quantity, one.unit_price_fen) for one in there.lines] == [
            (one.line_no, one.offer_id, one.quantity, one.unit_price_fen) for one in part.lines
        ]


def test_an_order_that_was_routed_again_has_both_decisions(session: Session) -> None:
    plan = plan_for(session, make_supply(session))
    ids = [
        service.record_decision(session, replace(PLACED, kind=kind), plan) for kind in ("placed", "declined")
    ]
    assert [one.id for one in queries.decisions_of(session, "order", PLACED.id)] == ids
    assert queries.decision(session, PLACED.id).cause.kind == "declined"
    with pytest.raises(NoDecision):
        queries.decision(session, 4711)


@pytest.mark.parametrize(
    "table",
    [
        "routing_decision",
        "routing_decided_part",
        "routing_decided_line",
        "routing_decision_term",
        "routing_decision_reason",
        "routing_runner_up",
    ],
)
def test_decisions_are_never_deleted(session: Session, table: str) -> None:
    first = make_supply(session)
    make_supply(session, catalogue.get_variant(session, first.variant_id))
    service.record_decision(session, PLACED, plan_for(session, first))
    with pytest.raises(DBAPIError), session.begin_nested():
        session.execute(text(f"DELETE FROM {table}"))


def test_fair_share_counts_the_thirty_days_before(session: Session, clock: FixedClock) -> None:
    offer = make_supply(session, price_fen=5000)
    rival = make_supply(session, catalogue.get_variant(session, offer.variant_id), price_fen=5000)
    first = plan_for(session, offer)
    chosen = first.parts[0].cooperative_id
    service.record_decision(session, PLACED, first)
    assert given_shares(session, time.today()) == {}
    assert plan_for(session, offer).parts[0].cooperative_id == chosen
    clock.advance(timedelta(days=1))
    assert given_shares(session, time.today()) == {chosen: 5000}
    assert plan_for(session, offer).parts[0].cooperative_id != chosen
    assert {offer.cooperative_id, rival.cooperative_id} > {chosen}
    clock.advance(timedelta(days=30))
    assert given_shares(session, time.today()) == {}


def test_another_days_prices_are_asked_as_it_begins(session: Session) -> None:
    offer = make_supply(session)
    tomorrow = time.today() + timedelta(days=1)
    later = queries.price_with_freight(session, [offer.product_id], FOSHAN, tomorrow)[offer.product_id]
    assert later.arrives_on is not None
    today = card(session, offer).arrives_on
    assert isinstance(today, date)
    assert later.arrives_on > today
