"""The life of stock in any order of events: a model that counts on its fingers is never contradicted."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from marketplace.catalogue.types import LotId, OfferId
from marketplace.kernel.time import FixedClock, clock_in_force
from marketplace.stock import queries, service
from marketplace.stock.refusals import HoldEnded, HoldNotDue, NotHeld, OutOfStock, ProlongedTooOften
from marketplace.stock.types import Cause, Hold, HoldId, HoldState, Wanted
from tests.factories.catalogue import make_offer, make_reference, make_variant
from tests.factories.stock import make_stock

BEGIN = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
CAUSE = Cause("order", 1)


@dataclass
class Lot:
    offer_id: OfferId
    on_hand: int
    blocked: bool = False


@dataclass
class Held:
    state: HoldState
    expires_at: datetime
    packs: Counter[LotId] = field(default_factory=Counter)
    prolonged: int = 0


class StockLife(RuleBasedStateMachine):
    """Two offers, some lots, holds that live and end; the model knows only sums."""

    connection: Connection
    start: dict[LotId, tuple[OfferId, int]]
    holds: Bundle[HoldId] = Bundle("holds")

    def __init__(self) -> None:
        super().__init__()
        self.session = Session(self.connection, join_transaction_mode="create_savepoint")
        self.clock = FixedClock(BEGIN)
        self.in_force = clock_in_force(self.clock)
        self.in_force.__enter__()
        self.lots = {lot_id: Lot(offer_id, quantity) for lot_id, (offer_id, quantity) in self.start.items()}
        self.held: dict[HoldId, Held] = {}

    def teardown(self) -> None:
        self.in_force.__exit__(None, None, None)
        self.session.rollback()
        self.session.close()

    def offers(self) -> list[OfferId]:
        return sorted({lot.offer_id for lot in self.lots.values()})

    def lot_at(self, place: int) -> LotId:
        return sorted(self.lots)[place % len(self.lots)]

    def held_on(self, lot_id: LotId) -> int:
        return sum(one.packs[lot_id] for one in self.held.values())

    def free_on(self, lot_id: LotId) -> int:
        lot = self.lots[lot_id]
        return 0 if lot.blocked else lot.on_hand - self.held_on(lot_id)

    @rule(place=st.integers(0, 3), quantity=st.integers(1, 5))
    def receive(self, place: int, quantity: int) -> None:
        lot_id = self.lot_at(place)
        service.receive(self.session, lot_id, self.lots[lot_id].offer_id, quantity, Cause("harvest", 2))
        self.lots[lot_id].on_hand += quantity

    @rule(
        target=holds,
        wishes=st.lists(st.tuples(st.integers(0, 1), st.integers(1, 6)), min_size=1, max_size=3),
        minutes=st.integers(1, 60),
    )
    def hold(self, wishes: list[tuple[int, int]], minutes: int) -> HoldId:
        offers = self.offers()
        wanted = [Wanted(offer_id=offers[at % len(offers)], quantity=quantity) for at, quantity in wishes]
        asked: Counter[OfferId] = Counter()
        for one in wanted:
            asked[one.offer_id] += one.quantity
        free = Counter(dict.fromkeys(offers, 0))
        for lot_id, lot in self.lots.items():
            free[lot.offer_id] += self.free_on(lot_id)
        until = self.clock.now() + timedelta(minutes=minutes)
        enough = all(free[offer] >= quantity for offer, quantity in asked.items())
        try:
            with self.session.begin_nested():
                made = service.hold(self.session, wanted, until, CAUSE)
        except OutOfStock:
            assert not enough
            return HoldId(0)
        assert enough
        self.held[made.id] = Held(HoldState.ACTIVE, until, packs_of(made))
        return made.id

    @rule(hold_id=holds, minutes=st.integers(1, 90))
    def prolong(self, hold_id: HoldId, minutes: int) -> None:
        if hold_id not in self.held:
            return
        model, until = self.held[hold_id], self.clock.now() + timedelta(minutes=minutes)
        try:
            service.prolong(self.session, hold_id, until)
        except HoldEnded:
            assert model.state is not HoldState.ACTIVE
        except ProlongedTooOften:
            assert model.prolonged == 2
        else:
            assert model.state is HoldState.ACTIVE
            if until > model.expires_at:
                model.expires_at, model.prolonged = until, model.prolonged + 1

    @rule(hold_id=holds)
    def pay(self, hold_id: HoldId) -> None:
        if hold_id not in self.held:
            return
        model = self.held[hold_id]
        try:
            service.commit_hold(self.session, hold_id)
        except HoldEnded:
            assert model.state in {HoldState.RELEASED, HoldState.EXPIRED, HoldState.SHIPPED}
        else:
            assert model.state in {HoldState.ACTIVE, HoldState.COMMITTED}
            model.state = HoldState.COMMITTED

    @rule(hold_id=holds)
    def expire(self, hold_id: HoldId) -> None:
        if hold_id not in self.held:
            return
        model = self.held[hold_id]
        try:
            service.expire(self.session, hold_id)
        except HoldNotDue:
            assert self.clock.now() < model.expires_at
        except HoldEnded:
            assert model.state in {HoldState.COMMITTED, HoldState.SHIPPED}
        else:
            if model.state is HoldState.ACTIVE:
                assert self.clock.now() >= model.expires_at
                model.state = HoldState.EXPIRED
                model.packs.clear()

    @rule(hold_id=consumes(holds))
    def release_all(self, hold_id: HoldId) -> None:
        if hold_id not in self.held:
            return
        model = self.held[hold_id]
        service.release(self.session, hold_id, "cancelled")
        if model.state in {HoldState.ACTIVE, HoldState.COMMITTED}:
            model.state = HoldState.RELEASED
        model.packs.clear()

    @rule(hold_id=holds, place=st.integers(0, 3), quantity=st.integers(1, 4))
    def release_some(self, hold_id: HoldId, place: int, quantity: int) -> None:
        if hold_id not in self.held or self.held[hold_id].state not in {
            HoldState.ACTIVE,
            HoldState.COMMITTED,
        }:
            return
        model, lot_id = self.held[hold_id], self.lot_at(place)
        try:
            service.release(self.session, hold_id, "declined", {lot_id: quantity})
        except NotHeld:
            assert model.packs[lot_id] < quantity
        else:
            self.take_off(model, lot_id, quantity)

    @rule(hold_id=holds, place=st.integers(0, 3), quantity=st.integers(1, 4))
    def ship(self, hold_id: HoldId, place: int, quantity: int) -> None:
        if hold_id not in self.held or self.lots[self.lot_at(place)].blocked:
            return
        model, lot_id = self.held[hold_id], self.lot_at(place)
        try:
            service.ship(self.session, hold_id, {lot_id: quantity})
        except HoldEnded:
            assert model.state is not HoldState.COMMITTED
        except NotHeld:
            assert model.packs[lot_id] < quantity
        else:
            assert model.state is HoldState.COMMITTED
            self.lots[lot_id].on_hand -= quantity
            self.take_off(model, lot_id, quantity)

    def take_off(self, model: Held, lot_id: LotId, quantity: int) -> None:
        model.packs[lot_id] -= quantity
        assert model.packs[lot_id] >= 0
        if not +model.packs:
            model.state = HoldState.SHIPPED

    @rule(hold_id=holds, places=st.tuples(st.integers(0, 3), st.integers(0, 3)), quantity=st.integers(1, 4))
    def move(self, hold_id: HoldId, places: tuple[int, int], quantity: int) -> None:
        source, target = (self.lot_at(place) for place in places)
        if (
            hold_id not in self.held
            or self.held[hold_id].state not in {HoldState.ACTIVE, HoldState.COMMITTED}
            or source == target
            or self.lots[target].blocked
            or self.lots[source].offer_id != self.lots[target].offer_id
        ):
            return
        model = self.held[hold_id]
        try:
            service.move_hold(self.session, hold_id, source, target, quantity)
        except NotHeld:
            assert model.packs[source] < quantity
        except OutOfStock:
            assert self.free_on(target) < quantity
        else:
            assert model.packs[source] >= quantity
            assert self.free_on(target) >= quantity
            model.packs[source] -= quantity
            model.packs[target] += quantity

    @rule(place=st.integers(0, 3))
    def block(self, place: int) -> None:
        lot_id = self.lot_at(place)
        service.block_lot(self.session, lot_id, Cause("breach", 3))
        self.lots[lot_id].blocked = True

    @rule(place=st.integers(0, 3))
    def unblock(self, place: int) -> None:
        lot_id = self.lot_at(place)
        service.unblock_lot(self.session, lot_id, Cause("breach", 3))
        self.lots[lot_id].blocked = False

    @rule(minutes=st.integers(1, 45))
    def wait(self, minutes: int) -> None:
        self.clock.advance(timedelta(minutes=minutes))

    @invariant()
    def counts_agree(self) -> None:
        found = queries.lots_by_id(self.session, list(self.lots))
        for lot_id, lot in self.lots.items():
            there = found[lot_id]
            assert (there.on_hand, there.held) == (lot.on_hand, self.held_on(lot_id))
            assert there.available == self.free_on(lot_id)
        for hold_id, model in self.held.items():
            there_hold = queries.get_hold(self.session, hold_id)
            assert packs_of(there_hold) == +model.packs
            assert (there_hold.state is model.state) or not +model.packs
        assert queries.differences(self.session) == []
        self.session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
        self.session.execute(text("SET CONSTRAINTS ALL DEFERRED"))


def packs_of(hold: Hold) -> Counter[LotId]:
    packs: Counter[LotId] = Counter()
    for line in hold.lines:
        packs[line.lot_id] += line.quantity
    return packs


def test_any_life_of_stock_adds_up(session: Session, clock: FixedClock) -> None:
    make_reference(session)
    offers = [make_offer(session, make_variant(session)) for _ in range(2)]
    lots = [make_stock(session, offers[place % 2], quantity) for place, quantity in enumerate((4, 7, 2, 5))]
    session.flush()
    opened = session.connection()

    class FromHere(StockLife):
        connection = opened
        start = {lot.lot_id: (lot.offer_id, lot.on_hand) for lot in lots}  # noqa: RUF012 - read, never changed

    usual = settings()  # the profile's counts: small ones every day, the full ones in the deep run
    run_state_machine_as_test(
        FromHere,
        settings=settings(
            max_examples=max(usual.max_examples // 5, 1),
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
