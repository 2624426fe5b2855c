"""tantivy through its own Python package: a whitespace field, fast fields for filters, sorts and counts.

What is good today (season, valid certificates) is written as plain numbers, which spares tantivy the dates.
Relevance is its own BM25 alone: to weigh it by sales, as the shop does, doubles its time for common words.
Codes are raised by one, so that nothing is zero and need not be indexed as negative.
"""

import time
from pathlib import Path
from typing import Any

import numpy as np
import tantivy
from tantivy import Document, Filter, Occur, Order, Query, Searcher, TextAnalyzerBuilder, Tokenizer

from benchmarks.search.corpus import Corpus
from benchmarks.search.engines.base import COLUMNS, FLAGS, LINKS, Answer, codes, named
from benchmarks.search.requests import PER_PAGE, Ask
from marketplace.search.types import Facet, Sort

_HEAP = 1_000_000_000
_TEXT = "t"
_ORDERS = {
    Sort.SALES: ("by_sales", Order.Desc),
    Sort.PRICE_ASC: ("by_cheapness", Order.Desc),
    Sort.PRICE_DESC: ("by_price", Order.Desc),
    Sort.NEWEST: ("by_age", Order.Desc),
}
_FAR = 2**40
_COUNTED = {
    facet.value: {"terms": {"field": facet.value, "size": 5_000, "segment_size": 5_000}}
    for facet in (*COLUMNS, *FLAGS, *LINKS)
}


class Tantivy:
    name = "tantivy"

    def build(self, of: Corpus, directory: Path) -> float:
        index = _index(directory)
        links = _links(of)
        used = 0.0
        began = time.process_time()
        writer = index.writer(_HEAP, 1)
        used += time.process_time() - began
        for slots in of.chunks():
            rows = [" ".join(of.tokens_of(slot)) for slot in slots]
            numbers = _numbers(of, slots)
            began = time.process_time()
            for place, (slot, text) in enumerate(zip(slots, rows, strict=True)):
                document = Document()
                document.add_text(_TEXT, text)
                for name, values in numbers:
                    document.add_unsigned(name, values[place])
                for name, first, codes_ in links:
                    for code in codes_[first[slot] : first[slot + 1]]:
                        document.add_unsigned(name, code)
                writer.add_document(document)
            used += time.process_time() - began
        began = time.process_time()
        writer.commit()
        writer.wait_merging_threads()
        return used + time.process_time() - began

    def open(self, of: Corpus, directory: Path) -> None:
        self._of = of
        index = _index(directory)
        index.reload()
        self._schema = index.schema
        self._searcher: Searcher = index.searcher()

    def ask(self, ask: Ask) -> Any:
        page: Any
        text = [(Occur.Must, self._clause(clause.tokens)) for clause in ask.clauses]
        filters = {facet: (Occur.Must, self._filter(ask, facet)) for facet in ask.filtered}
        query = _all([*text, *filters.values()])
        if ask.sort is Sort.RELEVANCE:
            page = self._searcher.search(query, PER_PAGE, count=True)
        else:
            field, order = _ORDERS[ask.sort]
            page = self._searcher.search(query, PER_PAGE, count=True, order_by_field=field, order=order)
        slots = self._searcher.fast_field_values("slot", [address for _, address in page.hits])
        if not ask.facets:
            return page.count, slots, None
        common = {name: wanted for name, wanted in _COUNTED.items() if name not in ask.filtered}
        found = self._searcher.aggregate(query, common)
        for facet in ask.filtered:
            others = [one for other, one in filters.items() if other is not facet]
            found |= self._searcher.aggregate(_all([*text, *others]), {facet.value: _COUNTED[facet.value]})
        return page.count, slots, found

    def read(self, raw: Any) -> Answer:
        total, slots, found = raw
        facets = None
        if found is not None:
            facets = {
                facet: named(
                    self._of,
                    facet,
                    {int(one["key"]) - 1: one["doc_count"] for one in found[facet.value]["buckets"]},
                )
                for facet in Facet
            }
        return Answer(total, tuple(slots), facets)

    def cpu_ns(self) -> int:
        return time.process_time_ns()

    def close(self) -> None:
        del self._searcher

    def _clause(self, tokens: tuple[tuple[str, float], ...]) -> Query:
        terms = [
            term if factor == 1.0 else Query.boost_query(term, factor)
            for token, factor in tokens
            for term in [Query.term_query(self._schema, _TEXT, token, "freq")]
        ]
        return _any(terms)

    def _filter(self, ask: Ask, facet: Facet) -> Query:
        parts = []
        if facet in ask.chosen:
            wanted = [code + 1 for code in codes(self._of, facet, ask.chosen[facet])]
            terms = [Query.term_query(self._schema, facet.value, one) for one in wanted]
            parts.append(_any(terms))
        if facet is Facet.PRICE and ask.price_min_fen is not None:
            field_type = tantivy.FieldType.Unsigned
            low, high = ask.price_min_fen, ask.price_max_fen
            parts.append(Query.range_query(self._schema, "price_fen", field_type, low, high))
        return Query.const_score_query(_all([(Occur.Must, one) for one in parts]), 0.0)


def _index(directory: Path) -> tantivy.Index:
    directory.mkdir(parents=True, exist_ok=True)
    builder = tantivy.SchemaBuilder()
    builder.add_text_field(_TEXT, tokenizer_name="tokens", index_option="freq")
    for facet in (*COLUMNS, *FLAGS, *LINKS):
        builder.add_unsigned_field(facet.value, indexed=True, fast=True)
    builder.add_unsigned_field("price_fen", indexed=False, fast=True)
    for name in ("slot", *(name for name, _ in _ORDERS.values())):
        builder.add_unsigned_field(name, fast=True)
    index = tantivy.Index(builder.build(), str(directory))
    analyzer = TextAnalyzerBuilder(Tokenizer.whitespace()).filter(Filter.remove_long(255)).build()
    index.register_tokenizer("tokens", analyzer)
    return index


def _all(parts: list[tuple[Occur, Query]]) -> Query:
    if not parts:
        return Query.all_query()
    return parts[0][1] if len(parts) == 1 else Query.boolean_query(parts)


def _any(terms: list[Query]) -> Query:
    return terms[0] if len(terms) == 1 else Query.boolean_query([(Occur.Should, one) for one in terms])


def _numbers(of: Corpus, slots: range) -> list[tuple[str, list[int]]]:
    """Return the plain numbers of a chunk; what is in stock comes first in every order."""
    part = slice(slots.start, slots.stop)
    columns = {name: array[part] for name, array in of.columns.items() if len(array) == of.size}
    numbers = [
        (facet.value, (columns[facet.value].astype(np.int64) + 1).tolist()) for facet in (*COLUMNS, *FLAGS)
    ]
    price = columns["price_fen"].astype(np.int64)
    stock = columns["in_stock"].astype(np.int64) * _FAR
    orders = {
        "by_sales": columns["sold"],
        "by_cheapness": np.where(price < 0, 0, _FAR // 2 - price),
        "by_price": price + 1,
        "by_age": columns["created"],
    }
    numbers += [(name, (stock + order).tolist()) for name, order in orders.items()]
    numbers += [("price_fen", np.where(price < 0, _FAR, price).tolist()), ("slot", list(slots))]
    return numbers


def _links(of: Corpus) -> list[tuple[str, list[int], list[int]]]:
    """Return what may be several: name, where each product's begin, codes."""
    rows, held = of.valid_certificates()
    found = []
    for facet, owners, values in (
        (Facet.CERTIFICATION, rows, held),
        (Facet.COOPERATIVE, of.columns["cooperative_rows"], of.columns["cooperative_codes"].astype(np.int64)),
    ):
        first = np.searchsorted(owners, np.arange(of.size + 1))
        found.append((facet.value, first.tolist(), (values + 1).tolist()))
    return found
