"""Search in the background: the one indexer, and the folder of sales."""

from marketplace.jobs.registry import JobContext, job
from marketplace.search import service


@job("search.follow", every_seconds=1)
def follow(context: JobContext) -> None:
    """Bring every index up to the change rows."""
    for indexer in context.ports.search.indexers:
        context.write(indexer.follow)


@job("search.fold_sales", every_seconds=5)
def fold_sales(context: JobContext) -> None:
    context.write(service.fold_sales)
