"""Custody's own work: a nightly look whether any record differs from what was proved."""

from functools import partial

from marketplace.custody import queries
from marketplace.jobs.registry import JobContext, job
from marketplace.kernel.logging import logger

_BATCH = 1000
_log = logger(__name__)


@job("custody.verify", cron="40 18 * * *", retries=1)
def verify(context: JobContext) -> None:
    """Hold every hand-off against its proved bytes; at twenty to three in the morning in Shanghai."""
    checked = context.read(lambda session: queries.verify(session, limit=_BATCH))
    while True:
        for record in checked.changed:
            _log.error("custody_record_changed", hand_off=record.number)
        if checked.last_id is None:
            return
        checked = context.read(partial(queries.verify, after_id=checked.last_id, limit=_BATCH))
