"""Payment's background work: events, endings, refunds, and the sweep for whatever got lost on the way."""

from datetime import timedelta

from marketplace.flow.release_expired import EXPIRE_ATTEMPT
from marketplace.flow.settle_payments import end_attempt, handle_event, send_refund
from marketplace.jobs.registry import JobContext, job
from marketplace.kernel import time
from marketplace.kernel.logging import logger
from marketplace.payment import queries as payments
from marketplace.payment import rules
from marketplace.payment.port import ProcessorDown
from marketplace.payment.refusals import PaymentUnavailable
from marketplace.payment.service.events import HANDLE_EVENT
from marketplace.payment.service.refunds import SEND_REFUND
from marketplace.payment.types import AttemptId, EventId, RefundId

_SWEEP_SECONDS = 180
_PATIENCE = timedelta(minutes=3)
"""How long the sweep leaves a matter to the job that was enqueued for it."""

_log = logger(__name__)


@job(HANDLE_EVENT)
def handle(context: JobContext, event_id: int) -> None:
    handle_event(context.write, context.ports.payments, EventId(event_id))


@job(EXPIRE_ATTEMPT)
def expire(context: JobContext, attempt_id: int) -> None:
    end_attempt(context.write, context.ports.payments, AttemptId(attempt_id))


@job(SEND_REFUND)
def refund(context: JobContext, refund_id: int) -> None:
    send_refund(context.write, context.ports.payments, RefundId(refund_id))


@job("payment.sweep", every_seconds=_SWEEP_SECONDS)
def sweep(context: JobContext) -> None:
    """Look again at what should have ended: events nobody finished, attempts overdue, refunds pending.

    One matter that fails is logged and tried at the next sweep; it never keeps the others waiting.
    """
    since = time.now() - _PATIENCE
    for event_id in context.read(lambda session: payments.events_unhandled(session, since)):
        _try(context, "event", event_id)
    for attempt_id in context.read(
        lambda session: payments.attempts_overdue(session, since - rules.HOLD_GRACE)
    ):
        _try(context, "attempt", attempt_id)
    for refund_id in context.read(lambda session: payments.refunds_pending_since(session, since)):
        _try(context, "refund", refund_id)


def _try(context: JobContext, what: str, subject_id: int) -> None:
    act = {"event": handle, "attempt": expire, "refund": refund}[what]
    try:
        act(context, subject_id)
    except (ProcessorDown, PaymentUnavailable) as error:
        _log.warning("sweep_failed", what=what, subject_id=subject_id, error=type(error).__name__)
