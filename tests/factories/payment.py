"""What processors say, for tests."""

from dataclasses import replace
from itertools import count
from typing import Any

from marketplace.payment.types import Attempt, ProcessorState, ProcessorStatus

_numbers = count(1)


def said(attempt: Attempt, status: ProcessorStatus, **overrides: Any) -> ProcessorState:
    """Say of an attempt what a processor would, as it was asked."""
    state = ProcessorState(
        reference=attempt.reference or f"cs_demo_{next(_numbers)}",
        status=status,
        amount_fen=attempt.amount_fen,
        currency="cny",
        order_number=attempt.order_number,
        attempt_key=attempt.idempotency_key,
        payment_reference=f"pi_demo_{attempt.id}" if status is ProcessorStatus.PAID else None,
    )
    return replace(state, **overrides)


def paid_state(attempt: Attempt, **overrides: Any) -> ProcessorState:
    return said(attempt, ProcessorStatus.PAID, **overrides)
