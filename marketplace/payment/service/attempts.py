"""Attempts to pay: opened before the processor is called, ended by what it says."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.kernel import ids, journal, time
from marketplace.orders.types import Order
from marketplace.payment import kept, queries, rules
from marketplace.payment.models import AttemptRow
from marketplace.payment.refusals import AttemptOpen, TooLargeForProcessor, UnknownAttempt
from marketplace.payment.types import Attempt, AttemptId, AttemptState, Instructions, Processor, Redirect


def open_attempt(session: Session, order: Order, processor: Processor) -> Attempt:
    """Store a try to pay an order whole, with the key under which the processor will be called.

    A live attempt with the same processor is returned again. Refuses (AttemptOpen, TooLargeForProcessor).
    """
    live = queries.find_live_attempt(session, order.id)
    if live is not None:
        if live.processor is not processor:
            raise AttemptOpen
        return live
    if processor is not Processor.BANK_TRANSFER and order.total_fen > rules.LARGEST_ONLINE_FEN:
        raise TooLargeForProcessor
    now = time.now()
    row = AttemptRow(
        order_id=order.id,
        order_number=order.number,
        processor=processor,
        amount_fen=order.total_fen,
        idempotency_key=f"pay-{ids.new_token()}",
        token=ids.new_token(),
        language=order.contact.language,
        state=AttemptState.CREATED,
        created_at=now,
        expires_at=rules.expiry(processor, now),
    )
    session.add(row)
    session.flush()
    _note(session, row, "payment_opened", processor=str(processor))
    return kept.attempt_of(row)


def note_started(session: Session, attempt_id: AttemptId, answer: Redirect | Instructions) -> Attempt:
    """Keep what the processor answered, where no event has told more meanwhile."""
    row = locked(session, attempt_id)
    row.reference = row.reference or answer.reference
    if isinstance(answer, Redirect):
        row.url = answer.url
    if row.state == AttemptState.CREATED:
        row.state = AttemptState.OPEN
    session.flush()
    return kept.attempt_of(row)


def mark_expired(session: Session, attempt_id: AttemptId) -> bool:
    """End a live attempt that, says the processor, can no longer be paid; False where it had ended."""
    return _end(session, attempt_id, AttemptState.EXPIRED)


def fail_attempt(session: Session, attempt_id: AttemptId) -> bool:
    """End a live attempt that the processor refused to open; False where it had ended."""
    return _end(session, attempt_id, AttemptState.FAILED)


def locked(session: Session, attempt_id: AttemptId) -> AttemptRow:
    row = session.scalars(
        select(AttemptRow)
        .where(AttemptRow.id == attempt_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()
    if row is None:
        raise UnknownAttempt
    return row


def _end(session: Session, attempt_id: AttemptId, then: AttemptState) -> bool:
    row = locked(session, attempt_id)
    if not kept.attempt_of(row).is_live:
        return False
    row.state = then
    row.settled_at = time.now()
    _note(session, row, f"payment_{then}")
    session.flush()
    return True


def _note(session: Session, row: AttemptRow, action: str, **detail: str) -> None:
    journal.write(session, "order", row.order_id, action, attempt=row.id, amount_fen=row.amount_fen, **detail)
