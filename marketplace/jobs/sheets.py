"""Spreadsheets too large to wait for: looked at, then applied whole, with progress for whoever waits."""

from marketplace.flow import update_by_sheet
from marketplace.jobs.registry import JobContext, job
from marketplace.kernel.uploads import UploadId


@job(update_by_sheet.LOOK_JOB)
def look(context: JobContext, *, upload_id: int) -> None:
    """Say what a file would change and keep it for its page; run again, it finds that it is done."""
    update_by_sheet.look_later(context.write, context.ports.spreadsheets, UploadId(upload_id))


@job(update_by_sheet.JOB)
def apply(context: JobContext, *, upload_id: int, digest: str) -> None:
    """Make every change of a confirmed file, or none; run again, it finds that it is done."""
    update_by_sheet.apply_later(context.write, context.ports.spreadsheets, UploadId(upload_id), digest)
