"""Jobs of the assistance record: fold what waits, every second; move what officials have decided."""

from marketplace.assistance import service
from marketplace.flow import decide_pairing
from marketplace.jobs.registry import JobContext, job


@job("assistance.fold", every_seconds=1)
def fold(context: JobContext) -> None:
    context.write(service.fold)


@job("assistance.restate", every_seconds=60)
def restate(context: JobContext) -> None:
    context.write(decide_pairing.restate_decided)
