"""The search engine of one process: text engine, side tables and vocabulary, in step with the database.

State is one immutable object, swapped by a single reference: a reader never waits, never sees half a change.
"""

import math
import threading
import time as wall
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from functools import partial

import numpy as np
from sqlalchemy.orm import Session

from marketplace.catalogue.types import ProductId
from marketplace.kernel import time
from marketplace.kernel.logging import logger
from marketplace.search import explaining, queries, suggestions
from marketplace.search.facets import YES, Tally
from marketplace.search.indexer import Indexer
from marketplace.search.kept import State
from marketplace.search.known import Known, following
from marketplace.search.moment import Moment
from marketplace.search.port import TextEngine, TextIndex, TextReading
from marketplace.search.relaxation import Found, find
from marketplace.search.schemes import Asked
from marketplace.search.selection import Selection
from marketplace.search.typed import Understood
from marketplace.search.types import (
    Explanation,
    Facet,
    FacetValue,
    Relaxation,
    SearchPage,
    SearchRequest,
    Suggestion,
    Understanding,
)
from marketplace.search.understanding import understand

CHECK_SECONDS = 1.0
FOLLOW_SECONDS = 0.3
_LATE_SECONDS = 5.0
_PATIENCE_SECONDS = 1.0
"""So long the old answer stands while the index is behind the tables: none is half new."""
_AGAIN = 2
_log = logger(__name__)


class SearchEngine:
    """Answers searches and suggestions of one process; safe for many threads.

    ``fallback`` answers while there is no readable index. Without ``follow`` a request looks for changes
    itself, once a second at most; with it a thread of its own does, and no request pays for it.
    """

    def __init__(self, text: TextIndex | TextEngine, fallback: TextEngine | None = None) -> None:
        self._text = text
        self._fallback = fallback
        self._indexer = Indexer(self.index)
        self._known: Known | None = None
        self._checked = 0.0
        self._waits_since: float | None = None
        self._lock = threading.Lock()
        self._follower: threading.Thread | None = None

    @property
    def index(self) -> TextIndex | None:
        """Return the text index with files of its own, if any."""
        return self._text if isinstance(self._text, TextIndex) else None

    @property
    def indexer(self) -> Indexer:
        """Return the one writer; one process uses it at a time."""
        return self._indexer

    def search(self, session: Session, request: SearchRequest, *, with_facets: bool = True) -> SearchPage:
        """Return one page of products, the exact total and, unless nobody will read them, all facets."""
        known = self._fresh(session)
        asked = known.asked(request.q)
        here = known.at(request.at)
        found = _find(known, understand(asked.words, known.language, known.vocabulary), here)
        found, selection, given_up = _narrowed(here, request, found, asked)
        ids = known.tables.product_ids
        tallies = selection.facets() if with_facets else {}
        return SearchPage(
            total=selection.total,
            product_ids=tuple(ProductId(int(ids[slot])) for slot in selection.page()),
            facets={facet: _values(tally, facet, request) for facet, tally in tallies.items()},
            page=request.page,
            per_page=request.per_page,
            dropped=(*given_up, *found.dropped),
            corrected=found.corrected,
            relaxation=found.relaxation,
            full=found.full,
            price=None if asked.price is None or asked.price.typed in given_up else asked.price,
            generation=known.generation,
        )

    def suggest(self, session: Session, typed: str, *, limit: int = 8) -> tuple[Suggestion, ...]:
        """Return what the typed beginning may become."""
        known = self._fresh(session)
        here = known.at(time.now())
        sources = suggestions.Sources(known, known.vocabulary, known.language, here, known.named)
        return suggestions.suggest(session, typed, sources, limit)

    def understood(self, session: Session, query: str) -> tuple[Asked, Understood]:
        """Return how a query is read: the certifications and the price it names, and its other words."""
        known = self._fresh(session)
        asked = known.asked(query)
        return asked, understand(asked.words, known.language, known.vocabulary)

    def understanding(self, session: Session, query: str) -> Understanding:
        """Return how a query is understood, for the page that explains the ranking."""
        asked, understood = self.understood(session, query)
        codes = tuple(dict.fromkeys(code for scheme in asked.schemes for code in scheme.codes))
        return Understanding(
            scheme_codes=codes, words=explaining.words_of(understood, self._fresh(session).language)
        )

    def explain(self, session: Session, request: SearchRequest, product_id: ProductId) -> Explanation | None:
        """Return why a product stands where it does in the answer; None where search does not know it."""
        known = self._fresh(session)
        slot = known.ids.slot(product_id)
        if slot is None:
            return None
        asked = known.asked(request.q)
        understood = understand(asked.words, known.language, known.vocabulary)
        here = known.at(request.at)
        _, selection, _ = _narrowed(here, request, _find(known, understood, here), asked)
        product = explaining.carried(session, slot, understood)
        documents = int(np.count_nonzero(known.tables.listed))
        match = partial(known.match_at, here)
        words = explaining.shares(understood, match, known.vocabulary, product, documents)
        factors = explaining.multipliers(here, slot)
        points = sum(one.score for one in words)
        return Explanation(
            product_id=product_id,
            place=selection.place(slot),
            words=words,
            multipliers=factors,
            total=points * math.prod(one.factor for one in factors),
            in_stock=bool(here.tables.in_stock[slot]),
        )

    def versions(self, session: Session, product_ids: Collection[ProductId]) -> Mapping[ProductId, int]:
        """Return for each listed product a number that grows with every change heard of it."""
        known = self._fresh(session)
        found = {}
        for one in product_ids:
            slot = known.ids.slot(one)
            if slot is not None and known.tables.listed[slot]:
                found[one] = int(known.tables.versions[slot])
        return found

    def generation(self, session: Session) -> int:
        """Return a number that moves whenever an answer may change."""
        return self._fresh(session).generation

    def refresh(self, session: Session) -> None:
        """Look for changes now, whenever the last look was."""
        with self._lock:
            self._look(session)

    def follow(self, sessions: Callable[[], Session]) -> None:
        """Look for changes in a thread of this process from now on; a second call starts nothing."""
        with self._lock:
            if self._follower is not None and self._follower.is_alive():
                return
            self._follower = threading.Thread(
                target=self._follow, args=(sessions,), name="search-follow", daemon=True
            )
            self._follower.start()

    def _follow(self, sessions: Callable[[], Session]) -> None:
        while True:
            try:
                with sessions() as session:
                    self.refresh(session)
            except Exception as error:  # noqa: BLE001 - the database may be away; the last state still answers
                _log.warning("search_not_followed", error=repr(error))
            wall.sleep(FOLLOW_SECONDS)

    def _fresh(self, session: Session) -> Known:
        known = self._known
        age = wall.monotonic() - self._checked
        if known is not None and age < (CHECK_SECONDS if self._follower is None else _LATE_SECONDS):
            return known
        if known is not None and not self._lock.acquire(blocking=False):
            return known
        if known is None:
            self._lock.acquire()
        try:
            return self._look(session)
        finally:
            self._lock.release()

    def _look(self, session: Session) -> Known:
        """Swap what is known, unless the index will have caught up in a moment.

        The text is read before the tables, so that these are never older.
        """
        before = self._known
        found = self._next(session, before)
        for _ in range(_AGAIN):
            if found is None or _is_of(found, queries.state(session)):
                break
            found = self._next(session, found)
        known = found or before
        assert known is not None
        known.at(time.now())  # a moment that has ended is followed here, not in a request
        self._known, self._checked = known, wall.monotonic()
        return known

    def _next(self, session: Session, before: Known | None) -> Known | None:
        """Read what changed; None where the index has to catch up first."""
        text, state = self._read(session)
        if before is not None and self._waits(session, before.state, state):
            return None
        return following(session, state, before, text)

    def _read(self, session: Session) -> tuple[TextReading, State]:
        """Return what answers: the index where it belongs to this database, else the fallback."""
        self._text.refresh()
        text, state = self._text.now(), queries.state(session)
        fits = text.written is not None and text.written.fits(state.signature, state.epoch)
        if self._fallback is not None and not fits:
            self._fallback.refresh()
            text = self._fallback.now()
        return text, state

    def _waits(self, session: Session, before: State, state: State) -> bool:
        """Return whether texts of newer products are on their way to the index, and not for too long yet."""
        written = self._text.now().written
        if self.index is None or written is None:
            is_behind = False
        elif written.fits(state.signature, state.epoch):
            is_behind = before.version != state.version and queries.has_newer_texts(session, written.version)
        else:
            # Built anew, the index and the word of its epoch come one after the other.
            is_behind = written.fits(before.signature, before.epoch) or written.epoch > state.epoch
        if not is_behind:
            self._waits_since = None
            return False
        self._waits_since = self._waits_since or wall.monotonic()
        return wall.monotonic() - self._waits_since < _PATIENCE_SECONDS


def _find(known: Known, understood: Understood, here: Moment) -> Found:
    return find(understood, partial(known.match_at, here), known.vocabulary.count)


def _keeps_the_best(selection: Selection, found: Found) -> bool:
    """Tell whether something was left, of what matches in full where anything does."""
    if found.matches is None or not found.full:
        return selection.total > 0
    least = np.partition(found.matches.scores, -found.full)[-found.full]
    return selection.scores_at_least(float(least))


def _is_of(known: Known, state: State) -> bool:
    """Return whether what is known is the newest; how far changes were read is no difference."""
    return (known.state.version, known.state.epoch) == (state.version, state.epoch)


def _narrowed(
    here: Moment, request: SearchRequest, found: Found, asked: Asked
) -> tuple[Found, Selection, tuple[str, ...]]:
    """Narrow what was found to the certifications and the price typed; what nothing found has is given up.

    Where nothing is called like the words, the others alone are asked for. A price chosen otherwise stands.
    """
    price = asked.price
    if (asked.schemes or price) and found.relaxation is Relaxation.NOTHING:
        found = replace(found, matches=None, relaxation=Relaxation.DROPPED)
    priced = request
    if price and request.price_min_fen is request.price_max_fen is None:
        priced = replace(request, price_min_fen=price.low_fen, price_max_fen=price.high_fen)
    codes = tuple(scheme.codes for scheme in asked.schemes)
    given_up: tuple[str, ...] = ()
    selection = Selection(here, priced, found.matches, codes)
    if price and priced is not request and not _keeps_the_best(selection, found):
        selection, given_up = Selection(here, request, found.matches, codes), (price.typed,)
    if codes and found.matches is not None and not selection.total:
        given_up = (*given_up, *(scheme.typed for scheme in asked.schemes))
        selection = Selection(here, request, found.matches)
    return found, selection, given_up


def _values(tally: Tally, facet: Facet, request: SearchRequest) -> tuple[FacetValue, ...]:
    """Return the values that have goods, those chosen and what is always a question: yes or no."""
    chosen = request.chosen.get(facet, ())
    is_flag = tally.values == (YES,)
    places = np.flatnonzero(tally.counts) if not chosen and not is_flag else range(len(tally.values))
    return tuple(
        FacetValue(value, count, value in chosen)
        for value, count in ((tally.values[place], int(tally.counts[place])) for place in places)
        if count or value in chosen or is_flag
    )
