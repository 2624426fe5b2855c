"""How well a search finds what people meant: nDCG@10 and success@1 over queries that people graded.

A set is a CSV of ``query``, ``kind`` and three lists of slugs joined by ``;``: ``best`` (gain 7), ``good``
(gain 3) and ``near`` (gain 1), written from what people type and what the catalogue sells, never from what a
search returned. Both figures lie between 0 and 1.
"""

import csv
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

DEPTH = 10
_GRADES = {"best": 3, "good": 2, "near": 1}

Search = Callable[[str], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Judged:
    """A query, what kind of typing it stands for, and the grade of every product that answers it."""

    query: str
    kind: str
    grades: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one query was answered: ``success`` says that one of the best came first."""

    judged: Judged
    ndcg: float
    success: bool
    shown: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Quality:
    """The figures of a set."""

    outcomes: tuple[Outcome, ...]

    @property
    def ndcg(self) -> float:
        return _mean(outcome.ndcg for outcome in self.outcomes)

    @property
    def success(self) -> float:
        return _mean(float(outcome.success) for outcome in self.outcomes)

    def by_kind(self) -> Mapping[str, "Quality"]:
        """Return the figures of each kind of typing, in the order of the set."""
        kinds = dict.fromkeys(outcome.judged.kind for outcome in self.outcomes)
        return {
            kind: Quality(tuple(one for one in self.outcomes if one.judged.kind == kind)) for kind in kinds
        }

    def worst(self, below: float = 0.9) -> list[Outcome]:
        """Return the queries answered badly, the worst first."""
        return sorted((one for one in self.outcomes if one.ndcg < below), key=lambda one: one.ndcg)


def read_judged(path: Path) -> list[Judged]:
    """Read a set; a product graded twice or a query without a best answer is refused."""
    with path.open(encoding="utf-8", newline="") as file:
        return [_judged(row) for row in csv.DictReader(file)]


def measure(search: Search, judged: Iterable[Judged]) -> Quality:
    """Ask every query; ``search`` returns slugs in the order shown, at least the first ten."""
    return Quality(tuple(_outcome(one, tuple(search(one.query))) for one in judged))


def ndcg(shown: Sequence[str], grades: Mapping[str, int], depth: int = DEPTH) -> float:
    """Return the gain of what is shown, discounted by place, over the best possible.

    Gain is 2^grade - 1, discount log2(place + 1): Järvelin and Kekäläinen 2002, in the form of Burges 2005.
    """
    best = _gain(sorted(grades.values(), reverse=True)[:depth])
    return _gain([grades.get(slug, 0) for slug in shown[:depth]]) / best if best else 0.0


def _gain(grades: Sequence[int]) -> float:
    return sum(float(2**grade - 1) / math.log2(place + 2) for place, grade in enumerate(grades))


def _outcome(judged: Judged, shown: tuple[str, ...]) -> Outcome:
    highest = max(judged.grades.values())
    success = bool(shown) and judged.grades.get(shown[0], 0) == highest
    return Outcome(judged, ndcg(shown, judged.grades), success, shown[:DEPTH])


def _judged(row: Mapping[str, str]) -> Judged:
    graded = [(slug, grade) for column, grade in _GRADES.items() for slug in row[column].split(";") if slug]
    grades = dict(graded)
    if len(grades) != len(graded) or not row["best"]:
        raise ValueError(f"{row['query']}: graded twice, or nothing is best")
    return Judged(row["query"], row["kind"], grades)


def _mean(values: Iterable[float]) -> float:
    found = list(values)
    return sum(found) / len(found) if found else 0.0
