"""From what was typed to words of the catalogue."""

import unicodedata
from itertools import groupby

from marketplace.search.language import MAX_QUERY_CHARACTERS, Language, normalise
from marketplace.search.reading_han import alike, read_characters
from marketplace.search.reading_latin import read_letters
from marketplace.search.reading_numbers import read_number
from marketplace.search.typed import Understood, Word
from marketplace.search.vocabulary import Vocabulary

_WRITING = frozenset({"Lu", "Ll", "Lt", "Lm", "Lo", "Nd", "Nl", "No", "So"})
_MOST_HEARD = 2
_MOST_WORDS = 12


class KnownWords:
    """Everything the catalogue calls anything: tokens of the index and what they are called as well."""

    def __init__(self, language: Language, vocabulary: Vocabulary) -> None:
        self._language = language
        self._vocabulary = vocabulary

    def __contains__(self, word: object) -> bool:
        return word in self._vocabulary or word in self._language.synonyms


def understand(query: str, language: Language, vocabulary: Vocabulary) -> Understood:
    """Read a query word by word; empty where nothing was typed, or only what is true of all goods."""
    parts = language.parts(query)
    if not parts:
        return _foreign(query)
    number = read_number(" ".join(parts), vocabulary)
    if number is not None:
        return Understood((number,))
    if len(parts) > 1:  # a letter besides words begins half the catalogue: 维c
        parts = [one for one in parts if len(one) > 1 or not one.isascii() or one.isdigit()]
    words: list[Word] = []
    heard: list[Word] = []
    misread = 0
    for is_latin, group in groupby(parts, key=str.isascii):
        if is_latin:
            found = read_letters(list(group), language, vocabulary)
            words += found
            heard += found
            continue
        for run in group:
            found, other = read_characters(run, language, vocabulary, may_hear=misread < _MOST_HEARD)
            misread += other is not None
            words += found
            heard += found if other is None else other
    kept = _once(words)
    return Understood(kept, _once(heard) if misread else (), alike(kept, language, vocabulary))


def _foreign(query: str) -> Understood:
    """Keep writing that no product has, other alphabets and pictures, as a word that nothing is called."""
    typed = normalise(query[:MAX_QUERY_CHARACTERS]).strip()[:MAX_QUERY_CHARACTERS]
    is_writing = any(unicodedata.category(one) in _WRITING for one in typed)
    return Understood((Word(typed, None),)) if is_writing else Understood()


def _once(words: list[Word]) -> tuple[Word, ...]:
    """Keep each word once, as many as a person means."""
    return tuple({word.typed: word for word in words}.values())[:_MOST_WORDS]
