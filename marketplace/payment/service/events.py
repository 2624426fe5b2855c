"""What processors report: stored by the event's own id first, acted on by a job."""

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from marketplace.kernel import jobs, time
from marketplace.payment.models import EventRow
from marketplace.payment.types import EventId, ProcessorEvent

HANDLE_EVENT = "payment.handle_event"


def record_event(session: Session, event: ProcessorEvent) -> bool:
    """Store a verified event and enqueue the job that acts on it; False where it is already stored."""
    stored = session.scalar(
        insert(EventRow)
        .values(
            processor=event.processor,
            event_id=event.event_id,
            kind=event.kind,
            subject=event.subject,
            payload=event.payload,
            received_at=time.now(),
        )
        .on_conflict_do_nothing(index_elements=["processor", "event_id"])
        .returning(EventRow.id)
    )
    if stored is None:
        return False
    jobs.enqueue(session, HANDLE_EVENT, {"event_id": stored}, queue="payment")
    return True


def mark_handled(session: Session, event_id: EventId, outcome: str) -> None:
    """Note what came of an event, so that the sweep leaves it alone."""
    session.execute(
        update(EventRow)
        .where(EventRow.id == event_id, EventRow.handled_at.is_(None))
        .values(handled_at=time.now(), outcome=outcome)
    )
