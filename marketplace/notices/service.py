"""Writes of notices: send, and what became of the delivery."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.kernel import jobs, time
from marketplace.kernel.message import Message
from marketplace.notices.models import NoticeRow
from marketplace.notices.refusals import NoticeNotFound
from marketplace.notices.rules import after_failure, encode, is_secret, wiped
from marketplace.notices.types import NoticeId, NoticeKind, NoticeState

DELIVER = "notices.deliver"


def send(
    session: Session,
    *,
    kind: NoticeKind,
    message: Message,
    to_phone: str | None = None,
    to_person_id: int | None = None,
    link: str | None = None,
) -> NoticeId:
    """Write a notice to a phone or a person and have it delivered once the transaction commits.

    ``link`` is a path of this site, ``/orders/Q…``.
    """
    row = NoticeRow(
        kind=kind,
        to_phone=to_phone,
        to_person_id=to_person_id,
        template=message.template,
        parameters=encode(message.parameters),
        is_secret=is_secret(kind),
        link=link,
        state=NoticeState.WAITING,
        tries=0,
        created_at=time.now(),
    )
    session.add(row)
    session.flush()
    jobs.enqueue(session, DELIVER, {"notice_id": row.id})
    return NoticeId(row.id)


def mark_delivered(session: Session, notice_id: NoticeId, *, keep_text: bool) -> None:
    """Record that the channel took the message; the text of a secret is wiped unless the channel keeps it."""
    row = _locked(session, notice_id)
    if row.state != NoticeState.WAITING:
        return
    row.state = NoticeState.DELIVERED
    row.tries += 1
    row.delivered_at = time.now()
    if row.is_secret and not keep_text:
        row.parameters = wiped(row.parameters)
    session.flush()


def mark_failed(session: Session, notice_id: NoticeId) -> NoticeState:
    """Record that the channel refused the message; after the fifth time it is given up."""
    row = _locked(session, notice_id)
    if row.state == NoticeState.WAITING:
        row.tries += 1
        row.state = after_failure(row.tries)
        if row.is_secret and row.state == NoticeState.FAILED:
            row.parameters = wiped(row.parameters)
        session.flush()
    return NoticeState(row.state)


def _locked(session: Session, notice_id: NoticeId) -> NoticeRow:
    row = session.scalars(
        select(NoticeRow)
        .where(NoticeRow.id == notice_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        raise NoticeNotFound
    return row
