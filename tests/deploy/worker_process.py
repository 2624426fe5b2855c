"""A worker with jobs of its own, run as a process of its own so that a test can kill it."""

import time
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.factory import create_app
from marketplace.jobs import worker
from marketplace.jobs.registry import JobContext, job
from marketplace.kernel import journal
from marketplace.kernel.journal import JournalRow

MARK, BEGAN, ENDED = "mark", "tick_began", "tick_ended"


@job("tests.mark")
def mark(context: JobContext, *, number: int, wait_for: str = "", seconds: float = 0.0) -> None:
    """Leave one mark, as every job does it: look at the state, act, commit."""
    while wait_for and not Path(wait_for).exists():
        time.sleep(0.02)
    time.sleep(seconds)

    def act(session: Session) -> None:
        marked = session.scalar(
            select(JournalRow.id).where(JournalRow.subject_type == MARK, JournalRow.subject_id == number)
        )
        if marked is None:
            journal.write(session, MARK, number, "left")

    context.write(act)


@job("tests.poison", retries=2)
def poison(context: JobContext, *, path: str) -> None:
    """Say that it began, and never end: whoever runs it is killed."""
    del context
    with Path(path).open("a") as file:
        file.write("began\n")
    time.sleep(600)


@job("tests.tick", every_seconds=1)
def tick(context: JobContext) -> None:
    context.write(lambda session: journal.write(session, "tick", 0, BEGAN))
    time.sleep(0.4)
    context.write(lambda session: journal.write(session, "tick", 0, ENDED))


if __name__ == "__main__":
    with create_app().app_context():
        worker.group()
