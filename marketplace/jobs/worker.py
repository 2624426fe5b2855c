"""flask worker: takes jobs from the queue, runs the schedule and rescues what a dead worker held.

Any number of workers may run; each scheduled job runs in one of them at a time.
"""

import asyncio
import signal
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

import click
import procrastinate
import procrastinate.jobs
from flask import Flask, current_app
from flask.cli import with_appcontext
from procrastinate import builtin_tasks
from sqlalchemy import text

from marketplace.jobs.registry import Job, JobContext, all_jobs
from marketplace.kernel.logging import logger

_STALLED_SECONDS = 15
_SIGNS_OF_LIFE = 3
_GRACE_SECONDS = 10
_SLOWEST_TRY_SECONDS = 60
_KEEP_FINISHED_HOURS = 72
_log = logger(__name__)


@click.command("worker", help="Run background jobs until stopped.")
@click.option(
    "--concurrency", default=2, show_default=True, type=click.IntRange(1, 64), help="Jobs at a time."
)
@click.option(
    "--stalled-after",
    default=_STALLED_SECONDS,
    show_default=True,
    type=click.IntRange(1, 3600),
    help="Seconds without a sign of life after which a worker's jobs are given to others.",
)
@with_appcontext
def group(concurrency: int, stalled_after: int) -> None:
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - the proxy's own way
    asyncio.run(_work(app, concurrency, stalled_after))


async def _work(app: Flask, concurrency: int, stalled_after: int) -> None:
    """Work until told to stop; a queue that fails ends the process, and its supervisor starts another."""
    queue = make_queue(app)
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopping.set)
    async with queue.open_async():
        worker = asyncio.create_task(
            queue.run_worker_async(
                concurrency=concurrency,
                install_signal_handlers=False,
                update_heartbeat_interval=stalled_after / _SIGNS_OF_LIFE,
                stalled_worker_timeout=stalled_after,
                shutdown_graceful_timeout=_GRACE_SECONDS,
                delete_jobs="never",
            )
        )
        schedule = [*_scheduled(app), _rescue(app, queue, loop, stalled_after)]
        loop.set_default_executor(ThreadPoolExecutor(len(schedule) + concurrency))
        tickers = [asyncio.create_task(_tick(entry, stopping)) for entry in schedule]
        stopped = asyncio.create_task(stopping.wait())
        await asyncio.wait({worker, stopped}, return_when=asyncio.FIRST_COMPLETED)
        was_told = stopping.is_set()
        stopping.set()
        worker.cancel()
        outcomes = await asyncio.gather(worker, stopped, *tickers, return_exceptions=True)
        if not was_told and isinstance(outcomes[0], BaseException):
            raise outcomes[0]


def make_queue(app: Flask) -> procrastinate.App:
    """Build the queue's application with every registered job."""
    address = str(app.config["SETTINGS"].database_url).replace("postgresql+psycopg://", "postgresql://")
    queue = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=address, max_size=8))
    for entry in all_jobs().values():
        retry = procrastinate.RetryStrategy(max_attempts=entry.retries, exponential_wait=2)
        task = queue.task(name=entry.name, retry=retry)(_runner(app, entry))
        if entry.cron:
            queue.periodic(cron=entry.cron, periodic_id=entry.name)(task)
    queue.periodic(cron="17 19 * * *")(
        queue.task(name="jobs.forget_finished", pass_context=True)(_forget_finished)
    )
    return queue


def _runner(app: Flask, entry: Job) -> Callable[..., None]:
    def run(**arguments: Any) -> None:
        if entry.cron:
            arguments.pop("timestamp", None)
        run_now(app, entry, **arguments)

    return run


def run_now(app: Flask, entry: Job, **arguments: Any) -> None:
    """Run one job here and now, in an application context of its own."""
    with app.app_context():
        context = JobContext(app.extensions["sessions"], app.extensions["ports"], app.config["SETTINGS"])
        entry.run(context, **arguments)


@dataclass(frozen=True, slots=True)
class _Scheduled:
    """Something that runs by itself, every so many seconds."""

    name: str
    every_seconds: float
    run: Callable[[], object]


def _scheduled(app: Flask) -> list[_Scheduled]:
    return [
        _Scheduled(
            entry.name, entry.every_seconds, partial(_alone, app, entry.name, partial(run_now, app, entry))
        )
        for entry in all_jobs().values()
        if entry.every_seconds
    ]


def _rescue(
    app: Flask, queue: procrastinate.App, loop: asyncio.AbstractEventLoop, stalled_after: int
) -> _Scheduled:
    """Return the rescue; alone, so that two workers never give the same job back twice."""

    def run() -> None:
        asyncio.run_coroutine_threadsafe(rescue_stalled(queue, stalled_after), loop).result()

    name = "jobs.rescue_stalled"
    return _Scheduled(name, stalled_after / _SIGNS_OF_LIFE, partial(_alone, app, name, run))


async def _tick(entry: _Scheduled, stopping: asyncio.Event) -> None:
    """Run again and again; a failure is logged and the next tries come ever later, a minute apart at most."""
    failures = 0
    while not stopping.is_set():
        try:
            await asyncio.to_thread(entry.run)
            failures = 0
        except Exception:  # noqa: BLE001 - whatever failed is logged, and the next round tries again
            failures += 1
            _log.exception("scheduled_job_failed", job=entry.name, failures=failures)
        pause = min(entry.every_seconds * 2**failures, max(entry.every_seconds, _SLOWEST_TRY_SECONDS))
        try:
            await asyncio.wait_for(stopping.wait(), pause)
        except TimeoutError:
            continue


def _alone(app: Flask, name: str, run: Callable[[], object]) -> None:
    """Run unless another worker is at it: an advisory lock held for as long as the run."""
    key = zlib.crc32(name.encode()) - 2**31
    with app.extensions["sessions"]() as session:
        if session.scalar(text("SELECT pg_try_advisory_xact_lock(7, :key)"), {"key": key}):
            run()


async def rescue_stalled(queue: procrastinate.App, stalled_after: float) -> None:
    """Give jobs of workers that died back to the queue; what took its worker down too often is failed."""
    manager = queue.job_manager
    for stalled in await manager.get_stalled_jobs(seconds_since_heartbeat=stalled_after):
        known = all_jobs().get(stalled.task_name)
        tries = known.retries if known else 1
        if stalled.attempts >= tries:
            await manager.finish_job(stalled, status=procrastinate.jobs.Status.FAILED, delete_job=False)
            _log.error("stalled_job_failed", job=stalled.task_name, id=stalled.id, attempts=stalled.attempts)
        else:
            await manager.retry_job(stalled)
            _log.warning("rescued_stalled_job", job=stalled.task_name, id=stalled.id)


async def _forget_finished(context: procrastinate.JobContext, timestamp: int) -> None:
    del timestamp
    await builtin_tasks.remove_old_jobs(context, max_hours=_KEEP_FINISHED_HOURS)
