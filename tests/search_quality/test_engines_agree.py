"""Whoosh and PostgreSQL on the same tokens give the same answer: totals, facets, and how a query was relaxed.

By any sort but relevance the pages are the same, product for product. By relevance the engines weigh the same
words, PostgreSQL in four steps where Whoosh has 255: a product may stand before another that Whoosh scores a
little higher, never before one that it scores more than ``NEAR`` times as high.
"""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from benchmarks.search.quality import read_judged
from marketplace.adapters.postgres_text import PostgresText
from marketplace.adapters.whoosh_text import WhooshText
from marketplace.kernel.time import FixedClock, clock_in_force
from marketplace.search.engine import SearchEngine
from marketplace.search.types import Facet, SearchPage, SearchRequest, Sort
from tests.conftest import IS_DEEP, NOON

HERE = Path(__file__).parent
QUERIES = [one.query for name in ("judged.csv", "held_out.csv") for one in read_judged(HERE / name)]
PLAIN = SearchRequest(at=NOON)
FILTERED = (
    replace(PLAIN, chosen={Facet.CERTIFICATION: ("zhenpin", "organic_cert"), Facet.IN_STOCK: ("1",)}),
    replace(PLAIN, chosen={Facet.AISLE: ("fruit", "tea"), Facet.PREFECTURE: ("520200", "522700")}),
    replace(PLAIN, price_min_fen=3_000, price_max_fen=12_000),
    replace(PLAIN, chosen={Facet.PRICE: ("0", "2"), Facet.KEY_COUNTY: ("1",)}, price_min_fen=500),
    replace(PLAIN, chosen={Facet.STORAGE: ("ambient",), Facet.COOPERATIVE: ("DEMO-SC", "DEMO-ALL")}),
    replace(PLAIN, chosen={Facet.COUNTY: ("520204",), Facet.IN_SEASON: ("1",)}),
)
ORDERED = [replace(PLAIN, sort=sort) for sort in Sort if sort is not Sort.RELEVANCE]
ORDERED += [replace(one, page=2, per_page=5) for one in ORDERED]
NEAR = 2.5
EXPLAINED = 1 if IS_DEEP else 12


@dataclass(frozen=True, slots=True)
class Pair:
    """Two engines on one database."""

    whoosh: SearchEngine
    postgres: SearchEngine
    session: Session

    def ask(self, request: SearchRequest) -> tuple[SearchPage, SearchPage]:
        return self.whoosh.search(self.session, request), self.postgres.search(self.session, request)


@pytest.fixture(scope="module")
def pair(filled: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    sessions = sessionmaker(filled, expire_on_commit=False)
    whoosh = SearchEngine(WhooshText(tmp_path_factory.mktemp("beside-postgres")))
    with clock_in_force(FixedClock(NOON)), sessions() as session:
        whoosh.indexer.follow(sessions)
        yield Pair(whoosh, SearchEngine(PostgresText(sessions)), session)


def requests(query: str, number: int) -> list[SearchRequest]:
    """Every query plain and in one other way: filtered, sorted or on page two; in all of them when deep."""
    ways = (replace(PLAIN, page=2, per_page=3), *FILTERED, *ORDERED)
    chosen = ways if IS_DEEP else (ways[number % len(ways)],)
    return [replace(one, q=query) for one in (PLAIN, *chosen)]


def said(page: SearchPage) -> tuple[object, ...]:
    """Return what must be equal whatever the order."""
    return page.total, page.facets, page.dropped, page.corrected, page.relaxation, page.full


def test_every_judged_query_has_the_same_totals_facets_and_relaxation(pair: Pair) -> None:
    assert len(QUERIES) >= 240
    for number, query in enumerate(QUERIES):
        for request in requests(query, number):
            ours, theirs = pair.ask(request)
            assert said(ours) == said(theirs), request
            assert len(ours.product_ids) == len(theirs.product_ids), request
            if request.sort is not Sort.RELEVANCE:
                assert ours.product_ids == theirs.product_ids, request


def test_the_queries_reach_every_filter_and_sort(pair: Pair) -> None:
    for request in (*FILTERED, *ORDERED):
        totals = [pair.whoosh.search(pair.session, replace(request, q=query)).total for query in QUERIES[:60]]
        assert any(totals), request


def test_relevance_differs_only_among_scores_that_are_near(pair: Pair) -> None:
    for query in QUERIES[::EXPLAINED]:
        request = replace(PLAIN, q=query, per_page=10)
        ours, theirs = pair.ask(request)
        scores = []
        for product in theirs.product_ids[: max(ours.full, 1)]:
            explained = pair.whoosh.explain(pair.session, request, product)
            assert explained is not None
            assert explained.place is not None
            scores.append(explained.total)
        for before, after in itertools.pairwise(scores):
            assert before * NEAR >= after, (query, scores)
