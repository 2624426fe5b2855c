"""flask worker: takes jobs from the queue, runs the schedule and rescues what a dead worker held.

Any number of workers may run; each scheduled job runs in one of them at a time.
"""

import asyncio
import signal
import zlib
from collections.abc import Callable
from typing import Any

import click
import procrastinate
from flask import Flask, current_app
from flask.cli import with_appcontext
from procrastinate import builtin_tasks
from sqlalchemy import text

from marketplace.jobs.registry import Job, JobContext, all_jobs
from marketplace.kernel.logging import logger

_HEARTBEAT_SECONDS = 5
_STALLED_SECONDS = 15
_KEEP_FINISHED_HOURS = 72
_log = logger(__name__)


@click.command("worker", help="Run background jobs until stopped.")
@click.option("--concurrency", default=2, show_default=True, help="Jobs at a time.")
@with_appcontext
def group(concurrency: int) -> None:
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - the proxy's own way
    asyncio.run(_work(app, concurrency))


async def _work(app: Flask, concurrency: int) -> None:
    queue = make_queue(app)
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopping.set)
    async with queue.open_async():
        tickers = [
            asyncio.create_task(_tick(app, entry, stopping))
            for entry in all_jobs().values()
            if entry.every_seconds
        ]
        tickers.append(asyncio.create_task(_rescue(queue, stopping)))
        worker = asyncio.create_task(
            queue.run_worker_async(
                concurrency=concurrency,
                install_signal_handlers=False,
                update_heartbeat_interval=_HEARTBEAT_SECONDS,
                stalled_worker_timeout=_STALLED_SECONDS,
                delete_jobs="never",
            )
        )
        stopped = asyncio.create_task(stopping.wait())
        await asyncio.wait({worker, stopped}, return_when=asyncio.FIRST_COMPLETED)
        stopping.set()
        worker.cancel()
        await asyncio.gather(worker, stopped, *tickers, return_exceptions=True)


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


async def _tick(app: Flask, entry: Job, stopping: asyncio.Event) -> None:
    """Run a job every so many seconds; a failure is logged and the next round tries again."""
    assert entry.every_seconds is not None
    while not stopping.is_set():
        try:
            await asyncio.to_thread(_run_alone, app, entry)
        except Exception:  # noqa: BLE001 - whatever failed is logged, and the next round tries again
            _log.exception("scheduled_job_failed", job=entry.name)
        try:
            await asyncio.wait_for(stopping.wait(), entry.every_seconds)
        except TimeoutError:
            continue


def _run_alone(app: Flask, entry: Job) -> None:
    """Run unless another worker is at it: an advisory lock held for as long as the run."""
    key = zlib.crc32(entry.name.encode())
    with app.extensions["sessions"]() as session:
        if session.scalar(text("SELECT pg_try_advisory_xact_lock(7, :key)"), {"key": key - 2**31}):
            run_now(app, entry)


async def _rescue(queue: procrastinate.App, stopping: asyncio.Event) -> None:
    """Give jobs of workers that died back to the queue."""
    while not stopping.is_set():
        try:
            for stalled in await queue.job_manager.get_stalled_jobs(seconds_since_heartbeat=_STALLED_SECONDS):
                await queue.job_manager.retry_job(stalled)
                _log.warning("rescued_stalled_job", job=stalled.task_name, id=stalled.id)
        except Exception:  # noqa: BLE001 - whatever failed is logged, and the next round tries again
            _log.exception("rescue_failed")
        try:
            await asyncio.wait_for(stopping.wait(), _HEARTBEAT_SECONDS)
        except TimeoutError:
            continue


async def _forget_finished(context: procrastinate.JobContext, timestamp: int) -> None:
    del timestamp
    await builtin_tasks.remove_old_jobs(context, max_hours=_KEEP_FINISHED_HOURS)
