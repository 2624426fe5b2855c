"""The log's own work: positions every few seconds, a signed head after each business day."""

from datetime import timedelta

from marketplace.jobs.registry import JobContext, job
from marketplace.kernel import time
from marketplace.transparency import service
from marketplace.transparency.keys import head_key

_BATCH = 10_000


@job("transparency.sequence", every_seconds=5)
def sequence(context: JobContext) -> None:
    """Give every waiting leaf its position."""
    while context.write(lambda session: service.sequence(session, limit=_BATCH)) == _BATCH:
        pass


@job("transparency.sign_head", cron="5 16 * * *")
def sign_head(context: JobContext) -> None:
    """Sign the head of the business day that has just ended; five past midnight in Shanghai."""
    sequence(context)
    day = time.today() - timedelta(days=1)
    context.write(lambda session: service.sign_head(session, day, head_key(context.settings.data_dir)))
