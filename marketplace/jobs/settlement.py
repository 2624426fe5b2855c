"""Jobs of the money ledger: fold what waits into the kept balances, every second."""

from marketplace.jobs.registry import JobContext, job
from marketplace.settlement import service


@job("settlement.fold", every_seconds=1)
def fold(context: JobContext) -> None:
    context.write(service.fold)
