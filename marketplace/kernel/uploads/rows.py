"""The table of files that people send, and one of its rows as others hold it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, NewType

from sqlalchemy import CheckConstraint, Index, LargeBinary, String, UniqueConstraint, update
from sqlalchemy.orm import Mapped, Session, mapped_column

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


def get(session: Session, upload_id: UploadId) -> Upload:
    """Return a file's state without its bytes; refuses (UploadNotFound)."""
    row = session.get(UploadRow, upload_id, populate_existing=True)
    if row is None:
        raise UploadNotFound
    return upload_from_row(row)


def move(session: Session, upload_id: UploadId, expected: UploadState, **values: Any) -> Upload:
    """Move a file on from the state it must be in; refuses (UploadMovedOn)."""
    moved = session.scalar(
        update(UploadRow)
        .where(UploadRow.id == upload_id, UploadRow.state == expected)
        .values(**values)
        .returning(UploadRow.id)
    )
    if moved is None:
        raise UploadMovedOn
    return get(session, upload_id)


def upload_from_row(row: UploadRow) -> Upload:
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
