"""Search in the background: the one indexer, and the folder of sales."""

from functools import partial

from marketplace.jobs.registry import JobContext, job
from marketplace.search import service


@job("search.follow", every_seconds=1)
def follow(context: JobContext) -> None:
    """Bring every index up to the change rows."""
    for name, text in context.ports.search.engines.items():
        context.write(partial(service.follow, engine=text, index_name=name))


@job("search.fold_sales", every_seconds=5)
def fold_sales(context: JobContext) -> None:
    context.write(service.fold_sales)
