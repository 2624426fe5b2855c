"""The project's own search: Whoosh's dictionary and postings, side tables, moments and selections.

Everything from an understood request to total, page and facets runs as it does in the shop; what stands above
(reading what was typed, keeping results) is left out, as it is for every other engine.
"""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.search.changing import Spent, spent
from benchmarks.search.corpus import NOBODY, Corpus
from benchmarks.search.engines.base import Answer
from benchmarks.search.products import NOW
from benchmarks.search.requests import PER_PAGE, Ask, Kind
from marketplace.adapters.whoosh_text import WhooshText
from marketplace.catalogue.types import ProductId
from marketplace.search import moment
from marketplace.search.port import Clause, IndexedProduct, Written
from marketplace.search.selection import Selection
from marketplace.search.tables import NO_PRICE, Column, Periods, Tables
from marketplace.search.types import Facet, SearchRequest, SearchRow, Sort

_LEVEL = 80


class Own:
    name = "own"

    def build(self, of: Corpus, directory: Path) -> float:
        feed = _Feed(of)
        began = time.process_time()
        WhooshText(directory).rebuild(feed.products(), Written("benchmark", 1))
        return time.process_time() - began - feed.seconds

    def open(self, of: Corpus, directory: Path) -> None:
        self._of = of
        self._text = WhooshText(directory)
        self._text.refresh()
        self._moment = moment.at_instant(side_tables(of), NOW)

    def ask(self, ask: Ask) -> Any:
        request = SearchRequest(
            at=NOW,
            chosen=ask.chosen,
            price_min_fen=ask.price_min_fen,
            price_max_fen=ask.price_max_fen,
            sort=ask.sort,
            per_page=PER_PAGE,
        )
        matches = self._text.match(ask.clauses) if ask.clauses else None
        selection = Selection(self._moment, request, matches)
        return selection.total, selection.page(), selection.facets() if ask.facets else None

    def read(self, raw: Any) -> Answer:
        total, slots, tallies = raw
        facets = None
        if tallies is not None:
            facets = {
                facet: {
                    value: count
                    for value, count in zip(tally.values, tally.counts.tolist(), strict=True)
                    if count
                }
                for facet, tally in tallies.items()
            }
        return Answer(total, tuple(slots.tolist()), facets)

    def cpu_ns(self) -> int:
        return time.process_time_ns()

    def close(self) -> None:
        del self._text

    def write_text(self, turn: int) -> Spent:
        """Give a product another word, as the one indexer does."""
        tokens = self._of.tokens_of(turn) | {_word(turn): _LEVEL}
        return spent(lambda: self._text.apply([IndexedProduct(turn, tokens)], (), version=turn + 2))

    def see_text(self, turn: int) -> Spent:
        """Open what was written, until the product is found by its new word."""

        def see() -> None:
            self._text.refresh()
            found = self._text.match([Clause(((_word(turn), 1.0),))])
            if found.slots.tolist() != [turn]:
                raise AssertionError("the written word is not found")

        return spent(see)

    def see_attribute(self, turn: int) -> Spent:
        """Put a changed row into the side tables, until a page shows it as the cheapest."""
        row = _row(self._of, turn)

        def see() -> None:
            following = self._moment.tables.changed([row])
            self._moment = moment.following(self._moment, following, np.array([turn]), NOW)
            _total, page, _facets = self.ask(Ask(Kind.BROWSE_FACETS, sort=Sort.PRICE_ASC))
            if page[0] != turn:
                raise AssertionError("the lower price is not seen")

        return spent(see)


class _Feed:
    """Gives products to be written, and knows how long reading them from the corpus took."""

    def __init__(self, of: Corpus) -> None:
        self._of = of
        self.seconds = 0.0

    def products(self) -> Iterator[IndexedProduct]:
        for slots in self._of.chunks():
            began = time.process_time()
            made = [IndexedProduct(slot, self._of.tokens_of(slot)) for slot in slots]
            self.seconds += time.process_time() - began
            yield from made


def _word(turn: int) -> str:
    return f"e:newword{turn}"


def _row(of: Corpus, turn: int) -> SearchRow:
    """Return a product with a price lower than any other, and lower each turn."""
    columns = {name: array for name, array in of.columns.items() if len(array) == of.size}

    def value(facet: Facet) -> str | None:
        code = int(columns[facet.value][turn])
        return None if code == NOBODY else of.values[facet][code]

    return SearchRow(
        product_id=ProductId(turn),
        slot=turn,
        version=turn + 2,
        is_listed=True,
        aisle_code=str(value(Facet.AISLE)),
        industry_code=value(Facet.INDUSTRY),
        county_code=str(value(Facet.COUNTY)),
        prefecture_code=str(value(Facet.PREFECTURE)),
        storage=str(value(Facet.STORAGE)),
        is_key_county=bool(columns["key_county"][turn]),
        months=int(columns["months"][turn]),
        cooperative_codes=of.values[Facet.COOPERATIVE][:1],
        validities=(),
        price_fen=100 - turn,
        available=10,
        sold=int(columns["sold"][turn]) + 1,
        created_at=NOW,
    )


def side_tables(of: Corpus) -> Tables:
    """Make the side tables from the corpus' arrays."""
    columns, price = of.columns, np.asarray(of.columns["price_fen"])
    return Tables(
        product_ids=np.arange(of.size, dtype=np.int64),
        versions=np.ones(of.size, np.int64),
        listed=np.ones(of.size, np.bool_),
        place=_joined(of, (Facet.COUNTY, Facet.PREFECTURE), "key_county"),
        kind=_joined(of, (Facet.AISLE, Facet.INDUSTRY, Facet.STORAGE)),
        sellers=_sellers(of),
        periods=_periods(of),
        in_stock=np.array(columns["in_stock"]),
        price_fen=np.where(price == NOBODY, NO_PRICE, price),
        sold=columns["sold"].astype(np.int64),
        created=columns["created"].astype(np.int64),
        months=np.array(columns["months"]),
    )


def _joined(of: Corpus, facets: tuple[Facet, ...], flag: str | None = None) -> Column[Any]:
    """Join facets into one column of tuples."""
    parts = [np.asarray(of.columns[facet.value], np.int64) for facet in facets]
    parts += [np.asarray(of.columns[flag], np.int64)] if flag else []
    rows, codes = np.unique(np.stack(parts), axis=1, return_inverse=True)
    values = tuple(
        (
            *(
                None if code == NOBODY else of.values[facet][code]
                for facet, code in zip(facets, row, strict=False)
            ),
            *((bool(row[-1]),) if flag else ()),
        )
        for row in rows.T.tolist()
    )
    return _column(codes, values)


def _sellers(of: Corpus) -> Column[tuple[str, ...]]:
    first = np.searchsorted(of.columns["cooperative_rows"], np.arange(of.size + 1)).tolist()
    codes = of.columns["cooperative_codes"].tolist()
    known: dict[tuple[int, ...], int] = {}
    found = np.fromiter(
        (
            known.setdefault(tuple(codes[first[slot] : first[slot + 1]]), len(known))
            for slot in range(of.size)
        ),
        np.int32,
        of.size,
    )
    names = of.values[Facet.COOPERATIVE]
    return _column(found, tuple(tuple(names[code] for code in key) for key in known))


def _periods(of: Corpus) -> Periods:
    values = of.values[Facet.CERTIFICATION]
    ends = of.columns["certificate_to"].astype(np.float64)
    return Periods(
        of.columns["certificate_rows"].astype(np.int64),
        of.columns["certificate_codes"].astype(np.int32),
        of.columns["certificate_from"].astype(np.float64),
        np.where(ends == NOBODY, np.inf, ends),
        values,
        {value: place for place, value in enumerate(values)},
        np.zeros(len(ends), np.int64),
    )


def _column(codes: NDArray[Any], values: tuple[Any, ...]) -> Column[Any]:
    return Column(codes.astype(np.int32), values, {value: place for place, value in enumerate(values)})
