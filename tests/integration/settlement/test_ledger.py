from datetime import date, timedelta

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from marketplace.flow import refund as refunds
from marketplace.kernel import unit_of_work
from marketplace.kernel.time import FixedClock
from marketplace.orders import queries as order_queries
from marketplace.payment.types import RefundAnswer, RefundState
from marketplace.settlement import queries, service
from marketplace.settlement.refusals import NothingReceived, Unbalanced
from marketplace.settlement.types import (
    BUYER_CLEARING,
    FREIGHT_REVENUE,
    REFUND_DUE,
    ROUNDING,
    Posting,
    Source,
    cooperative_payable,
    processor_clearing,
)
from marketplace.settlement.verification import verify
from tests.factories.assistance import complete_by_hand, give_back
from tests.factories.orders import make_ground, make_order, make_packed_order, make_paid_order

pytestmark = pytest.mark.usefixtures("clock")
SANDBOX = processor_clearing("sandbox")


@pytest.fixture
def ground(session: Session) -> Session:
    make_ground(session)
    return session


def two(amount_fen: int) -> list[Posting]:
    return [
        Posting(account=BUYER_CLEARING, amount_fen=amount_fen),
        Posting(account=ROUNDING, amount_fen=-amount_fen),
    ]


def test_money_is_the_buyers_until_the_goods_are_there(ground: Session) -> None:
    order = make_packed_order(ground)
    assert queries.balance(ground, SANDBOX) == order.total_fen
    assert queries.balance(ground, BUYER_CLEARING) == -order.total_fen
    complete_by_hand(ground, order)
    part = order.fulfilments[0]
    assert queries.balance(ground, BUYER_CLEARING) == 0
    assert queries.balance(ground, cooperative_payable(part.cooperative_id)) == -order.goods_fen
    assert queries.balance(ground, FREIGHT_REVENUE) == -order.freight_fen
    assert verify(ground) == []


def test_every_account_together_is_nothing(ground: Session) -> None:
    order = complete_by_hand(ground, make_packed_order(ground, quantity=2))
    make_paid_order(ground)
    give_back(ground, order)
    assert sum(queries.balances(ground).values()) == 0
    service.fold(ground)
    assert sum(queries.balances(ground).values()) == 0


def test_the_same_cause_is_posted_once(ground: Session) -> None:
    order = make_paid_order(ground)
    assert service.post_payment(ground, order) is None
    assert queries.balance(ground, SANDBOX) == order.total_fen


def test_nothing_is_posted_for_an_order_without_money(ground: Session) -> None:
    with pytest.raises(NothingReceived):
        service.post_payment(ground, make_order(ground))


def test_a_refund_before_receipt_comes_out_of_clearing(ground: Session) -> None:
    order = make_paid_order(ground, quantity=3)
    promised = give_back(ground, order)
    assert queries.balance(ground, REFUND_DUE) == -promised.amount_fen
    assert queries.balance(ground, BUYER_CLEARING) == -order.total_fen + promised.amount_fen
    refunds.settle_refund(
        ground, promised.id, RefundAnswer(reference="re_demo_1", state=RefundState.SUCCEEDED)
    )
    assert queries.balance(ground, REFUND_DUE) == 0
    assert queries.balance(ground, SANDBOX) == order.total_fen - promised.amount_fen
    assert verify(ground) == []


def test_a_refund_after_receipt_comes_out_of_what_was_earned(ground: Session) -> None:
    order = complete_by_hand(ground, make_packed_order(ground, quantity=3))
    part = order.fulfilments[0]
    wish = refunds.RefundWish(quantities={order.lines[0].id: 2}, freight={part.id: 300}, reason="test")
    promised = refunds.refund(ground, order.id, wish, "after-receipt")
    goods_fen = promised.lines[0].amount_fen
    assert queries.balance(ground, cooperative_payable(part.cooperative_id)) == -(order.goods_fen - goods_fen)
    assert queries.balance(ground, FREIGHT_REVENUE) == -(order.freight_fen - 300)
    assert queries.balance(ground, BUYER_CLEARING) == 0
    assert verify(ground) == []


def test_a_refund_that_bounces_is_owed_again(ground: Session) -> None:
    promised = give_back(ground, make_paid_order(ground, quantity=2))
    for state, owed in (
        (RefundState.SUCCEEDED, 0),
        (RefundState.FAILED, -promised.amount_fen),
    ):
        refunds.settle_refund(ground, promised.id, RefundAnswer(reference="re_demo_2", state=state))
        assert queries.balance(ground, REFUND_DUE) == owed
        refunds.settle_refund(ground, promised.id, RefundAnswer(reference="re_demo_2", state=state))
        assert queries.balance(ground, REFUND_DUE) == owed
    assert verify(ground) == []


def test_a_statement_lists_what_was_earned_and_taken_back(ground: Session, clock: FixedClock) -> None:
    order = complete_by_hand(ground, make_packed_order(ground, quantity=3))
    cooperative = order.fulfilments[0].cooperative_id
    give_back(ground, order)
    price = order.lines[0].unit_price_fen
    draft = queries.statement(ground, cooperative, date(2026, 11, 23))
    assert (draft.goods_fen, draft.refunds_fen, draft.net_fen) == (3 * price, price, 2 * price)
    first = draft.lines[0].particulars
    assert first is not None
    assert (first.order_number, first.quantity) == (order.number, 3)
    assert first.product_name == order.lines[0].product_name
    clock.advance(timedelta(days=30))
    give_back(ground, order)
    december = queries.statement(ground, cooperative, date(2026, 12, 1))
    assert (december.goods_fen, december.refunds_fen, december.net_fen) == (0, price, -price)
    assert queries.statement_months(ground, cooperative) == [date(2026, 12, 1), date(2026, 11, 1)]
    assert queries.balance(ground, cooperative_payable(cooperative)) == -(draft.net_fen + december.net_fen)


def test_folding_changes_no_balance(ground: Session) -> None:
    for _ in range(3):
        make_paid_order(ground)
    before = queries.balances(ground)
    assert service.fold(ground, limit=2) == 2
    assert queries.balances(ground) == before
    while service.fold(ground, limit=2):
        pass
    assert queries.balances(ground) == before
    assert verify(ground) == []


def test_an_order_opens_to_what_it_moved(ground: Session) -> None:
    order = complete_by_hand(ground, make_packed_order(ground))
    entries = queries.entries_of_order(ground, order.id)
    assert [one.source.purpose for one in entries] == ["paid", "completed"]
    assert all(sum(posting.amount_fen for posting in one.postings) == 0 for one in entries)


def test_unbalanced_postings_are_refused(ground: Session) -> None:
    source = Source(type="test", id=1, purpose="test")
    for postings in ([], [*two(5), Posting(account=ROUNDING, amount_fen=1)]):
        with pytest.raises(Unbalanced):
            service.post(ground, source, postings)


@pytest.mark.parametrize("table", ["settlement_entry", "settlement_posting"])
def test_the_books_only_grow(ground: Session, table: str) -> None:
    make_paid_order(ground)
    with pytest.raises(DBAPIError):
        ground.execute(text(f"DELETE FROM {table}"))


def test_verification_finds_a_forged_balance(ground: Session) -> None:
    make_paid_order(ground)
    service.fold(ground)
    ground.execute(text("UPDATE settlement_balance SET amount_fen = amount_fen + 1 WHERE account = 'bank'"))
    assert verify(ground) == []  # nothing went through the bank
    ground.execute(
        text("UPDATE settlement_balance SET amount_fen = amount_fen + 1 WHERE account = 'buyer_clearing'")
    )
    assert [(one.kind, one.subject) for one in verify(ground)] == [("balance", "buyer_clearing")]


def test_verification_finds_what_no_order_caused(ground: Session) -> None:
    order = make_paid_order(ground)
    service.post(
        ground,
        Source(type="test", id=1, purpose="test"),
        [
            Posting(account=BUYER_CLEARING, amount_fen=7, order_id=order.id),
            Posting(account=ROUNDING, amount_fen=-7, order_id=order.id),
        ],
    )
    assert {one.subject for one in verify(ground)} == {
        f"{order.number} buyer_clearing",
        f"{order.number} rounding",
    }


def test_the_database_refuses_an_entry_that_does_not_balance(engine: Engine) -> None:
    def forge(session: Session) -> None:
        service.post(session, Source(type="test", id=1, purpose="test"), two(500))
        entry_id = session.scalar(select(text("max(id) FROM settlement_entry")))
        session.execute(
            text(
                "INSERT INTO settlement_posting (entry_id, account, amount_fen, month)"
                " VALUES (:entry, 'bank', 1, '2026-11-01')"
            ),
            {"entry": entry_id},
        )

    def empty(session: Session) -> None:
        session.execute(
            text(
                "INSERT INTO settlement_entry (source_type, source_id, purpose, at, month)"
                " VALUES ('test', 2, 'test', '2026-11-23T04:00:00Z', '2026-11-01')"
            )
        )

    for use_case in (forge, empty):
        with Session(engine) as session, pytest.raises(IntegrityError, match="add up to"):
            unit_of_work.commit(session, use_case)
    with Session(engine) as session:
        unit_of_work.commit(
            session, lambda one: service.post(one, Source(type="test", id=3, purpose="test"), two(500))
        )
        assert queries.balance(session, BUYER_CLEARING) == 500


def test_a_part_given_back_whole_earns_nothing(ground: Session) -> None:
    order = make_packed_order(ground, quantity=2)
    give_back(ground, order, 2)
    done = complete_by_hand(ground, order_queries.get_order(ground, order.id))
    part = done.fulfilments[0]
    assert queries.balance(ground, cooperative_payable(part.cooperative_id)) == 0
    assert verify(ground) == []
