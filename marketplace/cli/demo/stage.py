"""Where the demonstration plays: the application, a moved clock, chance from a seed."""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from flask import Flask
from sqlalchemy import event, text
from sqlalchemy.orm import Session

from marketplace.flow.ports import Ports
from marketplace.kernel import time, unit_of_work
from marketplace.kernel.time import SHANGHAI, FixedClock, clock_in_force
from marketplace.parties import queries as parties
from marketplace.payment.port import OwnProcessor

T = TypeVar("T")

OPERATOR_CODE = "DEMO-OPERATOR"


@dataclass(slots=True)
class Stage:
    """What every scene needs; nothing here asks the machine's clock or its chance."""

    app: Flask
    chance: random.Random
    clock: FixedClock
    first: date
    last: date
    ports: Ports
    sandbox: OwnProcessor

    def write(self, use_case: Callable[[Session], T]) -> T:
        with self.app.extensions["sessions"]() as session:
            return unit_of_work.commit(session, use_case)

    def read(self, query: Callable[[Session], T]) -> T:
        with self.app.extensions["sessions"]() as session:
            return query(session)

    def at(self, day: date, hour: int, minute: int = 0) -> None:
        """Move the clock to an hour of a day in Shanghai."""
        self.clock.instant = datetime(day.year, day.month, day.day, hour, minute, tzinfo=SHANGHAI)

    def pass_minutes(self, minutes: int) -> None:
        self.clock.advance(timedelta(minutes=minutes))

    def drain(self) -> None:
        """Run the jobs that are due."""
        self.app.extensions["drain"]()

    def run(self, name: str) -> None:
        self.app.extensions["run_scheduled"](name)


@contextmanager
def open_stage(app: Any, *, seed: int, months: int, until: date | None) -> Iterator[Stage]:
    """Set the stage: payments within this process, commits that do not wait for the disk."""
    flask: Flask = app._get_current_object() if hasattr(app, "_get_current_object") else app  # noqa: SLF001 - as documented
    # Yesterday is the last whole day: nothing of the history lies in the future.
    last = until or time.today() - timedelta(days=1)
    year, month = divmod(last.year * 12 + last.month - 1 - (months - 1), 12)
    first = date(year, month + 1, 1)
    engine = flask.extensions["sqlalchemy"].engine
    event.listen(engine, "connect", _without_waiting)
    engine.dispose()
    before = flask.extensions["ports"], flask.extensions["sandbox"]
    flask.extensions["pay_in_process"]()
    clock = FixedClock(datetime(first.year, first.month, first.day, 8, tzinfo=SHANGHAI))
    try:
        with clock_in_force(clock):
            yield Stage(
                app=flask,
                chance=random.Random(seed),  # noqa: S311 - a repeatable year, no secret
                clock=clock,
                first=first,
                last=last,
                ports=flask.extensions["ports"],
                sandbox=flask.extensions["sandbox"],
            )
    finally:
        flask.extensions["ports"], flask.extensions["sandbox"] = before
        event.remove(engine, "connect", _without_waiting)
        engine.dispose()


def has_demo(stage: Stage) -> bool:
    return stage.read(lambda session: parties.find_party_by_code(session, OPERATOR_CODE)) is not None


def _without_waiting(connection: Any, _record: Any) -> None:
    """An interrupted demonstration is made anew: its commits need not wait for the disk."""
    connection.execute("SET synchronous_commit TO off")
    connection.commit()


def analyse(stage: Stage) -> None:
    """Let the planner know the tables it will read."""
    with stage.app.extensions["sqlalchemy"].engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("ANALYZE"))
