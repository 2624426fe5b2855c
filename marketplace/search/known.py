"""Everything a request reads, as of one version of what the indexer wrote."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import numpy as np
from sqlalchemy.orm import Session

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue.types import ProductId
from marketplace.kernel import time
from marketplace.search import moment, prices, queries, suggestions, tables
from marketplace.search.kept import State
from marketplace.search.language import NUMBER, Language
from marketplace.search.lexicon import make_language, scheme_words
from marketplace.search.moment import Moment
from marketplace.search.port import Clause, Matches, TextReading
from marketplace.search.schemes import Asked, SchemeNames
from marketplace.search.tables import Tables
from marketplace.search.understanding import KnownWords
from marketplace.search.vocabulary import Packed, Vocabulary


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """Everything a request reads, as of one version of what the indexer wrote."""

    state: State
    text: TextReading
    tables: Tables
    vocabulary: Vocabulary
    language: Language
    schemes: SchemeNames
    named: suggestions.Named
    ids: "Ids"
    generation: int
    moments: dict[str, Moment] = field(default_factory=dict)

    def asked(self, query: str) -> Asked:
        """Part what was typed: words, certifications and a price."""
        price = prices.take_out(query)
        words = KnownWords(self.language, self.vocabulary)
        return replace(self.schemes.take_out(query if price is None else price.without, words), price=price)

    def match_at(self, here: Moment, clauses: Sequence[Clause]) -> Matches:
        """Return what matches at a moment: by a certificate's number only what it is valid for.

        Numbers stay in the index whatever becomes of the certificate; its dates decide here.
        """
        found = self.match(clauses)
        for clause in clauses:
            numbers = [token[len(NUMBER) :] for token, _factor in clause.tokens if token.startswith(NUMBER)]
            if numbers and len(found):
                bears = here.tables.periods.bearing(found.slots, numbers, here.begins_at)
                found = Matches(found.slots[bears], found.scores[bears])
        return found

    def match(self, clauses: Sequence[Clause]) -> Matches:
        """Return what matches among the products of these tables."""
        found, size = self.text.match(clauses), self.tables.size
        if not len(found) or found.slots[-1] < size:
            return found
        is_known = found.slots < size
        return Matches(found.slots[is_known], found.scores[is_known])

    def at(self, instant: datetime) -> Moment:
        """Return what holds at an instant; worked out once for as long as it holds."""
        found = self.moments.get("now")
        if found is None or not found.holds(instant):
            found = self.moments["now"] = moment.at_instant(self.tables, instant)
        return found


@dataclass(frozen=True, slots=True, eq=False)
class Ids:
    """Product ids in order, with the slot of each."""

    product_ids: tables.Rows
    slots: tables.Rows

    @classmethod
    def of(cls, product_ids: tables.Rows) -> "Ids":
        order = np.argsort(product_ids, kind="stable")
        return cls(product_ids[order], order)

    def slot(self, product_id: ProductId) -> int | None:
        place = int(np.searchsorted(self.product_ids, product_id))
        is_known = place < len(self.product_ids) and self.product_ids[place] == product_id
        return int(self.slots[place]) if is_known else None


def following(session: Session, state: State, before: Known | None, text: TextReading) -> Known:
    """Read what changed; a change that is written meanwhile may be in parts of it."""
    if before is None or before.state.epoch != state.epoch:
        return _load(session, state, before, text)
    if before.state.version == state.version:
        if before.text is text:
            return before if before.state == state else replace(before, state=state)
        return replace(before, state=state, text=text, generation=before.generation + 1)
    after = before.state.version
    rows = [row for piece in queries.rows(session, after) for row in piece]
    words = dict(queries.words(session, after))
    now = time.now()
    following = before.tables.changed(rows)
    vocabulary = before.vocabulary.with_changes(words) if words else before.vocabulary
    known = replace(
        before,
        state=state,
        text=text,
        tables=following,
        vocabulary=vocabulary,
        named=before.named
        if _has_same_names(before.tables, following)
        else suggestions.read_names(session, following, before.language),
        ids=before.ids if following.size == before.tables.size else Ids.of(following.product_ids),
        generation=before.generation + 1,
        moments={},
    )
    if rows:
        changed = np.array([row.slot for row in rows], np.int64)
        known.moments["now"] = moment.following(before.at(now), following, changed, now)
    return known


def _load(session: Session, state: State, before: Known | None, text: TextReading) -> Known:
    """Read everything, piece by piece."""
    loaded = tables.empty()
    for piece in queries.rows(session, -1):
        loaded = loaded.changed(piece)
    language = make_language()[0]
    known = Known(
        state=state,
        text=text,
        tables=loaded,
        vocabulary=Vocabulary(Packed(queries.words(session, -1)), {}),
        language=language,
        schemes=SchemeNames(catalogue.reference(session).schemes.values(), scheme_words()),
        named=suggestions.read_names(session, loaded, language),
        ids=Ids.of(loaded.product_ids),
        generation=1 if before is None else before.generation + 1,
    )
    known.at(time.now())
    return known


def _has_same_names(before: Tables, after: Tables) -> bool:
    """Return whether the tables speak of the same counties, cooperatives and certifications."""
    return all(
        one is other
        for one, other in (
            (before.place.values, after.place.values),
            (before.sellers.values, after.sellers.values),
            (before.periods.place, after.periods.place),
        )
    )
