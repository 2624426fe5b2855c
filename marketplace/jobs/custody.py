"""Custody's own work: a nightly look whether any record differs from what was proved."""

from sqlalchemy.orm import Session

from marketplace.custody import queries
from marketplace.jobs.registry import JobContext, job
from marketplace.kernel.logging import logger

_log = logger(__name__)


@job("custody.verify", cron="40 18 * * *", retries=1)
def verify(context: JobContext) -> None:
    """Hold every record against its proved bytes; at twenty to three in the morning in Shanghai."""

    def look(session: Session) -> list[str]:
        return [record.number for checked in queries.verify_all(session) for record in checked.changed]

    for number in context.read(look):
        _log.error("custody_record_changed", record=number)
