"""Files that people send to change many things at once: kept as they came, with what became of them.

The bytes lie in the database, so that the page that shows a file and the job that applies it may run on
different machines. They are forgotten after a while; what they changed is in the journal.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, NewType

from sqlalchemy import (
    CheckConstraint,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
    delete,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import InstrumentedAttribute, Mapped, Session, mapped_column

from marketplace.kernel import journal, time
from marketplace.kernel.database import Base, Key
from marketplace.kernel.message import msg
from marketplace.kernel.refusals import Conflict, NotFound

UploadId = NewType("UploadId", int)
NAME_MAX = 120


class UploadState(StrEnum):
    """What a file is waiting for.

    ``LOOKING``: a job is looking at it; ``UNREADABLE``: it could not be read; ``READ``: shown to its sender;
    ``WAITING``: confirmed, a job is at it; ``APPLIED``: done, whole.
    """

    LOOKING = "looking"
    UNREADABLE = "unreadable"
    READ = "read"
    WAITING = "waiting"
    APPLIED = "applied"


class UploadRow(Base):
    __tablename__ = "kernel_upload"
    __table_args__ = (
        UniqueConstraint("party_id", "key"),
        CheckConstraint("state IN ('looking','unreadable','read','waiting','applied')", name="state_known"),
        CheckConstraint("(looked_at IS NULL) = (seen IS NULL)", name="look_kept"),
        CheckConstraint("(state = 'unreadable') = (refusal IS NOT NULL)", name="refusal_kept"),
        CheckConstraint("rows_done >= 0 AND rows_done <= rows_all", name="progress_within"),
        Index(None, "party_id", "id"),
        Index(None, "sent_at"),
    )

    id: Mapped[Key]
    party_id: Mapped[int]
    person_id: Mapped[int]
    key: Mapped[str] = mapped_column(String(100))
    subject: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(NAME_MAX))
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    state: Mapped[str] = mapped_column(String(10))
    is_turned_back: Mapped[bool]
    rows_done: Mapped[int]
    rows_all: Mapped[int]
    changed_rows: Mapped[list[int]]
    sent_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    looked_at: Mapped[datetime | None]
    seen: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    outcome: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    refusal: Mapped[dict[str, Any] | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file that a person sent for a party.

    ``rows_*`` count the rows that change something (while a job looks: all rows); ``changed_rows`` are their
    numbers in the file once they are changed; ``is_turned_back``: confirmed once, and then no longer what had
    been shown; ``looked_at``: when a job looked at it, whose finding is kept; ``refusal``: why it could not.
    """

    id: UploadId
    party_id: int
    person_id: int
    subject: str
    name: str
    state: UploadState
    is_turned_back: bool
    rows_done: int
    rows_all: int
    changed_rows: tuple[int, ...]
    sent_at: datetime
    ended_at: datetime | None
    looked_at: datetime | None
    refusal: Mapping[str, Any] | None


class UploadNotFound(NotFound):
    code = "upload_not_found"


class UploadMovedOn(Conflict):
    code = "upload_moved_on"

    def __init__(self) -> None:
        super().__init__(msg("这份表格已经处理过，请刷新页面。"))


def keep(
    session: Session, *, subject: str, party_id: int, person_id: int, file: tuple[str, bytes], key: str
) -> Upload:
    """Keep a file (its name and bytes) once per party and key; the same key again gives the first one."""
    session.execute(
        insert(UploadRow)
        .values(
            party_id=party_id,
            person_id=person_id,
            key=key,
            subject=subject,
            name=file[0][:NAME_MAX],
            content=file[1],
            state=UploadState.READ,
            is_turned_back=False,
            rows_done=0,
            rows_all=0,
            changed_rows=[],
            sent_at=time.now(),
        )
        .on_conflict_do_nothing()
    )
    row = session.scalars(select(UploadRow).where(UploadRow.party_id == party_id, UploadRow.key == key)).one()
    return _upload(row)


def get(session: Session, upload_id: UploadId) -> Upload:
    """Return a file's state without its bytes; refuses (UploadNotFound)."""
    row = session.get(UploadRow, upload_id, populate_existing=True)
    if row is None:
        raise UploadNotFound
    return _upload(row)


def content(session: Session, upload_id: UploadId) -> bytes:
    found = session.scalar(select(UploadRow.content).where(UploadRow.id == upload_id))
    if found is None:
        raise UploadNotFound
    return found


def recent(session: Session, party_id: int, limit: int = 10) -> list[Upload]:
    """Return a party's files that a job is at or was at, or that changed something, newest first."""
    was_left = or_(UploadRow.state != UploadState.READ, UploadRow.looked_at.is_not(None))
    rows = session.scalars(
        select(UploadRow)
        .where(UploadRow.party_id == party_id, was_left)
        .order_by(UploadRow.id.desc())
        .limit(limit)
    )
    return [_upload(row) for row in rows]


def look_later(session: Session, upload_id: UploadId) -> Upload:
    """Say that a job will look at a file, the first time or anew; refuses (UploadMovedOn)."""
    return _move(
        session,
        upload_id,
        UploadState.READ,
        state=UploadState.LOOKING,
        looked_at=None,
        seen=None,
        outcome=None,
        rows_all=0,
        rows_done=0,
    )


def note_look(session: Session, upload_id: UploadId, done: int, rows: int) -> None:
    """Say how far a look is, from a transaction of its own."""
    session.execute(
        update(UploadRow)
        .where(UploadRow.id == upload_id, UploadRow.state == UploadState.LOOKING)
        .values(rows_done=min(done, rows), rows_all=rows)
    )


def looked(session: Session, upload_id: UploadId, seen: bytes, outcome: bytes) -> Upload:
    """Keep what a look found: what its page shows, and all of it; refuses (UploadMovedOn)."""
    return _move(
        session,
        upload_id,
        UploadState.LOOKING,
        state=UploadState.READ,
        looked_at=time.now(),
        seen=seen,
        outcome=outcome,
        rows_all=0,
        rows_done=0,
    )


def unreadable(session: Session, upload_id: UploadId, refusal: Mapping[str, Any]) -> None:
    """Say why a file could not be looked at, unless a twin of the job has looked meanwhile."""
    session.execute(
        update(UploadRow)
        .where(UploadRow.id == upload_id, UploadRow.state == UploadState.LOOKING)
        .values(state=UploadState.UNREADABLE, refusal=dict(refusal), rows_all=0, rows_done=0)
    )


def kept_look(session: Session, upload_id: UploadId) -> bytes:
    """Return what a page shows of a look that is kept; refuses (UploadNotFound)."""
    return _kept(session, upload_id, UploadRow.seen)


def kept_outcome(session: Session, upload_id: UploadId) -> bytes:
    """Return all of a look that is kept; refuses (UploadNotFound)."""
    return _kept(session, upload_id, UploadRow.outcome)


def wait(session: Session, upload_id: UploadId, rows: int) -> Upload:
    """Say that a job will apply a file; refuses (UploadMovedOn) one that is not only shown."""
    return _move(
        session,
        upload_id,
        UploadState.READ,
        state=UploadState.WAITING,
        rows_all=rows,
        rows_done=0,
        is_turned_back=False,
    )


def note_progress(session: Session, upload_id: UploadId, done: int) -> None:
    """Say how far a job is, from a transaction of its own: the job's is seen by nobody until it ends."""
    session.execute(
        update(UploadRow)
        .where(UploadRow.id == upload_id, UploadRow.state == UploadState.WAITING, UploadRow.rows_all >= done)
        .values(rows_done=done)
    )


def turn_back(session: Session, upload_id: UploadId) -> None:
    """Give a file back to be looked at again: what it said can no longer be done.

    One that a twin of the job has applied meanwhile stays applied.
    """
    session.execute(
        update(UploadRow)
        .where(UploadRow.id == upload_id, UploadRow.state == UploadState.WAITING)
        .values(state=UploadState.READ, is_turned_back=True, rows_done=0, rows_all=0)
    )


def finish(session: Session, upload_id: UploadId, state: UploadState, changed: Sequence[int]) -> Upload:
    """Say that a file was applied; refuses (UploadMovedOn) where somebody else did so meanwhile."""
    found = _move(
        session,
        upload_id,
        state,
        state=UploadState.APPLIED,
        rows_all=len(changed),
        rows_done=len(changed),
        changed_rows=list(changed),
        is_turned_back=False,
        ended_at=time.now(),
    )
    journal.write(session, "upload", upload_id, "applied", subject=found.subject, rows=len(changed))
    return found


def forget(session: Session, before: datetime) -> int:
    """Forget files sent before an instant; what they changed stays in the journal."""
    gone = session.scalars(delete(UploadRow).where(UploadRow.sent_at < before).returning(UploadRow.id)).all()
    return len(gone)


def _kept(session: Session, upload_id: UploadId, column: InstrumentedAttribute[bytes | None]) -> bytes:
    found = session.scalar(select(column).where(UploadRow.id == upload_id))
    if found is None:
        raise UploadNotFound
    return found


def _move(session: Session, upload_id: UploadId, expected: UploadState, **values: Any) -> Upload:
    moved = session.scalar(
        update(UploadRow)
        .where(UploadRow.id == upload_id, UploadRow.state == expected)
        .values(**values)
        .returning(UploadRow.id)
    )
    if moved is None:
        raise UploadMovedOn
    return get(session, upload_id)


def _upload(row: UploadRow) -> Upload:
    return Upload(
        id=UploadId(row.id),
        party_id=row.party_id,
        person_id=row.person_id,
        subject=row.subject,
        name=row.name,
        state=UploadState(row.state),
        is_turned_back=row.is_turned_back,
        rows_done=row.rows_done,
        rows_all=row.rows_all,
        changed_rows=tuple(row.changed_rows),
        sent_at=row.sent_at,
        ended_at=row.ended_at,
        looked_at=row.looked_at,
        refusal=row.refusal,
    )
