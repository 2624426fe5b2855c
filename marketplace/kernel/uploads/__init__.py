"""Files that people send to change many things at once: kept as they came, with what became of them.

The bytes lie in the database, so that the page that shows a file and the job that applies it may run on
different machines. They are forgotten after a while; what they changed is in the journal.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from marketplace.kernel import journal, time
from marketplace.kernel.uploads.looks import (
    kept_look,
    kept_outcome,
    look_later,
    looked,
    note_look,
    unreadable,
)
from marketplace.kernel.uploads.rows import (
    NAME_MAX,
    Upload,
    UploadId,
    UploadMovedOn,
    UploadNotFound,
    UploadRow,
    UploadState,
    get,
    move,
    upload_from_row,
)

__all__ = [
    "Upload",
    "UploadId",
    "UploadMovedOn",
    "UploadNotFound",
    "UploadState",
    "content",
    "finish",
    "forget",
    "get",
    "keep",
    "kept_look",
    "kept_outcome",
    "look_later",
    "looked",
    "note_look",
    "note_progress",
    "recent",
    "turn_back",
    "unreadable",
    "wait",
]


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
    return upload_from_row(row)


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
    return [upload_from_row(row) for row in rows]


def wait(session: Session, upload_id: UploadId, rows: int) -> Upload:
    """Say that a job will apply a file; refuses (UploadMovedOn) one that is not only shown."""
    return move(
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
    found = move(
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
