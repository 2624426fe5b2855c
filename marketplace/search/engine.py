"""The search engine of one process: a text engine beside side tables, in step with the database.

State is one immutable object, swapped by a single reference: a reader never waits, never sees half a change.
"""

import math
import threading
import time as wall
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue.types import ProductId
from marketplace.kernel import changes
from marketplace.kernel.changes import Position
from marketplace.search import explaining, queries, tables
from marketplace.search.documents import indexed
from marketplace.search.indexer import Indexer
from marketplace.search.language import Language
from marketplace.search.lexicon import make_language
from marketplace.search.port import Clause, Matches, TextEngine
from marketplace.search.schemes import SchemeNames
from marketplace.search.selection import Selection
from marketplace.search.suggestions import Suggestions
from marketplace.search.tables import Tables
from marketplace.search.types import (
    Explanation,
    Multiplier,
    MultiplierKind,
    SearchDocument,
    SearchPage,
    SearchRequest,
    Suggestion,
    Understanding,
)
from marketplace.search.understanding import Understood, Vocabulary, understand

CHECK_SECONDS = 1.0
_SALES_WEIGHT = 0.1


@dataclass(frozen=True, slots=True)
class State:
    """Everything a request reads, as of one position in the changes."""

    documents: Mapping[ProductId, SearchDocument]
    tables: Tables
    language: Language
    suggestions: Suggestions
    schemes: SchemeNames
    position: Position
    generation: int


class SearchEngine:
    """Answers searches and suggestions of one process; safe for many threads."""

    def __init__(self, text: TextEngine, fallback: TextEngine | None = None) -> None:
        self._text = text
        self._fallback = fallback
        self._indexers = (
            Indexer(text, "main"),
            *((Indexer(fallback, "fallback"),) if fallback is not None else ()),
        )
        self._state: State | None = None
        self._checked = 0.0
        self._lock = threading.Lock()
        self._vocabulary: tuple[Sequence[str], Vocabulary] | None = None

    @property
    def text(self) -> TextEngine:
        return self._text

    @property
    def indexers(self) -> tuple[Indexer, ...]:
        """Return the writers of the indexes to keep in step; one process uses them."""
        return self._indexers

    def search(self, session: Session, request: SearchRequest) -> SearchPage:
        """Return one page of products, the exact total and all facets."""
        state = self._fresh(session)
        selection = Selection(state.tables, request)
        words, schemes = state.schemes.take_out(request.q)
        found = self._find(state, words)
        everything = np.ones(state.tables.size, np.bool_) if found.rows is None else found.mask(state.tables)
        for scheme in schemes:
            everything = everything & selection.certified(scheme)
        rows = np.flatnonzero(selection.passing() & everything)
        scores = None if found.scores is None else found.scores[rows]
        first = (request.page - 1) * request.per_page
        ordered = selection.ordered(rows, scores)[first : first + request.per_page]
        return SearchPage(
            total=len(rows),
            product_ids=tuple(ProductId(int(state.tables.product_ids[row])) for row in ordered),
            facets=selection.facets(everything),
            page=request.page,
            per_page=request.per_page,
            dropped=found.dropped,
            corrected=found.corrected,
            generation=state.generation,
        )

    def suggest(self, session: Session, typed: str, *, limit: int = 8) -> tuple[Suggestion, ...]:
        """Return what the typed beginning may become."""
        state = self._fresh(session)
        return state.suggestions.starting(typed, state.language, limit)

    def understanding(self, session: Session, query: str) -> Understanding:
        """Return how a query is understood, for the page that explains the ranking."""
        state = self._fresh(session)
        words, schemes = state.schemes.take_out(query)
        read = explaining.read_words(words, state.language, self._words(self._engine()))
        return Understanding(scheme_codes=schemes, words=tuple(one.word for one in read))

    def explain(self, session: Session, request: SearchRequest, product_id: ProductId) -> Explanation:
        """Return why a listed product stands where it does in the answer to a request; costs a search."""
        state, text = self._fresh(session), self._engine()
        words, _schemes = state.schemes.take_out(request.q)
        document = state.documents[product_id]
        shares = explaining.shares(
            explaining.read_words(words, state.language, self._words(text)),
            text,
            indexed(document, state.language),
            state.tables.size,
        )
        whole = self.search(session, replace(request, page=1, per_page=max(1, state.tables.size)))
        place = whole.product_ids.index(product_id) + 1 if product_id in whole.product_ids else None
        sales = Multiplier(
            kind=MultiplierKind.SALES, factor=1 + _SALES_WEIGHT * math.log1p(max(document.sold, 0))
        )
        return Explanation(
            product_id=product_id,
            place=place,
            words=shares,
            multipliers=(sales,),
            total=sum(one.score for one in shares) * sales.factor,
            in_stock=document.available > 0,
        )

    def documents(self, session: Session) -> Mapping[ProductId, SearchDocument]:
        """Return every listed product as the search knows it; a changed product has another document."""
        return self._fresh(session).documents

    def generation(self, session: Session) -> int:
        """Return a number that moves whenever an answer may change."""
        return self._fresh(session).generation

    def refresh(self, session: Session) -> None:
        """Look for changes now, whenever the last look was."""
        self._checked = 0.0
        self._fresh(session)

    def _fresh(self, session: Session) -> State:
        state = self._state
        if state is not None and wall.monotonic() - self._checked < CHECK_SECONDS:
            return state
        if state is not None and not self._lock.acquire(blocking=False):
            return state
        if state is None:
            self._lock.acquire()
        try:
            state = self._state = self._next(session, self._state)
            self._checked = wall.monotonic()
        finally:
            self._lock.release()
        return state

    def _next(self, session: Session, state: State | None) -> State:
        if state is None:
            position = changes.latest(session)
            documents = {one.product_id: one for one in queries.documents(session)}
            language, _signature = make_language(documents.values())
            return State(
                documents=documents,
                tables=tables.build(documents.values()),
                language=language,
                suggestions=Suggestions(documents.values(), language),
                schemes=SchemeNames(catalogue.reference(session).schemes.values()),
                position=position,
                generation=1,
            )
        touched, position = queries.touched(session, state.position)
        if position == state.position:
            return state
        if not touched:
            return replace(state, position=position)
        changed = {one.product_id: one for one in queries.documents(session, touched)}
        documents = {key: one for key, one in state.documents.items() if key not in touched} | changed
        following = replace(
            state,
            documents=documents,
            tables=tables.build(documents.values()),
            position=position,
            generation=state.generation + 1,
        )
        if all(_texts(one) == _texts(state.documents.get(key)) for key, one in changed.items()):
            return following
        language, _signature = make_language(documents.values())
        return replace(following, language=language, suggestions=Suggestions(documents.values(), language))

    def _find(self, state: State, query: str) -> "_Found":
        """Match what was typed, strictly first, then word by word more loosely; say what was dropped."""
        text = self._engine()
        understood = understand(query, state.language, self._words(text))
        if not understood:
            return _Found()
        readings = [part for part in understood if part.readings]
        dropped = tuple(part.part for part in understood if not part.readings)
        for looseness in range(max((len(part.readings) for part in readings), default=0)):
            clauses, corrected = _reading(readings, looseness)
            matches = text.match(clauses)
            if len(matches.product_ids):
                return _found(state.tables, matches, dropped, corrected)
        for kept in range(len(readings) - 1, 0, -1):
            for start in range(len(readings) - kept + 1):
                clauses, corrected = _reading(readings[start : start + kept], 0)
                matches = text.match(clauses)
                if len(matches.product_ids):
                    lost = [
                        part.part for place, part in enumerate(readings) if not start <= place < start + kept
                    ]
                    return _found(state.tables, matches, (*dropped, *lost), corrected)
        return _Found(rows=np.zeros(0, np.int64), dropped=tuple(part.part for part in understood))

    def _engine(self) -> TextEngine:
        if self._fallback is not None and self._text.signature() is None:
            return self._fallback
        return self._text

    def _words(self, text: TextEngine) -> Vocabulary:
        tokens = text.vocabulary()
        if self._vocabulary is None or self._vocabulary[0] is not tokens:
            self._vocabulary = (tokens, Vocabulary(tokens))
        return self._vocabulary[1]


@dataclass(frozen=True, slots=True)
class _Found:
    """Rows that match the text, None where no text was typed; scores by row."""

    rows: NDArray[np.int64] | None = None
    scores: NDArray[np.float32] | None = None
    dropped: tuple[str, ...] = ()
    corrected: str | None = None

    def mask(self, of: Tables) -> NDArray[np.bool_]:
        mask = np.zeros(of.size, np.bool_)
        mask[self.rows] = True
        return mask


def _reading(parts: list[Understood], looseness: int) -> tuple[list[Clause], str | None]:
    """Take each part's reading at a looseness, its loosest where it has fewer."""
    clauses: list[Clause] = []
    corrections: list[str] = []
    for part in parts:
        place = min(looseness, len(part.readings) - 1)
        clauses.extend(part.readings[place])
        correction = part.corrections[place]
        if correction is not None:
            corrections.append(correction)
    return clauses, " ".join(corrections) or None


def _found(of: Tables, matches: Matches, dropped: tuple[str, ...], corrected: str | None) -> _Found:
    rows, known = of.rows_of(matches.product_ids)
    rows = rows[known]
    scores = np.zeros(of.size, np.float32)
    popular = 1 + _SALES_WEIGHT * np.log1p(np.maximum(of.sold[rows], 0))
    scores[rows] = matches.scores[known] * popular
    return _Found(rows, scores, dropped, corrected)


def _texts(document: SearchDocument | None) -> object:
    """Return what language and suggestions are made from."""
    if document is None:
        return None
    return (
        document.name,
        document.keywords,
        document.place_names,
        document.group_names,
        document.cooperative_names,
        document.scheme_names,
    )
