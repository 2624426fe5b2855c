"""Reads of payment."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session

from marketplace.kernel.paging import ANY, Listing, Page, Sought, in_order, offset, read_page
from marketplace.orders.types import OrderId
from marketplace.payment import kept
from marketplace.payment.models import (
    AttemptRow,
    CaptureRow,
    EventRow,
    RefundLineRow,
    RefundRow,
    TransferRow,
)
from marketplace.payment.refusals import UnknownAttempt, UnknownRefund, UnknownTransfer
from marketplace.payment.types import (
    Attempt,
    AttemptId,
    AttemptState,
    Capture,
    CaptureKind,
    EventId,
    Processor,
    ProcessorEvent,
    Refund,
    RefundId,
    RefundState,
    Transfer,
    TransferId,
    TransferState,
)

# What was read before a lock may be old after it: every read takes what the database says now.
_FRESH: Mapping[str, Any] = {"populate_existing": True}
_LIVE = (AttemptState.CREATED, AttemptState.OPEN)


def get_attempt(session: Session, attempt_id: AttemptId) -> Attempt:
    """Refuses (UnknownAttempt)."""
    return _attempt(session, AttemptRow.id == attempt_id)


def attempt_by_token(session: Session, token: str) -> Attempt:
    """Return the attempt whose buyer comes back from the processor. Refuses (UnknownAttempt)."""
    return _attempt(session, AttemptRow.token == token)


def find_attempt(session: Session, processor: Processor, reference: str, key: str | None) -> Attempt | None:
    """Find the attempt that a processor speaks of: by its reference, or by the key we sent along.

    The key serves where the event comes before our own note of the reference.
    """
    row = session.scalars(
        select(AttemptRow)
        .where(AttemptRow.processor == processor, AttemptRow.reference == reference)
        .execution_options(**_FRESH)
    ).first()
    if row is None and key is not None:
        row = session.scalars(
            select(AttemptRow).where(
                AttemptRow.processor == processor,
                AttemptRow.idempotency_key == key,
                AttemptRow.reference.is_(None),
            )
        ).first()
    return kept.attempt_of(row) if row else None


def find_live_attempt(session: Session, order_id: OrderId) -> Attempt | None:
    row = session.scalars(
        select(AttemptRow)
        .where(AttemptRow.order_id == order_id, AttemptRow.state.in_(_LIVE))
        .execution_options(**_FRESH)
    ).first()
    return kept.attempt_of(row) if row else None


def attempts_of_order(session: Session, order_id: OrderId) -> list[Attempt]:
    """Return every try to pay an order, the first one first."""
    rows = session.scalars(select(AttemptRow).where(AttemptRow.order_id == order_id).order_by(AttemptRow.id))
    return [kept.attempt_of(row) for row in rows]


def attempts_overdue(session: Session, before: datetime, *, limit: int = 200) -> list[AttemptId]:
    """Return live attempts that should have ended before an instant: what the sweep asks about."""
    rows = session.scalars(
        select(AttemptRow.id)
        .where(AttemptRow.state.in_(_LIVE), AttemptRow.expires_at < before)
        .order_by(AttemptRow.expires_at, AttemptRow.id)
        .limit(limit)
    )
    return [AttemptId(one) for one in rows]


def captures_of_order(session: Session, order_id: OrderId) -> list[Capture]:
    rows = session.scalars(select(CaptureRow).where(CaptureRow.order_id == order_id).order_by(CaptureRow.id))
    return [kept.capture_of(row) for row in rows]


def find_applied_capture(session: Session, order_id: OrderId) -> Capture | None:
    """Return the money that paid the order."""
    row = session.scalars(
        select(CaptureRow)
        .where(CaptureRow.order_id == order_id, CaptureRow.kind == CaptureKind.APPLIED)
        .execution_options(**_FRESH)
    ).first()
    return kept.capture_of(row) if row else None


def list_mismatches(session: Session, *, page: int = 1, per_page: int = 20) -> Page[Capture]:
    """Return money that was not what was asked and waits for a person."""
    wanted = CaptureRow.kind == CaptureKind.MISMATCH
    total = session.scalar(select(func.count()).select_from(CaptureRow).where(wanted)) or 0
    rows = session.scalars(
        select(CaptureRow)
        .where(wanted)
        .order_by(CaptureRow.id.desc())
        .limit(per_page)
        .offset(offset(page, per_page))
    )
    return Page([kept.capture_of(row) for row in rows], total, page, per_page)


def get_refund(session: Session, refund_id: RefundId) -> Refund:
    """Refuses (UnknownRefund)."""
    found = _refunds(session, RefundRow.id == refund_id)
    if not found:
        raise UnknownRefund
    return found[0]


def find_refund(session: Session, reference: str, key: str | None = None) -> Refund | None:
    """Find the refund that a processor speaks of: by its reference, or by the key we sent along."""
    wanted = RefundRow.reference == reference
    if key is not None:
        wanted = wanted | (RefundRow.idempotency_key == key)
    found = _refunds(session, wanted)
    return found[0] if found else None


def refunds_of_order(session: Session, order_id: OrderId) -> list[Refund]:
    return _refunds(session, RefundRow.order_id == order_id)


def list_refunds(
    session: Session, state: RefundState, *, sought: Sought = ANY, page: int = 1, per_page: int = 20
) -> Page[Refund]:
    """Return refunds in a state, oldest first; the failed ones are a person's queue."""
    row, where = RefundRow, [RefundRow.state == state]
    if sought.text:
        of_capture = CaptureRow.id == row.capture_id
        where.append(exists().where(of_capture, AttemptRow.id == CaptureRow.attempt_id, of_order(sought)))
    listing = Listing(select(row.id), row.id, where, in_order(_REFUND_ORDERS, sought))
    found = read_page(session, listing, page, per_page)
    ids = [one for one, *_ in found.rows]
    refunds = {one.id: one for one in _refunds(session, row.id.in_(ids))}
    return found.of([refunds[RefundId(one)] for one in ids])


def refunds_pending_since(session: Session, before: datetime, *, limit: int = 200) -> list[RefundId]:
    """Return refunds that have been pending since before an instant: what the sweep asks about."""
    rows = session.scalars(
        select(RefundRow.id)
        .where(RefundRow.state == RefundState.PENDING, RefundRow.created_at < before)
        .order_by(RefundRow.id)
        .limit(limit)
    )
    return [RefundId(one) for one in rows]


def get_event(session: Session, event_id: EventId) -> ProcessorEvent:
    row = session.get_one(EventRow, event_id)
    return ProcessorEvent(
        processor=Processor(row.processor),
        event_id=row.event_id,
        kind=row.kind,
        subject=row.subject,
        payload=row.payload,
    )


def is_handled(session: Session, event_id: EventId) -> bool:
    return session.get_one(EventRow, event_id).handled_at is not None


def events_unhandled(session: Session, before: datetime, *, limit: int = 200) -> list[EventId]:
    """Return events that were stored before an instant and that no job has finished with."""
    rows = session.scalars(
        select(EventRow.id)
        .where(EventRow.handled_at.is_(None), EventRow.received_at < before)
        .order_by(EventRow.received_at, EventRow.id)
        .limit(limit)
    )
    return [EventId(one) for one in rows]


def get_transfer(session: Session, transfer_id: TransferId) -> Transfer:
    """Refuses (UnknownTransfer)."""
    row = session.get(TransferRow, transfer_id)
    if row is None:
        raise UnknownTransfer
    return kept.transfer_of(row, session.get_one(AttemptRow, row.attempt_id).order_number)


def list_transfers(
    session: Session, state: TransferState, *, sought: Sought = ANY, page: int = 1, per_page: int = 20
) -> Page[Transfer]:
    """Return transfers in a state, oldest first."""
    row, where = TransferRow, [TransferRow.state == state]
    if sought.text:
        where.append(exists().where(AttemptRow.id == row.attempt_id, of_order(sought)))
    listing = Listing(
        select(row, AttemptRow.order_number).join(AttemptRow, AttemptRow.id == row.attempt_id),
        row.id,
        where,
        in_order(_TRANSFER_ORDERS, sought),
    )
    found = read_page(session, listing, page, per_page)
    return found.of([kept.transfer_of(one, number) for one, number, *_ in found.rows])


_REFUND_ORDERS = {"oldest": (RefundRow.id,), "newest": (RefundRow.id.desc(),)}
_TRANSFER_ORDERS = {"oldest": (TransferRow.id,), "newest": (TransferRow.id.desc(),)}


def of_order(sought: Sought) -> ColumnElement[bool]:
    """Tell whether an attempt pays an order whose number begins so."""
    return AttemptRow.order_number.startswith(sought.text.upper(), autoescape=True)


def _attempt(session: Session, wanted: ColumnElement[bool]) -> Attempt:
    row = session.scalars(select(AttemptRow).where(wanted).execution_options(**_FRESH)).first()
    if row is None:
        raise UnknownAttempt
    return kept.attempt_of(row)


def _refunds(session: Session, wanted: ColumnElement[bool]) -> list[Refund]:
    rows = session.execute(
        select(RefundRow, CaptureRow, AttemptRow, RefundLineRow)
        .join(CaptureRow, CaptureRow.id == RefundRow.capture_id)
        .join(AttemptRow, AttemptRow.id == CaptureRow.attempt_id)
        .outerjoin(RefundLineRow, RefundLineRow.refund_id == RefundRow.id)
        .where(wanted)
        .order_by(RefundRow.id, RefundLineRow.order_line_id)
        .execution_options(**_FRESH)
    ).tuples()
    lines: dict[int, list[RefundLineRow]] = defaultdict(list)
    found: dict[int, tuple[RefundRow, CaptureRow, AttemptRow]] = {}
    for refund, capture, attempt, line in rows:
        found[refund.id] = (refund, capture, attempt)
        if line is not None:
            lines[refund.id].append(line)
    return [
        kept.refund_of(refund, lines[refund.id], capture, attempt)
        for refund, capture, attempt in found.values()
    ]
