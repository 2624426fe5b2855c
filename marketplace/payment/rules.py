"""Pure decisions about money: how long an attempt lives, what arrived money is, which state follows."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from stdnum.exceptions import ValidationError
from stdnum.iso7064 import mod_97_10

from marketplace.kernel import time
from marketplace.payment.types import (
    CURRENCY,
    Attempt,
    AttemptId,
    AttemptState,
    CaptureKind,
    Processor,
    ProcessorState,
    RefundState,
)

ONLINE_LIFETIME = timedelta(minutes=31)
"""How long a payment page stays open: the processor's least is 30 minutes from its own clock."""

HOLD_GRACE = timedelta(minutes=5)
"""How long goods stay held after the attempt ended, for news that is still on its way."""

TRANSFER_WORKING_DAYS = 3
LARGEST_ONLINE_FEN = 99_999_999  # Stripe: at most eight digits of minor units

_SATURDAY = 5
_CODE_DIGITS = 8

_A = AttemptState
TRANSITIONS: Mapping[AttemptState, frozenset[AttemptState]] = {
    # Paid straight from created: the event may come before our own note of the processor's reference.
    _A.CREATED: frozenset({_A.OPEN, _A.PAID, _A.EXPIRED, _A.FAILED, _A.PAID_AFTER_EXPIRY}),
    _A.OPEN: frozenset({_A.PAID, _A.EXPIRED, _A.FAILED, _A.PAID_AFTER_EXPIRY}),
    _A.EXPIRED: frozenset({_A.PAID_AFTER_EXPIRY}),
    _A.FAILED: frozenset({_A.PAID_AFTER_EXPIRY}),
    _A.PAID: frozenset(),
    _A.PAID_AFTER_EXPIRY: frozenset(),
}

REFUND_TRANSITIONS: Mapping[RefundState, frozenset[RefundState]] = {
    RefundState.PENDING: frozenset({RefundState.SUCCEEDED, RefundState.FAILED}),
    # A refund that the processor reported as done may still bounce (WeChat Pay, closed cards).
    RefundState.SUCCEEDED: frozenset({RefundState.FAILED}),
    RefundState.FAILED: frozenset({RefundState.PENDING}),
}


def may_become(now: AttemptState, then: AttemptState) -> bool:
    return then in TRANSITIONS[now]


def refund_may_become(now: RefundState, then: RefundState) -> bool:
    return then in REFUND_TRANSITIONS[now]


def expiry(processor: Processor, opened_at: datetime) -> datetime:
    """Return when an attempt ends: online after 31 minutes, a transfer after three working days."""
    if processor is not Processor.BANK_TRANSFER:
        return opened_at + ONLINE_LIFETIME
    day = time.business_day(opened_at)
    left = TRANSFER_WORKING_DAYS
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < _SATURDAY
    return time.end_of_day(day)


def hold_until(expires_at: datetime) -> datetime:
    return expires_at + HOLD_GRACE


def differences(attempt: Attempt, said: ProcessorState) -> dict[str, list[object]]:
    """Compare what the processor says was paid with what was asked; empty where it is the same to the fen."""
    asked: dict[str, object] = {
        "amount_fen": attempt.amount_fen,
        "currency": CURRENCY,
        "order_number": attempt.order_number,
    }
    told: dict[str, object] = {
        "amount_fen": said.amount_fen,
        "currency": said.currency.lower(),
        "order_number": said.order_number,
    }
    return {name: [asked[name], told[name]] for name in asked if asked[name] != told[name]}


def capture_kind(
    attempt: Attempt, said: ProcessorState, *, order_waits: bool, order_paid: bool
) -> CaptureKind:
    """Decide what money that arrived is: for the order, not what was asked, paid twice, or too late."""
    if differences(attempt, said):
        return CaptureKind.MISMATCH
    if order_waits and attempt.is_live:
        return CaptureKind.APPLIED
    return CaptureKind.DOUBLE if order_paid else CaptureKind.LATE


def attempt_state_after(kind: CaptureKind) -> AttemptState:
    if kind is CaptureKind.MISMATCH:
        return AttemptState.FAILED  # its money waits for a person; the buyer may try again meanwhile
    return AttemptState.PAID if kind is CaptureKind.APPLIED else AttemptState.PAID_AFTER_EXPIRY


def remittance_code(attempt_id: AttemptId) -> str:
    """Return the ten digits that a transfer carries: the attempt's number and two check digits (ISO 7064)."""
    stem = f"{attempt_id:0{_CODE_DIGITS}d}"
    return f"{stem}{mod_97_10.calc_check_digits(stem)}"


def attempt_of_code(text: str) -> AttemptId | None:
    """Read a remittance code, however it was spaced; None where the check digits do not fit."""
    digits = "".join(character for character in text if character.isdigit())
    try:
        mod_97_10.validate(digits)
    except ValidationError:
        return None
    number = int(digits[:-2])
    return AttemptId(number) if number and len(digits) >= _CODE_DIGITS + 2 else None
