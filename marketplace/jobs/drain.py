"""Running due jobs here and now, in order: for what runs without a worker (the demonstration, tests)."""

from flask import Flask
from sqlalchemy import text

from marketplace.jobs.registry import all_jobs
from marketplace.jobs.worker import run_now
from marketplace.kernel import time

_BATCH = 500
_DUE = text(
    """
    SELECT id, task_name, args FROM procrastinate_jobs
    WHERE status = 'todo' AND (scheduled_at IS NULL OR scheduled_at <= :now)
    ORDER BY scheduled_at NULLS FIRST, id LIMIT :limit
    """
)
_DONE = text("UPDATE procrastinate_jobs SET status = 'succeeded' WHERE id = ANY(:ids)")


def drain(app: Flask) -> int:
    """Run every job that is due by the clock in force, and those they enqueue; returns how many ran.

    Only one process may drain a database, and no worker beside it.
    """
    registry, ran = all_jobs(), 0
    while True:
        with app.extensions["sessions"]() as session:
            due = session.execute(_DUE, {"now": time.now(), "limit": _BATCH}).all()
        if not due:
            return ran
        for _id, name, arguments in due:
            run_now(app, registry[name], **arguments)
        with app.extensions["sessions"]() as session, session.begin():
            session.execute(_DONE, {"ids": [row[0] for row in due]})
        ran += len(due)


def run_scheduled(app: Flask, name: str) -> None:
    """Run one scheduled job as the worker would."""
    run_now(app, all_jobs()[name])
