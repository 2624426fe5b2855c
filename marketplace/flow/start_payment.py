"""From a placed order to the processor's page and back: each call outside stands between two transactions."""

from sqlalchemy.orm import Session

from marketplace.flow.payment_received import receive
from marketplace.flow.release_expired import schedule_release, settle_ended
from marketplace.flow.transact import Transact
from marketplace.kernel import time
from marketplace.orders import service as orders
from marketplace.orders.types import OrderId, OrderState
from marketplace.payment import queries as payments
from marketplace.payment import rules
from marketplace.payment import service as payment
from marketplace.payment.port import PaymentPort, ProcessorDown, ProcessorRefused, Processors
from marketplace.payment.refusals import NotPayable, PaymentUnavailable, UnknownProcessor
from marketplace.payment.types import (
    Attempt,
    AttemptId,
    Instructions,
    Processor,
    ProcessorState,
    Redirect,
)
from marketplace.stock import service as stock


def port_of(processors: Processors, processor: Processor) -> PaymentPort:
    """Refuses (UnknownProcessor) a way to pay that this installation does not offer."""
    port = processors.get(processor)
    if port is None:
        raise UnknownProcessor
    return port


def start_payment(
    transact: Transact, processors: Processors, attempt_id: AttemptId
) -> Redirect | Instructions:
    """Open the processor's page for an attempt, or say how to transfer; the same attempt, the same page.

    Refuses (NotPayable, PaymentUnavailable: the order stays and can be paid again).
    """
    attempt = transact(lambda session: payments.get_attempt(session, attempt_id))
    if not attempt.is_live:
        raise NotPayable
    if attempt.reference is not None and attempt.url is not None:
        return Redirect(reference=attempt.reference, url=attempt.url)
    try:
        answer = port_of(processors, attempt.processor).start(attempt)
    except ProcessorDown as down:
        raise PaymentUnavailable from down
    except ProcessorRefused as refused:
        transact(lambda session: payment.fail_attempt(session, attempt_id))
        raise PaymentUnavailable from refused
    transact(lambda session: payment.note_started(session, attempt_id, answer))
    return answer


def pay_again(
    transact: Transact, processors: Processors, order_id: OrderId, processor: Processor
) -> Redirect | Instructions:
    """Go on with an order that waits for money: the open page, or a new attempt that keeps the goods longer.

    Another attempt is closed with its processor first, so that the order cannot be paid twice. Refuses
    (NotPayable, PaymentUnavailable, ProlongedTooOften).
    """
    port_of(processors, processor)
    live = transact(lambda session: payments.find_live_attempt(session, order_id))
    if live is not None and live.processor is processor and time.now() < live.expires_at:
        return start_payment(transact, processors, live.id)
    if live is not None:
        close_attempt(transact, processors, live)
    attempt = transact(lambda session: _open_again(session, order_id, processor))
    return start_payment(transact, processors, attempt.id)


def sync_attempt(transact: Transact, processors: Processors, attempt_id: AttemptId) -> Attempt:
    """Ask the processor how an attempt stands and act on it: what the landing page, jobs and sweep all do."""
    attempt = transact(lambda session: payments.get_attempt(session, attempt_id))
    if attempt.is_live and attempt.reference is not None:
        try:
            said = port_of(processors, attempt.processor).sync(attempt.reference)
        except (ProcessorDown, ProcessorRefused):
            return attempt  # the webhook and the sweep will tell
        transact(lambda session: receive(session, attempt.processor, said))
    return transact(lambda session: payments.get_attempt(session, attempt_id))


def close_attempt(transact: Transact, processors: Processors, attempt: Attempt) -> ProcessorState | None:
    """End an attempt with its processor and act on the answer; None where the processor never knew it.

    Refuses (PaymentUnavailable) where nobody answers: then it may still be paid, and stays.
    """
    port = port_of(processors, attempt.processor)
    try:
        said = _expire(port, attempt)
    except ProcessorDown as down:
        raise PaymentUnavailable from down
    transact(lambda session: settle_ended(session, attempt.id, said))
    return said


def _expire(port: PaymentPort, attempt: Attempt) -> ProcessorState | None:
    reference = attempt.reference
    if reference is None:
        # We may have died between the call and our note of its answer: the same key finds the same page.
        try:
            reference = port.start(attempt).reference
        except ProcessorRefused:
            return None
    return port.expire(reference)


def _open_again(session: Session, order_id: OrderId, processor: Processor) -> Attempt:
    order = orders.lock_order(session, order_id)
    if order.state is not OrderState.AWAITING_PAYMENT:
        raise NotPayable
    attempt = payment.open_attempt(session, order, processor)
    if order.hold_id is not None:
        stock.prolong(session, order.hold_id, rules.hold_until(attempt.expires_at))
    schedule_release(session, attempt)
    return attempt
