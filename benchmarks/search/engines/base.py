"""What every engine does here: build from a corpus, open, answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from benchmarks.search.corpus import Corpus
from benchmarks.search.requests import Ask
from marketplace.search.types import Facet

# Facets that are a column of small numbers in the corpus; NOBODY is counted nowhere.
COLUMNS = (
    Facet.AISLE,
    Facet.INDUSTRY,
    Facet.PREFECTURE,
    Facet.COUNTY,
    Facet.STORAGE,
    Facet.PRICE,
)
FLAGS = (Facet.KEY_COUNTY, Facet.IN_SEASON, Facet.IN_STOCK)
LINKS = (Facet.CERTIFICATION, Facet.COOPERATIVE)


@dataclass(frozen=True, slots=True)
class Answer:
    """What must be equal: the exact total, and products by value of every facet; slots are the page."""

    total: int
    slots: tuple[int, ...]
    facets: Mapping[Facet, Mapping[str, int]] | None = None


class Engine(Protocol):
    """One rival. ``ask`` is what is timed; ``read`` puts its answer into the common form, untimed."""

    name: str

    def build(self, of: Corpus, directory: Path) -> float:
        """Build the index; returns CPU seconds without reading the corpus."""
        ...

    def open(self, of: Corpus, directory: Path) -> None: ...

    def ask(self, ask: Ask) -> Any: ...

    def read(self, raw: Any) -> Answer: ...

    def cpu_ns(self) -> int:
        """Return nanoseconds of CPU used so far by whatever works for this engine."""
        ...

    def close(self) -> None: ...


def codes(of: Corpus, facet: Facet, values: tuple[str, ...]) -> list[int]:
    """Return the numbers that stand for values of a facet."""
    if facet is Facet.PRICE:
        return [int(value) for value in values]
    if facet in FLAGS:
        return [1]
    known = of.values[facet]
    return [known.index(value) for value in values if value in known]


def named(of: Corpus, facet: Facet, counts: Mapping[int, int]) -> dict[str, int]:
    """Return counts by value, those of nothing left out."""
    if facet in FLAGS:
        return {"1": counts[1]} if counts.get(1) else {}
    if facet is Facet.PRICE:
        return {str(code): count for code, count in counts.items() if count and code >= 0}
    return {of.values[facet][code]: count for code, count in counts.items() if count and code >= 0}
