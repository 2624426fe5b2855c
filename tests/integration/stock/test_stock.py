"""Stock through its services: what is held, what leaves, what is refused, and what others are told."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from marketplace.catalogue.types import LotId, Offer
from marketplace.kernel import time
from marketplace.kernel.time import FixedClock
from marketplace.stock import queries, service
from marketplace.stock.refusals import (
    BadQuantity,
    BelowHeld,
    DayFull,
    HoldEnded,
    HoldNotDue,
    LotBlocked,
    NotHeld,
    OutOfStock,
    ProlongedTooOften,
    UnknownHold,
    UnknownLot,
    WrongLot,
)
from marketplace.stock.types import Cause, HoldId, HoldState, LotStock, MovementKind, PackingShare, Wanted
from tests.factories.catalogue import make_offer, make_reference, make_variant
from tests.factories.stock import HARVEST, ORDER, make_hold, make_stock

TODAY = date(2026, 11, 23)


@pytest.fixture(autouse=True)
def sound(session: Session, clock: FixedClock) -> Iterator[None]:
    """After every test all quantities are the sum of movements and holds, and the triggers agree."""
    make_reference(session)
    yield
    assert queries.differences(session) == []
    session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))


@pytest.fixture
def offer(session: Session) -> Offer:
    return make_offer(session)


def in_half_an_hour() -> datetime:
    return time.now() + timedelta(minutes=30)


def wanted(offer: Offer, quantity: int, **more: object) -> Wanted:
    return Wanted(offer_id=offer.id, quantity=quantity, **more)  # type: ignore[arg-type]  # as Wanted checks


def now_of(session: Session, lot: LotStock) -> LotStock:
    return queries.lots_by_id(session, [lot.lot_id])[lot.lot_id]


def crossings(session: Session) -> list[int]:
    """Return the offers that others were told about, in order."""
    session.flush()
    return list(
        session.execute(
            text("SELECT subject_id FROM kernel_change WHERE topic = 'stock' ORDER BY id")
        ).scalars()
    )


def test_what_comes_in_can_be_held(session: Session, offer: Offer) -> None:
    lot = make_stock(session, offer, 10)
    assert (lot.on_hand, lot.held, lot.available) == (10, 0, 10)
    hold = make_hold(session, lot, 4)
    assert (hold.state, hold.cause, hold.prolonged) == (HoldState.ACTIVE, ORDER, 0)
    assert [(line.lot_id, line.quantity) for line in hold.lines] == [(lot.lot_id, 4)]
    after = now_of(session, lot)
    assert (after.on_hand, after.held, after.available) == (10, 4, 6)
    assert queries.available(session, [offer.id]) == {offer.id: 6}


def test_an_offer_without_lots_has_nothing(session: Session, offer: Offer) -> None:
    assert queries.available(session, [offer.id]) == {offer.id: 0}
    with pytest.raises(OutOfStock) as refused:
        service.hold(session, [wanted(offer, 1)], in_half_an_hour(), ORDER)
    assert (refused.value.offer_id, refused.value.available) == (offer.id, 0)


def test_first_expired_goes_out_first(session: Session, offer: Offer) -> None:
    late = make_stock(session, offer, 5, expires_on=TODAY + timedelta(days=20))
    early = make_stock(session, offer, 5, expires_on=TODAY + timedelta(days=5))
    middle = make_stock(session, offer, 5, expires_on=TODAY + timedelta(days=9))
    hold = make_hold(session, late, 7)
    assert {line.lot_id: line.quantity for line in hold.lines} == {early.lot_id: 5, middle.lot_id: 2}


def test_lots_that_expire_on_the_way_do_not_count(session: Session, offer: Offer) -> None:
    make_stock(session, offer, 5, expires_on=TODAY + timedelta(days=2))
    later = make_stock(session, offer, 2, expires_on=TODAY + timedelta(days=9))
    arrival = TODAY + timedelta(days=3)
    with pytest.raises(OutOfStock) as refused:
        service.hold(session, [wanted(offer, 3, fresh_on=arrival)], in_half_an_hour(), ORDER)
    assert refused.value.available == 2
    hold = service.hold(session, [wanted(offer, 2, fresh_on=arrival)], in_half_an_hour(), ORDER)
    assert [line.lot_id for line in hold.lines] == [later.lot_id]


def test_expired_lots_are_not_for_sale(session: Session, offer: Offer, clock: FixedClock) -> None:
    make_stock(session, offer, 5, expires_on=TODAY)
    assert queries.available(session, [offer.id]) == {offer.id: 5}
    clock.advance(timedelta(days=1))
    assert queries.available(session, [offer.id]) == {offer.id: 0}
    assert service.note_expired(session, time.today()) == 1
    assert crossings(session) == [offer.id, offer.id]
    with pytest.raises(OutOfStock):
        service.hold(session, [wanted(offer, 1)], in_half_an_hour(), ORDER)


def test_two_lines_of_one_offer_are_summed(session: Session, offer: Offer) -> None:
    make_stock(session, offer, 5)
    with pytest.raises(OutOfStock) as refused:
        service.hold(session, [wanted(offer, 3), wanted(offer, 3)], in_half_an_hour(), ORDER)
    assert refused.value.available == 5
    hold = service.hold(session, [wanted(offer, 3), wanted(offer, 2)], in_half_an_hour(), ORDER)
    assert sum(line.quantity for line in hold.lines) == 5


def test_all_or_nothing_is_held(session: Session, offer: Offer) -> None:
    full = make_stock(session, offer, 5)
    empty = make_offer(session, make_variant(session))
    with pytest.raises(OutOfStock) as refused, session.begin_nested():
        service.hold(session, [wanted(offer, 1), wanted(empty, 1)], in_half_an_hour(), ORDER)
    assert refused.value.offer_id == empty.id
    assert now_of(session, full).held == 0


@pytest.mark.parametrize("quantity", [0, -1])
def test_quantities_are_positive(session: Session, offer: Offer, quantity: int) -> None:
    lot = make_stock(session, offer, 5)
    with pytest.raises(BadQuantity):
        service.hold(session, [wanted(offer, quantity)], in_half_an_hour(), ORDER)
    with pytest.raises(BadQuantity):
        service.receive(session, lot.lot_id, offer.id, quantity, HARVEST)
    with pytest.raises(BadQuantity):
        service.hold(session, [], in_half_an_hour(), ORDER)


def test_a_lot_comes_in_for_its_own_offer_only(session: Session, offer: Offer) -> None:
    lot = make_stock(session, offer, 5)
    other = make_offer(session, make_variant(session))
    with pytest.raises(WrongLot):
        service.receive(session, lot.lot_id, other.id, 1, HARVEST)
    with pytest.raises(UnknownLot):
        service.receive(session, LotId(999_999), offer.id, 1, HARVEST)


def test_others_are_told_only_when_an_offer_crosses(session: Session, offer: Offer) -> None:
    lot = make_stock(session, offer, 5)
    assert crossings(session) == [offer.id]
    hold = make_hold(session, lot, 4)
    service.receive(session, lot.lot_id, offer.id, 1, HARVEST)
    assert crossings(session) == [offer.id]
    make_hold(session, lot, 2)
    assert crossings(session) == [offer.id] * 2
    service.release(session, hold.id, "cancelled")
    assert crossings(session) == [offer.id] * 3


def test_a_released_hold_gives_everything_back_once(session: Session, offer: Offer) -> None:
    lot = make_stock(session, offer, 5)
    hold = make_hold(session, lot, 4)
    for _ in range(2):
        assert service.release(session, hold.id, "cancelled").state is HoldState.RELEASED
        assert now_of(session, lot).available == 5
    with pytest.raises(HoldEnded):
        service.commit_hold(session, hold.id)


def test_a_part_of_a_hold_can_be_released(session: Session, offer: Offer) -> None:
    lot = make_stock(session, offer, 9)
    hold = service.commit_hold(session, make_hold(session, lot, 5).id)
    left = service.release(session, hold.id, "declined", {lot.lot_id: 2})
    assert left.state is HoldState.COMMITTED
    assert [line.quantity for line in left.lines] == [3]
    with pytest.raises(NotHeld) as refused:
        service.release(session, hold.id, "declined", {lot.lot_id: 4})
    assert refused.value.held == 3
    service.ship(session, hold.id, {lot.lot_id: 1})
    assert service.release(session, hold.id, "short", {lot.lot_id: 2}).state is HoldState.SHIPPED


def test_a_hold_expires_after_its_time_only(session: Session, offer: Offer, clock: FixedClock) -> None:
    lot = make_stock(session, offer, 5)
    hold = make_hold(session, lot, 2)
    with pytest.raises(HoldNotDue):
        service.expire(session, hold.id)
    assert queries.list_due_holds(session, time.now()) == []
    clock.advance(timedelta(minutes=30))
    assert [one.id for one in queries.list_due_holds(session, time.now())] == [hold.id]
    for _ in range(2):
        assert service.expire(session, hold.id).state is HoldState.EXPIRED
    assert now_of(session, lot).available == 5
    assert queries.list_due_holds(session, time.now()) == []


def test_a_paid_hold_does_not_expire(session: Session, offer: Offer, clock: FixedClock) -> None:
    hold = make_hold(session, make_stock(session, offer, 5), 2)
    for _ in range(2):
        assert service.commit_hold(session, hold.id).state is HoldState.COMMITTED
    clock.advance(timedelta(days=3))
    assert queries.list_due_holds(session, time.now()) == []
    with pytest.raises(HoldEnded):
        service.expire(session, hold.id)
    with pytest.raises(HoldEnded):
        service.prolong(session, hold.id, in_half_an_hour())


def test_a_hold_is_prolonged_at_most_twice_and_never_shortened(session: Session, offer: Offer) -> None:
    hold = make_hold(session, make_stock(session, offer, 5), 2)
    longer = hold.expires_at + timedelta(minutes=30)
    assert service.prolong(session, hold.id, longer).expires_at == longer
    assert service.prolong(session, hold.id, hold.expires_at).expires_at == longer
    assert service.prolong(session, hold.id, longer + timedelta(minutes=30)).prolonged == 2
    with pytest.raises(ProlongedTooOften):
        service.prolong(session, hold.id, longer + timedelta(minutes=60))


def test_what_leaves_is_no_longer_on_hand(session: Session, offer: Offer) -> None:
    lot = make_stock(session, offer, 5)
    hold = make_hold(session, lot, 3)
    with pytest.raises(HoldEnded):
        service.ship(session, hold.id, {lot.lot_id: 1})
    service.commit_hold(session, hold.id)
    assert service.ship(session, hold.id, {lot.lot_id: 2}).state is HoldState.COMMITTED
    with pytest.raises(NotHeld):
        service.ship(session, hold.id, {lot.lot_id: 2})
    assert service.ship(session, hold.id, {lot.lot_id: 1}).state is HoldState.SHIPPED
    after = now_of(session, lot)
    assert (after.on_hand, after.held, after.available) == (2, 0, 2)


def test_a_line_can_be_packed_from_another_lot(session: Session, offer: Offer) -> None:
    first = make_stock(session, offer, 5, expires_on=TODAY + timedelta(days=5))
    other = make_stock(session, offer, 3, expires_on=TODAY + timedelta(days=9))
    hold = make_hold(session, first, 4)
    moved = service.move_hold(session, hold.id, first.lot_id, other.lot_id, 3)
    assert {line.lot_id: line.quantity for line in moved.lines} == {first.lot_id: 1, other.lot_id: 3}
    with pytest.raises(OutOfStock):
        service.move_hold(session, hold.id, first.lot_id, other.lot_id, 1)
    back = service.move_hold(session, hold.id, other.lot_id, first.lot_id, 3)
    assert {line.lot_id: line.quantity for line in back.lines} == {first.lot_id: 4}
    with pytest.raises(NotHeld):
        service.move_hold(session, hold.id, other.lot_id, first.lot_id, 1)


def test_a_hold_never_moves_to_other_goods(session: Session, offer: Offer) -> None:
    lot = make_stock(session, offer, 5)
    other = make_stock(session, make_offer(session, make_variant(session)), 5)
    hold = make_hold(session, lot, 2)
    for target in (other.lot_id, lot.lot_id):
        with pytest.raises(WrongLot):
            service.move_hold(session, hold.id, lot.lot_id, target, 1)


def test_a_blocked_lot_is_neither_sold_nor_shipped(session: Session, offer: Offer) -> None:
    lot = make_stock(session, offer, 5)
    spare = make_stock(session, offer, 5, expires_on=TODAY + timedelta(days=300))
    hold = service.commit_hold(session, make_hold(session, lot, 2).id)
    breach = Cause("breach", 7)
    for _ in range(2):
        assert service.block_lot(session, lot.lot_id, breach).available == 0
    assert queries.available(session, [offer.id]) == {offer.id: 5}
    with pytest.raises(LotBlocked):
        service.ship(session, hold.id, {lot.lot_id: 1})
    with pytest.raises(LotBlocked):
        service.move_hold(session, make_hold(session, spare, 1).id, spare.lot_id, lot.lot_id, 1)
    service.release(session, hold.id, "recalled", {lot.lot_id: 1})
    assert now_of(session, lot).available == 0
    service.move_hold(session, hold.id, lot.lot_id, spare.lot_id, 1)
    service.unblock_lot(session, lot.lot_id, breach)
    assert now_of(session, lot).available == 5
    kinds = [movement.kind for movement in queries.movements(session, lot.lot_id)]
    assert kinds.count(MovementKind.BLOCKED) == kinds.count(MovementKind.UNBLOCKED) == 1


def test_blocking_the_last_lot_sells_the_offer_out(session: Session, offer: Offer) -> None:
    lot = make_stock(session, offer, 5)
    service.block_lot(session, lot.lot_id, Cause("breach", 7))
    service.unblock_lot(session, lot.lot_id, Cause("breach", 7))
    assert crossings(session) == [offer.id] * 3


def test_stock_taking_corrects_what_is_not_promised(session: Session, offer: Offer) -> None:
    lot = make_stock(session, offer, 5)
    make_hold(session, lot, 3)
    with pytest.raises(BelowHeld) as refused:
        service.correct(session, lot.lot_id, -3, Cause("stock_taking", 1))
    assert refused.value.held == 3
    assert service.correct(session, lot.lot_id, -2, Cause("stock_taking", 1)).on_hand == 3
    assert service.correct(session, lot.lot_id, 4, Cause("stock_taking", 2)).on_hand == 7
    with pytest.raises(UnknownLot):
        service.correct(session, LotId(999_999), 1, Cause("stock_taking", 3))


def test_packing_days_are_promised_and_given_back(session: Session, offer: Offer) -> None:
    make_stock(session, offer, 50)
    day, next_day = TODAY + timedelta(days=1), TODAY + timedelta(days=2)

    def packed(*shares: tuple[date, int]) -> Wanted:
        return wanted(
            offer,
            sum(quantity for _, quantity in shares),
            packing=tuple(PackingShare(packs_on=on, quantity=n, capacity=8) for on, n in shares),
        )

    first = service.hold(session, [packed((day, 8), (next_day, 2))], in_half_an_hour(), ORDER)
    assert queries.supply(session, [offer.id], TODAY)[offer.id].taken == {day: 8, next_day: 2}
    with pytest.raises(DayFull) as refused, session.begin_nested():
        service.hold(session, [packed((next_day, 7))], in_half_an_hour(), ORDER)
    assert refused.value.day == next_day
    with pytest.raises(DayFull), session.begin_nested():
        service.hold(session, [packed((next_day, 9))], in_half_an_hour(), ORDER)
    lot_id = first.lines[0].lot_id
    service.release(session, first.id, "short", {lot_id: 3})
    assert queries.supply(session, [offer.id], TODAY)[offer.id].taken == {day: 7}
    service.release(session, first.id, "cancelled")
    assert queries.supply(session, [offer.id], TODAY)[offer.id].taken == {}


def test_supply_tells_packs_by_last_day(session: Session, offer: Offer) -> None:
    soon, later = TODAY + timedelta(days=3), TODAY + timedelta(days=8)
    for quantity, day in ((2, later), (3, soon), (4, later)):
        make_stock(session, offer, quantity, expires_on=day)
    supply = queries.supply(session, [offer.id], TODAY)[offer.id]
    assert [(lot.expires_on, lot.available) for lot in supply.lots] == [(soon, 3), (later, 6)]
    assert supply.available == 9
    assert queries.supply(session, [offer.id], soon + timedelta(days=1))[offer.id].available == 6
    assert queries.supply(session, [], TODAY) == {}


def test_movements_tell_how_it_came_about(session: Session, offer: Offer) -> None:
    lot = make_stock(session, offer, 5)
    hold = service.commit_hold(session, make_hold(session, lot, 2).id)
    service.ship(session, hold.id, {lot.lot_id: 2})
    told = [
        (one.kind, one.on_hand_change, one.held_change, one.cause.type)
        for one in queries.movements(session, lot.lot_id)
    ]
    assert told == [
        (MovementKind.SHIPPED, -2, -2, "order"),
        (MovementKind.HELD, 0, 2, "order"),
        (MovementKind.RECEIVED, 5, 0, "harvest"),
    ]
    assert [one.id for one in queries.holds_of(session, "order", ORDER.id)] == [hold.id]
    assert queries.get_hold(session, hold.id).lines == ()
    with pytest.raises(UnknownHold):
        queries.get_hold(session, HoldId(999_999))


def test_the_database_refuses_to_hold_more_than_there_is(session: Session, offer: Offer) -> None:
    lot = make_stock(session, offer, 5)
    for change in ("held = 6", "held = -1", "on_hand = -1"):
        with pytest.raises(IntegrityError), session.begin_nested():
            session.execute(
                text(f"UPDATE stock_lot SET {change} WHERE lot_id = :lot").bindparams(lot=lot.lot_id)
            )


def test_the_database_refuses_a_held_count_without_a_hold(session: Session, offer: Offer) -> None:
    lot = make_stock(session, offer, 5)
    change = text("UPDATE stock_lot SET held = 1 WHERE lot_id = :lot").bindparams(lot=lot.lot_id)
    nested = session.begin_nested()
    session.execute(change)
    with pytest.raises(IntegrityError, match="holds what no order holds"):
        session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    nested.rollback()


@pytest.mark.parametrize(
    "statement",
    ["UPDATE stock_movement SET held_change = 9", "DELETE FROM stock_movement", "TRUNCATE stock_movement"],
)
def test_movements_are_never_changed(session: Session, offer: Offer, statement: str) -> None:
    make_stock(session, offer, 5)
    with pytest.raises(DBAPIError), session.begin_nested():
        session.execute(text(statement))


def test_a_difference_is_found(session: Session, offer: Offer) -> None:
    lot = make_stock(session, offer, 5)
    session.execute(text("UPDATE stock_lot SET on_hand = 4 WHERE lot_id = :lot").bindparams(lot=lot.lot_id))
    found = queries.differences(session)
    assert [(one.lot_id, one.on_hand, one.on_hand_moved) for one in found] == [(lot.lot_id, 4, 5)]
    session.execute(text("UPDATE stock_lot SET on_hand = 5 WHERE lot_id = :lot").bindparams(lot=lot.lot_id))


def test_many_lots_come_in_and_are_counted_at_once_or_not_at_all(session: Session, offer: Offer) -> None:
    held, other = make_stock(session, offer, 10), make_stock(session, make_offer(session), 4)
    make_hold(session, held, 6)
    service.receive_many(session, {held.lot_id: 5, other.lot_id: 1}, HARVEST)
    service.correct_many(session, {held.lot_id: 9, other.lot_id: 5}, HARVEST)
    assert [now_of(session, one).on_hand for one in (held, other)] == [9, 5]
    kinds = [one.kind for one in queries.movements(session, other.lot_id)]
    assert kinds.count(MovementKind.CORRECTED) == 0  # what was found is what was written
    refused = (
        (BadQuantity, lambda: service.receive_many(session, {other.lot_id: 3, held.lot_id: 0}, HARVEST)),
        (UnknownLot, lambda: service.receive_many(session, {other.lot_id: 3, LotId(10**9): 1}, HARVEST)),
        (BelowHeld, lambda: service.correct_many(session, {other.lot_id: 1, held.lot_id: 5}, HARVEST)),
        (UnknownLot, lambda: service.correct_many(session, {other.lot_id: 1, LotId(10**9): 1}, HARVEST)),
    )
    for reason, use_case in refused:
        with pytest.raises(reason):
            use_case()
    assert [now_of(session, one).on_hand for one in (held, other)] == [9, 5]
