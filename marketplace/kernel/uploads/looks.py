"""Looks at large files: a job makes them, says how far it is and keeps what it found."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from marketplace.kernel import time
from marketplace.kernel.uploads.rows import Upload, UploadId, UploadNotFound, UploadRow, UploadState, move


def look_later(session: Session, upload_id: UploadId) -> Upload:
    """Say that a job will look at a file, the first time or anew; refuses (UploadMovedOn)."""
    return move(
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
    return move(
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


def _kept(session: Session, upload_id: UploadId, column: InstrumentedAttribute[bytes | None]) -> bytes:
    found = session.scalar(select(column).where(UploadRow.id == upload_id))
    if found is None:
        raise UploadNotFound
    return found
