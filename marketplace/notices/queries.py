"""Reads of notices."""

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from marketplace.kernel.message import Message
from marketplace.kernel.paging import Page, offset
from marketplace.notices.models import NoticeRow
from marketplace.notices.refusals import NoticeNotFound
from marketplace.notices.rules import decode
from marketplace.notices.types import Notice, NoticeId, NoticeKind, NoticeState


def get_notice(session: Session, notice_id: int) -> Notice:
    """Return a notice; refuses (NoticeNotFound)."""
    row = session.get(NoticeRow, notice_id)
    if row is None:
        raise NoticeNotFound
    return notice_from_row(row)


def inbox(
    session: Session,
    *,
    phone: str | None = None,
    person_id: int | None = None,
    with_codes: bool = True,
    page: int = 1,
    per_page: int = 20,
) -> Page[Notice]:
    """Return notices newest first: to a phone or a person (either will do), or everybody's."""
    addressed: list[ColumnElement[bool]] = []
    if phone is not None:
        addressed.append(NoticeRow.to_phone == phone)
    if person_id is not None:
        addressed.append(NoticeRow.to_person_id == person_id)
    wanted = or_(*addressed) if addressed else NoticeRow.id.is_not(None)
    if not with_codes:
        wanted = and_(wanted, NoticeRow.kind != NoticeKind.CODE)
    total = session.scalar(select(func.count()).select_from(NoticeRow).where(wanted)) or 0
    rows = session.scalars(
        select(NoticeRow)
        .where(wanted)
        .order_by(NoticeRow.id.desc())
        .limit(per_page)
        .offset(offset(page, per_page))
    )
    return Page([notice_from_row(row) for row in rows], total, page, per_page)


def notice_from_row(row: NoticeRow) -> Notice:
    return Notice(
        id=NoticeId(row.id),
        kind=NoticeKind(row.kind),
        to_phone=row.to_phone,
        to_person_id=row.to_person_id,
        message=Message(row.template, decode(row.parameters)),
        link=row.link,
        state=NoticeState(row.state),
        created_at=row.created_at,
        delivered_at=row.delivered_at,
    )
