"""Buyers race on real connections: what there is is sold once, and nothing is lost on the way."""

import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import TypeVar

import pytest
from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session

from marketplace.catalogue.types import Offer
from marketplace.kernel import time
from marketplace.kernel.refusals import Refusal
from marketplace.kernel.unit_of_work import commit
from marketplace.stock import queries, service
from marketplace.stock.refusals import DayFull, HoldEnded, OutOfStock
from marketplace.stock.types import Cause, Hold, HoldState, PackingShare, Wanted
from tests.factories.catalogue import make_offer, make_reference, make_variant
from tests.factories.stock import make_stock

T = TypeVar("T")
THREADS, CONNECTIONS = 40, 8


@pytest.fixture
def shared(engine: Engine) -> Iterator[Engine]:
    """Eight connections for all buyers together, as one web server has."""
    opened = create_engine(engine.url, pool_size=CONNECTIONS, max_overflow=0, pool_timeout=60)
    yield opened
    opened.dispose()


def done(engine: Engine, use_case: Callable[[Session], T]) -> T:
    with Session(engine, expire_on_commit=False) as session:
        return commit(session, use_case)


def race(engine: Engine, use_cases: list[Callable[[Session], T]]) -> list[T | Refusal]:
    """Start every use case at the same moment, each on a connection of its own when one is free."""
    start = threading.Barrier(len(use_cases))

    def run(use_case: Callable[[Session], T]) -> T | Refusal:
        start.wait()
        try:
            return done(engine, use_case)
        except Refusal as refusal:
            return refusal

    with ThreadPoolExecutor(len(use_cases)) as threads:
        return list(threads.map(run, use_cases))


def make_offers(engine: Engine, *quantities: int) -> list[Offer]:
    def make(session: Session) -> list[Offer]:
        make_reference(session)
        offers = [make_offer(session, make_variant(session)) for _ in quantities]
        for offer, quantity in zip(offers, quantities, strict=True):
            if quantity:
                make_stock(session, offer, quantity)
        return offers

    return done(engine, make)


def buy(buyer: int, *wanted: Wanted) -> Callable[[Session], Hold]:
    return lambda session: service.hold(
        session, wanted, time.now() + timedelta(minutes=30), Cause("order", buyer, "placed")
    )


def test_forty_buyers_race_for_five_packs(shared: Engine) -> None:
    (offer,) = make_offers(shared, 5)
    results = race(shared, [buy(buyer, Wanted(offer_id=offer.id, quantity=1)) for buyer in range(THREADS)])
    assert Counter(type(result) for result in results) == {Hold: 5, OutOfStock: THREADS - 5}
    with Session(shared) as session:
        assert queries.available(session, [offer.id]) == {offer.id: 0}
        assert queries.differences(session) == []


def test_packs_in_several_lots_are_sold_once(shared: Engine) -> None:
    (offer,) = make_offers(shared, 0)
    done(shared, lambda session: [make_stock(session, offer, quantity) for quantity in (3, 4, 5)])
    results = race(shared, [buy(buyer, Wanted(offer_id=offer.id, quantity=2)) for buyer in range(THREADS)])
    assert sum(isinstance(result, Hold) for result in results) == 6
    with Session(shared) as session:
        assert queries.available(session, [offer.id]) == {offer.id: 0}
        assert queries.differences(session) == []


def test_baskets_in_opposite_order_neither_block_nor_oversell(shared: Engine) -> None:
    one, other = make_offers(shared, 12, 12)
    baskets = [
        buy(
            buyer,
            *(
                Wanted(offer_id=offer.id, quantity=1)
                for offer in ((one, other) if buyer % 2 else (other, one))
            ),
        )
        for buyer in range(THREADS)
    ]
    results = race(shared, baskets)
    assert Counter(type(result) for result in results) == {Hold: 12, OutOfStock: THREADS - 12}
    with Session(shared) as session:
        assert queries.differences(session) == []


def test_a_packing_day_is_promised_within_its_capacity(shared: Engine) -> None:
    (offer,) = make_offers(shared, 100)
    share = PackingShare(packs_on=time.today() + timedelta(days=1), quantity=1, capacity=7)
    wish = Wanted(offer_id=offer.id, quantity=1, packing=(share,))
    results = race(shared, [buy(buyer, wish) for buyer in range(THREADS)])
    assert Counter(type(result) for result in results) == {Hold: 7, DayFull: THREADS - 7}
    with Session(shared) as session:
        assert queries.available(session, [offer.id]) == {offer.id: 93}
        assert queries.supply(session, [offer.id], time.today())[offer.id].taken == {share.packs_on: 7}
        assert queries.differences(session) == []


def test_money_and_expiry_race_for_a_hold(shared: Engine) -> None:
    """Whoever comes second is refused or finds it done; the goods are never both sold and free."""
    (offer,) = make_offers(shared, 10)
    for buyer in range(10):
        wish = Wanted(offer_id=offer.id, quantity=1)
        hold = done(shared, partial(hold_until_now, wish=wish, buyer=buyer))
        results = race(
            shared, [partial(act, hold_id=hold.id) for act in (service.commit_hold, service.expire)]
        )
        assert Counter(type(result) for result in results) == {Hold: 1, HoldEnded: 1}
        with Session(shared) as session:
            state = queries.get_hold(session, hold.id).state
            held = sum(lot.held for lot in queries.lots_of_offer(session, offer.id))
        assert state in {HoldState.COMMITTED, HoldState.EXPIRED}
        assert held == (state is HoldState.COMMITTED)
        if held:
            done(shared, partial(service.release, hold_id=hold.id, reason="cancelled"))


def hold_until_now(session: Session, wish: Wanted, buyer: int) -> Hold:
    return service.hold(session, [wish], time.now(), Cause("order", buyer))


def test_everything_at_once_still_adds_up(shared: Engine) -> None:
    """Holds, payments, releases, shipments, arrivals and blocks of three offers, all at once."""
    offers = make_offers(shared, 30, 30, 30)
    done(shared, lambda session: [make_stock(session, offer, 20) for offer in offers])

    def worker(seed: int) -> Callable[[Session], None]:
        chance = random.Random(seed)

        def live(session: Session) -> None:
            chosen = chance.sample(offers, 2)
            hold = service.hold(
                session,
                [Wanted(offer_id=offer.id, quantity=chance.randint(1, 4)) for offer in chosen],
                time.now() + timedelta(minutes=30),
                Cause("order", seed),
            )
            match chance.randrange(4):
                case 0:
                    service.release(session, hold.id, "cancelled")
                case 1:
                    service.commit_hold(session, hold.id)
                    line = hold.lines[0]
                    service.ship(session, hold.id, {line.lot_id: 1})
                    service.release(session, hold.id, "short")
                case 2:
                    lot = queries.lots_of_offer(session, chosen[0].id)[0]
                    service.receive(session, lot.lot_id, lot.offer_id, 2, Cause("harvest", seed))
                case _:
                    lot = queries.lots_of_offer(session, chosen[1].id)[-1]
                    service.block_lot(session, lot.lot_id, Cause("breach", seed))
                    service.unblock_lot(session, lot.lot_id, Cause("breach", seed))

        return live

    race(shared, [worker(seed) for seed in range(THREADS)])
    with Session(shared) as session:
        assert queries.differences(session) == []
        for offer in offers:
            for lot in queries.lots_of_offer(session, offer.id):
                assert lot.on_hand == lot.available + lot.held
