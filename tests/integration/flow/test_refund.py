"""Money back by line and quantity, freight apart; the books turn in their own month; nothing twice."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.assistance.models import EntryRow
from marketplace.assistance.verification import verify
from marketplace.flow.refund import RefundWish, everything_left, refund, settle_refund
from marketplace.kernel.refusals import Conflict
from marketplace.kernel.time import FixedClock
from marketplace.orders import queries
from marketplace.orders.refusals import NothingToRefund, RefundTooLarge
from marketplace.orders.types import FulfilmentState, OrderState
from marketplace.payment import queries as payments
from marketplace.payment import service as payment
from marketplace.payment.refusals import NothingCaptured
from marketplace.payment.types import RefundAnswer, RefundState
from marketplace.settlement import queries as ledger
from marketplace.settlement.types import REFUND_DUE
from marketplace.stock import queries as stock
from tests.factories.orders import (
    make_ground,
    make_order,
    make_packed_order,
    make_paid_order,
    make_sold_offer,
)


@pytest.fixture(autouse=True)
def _ground(session: Session, clock: FixedClock) -> None:
    make_ground(session)


def test_part_of_a_line_comes_back_and_its_packs_return_to_the_shelf(session: Session) -> None:
    offer = make_sold_offer(session, 10)
    order = make_paid_order(session, offer, quantity=3)
    line = order.lines[0]
    made = refund(session, order.id, RefundWish(quantities={line.id: 1}, reason="bruised"), "one")
    assert (made.amount_fen, made.freight_fen, made.state) == (offer.price_fen, 0, RefundState.PENDING)
    now = queries.get_order(session, order.id)
    assert now.lines[0].refunded_quantity == 1
    assert sum(pick.quantity for pick in now.lines[0].picks) == 2
    assert stock.available(session, [offer.id])[offer.id] == 8
    assert now.state is OrderState.PAID


def test_freight_comes_back_apart(session: Session) -> None:
    order = make_paid_order(session)
    part = order.fulfilments[0]
    made = refund(
        session, order.id, RefundWish(quantities={}, freight={part.id: part.freight_fen}, reason="late"), "f"
    )
    assert made.amount_fen == made.freight_fen == part.freight_fen
    assert queries.get_order(session, order.id).refunded_freight_fen == part.freight_fen
    with pytest.raises(RefundTooLarge):
        refund(session, order.id, RefundWish(quantities={}, freight={part.id: 1}, reason="late"), "g")


def test_the_same_request_twice_is_one_refund_and_a_key_is_for_one_request(session: Session) -> None:
    order = make_paid_order(session, quantity=2)
    wish = RefundWish(quantities={order.lines[0].id: 1}, reason="bruised")
    assert refund(session, order.id, wish, "k").id == refund(session, order.id, wish, "k").id
    assert len(payments.refunds_of_order(session, order.id)) == 1
    with pytest.raises(Conflict):
        refund(session, order.id, RefundWish(quantities={order.lines[0].id: 2}, reason="bruised"), "k")


@pytest.mark.parametrize("quantity", [4, 0, -1])
def test_more_than_was_bought_or_nothing_at_all_is_refused(session: Session, quantity: int) -> None:
    order = make_paid_order(session, quantity=3)
    with pytest.raises(RefundTooLarge), session.begin_nested():
        refund(session, order.id, RefundWish(quantities={order.lines[0].id: quantity}, reason="x"), "k")
    assert payments.refunds_of_order(session, order.id) == []


def test_a_line_of_another_order_is_refused(session: Session) -> None:
    order, other = make_paid_order(session), make_paid_order(session)
    with pytest.raises(RefundTooLarge):
        refund(session, order.id, RefundWish(quantities={other.lines[0].id: 1}, reason="x"), "k")


def test_an_empty_wish_and_an_unpaid_order_are_refused(session: Session) -> None:
    with pytest.raises(NothingToRefund):
        refund(session, make_paid_order(session).id, RefundWish(quantities={}, reason="x"), "k")
    unpaid = make_order(session)
    with pytest.raises(NothingCaptured):
        refund(session, unpaid.id, RefundWish(quantities={unpaid.lines[0].id: 1}, reason="x"), "k")


def test_everything_back_before_packing_ends_the_order(session: Session) -> None:
    order = make_paid_order(session)
    refund(session, order.id, everything_left(order, reason="changed_mind"), "all")
    ended = queries.get_order(session, order.id)
    assert ended.state is OrderState.CANCELLED
    assert [part.state for part in ended.fulfilments] == [FulfilmentState.CANCELLED]
    assert ended.refunded_fen == order.total_fen


def test_goods_that_were_packed_do_not_return_to_the_shelf(session: Session) -> None:
    offer = make_sold_offer(session, 10)
    order = make_packed_order(session, offer, quantity=2)
    refund(session, order.id, RefundWish(quantities={order.lines[0].id: 2}, reason="spoiled"), "k")
    now = queries.get_order(session, order.id)
    assert now.fulfilments[0].state is FulfilmentState.PACKED
    assert sum(pick.quantity for pick in now.lines[0].picks) == 2
    assert stock.available(session, [offer.id])[offer.id] == 8


def test_the_count_turns_in_the_month_of_the_refund(session: Session, clock: FixedClock) -> None:
    order = make_paid_order(session, quantity=2)
    clock.advance(timedelta(days=20))
    refund(session, order.id, RefundWish(quantities={order.lines[0].id: 1}, reason="bruised"), "k")
    entries = session.scalars(
        select(EntryRow).where(EntryRow.order_line_id == order.lines[0].id).order_by(EntryRow.id)
    ).all()
    price = order.lines[0].unit_price_fen
    assert sorted((row.stage, row.month.month, row.amount_fen) for row in entries) == [
        ("ordered", 11, 2 * price),
        ("ordered", 12, -price),
        ("paid", 11, 2 * price),
        ("paid", 12, -price),
    ]
    assert verify(session) == []


def test_a_refund_is_owed_until_the_processor_says_it_is_paid(session: Session) -> None:
    order = make_paid_order(session)
    made = refund(session, order.id, RefundWish(quantities={order.lines[0].id: 1}, reason="bruised"), "k")
    assert ledger.balance(session, REFUND_DUE) == -made.amount_fen
    pending = RefundAnswer(reference="re_1", state=RefundState.PENDING)
    settle_refund(session, made.id, pending)
    assert payments.get_refund(session, made.id).reference == "re_1"
    assert ledger.balance(session, REFUND_DUE) == -made.amount_fen
    done = RefundAnswer(reference="re_1", state=RefundState.SUCCEEDED)
    settle_refund(session, made.id, done)
    settle_refund(session, made.id, done)
    settle_refund(session, made.id, pending)
    assert payments.get_refund(session, made.id).state is RefundState.SUCCEEDED
    assert ledger.balance(session, REFUND_DUE) == 0


def test_a_bounced_refund_is_owed_again_and_sent_again_by_a_person(session: Session) -> None:
    order = make_paid_order(session)
    made = refund(session, order.id, RefundWish(quantities={order.lines[0].id: 1}, reason="bruised"), "k")
    settle_refund(session, made.id, RefundAnswer(reference="re_1", state=RefundState.SUCCEEDED))
    bounced = RefundAnswer(reference="re_1", state=RefundState.FAILED, failure="expired_or_canceled_card")
    settle_refund(session, made.id, bounced)
    waiting = payments.list_refunds(session, RefundState.FAILED)
    assert [(one.id, one.failure) for one in waiting.items] == [(made.id, "expired_or_canceled_card")]
    assert ledger.balance(session, REFUND_DUE) == -made.amount_fen
    again = payment.retry_refund(session, made.id)
    assert (again.state, again.reference) == (RefundState.PENDING, None)
    assert again.idempotency_key != made.idempotency_key
    settle_refund(session, made.id, RefundAnswer(reference="re_2", state=RefundState.SUCCEEDED))
    assert ledger.balance(session, REFUND_DUE) == 0
