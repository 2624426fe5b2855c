"""The search engine of one process: a text engine beside side tables, in step with the database.

State is one immutable object, swapped by a single reference: a reader never waits, never sees half a change.
"""

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
from marketplace.search import queries, tables
from marketplace.search.indexer import Indexer
from marketplace.search.language import Language
from marketplace.search.lexicon import make_language, scheme_words
from marketplace.search.port import Clause, TextEngine
from marketplace.search.relaxation import Found, find
from marketplace.search.schemes import AskedScheme, SchemeNames
from marketplace.search.selection import Selection
from marketplace.search.suggestions import Suggestions
from marketplace.search.tables import Tables
from marketplace.search.types import SearchDocument, SearchPage, SearchRequest, Suggestion
from marketplace.search.understanding import Known, understand
from marketplace.search.vocabulary import Vocabulary

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
        text = self._engine()
        vocabulary = self._words(text)
        asked = state.schemes.take_out(request.q, Known(state.language, vocabulary))
        understood = understand(asked.words, state.language, vocabulary)
        found = _placed(state.tables, find(understood, text.match, vocabulary.count))
        everything, uncertified = found.certified(selection, asked.schemes)
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
            dropped=(*uncertified, *found.found.dropped),
            corrected=found.found.corrected,
            relaxation=found.found.relaxation,
            full=found.found.full,
            generation=state.generation,
        )

    def suggest(self, session: Session, typed: str, *, limit: int = 8) -> tuple[Suggestion, ...]:
        """Return what the typed beginning may become."""
        state = self._fresh(session)
        return state.suggestions.starting(typed, state.language, limit)

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
                schemes=SchemeNames(catalogue.reference(session).schemes.values(), scheme_words()),
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

    def _engine(self) -> TextEngine:
        if self._fallback is not None and self._text.signature() is None:
            return self._fallback
        return self._text

    def _words(self, text: TextEngine) -> Vocabulary:
        tokens = text.vocabulary()
        if self._vocabulary is None or self._vocabulary[0] is not tokens:
            self._vocabulary = (
                tokens,
                Vocabulary(tokens, lambda token: len(text.match((Clause(((token, 1.0),)),)).scores)),
            )
        return self._vocabulary[1]


@dataclass(frozen=True, slots=True)
class _Found:
    """Rows that match the text, None where no text was typed; scores by row."""

    rows: NDArray[np.int64] | None
    scores: NDArray[np.float32] | None
    found: Found

    def certified(
        self, selection: Selection, schemes: Sequence[AskedScheme]
    ) -> tuple[NDArray[np.bool_], tuple[str, ...]]:
        """Return what was found and has each certification asked for, and the asked for that nothing has.

        Certifications are only given up where words found goods: by themselves they may find nothing.
        """
        everything = np.ones(selection.size, np.bool_)
        if self.rows is not None:
            everything[:] = False
            everything[self.rows] = True
        certified = everything
        for scheme in schemes:
            certified = certified & np.logical_or.reduce([selection.certified(code) for code in scheme.codes])
        if self.rows is None or not schemes or certified.any():
            return certified, ()
        return everything, tuple(scheme.typed for scheme in schemes)


def _placed(of: Tables, found: Found) -> _Found:
    """Put matches into rows of the tables; what sells scores a little more."""
    if found.matches is None:
        return _Found(None, None, found)
    rows, known = of.rows_of(found.matches.product_ids)
    rows = rows[known]
    scores = np.zeros(of.size, np.float32)
    popular = 1 + _SALES_WEIGHT * np.log1p(np.maximum(of.sold[rows], 0))
    scores[rows] = found.matches.scores[known] * popular
    return _Found(rows, scores, found)


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
