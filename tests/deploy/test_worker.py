"""Background work among real processes: killed, rescued, scheduled, stopped."""

import random
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from marketplace.kernel import jobs, unit_of_work
from marketplace.kernel.message import msg
from marketplace.kernel.refusals import Refusal
from tests.deploy.conftest import Start, until
from tests.deploy.worker_process import BEGAN, ENDED

WORKER = "tests.deploy.worker_process"
STALLED = 2


class Queue:
    """What a test asks of the queue and of the marks that jobs left."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def enqueue(self, name: str, **arguments: object) -> None:
        unit_of_work.commit(self._session, lambda session: jobs.enqueue(session, name, arguments))

    def _rows(self, statement: str, **values: object) -> list[tuple[object, ...]]:
        rows = [tuple(row) for row in self._session.execute(text(statement), values)]
        self._session.rollback()
        return rows

    def marks(self) -> list[object]:
        statement = "SELECT subject_id FROM kernel_journal WHERE subject_type = 'mark' ORDER BY 1"
        return [row[0] for row in self._rows(statement)]

    def states(self) -> list[tuple[object, ...]]:
        return self._rows("SELECT status::text, attempts FROM procrastinate_jobs ORDER BY id")

    def count(self, status: str) -> int:
        return sum(found == status for found, _ in self.states())

    def ticks(self) -> list[object]:
        statement = "SELECT action FROM kernel_journal WHERE subject_type = 'tick' ORDER BY id"
        return [row[0] for row in self._rows(statement)]

    def workers(self) -> int:
        return len(self._rows("SELECT id FROM procrastinate_workers"))


@pytest.fixture
def queue(engine: Engine) -> Iterator[Queue]:
    with Session(engine) as session:
        yield Queue(session)


def begin(start: Start) -> "subprocess.Popen[bytes]":
    return start(WORKER, "--stalled-after", str(STALLED))


def test_jobs_of_killed_workers_are_run_by_others_once(start: Start, queue: Queue, tmp_path: Path) -> None:
    """Three workers die at any moment; the one job that takes each of them down is given up."""
    chance, began = random.Random(7), tmp_path / "began"
    began.touch()
    queue.enqueue("tests.poison", path=str(began))
    for number in range(40):
        queue.enqueue("tests.mark", number=number, seconds=0.05)
    for life in (1, 2, 3):
        doomed, more = begin(start), len(queue.marks()) + chance.randint(1, 8)
        until(lambda more=more: len(queue.marks()) >= more, 30, "it works")  # type: ignore[misc]  # bound at once
        until(lambda life=life: began.read_text().count("began") == life, 30, "the bad one runs")  # type: ignore[misc]  # bound at once
        doomed.send_signal(signal.SIGKILL)
        doomed.wait()
    assert len(queue.marks()) < 40
    begin(start)
    until(lambda: queue.count("succeeded") == 40 and queue.count("failed") == 1, 40, "every job has ended")
    assert queue.marks() == list(range(40))
    assert began.read_text().count("began") == 3
    assert max(int(str(attempts)) for _, attempts in queue.states()) > 1


def test_a_rolled_back_job_never_runs_and_a_begun_one_ends(
    start: Start, queue: Queue, engine: Engine, tmp_path: Path
) -> None:
    gate = tmp_path / "gate"
    worker = begin(start)

    def refused(session: Session) -> None:
        jobs.enqueue(session, "tests.mark", {"number": 1})
        raise Refusal(msg("不行。"))

    with Session(engine) as session, pytest.raises(Refusal):
        unit_of_work.commit(session, refused)
    queue.enqueue("tests.mark", number=2, wait_for=str(gate))
    until(lambda: queue.count("doing") == 1, 30, "the worker takes the other job")
    worker.terminate()
    gate.touch()
    assert worker.wait(20) == 0
    assert queue.marks() == [2]
    assert queue.states() == [("succeeded", 1)]
    assert queue.workers() == 0


def test_scheduled_work_runs_in_one_worker_at_a_time(start: Start, queue: Queue) -> None:
    for _ in range(2):
        begin(start)
    until(lambda: queue.workers() == 2 and len(queue.ticks()) >= 8, 40, "both tick")
    ticks = queue.ticks()[:8]
    assert ticks == [BEGAN, ENDED] * 4
