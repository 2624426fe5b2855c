"""Refunds: reserved against the captured money first, sent by a job, settled by what the processor says."""

from sqlalchemy import update
from sqlalchemy.orm import Session

from marketplace.kernel import ids, jobs, journal, time
from marketplace.kernel.locking import locked_one
from marketplace.payment import queries, rules
from marketplace.payment.models import CaptureRow, RefundLineRow, RefundRow
from marketplace.payment.refusals import RefundExceedsCapture, UnknownRefund
from marketplace.payment.types import Capture, Refund, RefundAnswer, RefundId, RefundRequest, RefundState

SEND_REFUND = "payment.send_refund"


def request_refund(session: Session, capture: Capture, wish: RefundRequest) -> Refund:
    """Promise money back out of a capture and enqueue its sending.

    Never more than was captured, whoever races. Refuses (RefundExceedsCapture).
    """
    reserved = session.scalar(
        update(CaptureRow)
        .where(
            CaptureRow.id == capture.id, CaptureRow.refunded_fen + wish.amount_fen <= CaptureRow.amount_fen
        )
        .values(refunded_fen=CaptureRow.refunded_fen + wish.amount_fen)
        .returning(CaptureRow.id)
    )
    if wish.amount_fen <= 0 or reserved is None:
        raise RefundExceedsCapture
    row = RefundRow(
        order_id=capture.order_id,
        capture_id=capture.id,
        amount_fen=wish.amount_fen,
        freight_fen=wish.freight_fen,
        reason=wish.reason,
        state=RefundState.PENDING,
        idempotency_key=f"refund-{ids.new_token()}",
        requested_by=wish.requested_by,
        created_at=time.now(),
    )
    session.add(row)
    session.flush()
    session.add_all(
        RefundLineRow(
            refund_id=row.id,
            order_line_id=line.order_line_id,
            quantity=line.quantity,
            amount_fen=line.amount_fen,
        )
        for line in wish.lines
    )
    _note(session, row, "refund_requested", reason=wish.reason)
    jobs.enqueue(session, SEND_REFUND, {"refund_id": row.id}, queue="payment")
    return queries.get_refund(session, RefundId(row.id))


def note_answer(session: Session, refund_id: RefundId, answer: RefundAnswer) -> bool:
    """Keep what the processor says of a refund, forward only; True where its state changed."""
    row = _locked(session, refund_id)
    row.reference = row.reference or answer.reference
    if (
        not rules.refund_may_become(RefundState(row.state), answer.state)
        or answer.state is RefundState.PENDING
    ):
        session.flush()
        return False
    row.state = answer.state
    row.failure = answer.failure
    row.settled_at = time.now()
    _note(session, row, f"refund_{answer.state}", failure=answer.failure)
    session.flush()
    return True


def retry_refund(session: Session, refund_id: RefundId) -> Refund:
    """Send a failed refund again, as a new request to the processor, because a person says so."""
    row = _locked(session, refund_id)
    if row.state == RefundState.FAILED:
        row.state = RefundState.PENDING
        row.settled_at = None
        row.reference = None
        row.tries += 1
        row.idempotency_key = f"refund-{ids.new_token()}"
        _note(session, row, "refund_retried")
        jobs.enqueue(session, SEND_REFUND, {"refund_id": row.id}, queue="payment")
    session.flush()
    return queries.get_refund(session, refund_id)


def _locked(session: Session, refund_id: RefundId) -> RefundRow:
    return locked_one(session, RefundRow, refund_id, UnknownRefund)


def _note(session: Session, row: RefundRow, action: str, **detail: str | None) -> None:
    journal.write(session, "order", row.order_id, action, refund=row.id, amount_fen=row.amount_fen, **detail)
