"""The cooperative's side: twenty parts at once, lots proposed or found, declines that give money back."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from marketplace.custody import queries as custody
from marketplace.flow import accept_order
from marketplace.kernel import time
from marketplace.kernel.time import FixedClock
from marketplace.orders import queries
from marketplace.orders.refusals import UnknownFulfilment, WrongPick, WrongState
from marketplace.orders.types import FulfilmentState, OrderState, Pick
from marketplace.payment import queries as payments
from marketplace.stock import queries as stock
from marketplace.stock.refusals import OutOfStock
from tests.factories.catalogue import make_offer
from tests.factories.orders import make_ground, make_order, make_paid_order, make_sold_offer
from tests.factories.parties import make_party
from tests.factories.stock import make_stock


@pytest.fixture(autouse=True)
def _ground(session: Session, clock: FixedClock) -> None:
    make_ground(session)


def test_twenty_parts_are_accepted_and_packed_in_two_taps(session: Session) -> None:
    cooperative = make_party(session)
    offer = make_offer(session, cooperative=cooperative)
    lot = make_stock(session, offer, 30)
    parts = [make_paid_order(session, offer).fulfilments[0] for _ in range(20)]
    ids = [part.id for part in parts]
    accepted = accept_order.accept(session, [cooperative.id], ids)
    assert {part.state for part in accepted} == {FulfilmentState.ACCEPTED}
    packed = accept_order.pack(session, [cooperative.id], ids)
    assert {part.state for part in packed} == {FulfilmentState.PACKED}
    assert stock.lots_by_id(session, [lot.lot_id])[lot.lot_id].on_hand == 10
    assert stock.available(session, [offer.id])[offer.id] == 10


def test_a_packed_part_is_a_consignment_under_its_label(session: Session) -> None:
    part = make_paid_order(session, quantity=2).fulfilments[0]
    accept_order.accept(session, [part.cooperative_id], [part.id])
    packed = accept_order.pack(session, [part.cooperative_id], [part.id])[0]
    load = custody.consignment_by_token(session, packed.label_token)
    assert load.fulfilment_id == part.id
    assert sum(content.quantity for content in load.contents) == 2
    limits = load.contents[0].limits
    assert limits is not None
    assert limits.range.min_milli_c == part.lines[0].range_min_milli_c


def test_another_lot_than_proposed_can_be_taken(session: Session) -> None:
    offer = make_offer(session)
    today = time.today()
    proposed = make_stock(session, offer, 5, expires_on=today + timedelta(days=20))
    found = make_stock(session, offer, 5, expires_on=today + timedelta(days=30))
    part = make_paid_order(session, offer, quantity=3).fulfilments[0]
    line = part.lines[0]
    assert line.picks == (Pick(lot_id=proposed.lot_id, quantity=3),)
    taken = (Pick(lot_id=proposed.lot_id, quantity=1), Pick(lot_id=found.lot_id, quantity=2))
    accept_order.accept(session, [part.cooperative_id], [part.id])
    packed = accept_order.pack(session, [part.cooperative_id], [part.id], {line.id: taken})[0]
    assert packed.lines[0].picks == taken
    lots = stock.lots_by_id(session, [proposed.lot_id, found.lot_id])
    assert [(lots[one].on_hand, lots[one].held) for one in (proposed.lot_id, found.lot_id)] == [
        (4, 0),
        (3, 0),
    ]


def test_a_pick_must_add_up_and_its_lot_must_have_the_packs(session: Session) -> None:
    offer = make_offer(session)
    first, second = make_stock(session, offer, 5), make_stock(session, offer, 1)
    part = make_paid_order(session, offer, quantity=3).fulfilments[0]
    mine, line = [part.cooperative_id], part.lines[0]
    accept_order.accept(session, mine, [part.id])
    with pytest.raises(WrongPick):
        accept_order.pack(session, mine, [part.id], {line.id: (Pick(lot_id=first.lot_id, quantity=2),)})
    with pytest.raises(OutOfStock), session.begin_nested():
        accept_order.pack(session, mine, [part.id], {line.id: (Pick(lot_id=second.lot_id, quantity=3),)})


def test_somebody_elses_part_does_not_exist(session: Session) -> None:
    part = make_paid_order(session).fulfilments[0]
    stranger = make_party(session)
    for act in (
        lambda: accept_order.accept(session, [stranger.id], [part.id]),
        lambda: accept_order.pack(session, [stranger.id], [part.id]),
        lambda: accept_order.decline(session, [stranger.id], part.id, reason="no"),
    ):
        with pytest.raises(UnknownFulfilment):
            act()
    assert queries.get_fulfilment(session, part.id).state is FulfilmentState.TO_ACCEPT


def test_nothing_is_packed_before_it_is_accepted_or_accepted_before_it_is_paid(session: Session) -> None:
    paid = make_paid_order(session).fulfilments[0]
    with pytest.raises(WrongState), session.begin_nested():
        accept_order.pack(session, [paid.cooperative_id], [paid.id])
    unpaid = make_order(session).fulfilments[0]
    with pytest.raises(WrongState):
        accept_order.accept(session, [unpaid.cooperative_id], [unpaid.id])


def test_a_declined_part_frees_its_goods_and_gives_its_money_back(session: Session) -> None:
    kept, declined = make_sold_offer(session, 10), make_sold_offer(session, 10)
    order = make_paid_order(session, kept, declined, quantity=2)
    part = next(one for one in order.fulfilments if one.lines[0].offer_id == declined.id)
    told = accept_order.decline(session, [part.cooperative_id], part.id, reason="霜冻减产（演示）")
    assert told.state is FulfilmentState.DECLINED
    assert told.decline_reason == "霜冻减产（演示）"
    assert stock.available(session, [kept.id, declined.id]) == {kept.id: 8, declined.id: 10}
    refund = payments.refunds_of_order(session, order.id)[0]
    assert refund.amount_fen == part.goods_fen + part.freight_fen
    assert refund.freight_fen == part.freight_fen
    assert queries.get_order(session, order.id).state is OrderState.PAID


def test_an_order_of_which_every_part_is_declined_is_off(session: Session) -> None:
    order = make_paid_order(session)
    part = order.fulfilments[0]
    accept_order.accept(session, [part.cooperative_id], [part.id])
    accept_order.decline(session, [part.cooperative_id], part.id, reason="short")
    ended = queries.get_order(session, order.id)
    assert ended.state is OrderState.CANCELLED
    assert ended.refunded_fen == order.total_fen
