"""Web servers beside each other: the same shop, the same pages, and a worker killed now and then.

``python -m benchmarks --only servers``. What counts besides speed is what a buyer notices when a worker dies.
"""

import random
import signal
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Self

import psutil

from benchmarks.installation import WORKERS, Installation, started
from benchmarks.load import Measured, measure
from marketplace.cli.web import WEB_APP

Found = dict[str, Any]
_HOST = "127.0.0.1"
_THREADS = 4
_PRODUCTS = 60
_STEADY_SECONDS = 8.0
_KILLED_SECONDS = 30.0
_BETWEEN_SECONDS = 6.0
"""A worker needs some seconds to start: killed sooner, none would ever serve."""


@dataclass(frozen=True, slots=True)
class Candidate:
    name: str
    port: int
    command: Sequence[str]


def candidates() -> tuple[Candidate, ...]:
    """Return the servers with as many processes and threads each as the shop's own command gives."""
    gunicorn = [
        *(sys.executable, "-m", "gunicorn", "--worker-class", "gthread"),
        *("--workers", str(WORKERS), "--threads", str(_THREADS), "--bind", f"{_HOST}:8152"),
        *("--log-level", "warning", f"{WEB_APP}()"),
    ]
    return (
        Candidate("granian", 8151, [sys.executable, "-m", "flask", "web", "--workers", str(WORKERS)]),
        Candidate("gunicorn gthread", 8152, gunicorn),
    )


def run(made: Installation) -> dict[str, Found]:
    """Measure each server undisturbed, then while its workers are killed one after another."""
    slugs = made.rows("SELECT slug FROM catalogue_product WHERE status = 'listed' ORDER BY number")
    paths = [f"/products/{slug}" for (slug,) in random.Random(2022).sample(slugs, _PRODUCTS)]
    found = {}
    for one in candidates():
        environment = made.environment | {"PORT": str(one.port), "PAGE_CACHE": "off"}
        with started(one.name.replace(" ", "-"), one.command, one.port, environment) as server:
            pids = [server.pid, made.postgres_pid]
            measure(server.url, paths, pids, seconds=2.0)
            steady = measure(server.url, paths, pids, seconds=_STEADY_SECONDS)
            print(f"  {one.name:<18} undisturbed   {steady}", flush=True)
            with Killer(server.pid) as killer:
                killed = measure(server.url, paths, pids, seconds=_KILLED_SECONDS)
            print(f"  {one.name:<18} {killer.kills} killed      {killed}", flush=True)
            found[one.name] = _told(steady, killed, killer.kills, len(workers_of(server.pid)))
    return found


def table(found: Mapping[str, Found]) -> list[str]:
    """Return a line for each server, its rate beside the first one's."""
    first = next(iter(found.values()))["undisturbed"]["per_second"]
    lines = []
    for name, one in found.items():
        rate, killed = one["undisturbed"]["per_second"], one["killed"]
        lines.append(
            f"{name:<18} {rate:6.0f} /s  {rate / first:5.2f}  with {one['kills']} workers killed"
            f" {one['kept']:.2f} of it, {killed['errors']} answers lost, p99 {killed['p99_ms']:.0f} ms,"
            f" {one['workers_after']} of {WORKERS} workers after"
        )
    return lines


def _told(steady: Measured, killed: Measured, kills: int, workers: int) -> Found:
    return {
        "undisturbed": steady.as_json(),
        "killed": killed.as_json(),
        "kills": kills,
        "kept": round(killed.per_second / steady.per_second, 3),
        "workers_after": workers,
    }


def workers_of(pid: int) -> list[psutil.Process]:
    """Return the processes of a server that answer requests."""
    with suppress(psutil.NoSuchProcess):
        children = psutil.Process(pid).children()
        return [one for one in children if "resource_tracker" not in " ".join(one.cmdline())]
    return []


class Killer:
    """Kills one worker after another while the block lasts, as the kernel does where memory runs out."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._kill, daemon=True)
        self.kills = 0

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._ended.set()
        self._thread.join()

    def _kill(self) -> None:
        chance = random.Random(7)
        while not self._ended.wait(_BETWEEN_SECONDS):
            with suppress(psutil.NoSuchProcess, IndexError):
                chance.choice(workers_of(self._pid)).send_signal(signal.SIGKILL)
                self.kills += 1
