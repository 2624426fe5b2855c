"""对公转账: the code finds the order, two persons vouch for the money, the exact amount pays it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from marketplace.flow.cancel_order import cancel_order
from marketplace.flow.confirm_transfer import confirm_paid_back, confirm_transfer, match_transfer
from marketplace.flow.start_payment import start_payment
from marketplace.kernel import time
from marketplace.kernel.time import FixedClock
from marketplace.orders.types import Order, OrderState
from marketplace.parties.types import PersonId
from marketplace.payment import queries as payments
from marketplace.payment import service as payment
from marketplace.payment.refusals import SamePerson, TransferSettled, WrongRemittanceCode, WrongTransferAmount
from marketplace.payment.rules import remittance_code
from marketplace.payment.service.transfers import StatementLine
from marketplace.payment.types import (
    Capture,
    CaptureKind,
    Instructions,
    Processor,
    RefundState,
    Transfer,
    TransferState,
)
from tests.factories.parties import make_person
from tests.integration.payment.conftest import Market


@pytest.fixture
def clerks(market: Market) -> tuple[PersonId, PersonId]:
    """Two of the operator's people."""
    return (
        market.write(lambda session: make_person(session, "出纳甲（演示）").id),
        market.write(lambda session: make_person(session, "出纳乙（演示）").id),
    )


def _ordered(market: Market) -> tuple[Order, str]:
    order, attempt = market.place(processor=Processor.BANK_TRANSFER)
    answer = start_payment(market.write, market.processors, attempt.id)
    assert isinstance(answer, Instructions)
    return order, answer.code


def _match(
    market: Market, code: str, amount_fen: int, person_id: PersonId, reference: str = "DEMO-0001"
) -> Transfer:
    line = StatementLine(
        code=code,
        amount_fen=amount_fen,
        payer_name="禅城食堂（演示）",
        bank_reference=reference,
        received_on=time.today(),
    )
    return market.write(lambda session: match_transfer(session, line, person_id=person_id))


def _confirm(transfer: Transfer, person_id: PersonId) -> Callable[[Session], Capture | None]:
    return lambda session: confirm_transfer(session, transfer.id, person_id=person_id)


def test_matched_by_one_and_confirmed_by_another_the_order_is_paid(
    market: Market, clerks: tuple[PersonId, PersonId]
) -> None:
    order, code = _ordered(market)
    transfer = _match(market, f"{code[:5]} {code[5:]}", order.total_fen, clerks[0])
    assert (transfer.state, transfer.order_number) == (TransferState.PROPOSED, order.number)
    assert market.order(order.id).state is OrderState.AWAITING_PAYMENT
    with pytest.raises(SamePerson):
        market.write(lambda session: confirm_transfer(session, transfer.id, person_id=clerks[0]))
    capture = market.write(lambda session: confirm_transfer(session, transfer.id, person_id=clerks[1]))
    assert capture is not None
    assert (capture.kind, capture.reference) == (CaptureKind.APPLIED, "DEMO-0001")
    assert market.order(order.id).state is OrderState.PAID
    with pytest.raises(TransferSettled):
        market.write(lambda session: confirm_transfer(session, transfer.id, person_id=clerks[1]))


def test_a_mistyped_code_finds_nothing(market: Market, clerks: tuple[PersonId, PersonId]) -> None:
    order, code = _ordered(market)
    wrong = str((int(code[0]) + 1) % 10) + code[1:]
    with pytest.raises(WrongRemittanceCode):
        _match(market, wrong, order.total_fen, clerks[0])


def test_a_code_of_another_way_to_pay_finds_nothing(
    market: Market, clerks: tuple[PersonId, PersonId]
) -> None:
    order, attempt = market.place()
    with pytest.raises(WrongRemittanceCode):
        _match(market, remittance_code(attempt.id), order.total_fen, clerks[0])


@pytest.mark.parametrize("difference", [-1, 1])
def test_another_amount_stays_visible_and_does_not_pay(
    market: Market, clerks: tuple[PersonId, PersonId], difference: int
) -> None:
    order, code = _ordered(market)
    transfer = _match(market, code, order.total_fen + difference, clerks[0])
    with pytest.raises(WrongTransferAmount):
        market.write(lambda session: confirm_transfer(session, transfer.id, person_id=clerks[1]))
    waiting = market.write(lambda session: payments.list_transfers(session, TransferState.PROPOSED))
    assert [one.id for one in waiting.items] == [transfer.id]
    rejected = market.write(
        lambda session: payment.reject_transfer(session, transfer.id, person_id=clerks[1])
    )
    assert rejected.state is TransferState.REJECTED
    assert market.order(order.id).state is OrderState.AWAITING_PAYMENT


def test_the_same_line_of_the_statement_is_matched_once(
    market: Market, clerks: tuple[PersonId, PersonId]
) -> None:
    order, code = _ordered(market)
    first = _match(market, code, order.total_fen, clerks[0])
    assert _match(market, code, order.total_fen, clerks[1]) == first


def test_a_second_transfer_for_a_paid_order_goes_back(
    market: Market, clerks: tuple[PersonId, PersonId]
) -> None:
    order, code = _ordered(market)
    for reference in ("DEMO-0001", "DEMO-0002"):
        transfer = _match(market, code, order.total_fen, clerks[0], reference)
        market.write(_confirm(transfer, clerks[1]))
    captures = market.write(lambda session: payments.captures_of_order(session, order.id))
    assert [one.kind for one in captures] == [CaptureKind.APPLIED, CaptureKind.DOUBLE]
    refunds = market.write(lambda session: payments.refunds_of_order(session, order.id))
    assert [(one.amount_fen, one.state) for one in refunds] == [(order.total_fen, RefundState.PENDING)]


def test_a_transfer_after_the_deadline_goes_back(
    market: Market, clerks: tuple[PersonId, PersonId], clock: FixedClock
) -> None:
    order, code = _ordered(market)
    clock.advance(timedelta(days=4))
    market.run_jobs()
    assert market.order(order.id).state is OrderState.EXPIRED
    transfer = _match(market, code, order.total_fen, clerks[0])
    capture = market.write(lambda session: confirm_transfer(session, transfer.id, person_id=clerks[1]))
    assert capture is not None
    assert capture.kind is CaptureKind.LATE


def test_a_refund_of_a_transfer_is_paid_out_by_a_person(
    market: Market, clerks: tuple[PersonId, PersonId]
) -> None:
    order, code = _ordered(market)
    transfer = _match(market, code, order.total_fen, clerks[0])
    market.write(lambda session: confirm_transfer(session, transfer.id, person_id=clerks[1]))
    cancel_order(market.write, market.processors, order.id, reason="changed_mind")
    market.run_jobs()
    (promised,) = market.write(lambda session: payments.refunds_of_order(session, order.id))
    assert (promised.amount_fen, promised.state) == (order.total_fen, RefundState.PENDING)
    paid = market.write(lambda session: confirm_paid_back(session, promised.id, bank_reference="DEMO-OUT-1"))
    assert (paid.state, paid.reference) == (RefundState.SUCCEEDED, "DEMO-OUT-1")
