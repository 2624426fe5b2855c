"""What jobs do for payments: act on stored events, end what is overdue, send refunds, find what got lost."""

from marketplace.flow.payment_received import receive
from marketplace.flow.refund import settle_refund
from marketplace.flow.release_expired import release_unpaid
from marketplace.flow.start_payment import close_attempt, port_of
from marketplace.flow.transact import Transact
from marketplace.payment import queries as payments
from marketplace.payment import service as payment
from marketplace.payment.port import ProcessorRefused, Processors
from marketplace.payment.types import AttemptId, EventId, ProcessorEvent, Refund, RefundId, RefundState

_ABOUT_PAYMENT = "checkout.session."
_ABOUT_REFUND = "refund."


def handle_event(transact: Transact, processors: Processors, event_id: EventId) -> None:
    """Act on an event: it says what to look at, the processor itself is asked what to believe.

    So a doubled, reversed or three days old event can do no harm.
    """
    event = transact(lambda session: payments.get_event(session, event_id))
    if transact(lambda session: payments.is_handled(session, event_id)):
        return
    outcome = _handle(transact, processors, event)
    transact(lambda session: payment.mark_handled(session, event_id, outcome))


def end_attempt(transact: Transact, processors: Processors, attempt_id: AttemptId) -> None:
    """End an attempt whose time is over, then its order where nothing else can pay it any more."""
    attempt = transact(lambda session: payments.get_attempt(session, attempt_id))
    if attempt.is_live:
        close_attempt(transact, processors, attempt)
    transact(lambda session: release_unpaid(session, attempt.order_id))


def send_refund(transact: Transact, processors: Processors, refund_id: RefundId) -> None:
    """Send a refund to its processor, or ask how one stands; the stored key makes it one refund only."""
    refund = transact(lambda session: payments.get_refund(session, refund_id))
    if refund.state is RefundState.PENDING:
        _ask_refund(transact, processors, refund)


def _handle(transact: Transact, processors: Processors, event: ProcessorEvent) -> str:
    port = port_of(processors, event.processor)
    if event.kind.startswith(_ABOUT_PAYMENT):
        try:
            said = port.sync(event.subject)
        except ProcessorRefused:
            return "unknown_payment"
        capture = transact(lambda session: receive(session, event.processor, said))
        return f"captured_{capture.kind}" if capture else f"seen_{said.status}"
    if event.kind.startswith(_ABOUT_REFUND):
        refund = transact(lambda session: payments.find_refund(session, event.subject, _refund_key(event)))
        if refund is None:
            return "unknown_refund"
        _ask_refund(transact, processors, refund)
        return "refund_seen"
    return "ignored"


def _ask_refund(transact: Transact, processors: Processors, refund: Refund) -> None:
    answer = port_of(processors, refund.processor).refund(refund)
    transact(lambda session: settle_refund(session, refund.id, answer))


def _refund_key(event: ProcessorEvent) -> str | None:
    """Read our own key from the refund an event speaks of: it may come before our note of its reference."""
    about = event.payload.get("data")
    found = about.get("object") if isinstance(about, dict) else None
    metadata = found.get("metadata") if isinstance(found, dict) else None
    key = metadata.get("refund") if isinstance(metadata, dict) else None
    return key if isinstance(key, str) else None
