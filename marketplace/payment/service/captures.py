"""Money that arrived: stored once per payment, whatever tells of it and how often."""

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from marketplace.kernel import journal, time
from marketplace.payment import kept, rules
from marketplace.payment.models import CaptureRow
from marketplace.payment.service.attempts import locked
from marketplace.payment.types import AttemptId, AttemptState, Capture, ProcessorState


def record_capture(
    session: Session, attempt_id: AttemptId, said: ProcessorState, *, order_waits: bool, order_paid: bool
) -> Capture | None:
    """Store money that the processor says it took, and what it is; None where it is already stored.

    The caller holds the order's lock, so that ``order_waits`` and ``order_paid`` stay true.
    """
    row = locked(session, attempt_id)
    attempt = kept.attempt_of(row)
    kind = rules.capture_kind(attempt, said, order_waits=order_waits, order_paid=order_paid)
    inserted = session.scalars(
        insert(CaptureRow)
        .values(
            attempt_id=attempt.id,
            order_id=attempt.order_id,
            processor=attempt.processor,
            reference=said.payment_reference or said.reference,
            amount_fen=said.amount_fen,
            refunded_fen=0,
            kind=kind,
            at=time.now(),
        )
        .on_conflict_do_nothing(index_elements=["processor", "reference"])
        .returning(CaptureRow)
    ).first()
    if inserted is None:
        return None
    row.reference = row.reference or said.reference
    row.payment_reference = said.payment_reference
    then = rules.attempt_state_after(kind)
    if rules.may_become(AttemptState(row.state), then):
        row.state = then
        row.settled_at = time.now()
    journal.write(
        session,
        "order",
        attempt.order_id,
        f"money_{kind}",
        attempt=attempt.id,
        amount_fen=said.amount_fen,
        differences=rules.differences(attempt, said),
    )
    session.flush()
    return kept.capture_of(inserted)
