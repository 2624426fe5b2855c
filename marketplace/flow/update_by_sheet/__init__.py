"""Updating by spreadsheet: goods, offers, stock or lots of a cooperative, looked at, then changed whole.

A file is kept as it came. Looking reads it against the shelf of this moment and changes nothing; applying
reads it again and does exactly what was shown, or nothing. Rows go through the forms' use cases, in their
plural: a query a row would make twenty thousand rows a matter of minutes.

Reading stands here and not in a room: it serves several rooms, and a mend is only right for who knows what
the column is for. The formats are behind ``kernel.spreadsheets``.
"""

import hashlib
from collections.abc import Callable, Mapping

from sqlalchemy.orm import Session

from marketplace.flow.update_by_sheet import goods, lots, offers, stock
from marketplace.flow.update_by_sheet.reading import read_sheet
from marketplace.flow.update_by_sheet.types import By, Plan, PlanMovedOn, SheetRefused, Subject
from marketplace.flow.update_by_sheet.words import words
from marketplace.kernel import jobs, time, uploads
from marketplace.kernel.refusals import Refusal
from marketplace.kernel.spreadsheets import Spreadsheets
from marketplace.kernel.uploads import Upload, UploadId, UploadState
from marketplace.parties.types import PartyId, PersonId

__all__ = ["AT_ONCE", "JOB", "SUBJECTS", "apply", "apply_later", "confirm", "keep", "look"]

SUBJECTS: Mapping[str, Subject] = {"goods": goods, "offers": offers, "stock": stock, "lots": lots}

AT_ONCE = 200
"""How many changes are made while the person waits; more are a job's."""

TOGETHER = 500
"""How many rows are taken in one go; between them the sender is told how far it is."""

JOB = "sheets.apply"


def keep(
    session: Session, subject: str, by: tuple[PartyId, PersonId], file: tuple[str, bytes], key: str
) -> Upload:
    """Keep a file that a cooperative sent, once per key; nothing else happens yet.

    A form sent again from a page gone back to may bring another file: that is another upload.
    """
    key = hashlib.sha256(key.encode() + file[1]).hexdigest()
    return uploads.keep(session, subject=subject, party_id=by[0], person_id=by[1], file=file, key=key)


def look(session: Session, files: Spreadsheets, upload: Upload) -> Plan:
    """Say what a file would change at this moment. Refuses (SheetUnreadable, SheetTooLarge)."""
    subject = SUBJECTS[upload.subject]
    columns = subject.columns(session, PartyId(upload.party_id))
    content = uploads.content(session, upload.id)
    return subject.plan(session, _by(upload), read_sheet(files.read(content), columns, words(), time.today()))


def confirm(session: Session, files: Spreadsheets, upload: Upload, digest: str) -> Upload:
    """Do what was shown, or leave it to a job where it is much; a second confirmation changes nothing.

    Refuses (SheetRefused: a row cannot be taken; PlanMovedOn: it is not what was shown any more).
    """
    if upload.state is not UploadState.READ:
        return upload
    plan = look(session, files, upload)
    _check(plan, digest)
    if len(plan.steps) > AT_ONCE:
        jobs.enqueue(
            session, JOB, {"upload_id": upload.id, "digest": digest}, lock=f"sheets:{upload.party_id}"
        )
        return uploads.wait(session, upload.id, len(plan.steps))
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
    _check(plan, digest)
    return _run(session, upload, plan, on_rows)


def apply_later(
    write: Callable[[Callable[[Session], object]], object],
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
        write(lambda session: uploads.turn_back(session, upload_id))


def _check(plan: Plan, digest: str) -> None:
    if plan.problems:
        raise SheetRefused(len(plan.problems))
    if plan.digest != digest:
        raise PlanMovedOn


def _run(session: Session, upload: Upload, plan: Plan, on_rows: Callable[[int], None]) -> Upload:
    for done in range(0, len(plan.order), TOGETHER):
        plan.take(session, plan.order[done : done + TOGETHER])
        on_rows(min(done + TOGETHER, len(plan.order)))
    plan.finish(session)
    return uploads.finish(session, upload.id, upload.state, [step.row for step in plan.steps])


def _by(upload: Upload) -> By:
    return By(cooperative_id=PartyId(upload.party_id), person_id=PersonId(upload.person_id))
