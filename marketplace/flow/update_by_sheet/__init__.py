"""Updating by spreadsheet: goods, offers, stock or lots of a cooperative, looked at, then changed whole.

A file is kept as it came. Looking reads it against the shelf of this moment and changes nothing; applying
reads it again and does exactly what was shown, or nothing. Rows go through the forms' use cases, in their
plural: a query a row would make twenty thousand rows a matter of minutes.

A small file is looked at while its sender waits, and whenever its page is opened. A large one is looked at by
a job, which says how far it is and keeps what it found.

Reading stands here and not in a room: it serves several rooms, and a mend is only right for who knows what
the column is for. The formats are behind ``kernel.spreadsheets``.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar, overload

from sqlalchemy.orm import Session

from marketplace.flow.update_by_sheet import goods, looked, lots, offers, stock
from marketplace.flow.update_by_sheet.looked import Found, Outcome
from marketplace.flow.update_by_sheet.reading import read_sheet
from marketplace.flow.update_by_sheet.types import (
    By,
    Plan,
    PlanMovedOn,
    SheetRefused,
    Subject,
)
from marketplace.flow.update_by_sheet.words import words
from marketplace.kernel import jobs, time, uploads
from marketplace.kernel.message import Message
from marketplace.kernel.refusals import Refusal
from marketplace.kernel.spreadsheets import Spreadsheets
from marketplace.kernel.uploads import Upload, UploadId, UploadState
from marketplace.parties.types import PartyId, PersonId

__all__ = [
    "AT_ONCE",
    "JOB",
    "LOOK_JOB",
    "SUBJECTS",
    "apply",
    "apply_later",
    "confirm",
    "find",
    "keep",
    "look",
    "look_later",
    "outcome",
    "receive",
    "why_unreadable",
]

T = TypeVar("T")

SUBJECTS: Mapping[str, Subject] = {"goods": goods, "offers": offers, "stock": stock, "lots": lots}

AT_ONCE = 200
"""How many changes are made while the person waits; more are a job's."""

LOOKED_AT_ONCE = 400_000
"""How many bytes, unpacked, are looked at while the person waits: some two thousand rows; more is a job's."""

TOGETHER = 500
"""How many rows are taken in one go; between them the sender is told how far it is."""

JOB = "sheets.apply"
LOOK_JOB = "sheets.look"

Told = Callable[[int, int], None]
"""Hears now and then how many rows are looked at, and of how many."""
Write = Callable[[Callable[[Session], object]], object]


def keep(
    session: Session, subject: str, by: tuple[PartyId, PersonId], file: tuple[str, bytes], key: str
) -> Upload:
    """Keep a file that a cooperative sent, once per key; nothing else happens yet.

    A form sent again from a page gone back to may bring another file: that is another upload.
    """
    key = hashlib.sha256(key.encode() + file[1]).hexdigest()
    return uploads.keep(session, subject=subject, party_id=by[0], person_id=by[1], file=file, key=key)


def receive(
    session: Session,
    files: Spreadsheets,
    subject: str,
    by: tuple[PartyId, PersonId],
    file: tuple[str, bytes],
    key: str,
) -> Upload:
    """Take a file in: a small one is looked at now, a large one by a job.

    Refuses (SheetUnreadable, SheetTooLarge) what can be seen to be no such file at once.
    """
    size = files.size(file[1])
    upload = keep(session, subject, by, file, key)
    if size <= LOOKED_AT_ONCE:
        look(session, files, upload)
    elif upload.state is UploadState.READ and upload.looked_at is None:
        return _leave_look(session, upload)
    return upload


def look(session: Session, files: Spreadsheets, upload: Upload, on_rows: Told | None = None) -> Plan:
    """Say what a file would change at this moment. Refuses (SheetUnreadable, SheetTooLarge)."""
    subject = SUBJECTS[upload.subject]
    columns = subject.columns(session, PartyId(upload.party_id))
    grid = files.read(uploads.content(session, upload.id))
    if on_rows is None:
        return subject.plan(session, _by(upload), read_sheet(grid, columns, words(), time.today()))
    most = len(grid.rows)
    # A row is read and then held against the shelf: half of its way each.
    reading = read_sheet(
        replace(grid, rows=_Watched(grid.rows, lambda done: on_rows(done // 2, most))),
        columns,
        words(),
        time.today(),
    )
    rows = _Watched(reading.rows, lambda done: on_rows((most + done) // 2, most))
    return subject.plan(session, _by(upload), replace(reading, rows=rows))


def find(session: Session, files: Spreadsheets, upload: Upload) -> Found:
    """Return what a file's page shows: as a job found it, or found now. Refuses as ``look``."""
    if upload.looked_at is not None:
        return looked.unpack_found(uploads.kept_look(session, upload.id))
    return looked.found(look(session, files, upload))


def outcome(session: Session, files: Spreadsheets, upload: Upload) -> Outcome:
    """Return what a file's result sheet says of each row; as ``find``."""
    if upload.looked_at is not None:
        return looked.unpack_outcome(uploads.kept_outcome(session, upload.id))
    return looked.outcome(look(session, files, upload))


def why_unreadable(upload: Upload) -> Message | None:
    """Return why a job could not look at a file."""
    return None if upload.refusal is None else looked.take_message(upload.refusal)


def look_later(write: Write, files: Spreadsheets, upload_id: UploadId) -> None:
    """Look at a file as a job does and keep what was found; run again, it finds that it is done."""

    def told(done: int, rows: int) -> None:
        write(lambda session: uploads.note_look(session, upload_id, done, rows))

    def look_and_keep(session: Session) -> None:
        upload = uploads.get(session, upload_id)
        if upload.state is UploadState.LOOKING:
            plan = look(session, files, upload, told)
            seen = looked.pack_found(looked.found(plan))
            uploads.looked(session, upload_id, seen, looked.pack_outcome(looked.outcome(plan)))

    try:
        write(look_and_keep)
    except uploads.UploadMovedOn:
        return  # a twin of the job was faster
    except Refusal as refusal:
        why = looked.put_message(refusal.message)
        write(lambda session: uploads.unreadable(session, upload_id, why))


def confirm(session: Session, files: Spreadsheets, upload: Upload, digest: str) -> Upload:
    """Do what was shown, or leave it to a job where it is much; a second confirmation changes nothing.

    Refuses (SheetRefused: a row cannot be taken; PlanMovedOn: it is not what was shown any more).
    """
    if upload.state is not UploadState.READ:
        return upload
    if upload.looked_at is not None:  # whether it still holds is for the job to find
        found = find(session, files, upload)
        _check(found.problems_count, found.digest, digest)
        return _leave(session, upload, digest, found.changed)
    plan = look(session, files, upload)
    _check(len(plan.problems), plan.digest, digest)
    if len(plan.steps) > AT_ONCE:
        return _leave(session, upload, digest, len(plan.steps))
    return _run(session, upload, plan, lambda _done: None)


def apply(
    session: Session, files: Spreadsheets, upload_id: UploadId, digest: str, on_rows: Callable[[int], None]
) -> Upload:
    """Make every change of a file in this one transaction; one that was made already is left alone.

    ``on_rows`` hears now and then how many rows are done. Refuses like ``confirm``.
    """
    upload = uploads.get(session, upload_id)
    if upload.state is not UploadState.WAITING:
        return upload
    plan = look(session, files, upload)
    _check(len(plan.problems), plan.digest, digest)
    return _run(session, upload, plan, on_rows)


def apply_later(
    write: Write,
    files: Spreadsheets,
    upload_id: UploadId,
    digest: str,
) -> None:
    """Apply a file as a job does: its rows in one transaction, its progress in others.

    What is refused after all changes nothing: the file goes back to its sender, who looks at it again.
    """

    def told(done: int) -> None:
        write(lambda session: uploads.note_progress(session, upload_id, done))

    try:
        write(lambda session: apply(session, files, upload_id, digest, told))
    except Refusal:
        write(lambda session: _give_back(session, upload_id))


def _check(problems: int, found: str, digest: str) -> None:
    if problems:
        raise SheetRefused(problems)
    if found != digest:
        raise PlanMovedOn


def _leave(session: Session, upload: Upload, digest: str, rows: int) -> Upload:
    """Leave the changes to a job; a cooperative's jobs run one after another."""
    jobs.enqueue(session, JOB, {"upload_id": upload.id, "digest": digest}, lock=_lock(upload))
    return uploads.wait(session, upload.id, rows)


def _leave_look(session: Session, upload: Upload) -> Upload:
    jobs.enqueue(session, LOOK_JOB, {"upload_id": upload.id}, lock=_lock(upload))
    return uploads.look_later(session, upload.id)


def _give_back(session: Session, upload_id: UploadId) -> None:
    """Give a file back to its sender; what a job had found is old, so a job looks anew."""
    uploads.turn_back(session, upload_id)
    upload = uploads.get(session, upload_id)
    if upload.state is UploadState.READ and upload.looked_at is not None:
        _leave_look(session, upload)


def _lock(upload: Upload) -> str:
    return f"sheets:{upload.party_id}"


def _run(session: Session, upload: Upload, plan: Plan, on_rows: Callable[[int], None]) -> Upload:
    for done in range(0, len(plan.order), TOGETHER):
        plan.take(session, plan.order[done : done + TOGETHER])
        on_rows(min(done + TOGETHER, len(plan.order)))
    plan.finish(session)
    return uploads.finish(session, upload.id, upload.state, [step.row for step in plan.steps])


def _by(upload: Upload) -> By:
    return By(cooperative_id=PartyId(upload.party_id), person_id=PersonId(upload.person_id))


class _Watched(Sequence[T]):
    """Rows that say how far somebody is who goes through them."""

    def __init__(self, rows: Sequence[T], on_row: Callable[[int], None]) -> None:
        self._rows, self._on_row = rows, on_row

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, at: int) -> T: ...

    @overload
    def __getitem__(self, at: slice) -> Sequence[T]: ...

    def __getitem__(self, at: int | slice) -> T | Sequence[T]:
        return self._rows[at]

    def __iter__(self) -> Iterator[T]:
        for done, row in enumerate(self._rows):
            if done % TOGETHER == 0:
                self._on_row(done)
            yield row
