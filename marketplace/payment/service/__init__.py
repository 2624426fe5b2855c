"""Writes of payment. None of them calls a processor: that happens between two transactions, in the flows."""

from marketplace.payment.service.attempts import (
    fail_attempt,
    mark_expired,
    note_started,
    open_attempt,
)
from marketplace.payment.service.captures import record_capture
from marketplace.payment.service.events import mark_handled, record_event
from marketplace.payment.service.refunds import note_answer, request_refund, retry_refund
from marketplace.payment.service.transfers import confirm_transfer, propose_transfer, reject_transfer

__all__ = [
    "confirm_transfer",
    "fail_attempt",
    "mark_expired",
    "mark_handled",
    "note_answer",
    "note_started",
    "open_attempt",
    "propose_transfer",
    "record_capture",
    "record_event",
    "reject_transfer",
    "request_refund",
    "retry_refund",
]
