"""What arrived money is, how long an attempt lives, and codes that notice a slip of the pen."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.orders.types import OrderId
from marketplace.payment import rules
from marketplace.payment.types import (
    Attempt,
    AttemptId,
    AttemptState,
    CaptureKind,
    Processor,
    ProcessorState,
    ProcessorStatus,
    RefundState,
)

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)  # a Monday, 12:00 in Shanghai


def _attempt(state: AttemptState = AttemptState.OPEN) -> Attempt:
    return Attempt(
        id=AttemptId(1),
        order_id=OrderId(1),
        order_number="Q261123-ABCDEF1",
        amount_fen=8600,
        processor=Processor.SANDBOX,
        reference="cs_1",
        payment_reference=None,
        url=None,
        idempotency_key="pay-1",
        token="t",
        language="zh-Hans",
        state=state,
        created_at=NOON,
        expires_at=NOON + rules.ONLINE_LIFETIME,
    )


def _said(
    amount_fen: int = 8600, currency: str = "cny", order_number: str | None = "Q261123-ABCDEF1"
) -> ProcessorState:
    return ProcessorState(
        reference="cs_1",
        status=ProcessorStatus.PAID,
        amount_fen=amount_fen,
        currency=currency,
        order_number=order_number,
        attempt_key="pay-1",
        payment_reference="pi_1",
    )


def test_money_that_is_what_was_asked_pays_the_order() -> None:
    kind = rules.capture_kind(_attempt(), _said(currency="CNY"), order_waits=True, order_paid=False)
    assert kind is CaptureKind.APPLIED
    assert rules.attempt_state_after(kind) is AttemptState.PAID


@pytest.mark.parametrize(
    "said",
    [
        _said(amount_fen=8599),
        _said(amount_fen=8601),
        _said(currency="hkd"),
        _said(order_number="Q1"),
        _said(order_number=None),
    ],
)
def test_money_that_is_not_what_was_asked_never_pays(said: ProcessorState) -> None:
    assert rules.differences(_attempt(), said)
    kind = rules.capture_kind(_attempt(), said, order_waits=True, order_paid=False)
    assert kind is CaptureKind.MISMATCH


@pytest.mark.parametrize("state", [AttemptState.EXPIRED, AttemptState.FAILED])
def test_money_after_the_attempt_ended_is_late(state: AttemptState) -> None:
    kind = rules.capture_kind(_attempt(state), _said(), order_waits=True, order_paid=False)
    assert kind is CaptureKind.LATE
    assert rules.may_become(state, rules.attempt_state_after(kind))


def test_money_for_an_order_that_ended_is_late_and_a_second_payment_is_double() -> None:
    assert rules.capture_kind(_attempt(), _said(), order_waits=False, order_paid=False) is CaptureKind.LATE
    assert rules.capture_kind(_attempt(), _said(), order_waits=False, order_paid=True) is CaptureKind.DOUBLE


def test_a_paid_attempt_stays_paid() -> None:
    assert not any(rules.may_become(AttemptState.PAID, then) for then in AttemptState)
    assert set(rules.TRANSITIONS) == set(AttemptState)


def test_a_refund_only_succeeds_once_and_a_failed_one_can_be_sent_again() -> None:
    assert not rules.refund_may_become(RefundState.SUCCEEDED, RefundState.PENDING)
    assert not rules.refund_may_become(RefundState.FAILED, RefundState.SUCCEEDED)
    assert rules.refund_may_become(RefundState.FAILED, RefundState.PENDING)
    assert rules.refund_may_become(RefundState.SUCCEEDED, RefundState.FAILED)


def test_an_online_attempt_lives_longer_than_the_processors_least() -> None:
    assert rules.expiry(Processor.STRIPE, NOON) - NOON == timedelta(minutes=31)
    assert rules.hold_until(NOON) - NOON == timedelta(minutes=5)


@pytest.mark.parametrize(
    ("placed", "ends"),
    [
        (NOON, datetime(2026, 11, 26, 16, 0, tzinfo=UTC)),  # Monday: to the end of Thursday in Shanghai
        (NOON + timedelta(days=3), datetime(2026, 12, 1, 16, 0, tzinfo=UTC)),  # Thursday: over the weekend
        (NOON + timedelta(days=5), datetime(2026, 12, 2, 16, 0, tzinfo=UTC)),  # Saturday
        (
            NOON + timedelta(hours=13),
            datetime(2026, 11, 27, 16, 0, tzinfo=UTC),
        ),  # already Tuesday in Shanghai
    ],
)
def test_a_transfer_has_three_working_days(placed: datetime, ends: datetime) -> None:
    assert rules.expiry(Processor.BANK_TRANSFER, placed) == ends


@given(number=st.integers(1, 99_999_999))
def test_a_remittance_code_comes_back_however_it_is_spaced(number: int) -> None:
    code = rules.remittance_code(AttemptId(number))
    assert len(code) == 10
    assert rules.attempt_of_code(f" {code[:4]} {code[4:8]}-{code[8:]} ") == number


@given(number=st.integers(1, 99_999_999), place=st.integers(0, 9), digit=st.integers(0, 9))
def test_one_wrong_digit_is_noticed(number: int, place: int, digit: int) -> None:
    code = rules.remittance_code(AttemptId(number))
    wrong = code[:place] + str(digit) + code[place + 1 :]
    assert wrong == code or rules.attempt_of_code(wrong) is None


@given(number=st.integers(1, 99_999_999), place=st.integers(0, 8))
def test_two_swapped_digits_are_noticed(number: int, place: int) -> None:
    code = rules.remittance_code(AttemptId(number))
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert swapped == code or rules.attempt_of_code(swapped) is None


@pytest.mark.parametrize("text", ["", "x", "97", "0000000001", "货款"])
def test_what_is_no_code_is_none(text: str) -> None:
    assert rules.attempt_of_code(text) is None
