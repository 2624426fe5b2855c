"""Search in the background: the one indexer, and the folder of sales."""

from marketplace.jobs.registry import JobContext, job
from marketplace.search import service


@job("search.follow", every_seconds=0.25)
def follow(context: JobContext) -> None:
    """Bring what search knows, and its index, up to the change rows."""
    context.ports.search.indexer.follow(context.sessions)


@job("search.fold_sales", every_seconds=5)
def fold_sales(context: JobContext) -> None:
    context.write(service.fold_sales)
