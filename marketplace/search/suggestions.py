"""Suggestions while typing: products, counties, cooperatives, certifications, by characters or by pinyin."""

from bisect import bisect_left
from collections.abc import Iterable

from marketplace.kernel.message import Name
from marketplace.search.language import Language, normalise
from marketplace.search.types import SearchDocument, Suggestion, SuggestionKind

_SCANNED = 400


class Suggestions:
    """Everything that can be suggested, sorted by each way it can begin; most sold first."""

    def __init__(self, documents: Iterable[SearchDocument], language: Language) -> None:
        weights: dict[Suggestion, int] = {}
        for document in documents:
            for suggestion in _of(document):
                weights[suggestion] = weights.get(suggestion, 0) + document.sold + 1
        self._weights = weights
        self._beginnings = sorted(
            (beginning, suggestion.kind.value, suggestion.key, suggestion)
            for suggestion in weights
            for beginning in _beginnings(suggestion.name, language)
        )

    def starting(self, typed: str, language: Language, limit: int) -> tuple[Suggestion, ...]:
        """Return suggestions that begin with what was typed, the whole before parts of a name."""
        wanted = normalise(typed).strip().replace(" ", "")
        wanted = language.synonyms.get(wanted, wanted)
        if not wanted:
            return ()
        found: dict[Suggestion, None] = {}
        first = bisect_left(self._beginnings, (wanted,))
        for beginning, _kind, _key, suggestion in self._beginnings[first : first + _SCANNED]:
            if not beginning.startswith(wanted):
                break
            found[suggestion] = None
        return tuple(sorted(found, key=lambda one: (-self._weights[one], one.kind, one.key))[:limit])


def _of(document: SearchDocument) -> Iterable[Suggestion]:
    yield Suggestion(SuggestionKind.PRODUCT, document.name, document.slug)
    yield Suggestion(SuggestionKind.COUNTY, document.place_names[0], document.county_code)
    for name, code in zip(document.cooperative_names, document.cooperative_codes, strict=True):
        yield Suggestion(SuggestionKind.COOPERATIVE, name, code)
    for name, code in zip(
        document.scheme_names, sorted({one.scheme_code for one in document.validities}), strict=True
    ):
        yield Suggestion(SuggestionKind.CERTIFICATION, name, code)


def _beginnings(name: Name, language: Language) -> set[str]:
    """Return how people may begin to type a name: any of its words onward, its pinyin, its English words."""
    text = normalise(name.hans)
    found = {text}
    found |= {text[place:] for word in language.search_words(text) if (place := text.find(word)) > 0}
    found |= language.spellings(name.hans)
    english = normalise(name.en)
    words = english.split()
    found |= {"".join(words[start:]) for start in range(len(words))}
    return found - {""}
