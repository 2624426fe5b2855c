"""An order from checkout to its end, on real PostgreSQL: what is frozen, what moves, who may open it."""

from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from marketplace.basket import queries as baskets
from marketplace.catalogue import service as shelf
from marketplace.flow import checkout
from marketplace.kernel import ids, journal
from marketplace.kernel.time import FixedClock
from marketplace.orders import queries, service
from marketplace.orders.refusals import EmptyOrder, UnknownOrder, WrongState
from marketplace.orders.types import FulfilmentState, OrderState
from marketplace.orders.work import work_of
from marketplace.parties.types import PartyId, PersonId
from marketplace.stock import queries as stock
from tests.factories.catalogue import make_certificate, make_offer, make_variant
from tests.factories.orders import (
    make_ground,
    make_order,
    make_packed_order,
    make_paid_order,
    make_placed,
    make_sold_offer,
    wish_for,
)
from tests.factories.parties import make_party, make_person
from tests.factories.places import CONGJIANG, FOSHAN, ZHENGAN
from tests.factories.stock import make_stock


@pytest.fixture(autouse=True)
def _ground(session: Session, clock: FixedClock) -> None:
    make_ground(session)


def test_a_line_keeps_what_was_true_when_it_was_ordered(session: Session) -> None:
    cooperative, grower = make_party(session), make_party(session, name="山上果农（演示）")
    offer = make_offer(session, make_variant(session), cooperative, producer_id=grower.id)
    make_stock(session, offer, 20)
    make_certificate(session, cooperative, "zhenpin", (offer.product_id,))
    placed = make_placed(session, offer, quantity=3)
    line = placed.order.lines[0]
    assert line.unit_price_fen == offer.price_fen
    assert line.goods_fen == 3 * offer.price_fen
    assert line.county_code == CONGJIANG
    assert line.prefecture_code == "522600"
    assert line.industry_code == "fruit"
    assert line.cooperative_name == cooperative.name
    assert line.producer_name == grower.name
    assert line.storage_code == "fruit_cold"
    assert line.range_min_milli_c is not None
    assert [proof.scheme_code for proof in line.certificates] == ["zhenpin"]
    shelf.change_price(session, offer.id, offer.price_fen + 100)
    assert queries.get_order(session, placed.order.id).lines[0] == line


def test_the_sums_of_an_order_are_those_of_its_plan(session: Session) -> None:
    first, second = make_sold_offer(session), make_sold_offer(session)
    wish = wish_for(session, [first, second], quantity=2)
    seen = checkout.preview(session, wish.basket, FOSHAN)
    order = checkout.place(session, wish, "sums").order
    assert order.goods_fen == seen.plan.goods_fen == 2 * (first.price_fen + second.price_fen)
    assert order.freight_fen == seen.plan.freight_fen == sum(part.freight_fen for part in order.fulfilments)
    assert order.total_fen == order.goods_fen + order.freight_fen
    assert [part.number for part in order.fulfilments] == [f"{order.number}-1", f"{order.number}-2"]
    assert all(part.reasons for part in order.fulfilments)
    assert ids.is_public_number(order.number)
    assert len({order.token, *(part.label_token for part in order.fulfilments)}) == 3


def test_exactly_the_plans_stock_is_held_first_expired_first(session: Session, clock: FixedClock) -> None:
    offer = make_offer(session)
    later = make_stock(session, offer, 5, expires_on=clock.now().date().replace(month=12, day=30))
    sooner = make_stock(session, offer, 2, expires_on=clock.now().date().replace(month=12, day=20))
    order = make_order(session, offer, quantity=3)
    assert [(pick.lot_id, pick.quantity) for pick in order.lines[0].picks] == [
        (sooner.lot_id, 2),
        (later.lot_id, 1),
    ]
    assert stock.available(session, [offer.id])[offer.id] == 4


def test_the_same_form_sent_twice_places_one_order(session: Session) -> None:
    wish = wish_for(session, [make_sold_offer(session)])
    first = checkout.place(session, wish, "same")
    again = checkout.place(session, wish, "same")
    assert again == first
    assert queries.orders_of_person(session, wish.person_id).total == 1


def test_a_plan_that_changed_is_shown_again_and_not_placed(session: Session) -> None:
    offer = make_sold_offer(session)
    wish = wish_for(session, [offer])
    shelf.change_price(session, offer.id, offer.price_fen + 100)
    with pytest.raises(checkout.PlanChanged):
        checkout.place(session, wish, "changed")
    assert queries.orders_of_person(session, wish.person_id).total == 0


def test_placing_empties_the_basket_and_an_empty_basket_is_no_order(session: Session) -> None:
    wish = wish_for(session, [make_sold_offer(session)])
    checkout.place(session, wish, "first")
    emptied = baskets.get_basket(session, None, wish.person_id)
    assert emptied.lines == ()
    with pytest.raises(EmptyOrder):
        checkout.preview(session, emptied, FOSHAN)


def test_paid_the_plan_becomes_work_for_its_cooperatives(session: Session) -> None:
    order = make_paid_order(session)
    part = order.fulfilments[0]
    assert order.state is OrderState.PAID
    assert order.paid_at is not None
    assert part.state is FulfilmentState.TO_ACCEPT
    listed = queries.fulfilments_of_cooperative(session, part.cooperative_id, FulfilmentState.TO_ACCEPT)
    assert [one.id for one in listed.items] == [part.id]
    work = work_of(session, part.cooperative_id, part.ships_on)[FulfilmentState.TO_ACCEPT]
    assert (work.parts, work.due_parts) == (1, 1)


def test_an_unpaid_plan_is_no_work_yet(session: Session) -> None:
    order = make_order(session)
    assert queries.fulfilments_of_cooperative(session, order.fulfilments[0].cooperative_id).total == 0


def test_an_order_opens_to_nobody_else(session: Session) -> None:
    order = make_order(session)
    assert queries.open_order(session, order.number, person_id=order.person_id).id == order.id
    assert queries.open_order(session, order.number, token=order.token).id == order.id
    for stranger in (
        {"person_id": PersonId(order.person_id + 1)},
        {"token": order.token[:-1]},
        {"unit_ids": [order.fulfilments[0].cooperative_id]},
        {},
    ):
        with pytest.raises(UnknownOrder):
            queries.open_order(session, order.number, **stranger)
    with pytest.raises(UnknownOrder):
        queries.open_order(session, "Q261123-XXXXXXX", person_id=order.person_id)


def test_a_part_travels_forward_only_and_the_order_ends_with_it(session: Session) -> None:
    order = make_packed_order(session)
    part = order.fulfilments[0]
    with pytest.raises(WrongState):
        service.mark_delivered(session, part.id)
    assert service.mark_in_transit(session, part.id).state is FulfilmentState.IN_TRANSIT
    assert service.mark_delivered(session, part.id).state is FulfilmentState.DELIVERED
    late = service.mark_in_transit(session, part.id)
    assert late.state is FulfilmentState.DELIVERED
    assert service.mark_received(session, part.id).state is FulfilmentState.RECEIVED
    assert service.mark_received(session, part.id).received_at is not None
    done = queries.get_order(session, order.id)
    assert done.state is OrderState.COMPLETED
    assert done.completed_at is not None


def test_every_change_leaves_a_line_in_the_journal(session: Session) -> None:
    order = make_packed_order(session)
    part = order.fulfilments[0]
    actions = [entry.action for entry in journal.history(session, "order", order.id)]
    assert actions[::-1][:1] == ["placed"]
    assert {"placed", "payment_opened", "money_applied", "paid"} <= set(actions)
    steps = [entry.action for entry in journal.history(session, "fulfilment", part.id)]
    assert steps[::-1] == ["to_accept", "accepted", "packed"]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE orders_line SET unit_price_fen = 1, goods_fen = quantity",
        "UPDATE orders_line SET county_code = '520324'",
        "UPDATE orders_line SET certificates = '[]'",
        "UPDATE orders_order SET total_fen = total_fen + 1, freight_fen = freight_fen + 1",
        "UPDATE orders_fulfilment SET freight_fen = 0",
        "DELETE FROM orders_line",
        "DELETE FROM orders_order",
    ],
)
def test_the_database_does_not_let_go_of_what_was_agreed(session: Session, statement: str) -> None:
    make_order(session)
    with pytest.raises(DBAPIError, match=r"append-only|violates"), session.begin_nested():
        session.execute(text(statement))


def test_a_page_of_parts_costs_the_same_however_long(session: Session) -> None:
    cooperative = make_party(session, division_code=ZHENGAN)
    offer = make_offer(session, cooperative=cooperative)
    make_stock(session, offer, 50)
    person = make_person(session)
    first = [make_paid_order(session, offer, person=person)]
    few = _statements(session, cooperative.id)
    first += [make_paid_order(session, offer, person=person) for _ in range(6)]
    assert _statements(session, cooperative.id) == few
    page = queries.orders_of_person(session, person.id, page=2, per_page=3)
    assert (page.total, [one.number for one in page.items]) == (7, [one.number for one in first[3:0:-1]])
    assert page.items[0].line_count == 1


def _statements(session: Session, cooperative_id: PartyId) -> int:
    seen: list[str] = []
    engine = session.connection().engine

    def note(*arguments: Any) -> None:
        seen.append(arguments[2])

    event.listen(engine, "before_cursor_execute", note)
    session.expire_all()
    queries.fulfilments_of_cooperative(session, cooperative_id)
    event.remove(engine, "before_cursor_execute", note)
    return len(seen)
