"""Silence means yes: parts delivered long enough ago are taken as received, each in its own transaction."""

from functools import partial

from sqlalchemy.orm import Session

from marketplace.flow import complete
from marketplace.jobs.registry import JobContext, job
from marketplace.orders.types import FulfilmentId


@job("completion.confirm_due", every_seconds=300)
def confirm_due(context: JobContext) -> None:
    for part_id in context.read(complete.due_for_confirmation):
        context.write(partial(_confirm, part_id))


def _confirm(part_id: FulfilmentId, session: Session) -> bool:
    return complete.confirm_by_time(session, part_id)
