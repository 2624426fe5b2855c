"""What the two SQL rivals share: one statement that makes the hits once and counts every facet from them.

Each filtered facet becomes a flag of the hit, so that its own counts can leave its own filter out.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from benchmarks.search.corpus import Corpus
from benchmarks.search.engines.base import COLUMNS, FLAGS, LINKS, Answer, codes, named
from benchmarks.search.requests import PER_PAGE, Ask
from marketplace.search.types import Facet, Sort

PAGE = "page"
TOTAL = "total"
ORDERS = {
    Sort.RELEVANCE: "in_stock DESC, score DESC, slot",
    Sort.SALES: "in_stock DESC, sold DESC, slot",
    Sort.PRICE_ASC: "in_stock DESC, price_up, slot",
    Sort.PRICE_DESC: "in_stock DESC, price_fen DESC, slot",
    Sort.NEWEST: "in_stock DESC, created DESC, slot",
}
NUMBERS = (*COLUMNS, *FLAGS)
FAR = 2**40


@dataclass(slots=True)
class Statement:
    """A statement under construction; values are bound in the order they are added."""

    mark: str
    values: list[Any] = field(default_factory=list)

    def bind(self, *values: Any) -> str:
        self.values.extend(values)
        return ", ".join(self.mark for _ in values)


def condition(of: Corpus, ask: Ask, facet: Facet, out: Statement, linked: Callable[[Facet, str], str]) -> str:
    """Return the condition that a product passes the filter of a facet."""
    parts = []
    if facet in ask.chosen:
        wanted = codes(of, facet, ask.chosen[facet])
        if facet in LINKS:
            parts.append(linked(facet, out.bind(*wanted)))
        elif len(wanted) == 1:
            parts.append(f"{facet.value} = {out.bind(*wanted)}")
        else:
            parts.append(f"{facet.value} IN ({out.bind(*wanted)})")
    if facet is Facet.PRICE and ask.price_min_fen is not None:
        parts.append(f"price_fen BETWEEN {out.bind(ask.price_min_fen)} AND {out.bind(ask.price_max_fen)}")
    return f"({' AND '.join(parts)})"


def but(filtered: Sequence[Facet], left_out: Facet | None = None) -> str:
    """Return the condition that a hit passes all filters, or all but one."""
    flags = [f"pass_{facet.value}" for facet in filtered if facet is not left_out]
    return " AND ".join(flags) or "1 = 1"


def page(ask: Ask, hits: str, where: str) -> str:
    return (
        f"SELECT * FROM (SELECT '{PAGE}', slot, 0 FROM {hits} WHERE {where} "
        f"ORDER BY {ORDERS[ask.sort]} LIMIT {PER_PAGE}) AS page"
    )


def read(of: Corpus, raw: tuple[int, Sequence[int], Sequence[tuple[Any, Any, Any]] | None]) -> Answer:
    """Put total, page and rows of facet, code and count into the common form."""
    total, slots, rows = raw
    facets = None
    if rows is not None:
        counts: dict[str, dict[int, int]] = {facet.value: {} for facet in Facet}
        for name, code, count in rows:
            counts[name][code] = count
        facets = {facet: named(of, facet, counts[facet.value]) for facet in Facet}
    return Answer(total, tuple(slots), facets)
