"""Nightly housekeeping of the rooms: what time alone makes true."""

from datetime import timedelta

from marketplace.basket import service as baskets
from marketplace.jobs.registry import JobContext, job
from marketplace.kernel import time, uploads
from marketplace.search import service as search
from marketplace.stock import service as stock

_BASKETS_KEPT = timedelta(days=60)
_ASKED_KEPT = timedelta(days=90)
_UPLOADS_KEPT = timedelta(days=30)


@job("stock.note_expired", cron="2 16 * * *")
def note_expired(context: JobContext) -> None:
    """Say which offers lost lots to their last day; two minutes past midnight in Shanghai."""
    today = time.today()
    context.write(lambda session: stock.note_expired(session, today))


@job("basket.purge", cron="50 18 * * *")
def purge_baskets(context: JobContext) -> None:
    """Forget visitors' baskets that nobody has touched for two months."""
    before = time.now() - _BASKETS_KEPT
    context.write(lambda session: baskets.purge(session, before))


@job("search.forget_asked", cron="55 18 * * *")
def forget_asked(context: JobContext) -> None:
    """Forget what was asked of the search more than ninety days ago."""
    before = time.today() - _ASKED_KEPT
    context.write(lambda session: search.forget_asked(session, before))


@job("kernel.forget_uploads", cron="45 18 * * *")
def forget_uploads(context: JobContext) -> None:
    """Forget spreadsheets that were sent more than a month ago."""
    before = time.now() - _UPLOADS_KEPT
    context.write(lambda session: uploads.forget(session, before))
