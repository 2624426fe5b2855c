from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from marketplace.assistance import queries as record
from marketplace.assistance.types import Dimension, Stage
from marketplace.assistance.verification import verify
from marketplace.catalogue.types import Offer
from marketplace.custody.types import CustodyEvidence, Holder, HolderKind
from marketplace.flow import accept_order, complete, share_order
from marketplace.jobs.registry import all_jobs
from marketplace.kernel.message import Name
from marketplace.kernel.time import FixedClock, business_day
from marketplace.orders import queries as order_queries
from marketplace.orders import service as orders
from marketplace.orders.refusals import UnknownFulfilment, WrongState
from marketplace.orders.types import FulfilmentState, Order, OrderState
from marketplace.places import queries as places
from marketplace.places import service as pairings
from marketplace.reviews.refusals import NotYetReceived
from marketplace.settlement import queries as ledger
from marketplace.settlement.types import BUYER_CLEARING
from marketplace.settlement.verification import verify as verify_ledger
from tests.factories.assistance import THIS_YEAR, give_back, stages_of
from tests.factories.catalogue import make_product, make_variant
from tests.factories.custody import make_carrier, make_loads, pass_on
from tests.factories.orders import make_ground, make_packed_order, make_paid_order, make_sold_offer, pack_part
from tests.factories.parties import make_party, make_person
from tests.factories.places import HONG_KONG

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def ground(session: Session) -> Session:
    make_ground(session)
    return session


def on_the_way(session: Session, order: Order) -> Order:
    for part in order.fulfilments:
        if part.state is FulfilmentState.PACKED:
            orders.mark_in_transit(session, part.id)
    return order_queries.get_order(session, order.id)


def delivered(session: Session, order: Order) -> Order:
    for part in on_the_way(session, order).fulfilments:
        orders.mark_delivered(session, part.id)
    return order_queries.get_order(session, order.id)


def two_parts(session: Session) -> Order:
    offers = [make_sold_offer(session, cooperative=make_party(session)) for _ in range(2)]
    order = make_paid_order(session, *offers, quantity=2)
    assert len(order.fulfilments) == 2
    return order


def tea_offer(session: Session) -> Offer:
    """Offer goods that need no cold and so travel apart from fruit."""
    tea = make_product(
        session,
        storage_code="dry_ambient",
        range=None,
        excursion_lower_milli_c=None,
        excursion_upper_milli_c=None,
    )
    return make_sold_offer(session, variant=make_variant(session, tea))


def packed(session: Session, order: Order) -> Order:
    for part in order.fulfilments:
        pack_part(session, part)
    return order_queries.get_order(session, order.id)


def test_the_buyers_word_completes_and_counts(ground: Session) -> None:
    order = on_the_way(ground, make_packed_order(ground, quantity=2))
    done = complete.confirm_receipt(ground, order.id)
    assert done.state is OrderState.COMPLETED
    assert stages_of(ground) == (order.goods_fen,) * 3
    assert ledger.balance(ground, BUYER_CLEARING) == 0
    sold = ground.execute(text("SELECT product_id, packs FROM search_sale")).all()
    assert [tuple(row) for row in sold] == [(order.lines[0].product_id, 2)]
    assert verify(ground) == []
    assert verify_ledger(ground) == []


def test_said_twice_it_happens_once(ground: Session) -> None:
    order = on_the_way(ground, make_packed_order(ground))
    complete.confirm_receipt(ground, order.id)
    complete.confirm_receipt(ground, order.id)
    complete.confirm_receipt(ground, order.id, [order.fulfilments[0].id])
    assert stages_of(ground)[2] == order.goods_fen
    assert ground.scalar(text("SELECT sum(packs) FROM search_sale")) == 1


def test_an_order_waits_for_its_last_parcel(ground: Session) -> None:
    both = make_paid_order(ground, make_sold_offer(ground), tea_offer(ground))
    order = on_the_way(ground, packed(ground, both))
    first, second = order.fulfilments
    assert first.shipment_no != second.shipment_no
    half = complete.confirm_receipt(ground, order.id, [first.id])
    assert half.state is OrderState.PAID
    assert stages_of(ground)[2] == 0
    assert ledger.balance(ground, BUYER_CLEARING) == -(second.goods_fen + second.freight_fen)
    assert complete.confirm_receipt(ground, order.id).state is OrderState.COMPLETED
    assert stages_of(ground)[2] == order.goods_fen


def test_parts_of_one_parcel_arrive_together(ground: Session) -> None:
    order = on_the_way(ground, packed(ground, two_parts(ground)))
    first, second = order.fulfilments
    assert first.shipment_no == second.shipment_no
    assert complete.confirm_receipt(ground, order.id, [first.id]).state is OrderState.COMPLETED


def test_a_declined_part_lets_the_rest_complete(ground: Session) -> None:
    order = two_parts(ground)
    first, second = order.fulfilments
    pack_part(ground, first)
    orders.mark_in_transit(ground, first.id)
    complete.confirm_receipt(ground, order.id, [first.id])
    assert order_queries.get_order(ground, order.id).state is OrderState.PAID
    accept_order.decline(ground, [second.cooperative_id], second.id, reason="天气")
    assert order_queries.get_order(ground, order.id).state is OrderState.COMPLETED
    assert stages_of(ground) == (first.goods_fen,) * 3
    assert verify(ground) == []
    assert verify_ledger(ground) == []


def test_what_has_not_left_cannot_be_received(ground: Session) -> None:
    order = make_packed_order(ground)
    with pytest.raises(WrongState):
        complete.confirm_receipt(ground, order.id, [order.fulfilments[0].id])
    stranger = on_the_way(ground, make_packed_order(ground))
    with pytest.raises(UnknownFulfilment):
        complete.confirm_receipt(ground, order.id, [stranger.fulfilments[0].id])


def test_silence_means_yes_after_the_days_of_the_storage_class(ground: Session, clock: FixedClock) -> None:
    chilled = delivered(ground, make_packed_order(ground))
    ambient = delivered(ground, make_packed_order(ground, tea_offer(ground)))
    assert complete.due_for_confirmation(ground) == []
    clock.advance(timedelta(days=2, minutes=1))
    assert complete.due_for_confirmation(ground) == [chilled.fulfilments[0].id]
    assert complete.confirm_by_time(ground, chilled.fulfilments[0].id)
    assert not complete.confirm_by_time(ground, chilled.fulfilments[0].id)
    assert not complete.confirm_by_time(ground, ambient.fulfilments[0].id)
    clock.advance(timedelta(days=5))
    assert complete.due_for_confirmation(ground) == [ambient.fulfilments[0].id]
    assert complete.confirm_by_time(ground, ambient.fulfilments[0].id)
    assert stages_of(ground)[2] == chilled.goods_fen + ambient.goods_fen
    assert verify(ground) == []


def test_the_jobs_have_their_names() -> None:
    names = all_jobs()
    assert names["assistance.fold"].every_seconds == 1
    assert names["settlement.fold"].every_seconds == 1
    assert {"assistance.restate", "completion.confirm_due"} <= names.keys()


def test_a_picture_is_shared_only_after_receipt(ground: Session) -> None:
    order = on_the_way(ground, make_packed_order(ground))
    with pytest.raises(NotYetReceived):
        share_order.share(ground, order)
    done = complete.confirm_receipt(ground, order.id)
    shared = share_order.share(ground, done)
    assert shared.total_fen == order.goods_fen
    assert len(shared.lines) == 1


def test_the_picture_is_honest(ground: Session) -> None:
    outside = make_product(ground, county_code="520123")
    offer = make_sold_offer(ground, variant=make_variant(ground, outside))
    order = on_the_way(ground, make_packed_order(ground, offer))
    shared = share_order.share(ground, complete.confirm_receipt(ground, order.id))
    assert not shared.lines[0].counts
    assert str(shared.lines[0].where.template) == "%(county)s与收货城市没有结对，不计入结对帮扶"
    assert "¥" in str(shared.title)


def test_what_goes_to_hong_kong_is_said_so(ground: Session) -> None:
    offer = make_sold_offer(ground, serves_hong_kong_macao=True)
    order = on_the_way(ground, make_packed_order(ground, offer, destination=HONG_KONG))
    shared = share_order.share(ground, complete.confirm_receipt(ground, order.id))
    assert "港澳" in str(shared.lines[0].where)
    entries = record.entries_of_order(ground, order.id)
    assert {one.pairing_state for one in entries if one.stage is Stage.COMPLETED} == {"hk_macao"}


def test_what_came_back_is_not_on_the_picture(ground: Session) -> None:
    order = on_the_way(ground, make_packed_order(ground, quantity=2))
    done = complete.confirm_receipt(ground, order.id)
    give_back(ground, done)
    assert share_order.share(ground, done).total_fen == order.lines[0].unit_price_fen


def test_completed_lines_stand_by_the_custody_of_their_journey(ground: Session) -> None:
    order, loads = make_loads(ground)
    pass_on(ground, loads[0], make_carrier(ground))
    pass_on(ground, loads[0], Holder(kind=HolderKind.BUYER))
    complete.confirm_receipt(ground, order.id)
    entries = record.entries_of_order(ground, order.id)
    assert {one.stage: one.evidence for one in entries} == {
        Stage.ORDERED: CustodyEvidence.NONE,
        Stage.PAID: CustodyEvidence.NONE,
        Stage.COMPLETED: CustodyEvidence.DOUBLE_SIGNED,
    }
    total = record.totals(ground, Dimension.COUNTY, THIS_YEAR).total
    assert total.by_evidence[CustodyEvidence.DOUBLE_SIGNED] == total.completed_fen == order.goods_fen


def test_goods_that_only_the_buyer_vouches_for_are_said_to_be_so(ground: Session) -> None:
    order = on_the_way(ground, make_packed_order(ground))
    complete.confirm_receipt(ground, order.id)
    entries = record.entries_of_order(ground, order.id)
    evidence = {one.evidence for one in entries if one.stage is Stage.COMPLETED}
    assert evidence == {CustodyEvidence.RECEIPT_ONLY}


def test_the_sentence_of_the_picture(ground: Session, clock: FixedClock) -> None:
    for pairing in places.list_pairings(ground, on=business_day(clock.now())):
        if pairing.code == "440600_522600":
            pairings.confirm_pairing(ground, pairing.id, make_person(ground).id)
    rice = make_product(ground, name=Name("从江香禾糯", "從江香禾糯", "Congjiang fragrant rice"))
    variant = make_variant(ground, rice, price_low_fen=8600, price_high_fen=8600)
    order = on_the_way(ground, make_packed_order(ground, make_sold_offer(ground, variant=variant)))
    shared = share_order.share(ground, complete.confirm_receipt(ground, order.id))
    assert str(shared.title) == "你这一单：从江香禾糯 ¥86，计入佛山—黔东南消费帮扶"
    assert shared.lines[0].counts
