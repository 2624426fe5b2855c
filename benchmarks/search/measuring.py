"""Measure engines side by side: kind after kind, each engine in turn, so that the machine strikes all alike.

Cold is the first pass of a fresh process over an open index, after one other request of each kind. Warm is
the best of the passes that follow. Both are CPU time; of several rounds the best of each request counts.
"""

import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from benchmarks.load import NOISY_PERCENT, cpu_seconds, machine_seconds, own_seconds
from benchmarks.search.changing import changes
from benchmarks.search.engines.base import Answer
from benchmarks.search.goals import GROUPS, judge
from benchmarks.search.requests import Ask, Kind
from benchmarks.search.worker import OWN, Place, Worker

QUANTILES = {"p50": 50, "p95": 95, "p99": 99}
_WARM_PASSES = 2
_SLOW_SECONDS = 20.0  # an engine whose first pass takes longer is asked only twice in all
_SHOWN = 5


class Disagreement(SystemExit):
    """Engines counted differently: nothing that was measured means anything."""


@dataclass(slots=True)
class _Times:
    """Best CPU microseconds of each request so far."""

    cold: dict[int, float] = field(default_factory=dict)
    warm: dict[int, float] = field(default_factory=dict)

    def take(self, state: str, numbers: Sequence[int], found: Sequence[float]) -> None:
        best = self.cold if state == "cold" else self.warm
        for number, one in zip(numbers, found, strict=True):
            best[number] = min(one, best.get(number, one))

    @property
    def is_slow(self) -> bool:
        return sum(self.cold.values()) / 1e6 > _SLOW_SECONDS


def measure(place: Place, engines: Sequence[str], *, rounds: int) -> dict[str, Any]:
    """Build what is not there, measure the engines, compare their answers; returns the report of a size."""
    corpus, asked = place.corpus(), place.asked()
    facts = {key: value for key, value in corpus.facts.items() if key != "values"}
    report: dict[str, Any] = {"corpus": facts, "understanding_us": _quantiles(asked.understanding_us)}
    found = {engine: _build(place, engine) for engine in engines}
    times = {engine: _Times() for engine in engines}
    began, machine, own_before, ours = time.monotonic(), machine_seconds(), own_seconds(), 0.0
    for turn in range(1, rounds + 1):
        print(f"  {place.size} products, round {turn} of {rounds}", flush=True)
        with ExitStack() as stack:
            asked_now = [one for one in engines if turn == 1 or not times[one].is_slow]
            workers = [stack.enter_context(Worker(engine, place)) for engine in asked_now]
            for worker in workers:
                found[worker.engine]["open"] = worker.open()
            _round(workers, times, asked.asks)
            if turn == 1:
                _compare(workers, asked.asks)
                report["agree"] = len(asked.asks)
            for worker in workers:
                found[worker.engine]["serving_mb"] = round(worker.memory_mb())
            ours += _servers(place, asked_now)
    spent = time.monotonic() - began
    foreign = machine_seconds() - machine - ours - (own_seconds() - own_before)
    report["foreign_percent"] = round(max(0.0, foreign) / (spent * (os.cpu_count() or 1)) * 100, 1)
    report["noisy"] = report["foreign_percent"] > NOISY_PERCENT
    for engine in engines:
        found[engine] |= _summary(times[engine], asked.asks)
    if OWN in engines:
        found[OWN] |= changes(place)
    report["engines"] = found
    report["goals"] = [
        {"goal": one.goal, "wanted": one.wanted, "found": one.found, "reached": one.reached}
        for one in judge(place.size, found)
    ]
    return report


def _build(place: Place, engine: str) -> dict[str, Any]:
    """Build an engine's index, or take what a former run wrote down of it."""
    path = place.index(engine)
    if not (path / "built").exists():
        print(f"  building {engine} of {place.size} products", flush=True)
        with Worker(engine, place) as worker:
            built = worker.build()
        size = sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
        line = f"{built['cpu_seconds']} {built['peak_mb']} {size}"
        (path / "built").write_text(line)
    seconds, peak, whole = map(float, (path / "built").read_text().split())
    return {
        "products_per_cpu_second": round(place.size / seconds),
        "build_peak_mb": round(peak),
        "index_mb": round(whole / 1e6, 1),
    }


def _round(workers: Sequence[Worker], times: Mapping[str, _Times], asks: Sequence[Ask]) -> None:
    for number in range(1 + _WARM_PASSES):
        for numbers in _by_kind(asks):
            for worker in workers:
                mine = times[worker.engine]
                if number > 1 and mine.is_slow:
                    continue
                mine.take("warm" if number else "cold", numbers, worker.times(numbers))


def _by_kind(asks: Sequence[Ask]) -> Iterator[list[int]]:
    for kind in Kind:
        yield [number for number, ask in enumerate(asks) if ask.kind is kind]


def _compare(workers: Sequence[Worker], asks: Sequence[Ask]) -> None:
    """Hold every total, every facet count and the number of hits of all engines against the first one's."""
    whole = list(range(len(asks)))
    answers = {worker.engine: worker.answers(whole) for worker in workers}
    wrong = list(differences(asks, answers))
    if wrong:
        shown = "\n".join(wrong[:_SHOWN])
        raise Disagreement(f"{len(wrong)} answers differ:\n{shown}")


def differences(asks: Sequence[Ask], answers: Mapping[str, Sequence[Answer]]) -> Iterator[str]:
    """Yield a line for every answer that is not the first engine's."""
    first = next(iter(answers))
    for number, ask in enumerate(asks):
        right = answers[first][number]
        for engine, found in answers.items():
            one = found[number]
            asked = f"{ask.kind}: {ask.typed!r} {dict(ask.chosen)}"
            if one.total != right.total or len(one.slots) != len(right.slots):
                yield f"{asked}: {first} found {right.total}, {engine} {one.total}"
            elif one.facets != right.facets:
                yield f"{asked}: {first} and {engine} count facets apart"


def _summary(times: _Times, asks: Sequence[Ask]) -> dict[str, Any]:
    def of(wanted: frozenset[str] | None) -> dict[str, Any]:
        numbers = [number for number, ask in enumerate(asks) if wanted is None or ask.kind in wanted]
        return {
            "warm": _quantiles([times.warm[number] for number in numbers]),
            "cold": _quantiles([times.cold[number] for number in numbers]),
        }

    return {
        "kinds": {kind.value: of(frozenset({kind})) for kind in Kind},
        "groups": {name: of(kinds) for name, kinds in GROUPS.items()},
    }


def _quantiles(found: Sequence[float]) -> dict[str, float]:
    return {name: round(float(np.percentile(found, one)), 1) for name, one in QUANTILES.items()}


def _servers(place: Place, engines: Sequence[str]) -> float:
    """Return CPU seconds of a server that works for an engine beside its process."""
    if "postgresql" not in engines:
        return 0.0
    pid = place.index("postgresql") / "postgres" / "postmaster.pid"
    return cpu_seconds([int(pid.read_text().split("\n", 1)[0])]) if pid.exists() else 0.0
