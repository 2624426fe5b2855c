"""From the pay page to a paid order, through the real SDK and the sandbox: once, whatever comes when."""

import json
import threading
from contextvars import copy_context
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.adapters.sandbox.models import SandboxSessionRow
from marketplace.adapters.stripe_checkout import StripeAccount, StripeCheckout
from marketplace.assistance.models import EntryRow
from marketplace.flow.cancel_order import cancel_order
from marketplace.flow.payment_received import receive
from marketplace.flow.settle_payments import end_attempt
from marketplace.flow.start_payment import pay_again, start_payment, sync_attempt
from marketplace.jobs.payment import sweep
from marketplace.kernel.time import FixedClock
from marketplace.orders.types import FulfilmentState, OrderId, OrderState
from marketplace.payment import queries as payments
from marketplace.payment import service as payment
from marketplace.payment.models import CaptureRow, EventRow
from marketplace.payment.refusals import AttemptOpen, NotPayable, TooLargeForProcessor
from marketplace.payment.types import (
    AttemptId,
    AttemptState,
    CaptureKind,
    Instructions,
    Processor,
    Redirect,
    RefundState,
)
from marketplace.settlement.models import LedgerEntryRow
from marketplace.stock import queries as stock
from tests.factories.payment import paid_state
from tests.integration.payment.conftest import Market


def _counts(session: Session) -> dict[str, int]:
    return {
        "captures": session.scalar(select(func.count()).select_from(CaptureRow)) or 0,
        "paid": session.scalar(select(func.count()).select_from(EntryRow).where(EntryRow.stage == "paid"))
        or 0,
        "posted": session.scalar(select(func.count()).select_from(LedgerEntryRow)) or 0,
    }


ONCE = {"captures": 1, "paid": 1, "posted": 1}


def test_paid_on_the_page_the_order_is_paid_by_the_event(market: Market) -> None:
    order, attempt = market.place()
    assert attempt.state is AttemptState.CREATED
    reference = market.start(attempt)
    assert market.attempt(attempt.id).state is AttemptState.OPEN
    market.pay(reference)
    assert market.order(order.id).state is OrderState.AWAITING_PAYMENT  # the job acts, not the webhook
    assert "payment.handle_event" in market.run_jobs()
    paid = market.order(order.id)
    assert paid.state is OrderState.PAID
    assert [part.state for part in paid.fulfilments] == [FulfilmentState.TO_ACCEPT]
    assert market.attempt(attempt.id).state is AttemptState.PAID
    assert market.write(_counts) == ONCE


def test_the_same_event_twice_is_stored_once_and_pays_once(market: Market) -> None:
    order, attempt = market.place()
    market.pay(market.start(attempt))
    market.deliver(*market.deliveries[0])
    market.run_jobs()
    market.deliver(*market.deliveries[0])
    market.run_jobs()
    assert market.order(order.id).state is OrderState.PAID
    assert market.write(lambda session: session.scalar(select(func.count()).select_from(EventRow))) == 1
    assert market.write(_counts) == ONCE


def test_another_event_about_the_same_payment_changes_nothing(market: Market) -> None:
    """Dedup is on the event's id and on the state of what it is about."""
    _, attempt = market.place()
    market.pay(market.start(attempt))
    market.run_jobs()
    said = market.processors[Processor.SANDBOX].sync(market.attempt(attempt.id).reference or "")
    assert market.write(lambda session: receive(session, Processor.SANDBOX, said)) is None
    assert market.write(_counts) == ONCE


def test_the_event_may_come_before_our_note_of_the_reference(market: Market) -> None:
    """We die between the processor's answer and our note of it; the buyer pays all the same."""
    order, attempt = market.place()
    answer = market.processors[Processor.SANDBOX].start(attempt)
    assert isinstance(answer, Redirect)
    market.pay(answer.reference)
    market.run_jobs()
    assert market.order(order.id).state is OrderState.PAID
    assert market.attempt(attempt.id).reference == answer.reference


def test_coming_back_asks_the_processor_and_pays_once(market: Market) -> None:
    order, attempt = market.place()
    reference = market.start(attempt)
    assert sync_attempt(market.write, market.processors, attempt.id).state is AttemptState.OPEN
    market.pay(reference)
    assert sync_attempt(market.write, market.processors, attempt.id).state is AttemptState.PAID
    market.run_jobs()
    assert market.order(order.id).state is OrderState.PAID
    assert market.write(_counts) == ONCE


def test_two_at_once_pay_once(market: Market) -> None:
    order, attempt = market.place()
    state = paid_state(attempt)
    start = threading.Barrier(4)
    got: list[object] = []

    def hear() -> None:
        start.wait()
        got.append(market.write(lambda session: receive(session, Processor.SANDBOX, state)))

    threads = [threading.Thread(target=copy_context().run, args=(hear,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(one is not None for one in got) == 1
    assert market.order(order.id).state is OrderState.PAID
    assert market.write(_counts) == ONCE


def test_starting_twice_opens_one_page(market: Market) -> None:
    _, attempt = market.place()
    first = start_payment(market.write, market.processors, attempt.id)
    assert start_payment(market.write, market.processors, attempt.id) == first
    assert (
        market.processors[Processor.SANDBOX].start(attempt) == first
    )  # the stored key, even without our note
    assert (
        market.write(lambda session: session.scalar(select(func.count()).select_from(SandboxSessionRow))) == 1
    )


@pytest.mark.parametrize(
    "overrides", [{"amount_fen": 1}, {"currency": "hkd"}, {"order_number": "Q261123-0000000"}]
)
def test_money_that_is_not_what_was_asked_waits_for_a_person(
    market: Market, overrides: dict[str, object]
) -> None:
    order, attempt = market.place()
    state = paid_state(attempt, **overrides)
    capture = market.write(lambda session: receive(session, Processor.SANDBOX, state))
    assert capture is not None
    assert capture.kind is CaptureKind.MISMATCH
    assert market.order(order.id).state is OrderState.AWAITING_PAYMENT
    waiting = market.write(payments.list_mismatches)
    assert [one.id for one in waiting.items] == [capture.id]


def test_news_of_an_unknown_payment_changes_nothing(market: Market) -> None:
    _, attempt = market.place()
    state = paid_state(attempt, reference="cs_foreign", attempt_key=None)
    assert market.write(lambda session: receive(session, Processor.SANDBOX, state)) is None


def test_unpaid_the_goods_come_back_once_the_processor_says_expired(
    market: Market, clock: FixedClock
) -> None:
    order, attempt = market.place()
    market.start(attempt)
    offer_id = order.lines[0].offer_id
    held = market.write(lambda session: stock.available(session, [offer_id])[offer_id])
    clock.advance(timedelta(minutes=35))
    market.run_jobs()
    assert market.order(order.id).state is OrderState.AWAITING_PAYMENT  # held five minutes longer
    clock.advance(timedelta(minutes=1))
    assert "payment.expire_attempt" in market.run_jobs()
    assert market.attempt(attempt.id).state is AttemptState.EXPIRED
    assert market.order(order.id).state is OrderState.EXPIRED
    assert market.write(lambda session: stock.available(session, [offer_id])[offer_id]) == held + 1
    counted = market.write(
        lambda session: session.scalar(select(func.sum(EntryRow.amount_fen)))  # ordered, then taken back
    )
    assert counted == 0


def test_a_payment_in_the_last_second_is_a_payment(market: Market, clock: FixedClock) -> None:
    """The event is lost; the ending asks the processor first and finds the money."""
    order, attempt = market.place()
    reference = market.start(attempt)
    clock.advance(timedelta(minutes=30))
    market.pay(reference)
    clock.advance(timedelta(minutes=6))
    end_attempt(market.write, market.processors, attempt.id)
    assert market.order(order.id).state is OrderState.PAID


def test_an_attempt_the_processor_never_heard_of_ends_too(market: Market, clock: FixedClock) -> None:
    order, attempt = market.place()
    clock.advance(timedelta(minutes=36))
    market.run_jobs()
    assert market.order(order.id).state is OrderState.EXPIRED
    assert market.attempt(attempt.id).state is AttemptState.EXPIRED


def test_late_money_never_revives_the_order_and_goes_back(market: Market, clock: FixedClock) -> None:
    order, attempt = market.place()
    reference = market.start(attempt)
    state = paid_state(market.attempt(attempt.id), payment_reference="pi_unknown_to_the_sandbox")
    clock.advance(timedelta(minutes=36))
    market.run_jobs()
    late = market.write(lambda session: receive(session, Processor.SANDBOX, state))
    assert late is not None
    assert (late.kind, late.amount_fen) == (CaptureKind.LATE, order.total_fen)
    assert market.order(order.id).state is OrderState.EXPIRED
    assert market.attempt(attempt.id).state is AttemptState.PAID_AFTER_EXPIRY
    refunds = market.write(lambda session: payments.refunds_of_order(session, order.id))
    assert [(one.amount_fen, one.lines, one.state) for one in refunds] == [
        (order.total_fen, (), RefundState.PENDING)
    ]
    assert reference
    market.run_jobs()  # the sandbox does not know this payment: a clear no becomes a person's matter
    failed = market.write(lambda session: payments.list_refunds(session, RefundState.FAILED))
    assert [one.id for one in failed.items] == [refunds[0].id]
    assert failed.items[0].failure == "resource_missing"


def test_paying_again_closes_the_other_way_first_and_keeps_the_goods(
    market: Market, clock: FixedClock
) -> None:
    order, attempt = market.place()
    reference = market.start(attempt)
    answer = pay_again(market.write, market.processors, order.id, Processor.BANK_TRANSFER)
    assert isinstance(answer, Instructions)
    assert market.attempt(attempt.id).state is AttemptState.EXPIRED
    assert market.processors[Processor.SANDBOX].sync(reference).status == "expired"
    clock.advance(timedelta(hours=5))
    market.run_jobs()
    assert market.order(order.id).state is OrderState.AWAITING_PAYMENT  # three working days now
    clock.advance(timedelta(days=4))
    market.run_jobs()
    assert market.order(order.id).state is OrderState.EXPIRED


def test_paying_again_with_an_open_page_leads_back_to_it(market: Market) -> None:
    order, attempt = market.place()
    reference = market.start(attempt)
    again = pay_again(market.write, market.processors, order.id, Processor.SANDBOX)
    assert again.reference == reference


def test_paying_again_what_was_just_paid_finds_it_paid(market: Market) -> None:
    order, attempt = market.place()
    market.pay(market.start(attempt))
    with pytest.raises(NotPayable):
        pay_again(market.write, market.processors, order.id, Processor.BANK_TRANSFER)
    assert market.order(order.id).state is OrderState.PAID


def test_calling_off_closes_the_page_so_that_it_takes_no_money(market: Market) -> None:
    order, attempt = market.place()
    reference = market.start(attempt)
    called_off = cancel_order(market.write, market.processors, order.id, reason="changed_mind")
    assert called_off.state is OrderState.CANCELLED
    market.pay(reference)
    market.run_jobs()
    assert market.write(_counts)["captures"] == 0
    assert market.processors[Processor.SANDBOX].sync(reference).status == "expired"


def test_calling_off_what_was_paid_gives_everything_back(market: Market) -> None:
    order, attempt = market.place()
    offer_id = order.lines[0].offer_id
    held = market.write(lambda session: stock.available(session, [offer_id])[offer_id])
    market.pay(market.start(attempt))
    called_off = cancel_order(market.write, market.processors, order.id, reason="changed_mind")
    assert called_off.state is OrderState.CANCELLED
    assert called_off.refunded_fen == order.total_fen
    assert market.write(lambda session: stock.available(session, [offer_id])[offer_id]) == held + 1
    market.run_jobs()
    refunds = market.write(lambda session: payments.refunds_of_order(session, order.id))
    assert [(one.amount_fen, one.state) for one in refunds] == [(order.total_fen, RefundState.SUCCEEDED)]


def test_the_event_stored_is_what_was_sent(market: Market) -> None:
    _, attempt = market.place()
    market.pay(market.start(attempt))
    body = json.loads(market.deliveries[0][0])
    kept = market.write(lambda session: session.scalars(select(EventRow)).one())
    assert kept.payload == body
    assert kept.kind == "checkout.session.completed"


def test_large_amounts_go_by_transfer_only(market: Market) -> None:
    order, attempt = market.place()
    market.start(attempt)
    pay_again(market.write, market.processors, order.id, Processor.BANK_TRANSFER)
    with pytest.raises(AttemptOpen):
        market.write(lambda session: payment.open_attempt(session, order, Processor.SANDBOX))
    market.write(lambda session: payment.mark_expired(session, _live(session, order.id)))
    large = replace(order, total_fen=100_000_000)
    with pytest.raises(TooLargeForProcessor):
        market.write(lambda session: payment.open_attempt(session, large, Processor.SANDBOX))
    by_transfer = market.write(lambda session: payment.open_attempt(session, large, Processor.BANK_TRANSFER))
    assert by_transfer.amount_fen == 100_000_000


def _live(session: Session, order_id: OrderId) -> AttemptId:
    live = payments.find_live_attempt(session, order_id)
    assert live is not None
    return live.id


def test_the_sweep_finds_what_got_lost(market: Market, clock: FixedClock) -> None:
    """The event is lost, the job of the ending too: the sweep asks the processor and pays the order."""
    order, attempt = market.place()
    reference = market.start(attempt)
    market.lose_deliveries = True
    market.pay(reference)
    market.forget_jobs()
    clock.advance(timedelta(minutes=30))
    sweep(market.context)
    assert market.order(order.id).state is OrderState.AWAITING_PAYMENT  # not overdue yet
    clock.advance(timedelta(minutes=10))
    sweep(market.context)
    assert market.order(order.id).state is OrderState.PAID


def test_the_sweep_finishes_events_and_refunds_whose_jobs_died(market: Market, clock: FixedClock) -> None:
    order, attempt = market.place()
    market.pay(market.start(attempt))
    market.forget_jobs()
    clock.advance(timedelta(minutes=4))
    sweep(market.context)
    assert market.order(order.id).state is OrderState.PAID
    cancel_order(market.write, market.processors, order.id, reason="changed_mind")
    market.forget_jobs()
    clock.advance(timedelta(minutes=4))
    sweep(market.context)
    sweep(market.context)
    refunds = market.write(lambda session: payments.refunds_of_order(session, order.id))
    assert [one.state for one in refunds] == [RefundState.SUCCEEDED]


def test_one_matter_that_fails_does_not_keep_the_others_waiting(market: Market, clock: FixedClock) -> None:
    """A processor that nobody answers for is logged; the rest of the sweep goes on."""
    first, broken = market.place()
    market.start(broken)
    second, _ = market.place(processor=Processor.BANK_TRANSFER)
    market.forget_jobs()
    clock.advance(timedelta(days=4))
    down = StripeAccount(key="k", webhook_secrets=(), public_url="", api_base="http://127.0.0.1:9")
    dead = StripeCheckout(Processor.SANDBOX, down, pause=lambda _seconds: None)
    ports = {**market.context.ports.payments, Processor.SANDBOX: dead}
    sweep(replace(market.context, ports=replace(market.context.ports, payments=ports)))
    assert market.order(first.id).state is OrderState.AWAITING_PAYMENT
    assert market.order(second.id).state is OrderState.EXPIRED
    sweep(market.context)
    assert market.order(first.id).state is OrderState.EXPIRED
