"""One changed product: what writing it costs one process, and what it costs another to see it.

Text goes through the index, which one process writes; price, stock, sales and certificates go to the side
tables alone. How long until a change is seen is the time of both processes and the longest that either waits
in the shop between two looks, without what the database between them takes.
"""

import shutil
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from benchmarks.search.worker import OWN, Place, Worker
from marketplace.jobs.registry import all_jobs
from marketplace.search.engine import FOLLOW_SECONDS

_TURNS = 5


@dataclass(frozen=True, slots=True)
class Spent:
    """What a step took."""

    cpu_ms: float
    seconds: float


def spent(step: Callable[[], None]) -> Spent:
    began, wall = time.process_time_ns(), time.monotonic()
    step()
    return Spent((time.process_time_ns() - began) / 1e6, time.monotonic() - wall)


def changes(place: Place) -> dict[str, Any]:
    """Change a product's text and attributes several times over a copy of the index; medians are returned."""
    copy = place.index(OWN).with_name("index-changed")
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(place.index(OWN), copy, symlinks=True)
    waits = (all_jobs()["search.follow"].every_seconds or 0.0, FOLLOW_SECONDS)
    try:
        with Worker(OWN, place, copy) as writer, Worker(OWN, place, copy) as reader:
            writer.open()
            reader.open()
            texts = [
                (writer.call("write_text", turn), reader.call("see_text", turn)) for turn in range(_TURNS)
            ]
            attributes = [reader.call("see_attribute", turn) for turn in range(_TURNS)]
    finally:
        shutil.rmtree(copy, ignore_errors=True)
    return {
        "text": {
            "write_cpu_ms": _middle([wrote.cpu_ms for wrote, _ in texts]),
            "refresh_cpu_ms": _middle([saw.cpu_ms for _, saw in texts]),
            "visible_seconds": _middle([sum(waits) + wrote.seconds + saw.seconds for wrote, saw in texts]),
        },
        "attribute": {
            "refresh_cpu_ms": _middle([saw.cpu_ms for saw in attributes]),
            "visible_seconds": _middle([sum(waits) + saw.seconds for saw in attributes]),
        },
    }


def _middle(found: list[float]) -> float:
    return round(statistics.median(found), 3)
