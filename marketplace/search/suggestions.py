"""Suggestions while typing: products, counties, cooperatives, certifications, by characters or by pinyin.

Products are found through the index, by tokens that begin with what was typed; the other names are few enough
to keep.
"""

from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue.types import ProductId
from marketplace.kernel.message import Name
from marketplace.parties import queries as parties
from marketplace.places import queries as places
from marketplace.search import orders
from marketplace.search.language import BEGINNING, Language, normalise
from marketplace.search.moment import Moment
from marketplace.search.port import Clause, Matcher
from marketplace.search.tables import Tables
from marketplace.search.types import Sort, Suggestion, SuggestionKind
from marketplace.search.vocabulary import Vocabulary

_SCANNED = 400
_MOST_TOKENS = 32
_TURN = {SuggestionKind.PRODUCT: 2}
_SAME_NAME = 3
"""So many times as many products are looked at as are shown: several may be called the same."""


class Named:
    """Counties, cooperatives and certifications that listed products have, by each way a name can begin."""

    def __init__(self, names: Iterable[tuple[Suggestion, Name]], language: Language) -> None:
        """Take each name with what of it people begin to type: 松桃 of 松桃苗族自治县."""
        self._beginnings = sorted(
            (beginning, suggestion.kind.value, suggestion.key, suggestion)
            for suggestion, called in names
            for beginning in {normalise(suggestion.name.hans), *language.beginnings(called.hans, called.en)}
        )

    def starting(self, wanted: str) -> Sequence[Suggestion]:
        """Return names that begin so, the shortest first."""
        found: dict[Suggestion, None] = {}
        first = bisect_left(self._beginnings, (wanted,))
        for beginning, _kind, _key, suggestion in self._beginnings[first : first + _SCANNED]:
            if not beginning.startswith(wanted):
                break
            found[suggestion] = None
        return sorted(found, key=lambda one: (len(one.name.hans), one.kind, one.key))


@dataclass(frozen=True, slots=True)
class Sources:
    """What suggestions of one request are made from."""

    text: Matcher
    vocabulary: Vocabulary
    language: Language
    moment: Moment
    named: Named


def read_names(session: Session, tables: Tables, language: Language) -> Named:
    """Read the names of every county, cooperative and certification in the tables."""
    atlas = places.atlas(session)
    schemes = catalogue.reference(session).schemes
    sellers = parties.parties_by_code(session, {code for codes in tables.sellers.values for code in codes})
    counties = {county for county, _prefecture, _key in tables.place.values}
    divisions = [atlas.division(code) for code in sorted(counties)]
    found = [(Suggestion(SuggestionKind.COUNTY, one.name, one.code), one.short_name) for one in divisions]
    named = [(SuggestionKind.COOPERATIVE, sellers[code].name, code) for code in sorted(sellers)]
    named += [
        (SuggestionKind.CERTIFICATION, schemes[code].short_name, code)
        for code in tables.periods.values
        if code in schemes
    ]
    found += [(Suggestion(kind, name, code), name) for kind, name, code in named]
    return Named(found, language)


def suggest(session: Session, typed: str, sources: Sources, limit: int) -> tuple[Suggestion, ...]:
    """Return what a beginning may become: products and names of each kind, the best of each first."""
    wanted = normalise(typed).strip().replace(" ", "")
    wanted = sources.language.synonyms.get(wanted, wanted)
    if not wanted:
        return ()
    found: dict[SuggestionKind, list[Suggestion]] = {kind: [] for kind in SuggestionKind}
    found[SuggestionKind.PRODUCT] += _products(session, wanted, sources, limit)
    for name in sources.named.starting(wanted):
        found[name.kind].append(name)
    return mixed(found, limit)


def mixed(found: Mapping[SuggestionKind, Sequence[Suggestion]], limit: int) -> tuple[Suggestion, ...]:
    """Choose so many in turns, two products and one of each other kind, so that none is crowded out."""
    counts = dict.fromkeys(found, 0)
    left = limit
    while left > 0 and any(counts[kind] < len(ones) for kind, ones in found.items()):
        for kind, ones in found.items():
            more = min(_TURN.get(kind, 1), len(ones) - counts[kind], left)
            counts[kind] += more
            left -= more
    return tuple(one for kind, ones in found.items() for one in ones[: counts[kind]])


def _products(session: Session, wanted: str, sources: Sources, limit: int) -> Sequence[Suggestion]:
    tokens = sources.vocabulary.starting(BEGINNING + wanted, _MOST_TOKENS)
    if not tokens:
        return ()
    slots = sources.text.match((Clause(tuple((token, 1.0) for token in tokens)),)).slots
    slots = slots[sources.moment.tables.listed.take(slots)]
    ranks = sources.moment.orders[Sort.RELEVANCE].ranks.take(slots)
    best = slots[orders.lowest(ranks, 0, limit * _SAME_NAME)]
    return _called(session, sources.moment.tables.product_ids[best].tolist())[:limit]


def _called(session: Session, product_ids: Collection[int]) -> Sequence[Suggestion]:
    """Return products by name, each name once."""
    found = catalogue.titles_by_id(session, [ProductId(one) for one in product_ids])
    by_name: dict[Name, Suggestion] = {}
    for one in found.values():
        by_name.setdefault(one.name, Suggestion(SuggestionKind.PRODUCT, one.name, one.slug))
    return tuple(by_name.values())
