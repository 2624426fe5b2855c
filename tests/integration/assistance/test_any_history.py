"""Whatever happens to orders, in whatever order: totals = sum of entries = recomputation, to the fen."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.assistance import queries, rules, service
from marketplace.assistance.models import EntryRow
from marketplace.assistance.shipped_rules import SHIPPED
from marketplace.assistance.types import Dimension, Selection, Stage
from marketplace.assistance.verification import verify
from marketplace.catalogue.types import Offer
from marketplace.custody.types import CustodyEvidence
from marketplace.flow import decide_pairing
from marketplace.flow.payment_received import receive
from marketplace.kernel.time import FixedClock
from marketplace.orders import queries as order_queries
from marketplace.orders.types import FulfilmentState, Order, OrderState
from marketplace.parties import queries as parties
from marketplace.parties.types import Actor, Role, Scope
from marketplace.payment import queries as payments
from marketplace.places import queries as places
from marketplace.places.types import DivisionCode, PairingState, PairingStatus
from marketplace.settlement import queries as ledger
from marketplace.settlement import service as settlement
from marketplace.settlement.verification import verify as verify_ledger
from tests.conftest import NOON
from tests.factories.assistance import complete_by_hand, give_back
from tests.factories.catalogue import make_product, make_variant
from tests.factories.orders import make_ground, make_order, make_sold_offer, pack_part
from tests.factories.parties import make_member, make_person
from tests.factories.payment import paid_state
from tests.factories.places import CONGJIANG, FOSHAN, GUANGZHOU

GUANGDONG = DivisionCode("440000")
GUIYANG_COUNTY = DivisionCode("520123")


@dataclass
class World:
    """One history: the goods on the shelf, the orders so far, an official of each side."""

    session: Session
    clock: FixedClock
    offers: Sequence[Offer]
    official: Actor
    buyer_id: int
    orders: list[int] = field(default_factory=list)

    def order(self, which: int) -> Order | None:
        if not self.orders:
            return None
        return order_queries.get_order(self.session, self.orders[which % len(self.orders)])  # type: ignore[arg-type]  # ids of this world


def place(world: World, which: int) -> None:
    offer = world.offers[which % len(world.offers)]
    buyer = parties.get_person(world.session, world.buyer_id)
    city = (FOSHAN, GUANGZHOU)[which % 2]
    order = make_order(world.session, offer, person=buyer, quantity=1 + which % 3, destination=city)
    world.orders.append(order.id)


def pay(world: World, which: int) -> None:
    order = world.order(which)
    if order is not None and order.state is OrderState.AWAITING_PAYMENT:
        attempt = payments.attempts_of_order(world.session, order.id)[0]
        receive(world.session, attempt.processor, paid_state(attempt))


def arrive(world: World, which: int) -> None:
    order = world.order(which)
    if order is None or order.state is not OrderState.PAID:
        return
    for part in order.fulfilments:
        if part.state is FulfilmentState.TO_ACCEPT:
            pack_part(world.session, part)
    order = order_queries.get_order(world.session, order.id)
    complete_by_hand(world.session, order, list(CustodyEvidence)[which % 4])


def refund(world: World, which: int) -> None:
    order = world.order(which)
    if order is not None and order.paid_at is not None and order.lines[0].refundable_quantity:
        give_back(world.session, order, 1)


def fold(world: World, which: int) -> None:
    service.fold(world.session, limit=1 + which)
    settlement.fold(world.session, limit=1 + which)


def time_passes(world: World, which: int) -> None:
    world.clock.advance(timedelta(days=9, hours=which))


def decide(world: World, which: int) -> None:
    day = world.clock.now().date()
    waiting = [
        one
        for one in places.list_pairings(world.session, on=day)
        if one.status is PairingStatus.TO_BE_CONFIRMED and one.gd_code in {FOSHAN, GUANGZHOU}
    ]
    if waiting and which % 2:
        decide_pairing.confirm(world.session, waiting[0].id, world.official)
    elif waiting:
        decide_pairing.strike(world.session, waiting[0].id, world.official, last_day=day, reason="test")


Step = Callable[[World, int], None]
STEPS: tuple[Step, ...] = (place, place, pay, pay, arrive, refund, fold, time_passes, decide)
histories = st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 11)), min_size=6, max_size=16)


@pytest.fixture
def world(session: Session, clock: FixedClock) -> World:
    make_ground(session)
    official, _party, _membership = make_member(session, Role.OFFICIAL, scope=Scope(division_code=GUANGDONG))
    # Goods that keep for years: a history may last long, and this is not about what spoils.
    counties = (CONGJIANG, GUIYANG_COUNTY)
    products = [make_product(session, county_code=one, shelf_life_days=2000) for one in counties]
    offers = [make_sold_offer(session, 500, variant=make_variant(session, one)) for one in products]
    return World(
        session=session,
        clock=clock,
        offers=offers,
        official=parties.actor(session, official.id),
        buyer_id=make_person(session).id,
    )


def check(session: Session) -> None:
    by_hand = dict(
        session.execute(select(EntryRow.stage, func.sum(EntryRow.amount_fen)).group_by(EntryRow.stage))
        .tuples()
        .all()
    )
    for rule in SHIPPED:
        tables = queries.tables(session, list(Dimension), Selection(period=rules.EVER), rule)
        totals = {table.total.counted_fen for table in tables.values()}
        counted = Selection(period=rules.EVER, counted_under=rule)
        assert totals == {queries.sum_of_lines(session, counted)}
        for table in tables.values():
            found = (table.total.ordered_fen, table.total.paid_fen, table.total.completed_fen)
            assert found == tuple(int(by_hand.get(stage, 0)) for stage in Stage)
            for rows in (table.states, table.rows):
                assert sum(row.amounts.counted_fen for row in rows) == table.total.counted_fen
                assert sum(row.amounts.completed_fen for row in rows) == table.total.completed_fen
    assert verify(session) == []
    assert verify_ledger(session) == []
    assert sum(ledger.balances(session).values()) == 0


def run(world: World, history: Sequence[tuple[Step, int]]) -> None:
    world.clock.instant = NOON
    world.orders = []
    savepoint = world.session.begin_nested()
    for step, which in history:
        step(world, which)
    check(world.session)
    savepoint.rollback()
    world.session.expire_all()


quiet = {
    "deadline": None,
    "suppress_health_check": [HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    "phases": [Phase.explicit, Phase.generate],
}


@settings(max_examples=8, **quiet)  # type: ignore[arg-type]  # settings as a mapping
@given(history=histories)
def test_any_history_adds_up(world: World, history: list[tuple[Step, int]]) -> None:
    run(world, history)


@pytest.mark.deep
@settings(max_examples=300, **quiet)  # type: ignore[arg-type]  # settings as a mapping
@given(history=histories)
def test_very_many_histories_add_up(world: World, history: list[tuple[Step, int]]) -> None:
    run(world, history)


def test_one_whole_history(world: World) -> None:
    """Paid, arrived, partly given back a month later, the pairing confirmed, folded."""
    run(
        world,
        [
            (place, 0),
            (place, 3),
            (pay, 0),
            (pay, 1),
            (arrive, 0),
            (fold, 2),
            (time_passes, 3),
            (time_passes, 3),
            (refund, 0),
            (decide, 1),
            (fold, 50),
            (refund, 1),
            (arrive, 1),
        ],
    )


def test_confirming_moves_what_waits_and_keeps_the_month(world: World) -> None:
    place(world, 0)
    pay(world, 0)
    arrive(world, 0)
    order = world.order(0)
    assert order is not None
    november = Selection(period=rules.parse_period("2026-11"))

    def completed() -> dict[str, int]:
        table = queries.tables(world.session, [Dimension.PAIRING], november)[Dimension.PAIRING]
        return {row.key: row.amounts.completed_fen for row in table.states}

    assert completed()[PairingState.UNCONFIRMED] == order.goods_fen
    world.clock.advance(timedelta(days=20))
    waiting = next(
        one
        for one in places.list_pairings(world.session, on=world.clock.now().date())
        if one.gd_code == FOSHAN and one.status is PairingStatus.TO_BE_CONFIRMED and one.level == "city"
    )
    decide_pairing.confirm(world.session, waiting.id, world.official)
    assert completed()[PairingState.UNCONFIRMED] == 0
    assert completed()[PairingState.PAIRED] == order.goods_fen
    assert decide_pairing.restate_decided(world.session) == 0
    give_back(world.session, order)
    december = Selection(period=rules.parse_period("2026-12"), pairing_state=PairingState.PAIRED)
    assert queries.sum_of_lines(world.session, december) == -3 * order.lines[0].unit_price_fen
    assert verify(world.session) == []
