"""The names that rooms enqueue, each with the function that does the work, and what runs on a schedule.

Every module of this folder registers with ``@job``; the worker and the tests run them by name. A job may run
twice, so each looks at the state before it acts.
"""

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy.orm import Session

import marketplace.jobs
from marketplace.flow.ports import Ports
from marketplace.kernel import unit_of_work

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class JobContext:
    """What a job may use: a new session for each transaction, and the ports to the outside."""

    sessions: Callable[[], Session]
    ports: Ports
    settings: Any

    def write(self, use_case: Callable[[Session], T]) -> T:
        """Run one use case in a transaction of its own."""
        with self.sessions() as session:
            return unit_of_work.commit(session, use_case)

    def read(self, query: Callable[[Session], T]) -> T:
        with self.sessions() as session:
            return query(session)


@dataclass(frozen=True, slots=True)
class Job:
    """A registered job; ``every_seconds`` or ``cron`` (in UTC) make it run by itself as well."""

    name: str
    run: Callable[..., None]
    every_seconds: float | None = None
    cron: str | None = None
    retries: int = 5


_jobs: dict[str, Job] = {}


def job(
    name: str, *, every_seconds: float | None = None, cron: str | None = None, retries: int = 5
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Register a function ``run(context: JobContext, **arguments)`` under the name rooms enqueue."""

    def register(run: Callable[..., None]) -> Callable[..., None]:
        if name in _jobs and _jobs[name].run is not run:
            raise ValueError(f"two jobs are called {name}")
        _jobs[name] = Job(name, run, every_seconds, cron, retries)
        return run

    return register


def all_jobs() -> dict[str, Job]:
    """Import every module of the folder and return what they registered."""
    for found in pkgutil.iter_modules(marketplace.jobs.__path__, "marketplace.jobs."):
        importlib.import_module(found.name)
    return dict(_jobs)
