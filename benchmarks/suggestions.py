"""Suggestions while typing: the CPU that server and database spend on one request, asked one at a time.

One worker, no load beside it: whatever its threads and PostgreSQL's processes ran between the request and the
moment after the answer is counted, background work too, so that the figure errs upwards.
"""

import json
import random
import time
from collections.abc import Sequence
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import numpy as np
import psutil

from benchmarks.installation import Installation, served
from marketplace.cli.web import WEB_APP

GOAL_MS = 10.0
_PORT = 8144
_REQUESTS = 400
_FIRST = 40  # not counted: they fill what a process keeps
_AFTER_SECONDS = 0.001  # the answer is there before the worker has put its things away


def run(made: Installation) -> dict[str, Any]:
    """Measure suggestions of beginnings of every kind; returns CPU milliseconds a request."""
    typed = _typed(made)
    with served(made, "suggesting", _PORT, WEB_APP, workers=1, PAGE_CACHE="off") as server:
        address = urlsplit(server.url)
        connection = HTTPConnection(str(address.hostname), address.port or 80, timeout=30)
        family = _family([server.pid, made.postgres_pid])
        found: list[float] = []
        suggested = 0
        for number, one in enumerate(typed):
            if number == _FIRST:
                family = _family([server.pid, made.postgres_pid])
            before = cpu_ns(family)
            connection.request("GET", f"/search/suggest?q={quote(one)}")
            answer = connection.getresponse()
            body = answer.read()
            if answer.status != 200:
                raise SystemExit(f"{one!r}: {answer.status}")
            time.sleep(_AFTER_SECONDS)
            if number >= _FIRST:
                found.append((cpu_ns(family) - before) / 1e6)
                suggested += bool(json.loads(body)["suggestions"])
        connection.close()
    p99 = float(np.percentile(found, 99))
    return {
        "requests": len(found),
        "with_suggestions": suggested,
        **{f"p{one}_cpu_ms": round(float(np.percentile(found, one)), 2) for one in (50, 95, 99)},
        "goal": GOAL_MS,
        "reached": p99 < GOAL_MS,
    }


def cpu_ns(processes: Sequence[int]) -> int:
    """Return nanoseconds that all threads of these processes have run so far."""
    total = 0
    for process in processes:
        for thread in Path(f"/proc/{process}/task").glob("*/schedstat"):
            try:
                total += int(thread.read_text().split(" ", 1)[0])
            except OSError:  # it has ended meanwhile
                continue
    return total


def _family(pids: Sequence[int]) -> list[int]:
    found = []
    for pid in pids:
        process = psutil.Process(pid)
        found += [pid, *(child.pid for child in process.children(recursive=True))]
    return found


def _typed(made: Installation) -> list[str]:
    """Return beginnings as they are typed letter by letter: of names, of their pinyin, of English."""
    chance = random.Random(2023)
    rows = made.rows(
        "SELECT name_zh, pinyin, name_en FROM catalogue_product WHERE status = 'listed' ORDER BY number"
    )
    found: list[str] = []
    while len(found) < _REQUESTS + _FIRST:
        name = str(chance.choice(chance.choice(rows)))
        found.append(name[: chance.randint(1, min(len(name), 8))].strip().lower() or "茶")
    return found
