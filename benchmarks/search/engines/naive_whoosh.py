"""Whoosh as its manual says: fields, ``filter``, ``sortedby``, ``groupedby``; the length of the results.

Grouping makes it forget the limit, so the page is cut from what it found. One search for the page and all
facets that have no filter of their own, one more for each that has.
"""

import time
from pathlib import Path
from typing import Any

from whoosh import index, sorting
from whoosh.fields import ID, KEYWORD, NUMERIC, Schema
from whoosh.query import And, Every, NumericRange, Or, Query, Term

from benchmarks.search.corpus import Corpus
from benchmarks.search.engines.base import COLUMNS, FLAGS, LINKS, Answer, codes, named
from benchmarks.search.engines.fts5 import link_rows
from benchmarks.search.requests import PER_PAGE, Ask
from marketplace.search.types import Facet, Sort

_MEMORY_MB = 512
_SINGLE = (*COLUMNS, *FLAGS)
_STOCK = sorting.FieldFacet("in_stock", reverse=True)
_ORDERS = {
    Sort.SALES: [_STOCK, sorting.FieldFacet("sold", reverse=True)],
    Sort.PRICE_ASC: [_STOCK, sorting.FieldFacet("price_up")],
    Sort.PRICE_DESC: [_STOCK, sorting.FieldFacet("price_fen", reverse=True)],
    Sort.NEWEST: [_STOCK, sorting.FieldFacet("created", reverse=True)],
}
_FAR = 2**40


class NaiveWhoosh:
    name = "naive Whoosh"

    def build(self, of: Corpus, directory: Path) -> float:
        directory.mkdir(parents=True, exist_ok=True)
        links = {facet: _texts(pairs, of.size) for facet, pairs in link_rows(of).items()}
        began = time.process_time()
        writer = index.create_in(str(directory), _schema()).writer(limitmb=_MEMORY_MB)
        used = time.process_time() - began
        for slots in of.chunks():
            rows = [self._row(of, slot, links) for slot in slots]
            began = time.process_time()
            for row in rows:
                writer.add_document(**row)
            used += time.process_time() - began
        began = time.process_time()
        writer.commit()
        return used + time.process_time() - began

    def open(self, of: Corpus, directory: Path) -> None:
        self._of = of
        self._searcher = index.open_dir(str(directory)).searcher()

    def ask(self, ask: Ask) -> Any:
        words = And([_clause(clause.tokens) for clause in ask.clauses]) if ask.clauses else Every()
        filters = {facet: self._filter(ask, facet) for facet in ask.filtered}
        free = [facet for facet in Facet if facet not in filters] if ask.facets else []
        results = self._searcher.search(
            words,
            limit=PER_PAGE,
            filter=And(list(filters.values())) if filters else None,
            sortedby=_ORDERS.get(ask.sort),
            groupedby=_grouped(free),
            maptype=sorting.Count,
        )
        counts = {facet: results.groups(facet.value) for facet in free}
        for facet in filters if ask.facets else ():
            others = [one for other, one in filters.items() if other is not facet]
            found = self._searcher.search(
                words,
                limit=1,
                filter=And(others) if others else None,
                groupedby=_grouped([facet]),
                maptype=sorting.Count,
            )
            counts[facet] = found.groups(facet.value)
        return len(results), [hit["slot"] for hit in results[:PER_PAGE]], counts if ask.facets else None

    def read(self, raw: Any) -> Answer:
        total, slots, counts = raw
        facets = None
        if counts is not None:
            facets = {
                facet: named(self._of, facet, {int(code): count for code, count in found.items() if code})
                for facet, found in counts.items()
            }
        return Answer(total, tuple(slots), facets)

    def cpu_ns(self) -> int:
        return time.process_time_ns()

    def close(self) -> None:
        self._searcher.close()

    def _filter(self, ask: Ask, facet: Facet) -> Query:
        parts: list[Query] = []
        if facet in ask.chosen:
            parts.append(
                Or([Term(facet.value, str(one)) for one in codes(self._of, facet, ask.chosen[facet])])
            )
        if facet is Facet.PRICE and ask.price_min_fen is not None:
            parts.append(NumericRange("price_fen", ask.price_min_fen, ask.price_max_fen))
        return And(parts)

    def _row(self, of: Corpus, slot: int, links: dict[Facet, list[str]]) -> dict[str, Any]:
        price = int(of.columns["price_fen"][slot])
        return {
            "slot": slot,
            "t": " ".join(of.tokens_of(slot)),
            "price_fen": price,
            "price_up": _FAR if price < 0 else price,
            "sold": int(of.columns["sold"][slot]),
            "created": int(of.columns["created"][slot]),
            **{facet.value: str(int(of.columns[facet.value][slot])) for facet in _SINGLE},
            **{facet.value: links[facet][slot] for facet in LINKS},
        }


def _schema() -> Schema:
    return Schema(
        slot=NUMERIC(stored=True),
        t=KEYWORD(scorable=True),
        **{facet.value: ID(sortable=True) for facet in _SINGLE},
        **{facet.value: KEYWORD() for facet in LINKS},
        price_fen=NUMERIC(bits=64, sortable=True),
        price_up=NUMERIC(bits=64, sortable=True),
        sold=NUMERIC(bits=64, sortable=True),
        created=NUMERIC(bits=64, sortable=True),
    )


def _clause(tokens: tuple[tuple[str, float], ...]) -> Query:
    terms = [Term("t", token, boost=factor) for token, factor in tokens]
    return terms[0] if len(terms) == 1 else Or(terms)


def _grouped(facets: list[Facet]) -> sorting.Facets | None:
    if not facets:
        return None
    grouped = sorting.Facets()
    for facet in facets:
        grouped.add_facet(facet.value, sorting.FieldFacet(facet.value, allow_overlap=facet in LINKS))
    return grouped


def _texts(pairs: list[tuple[int, int]], size: int) -> list[str]:
    found: list[list[str]] = [[] for _ in range(size)]
    for slot, code in pairs:
        found[slot].append(str(code))
    return [" ".join(one) for one in found]
