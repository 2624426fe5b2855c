"""From what was typed to clauses: exact words first, then relaxed word by word, then corrected."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from marketplace.search.language import ENGLISH, NUMBER, PINYIN, Language, pinyin
from marketplace.search.port import Clause

_EXPANSIONS = 64
_WHOLE = 1.0
_PREFIX = 0.7
_PART = 0.4
_GUESS = 0.3
_MIN_GUESSED = 4


class Vocabulary:
    """The index's tokens, for prefixes and for what one slip of the finger made of them."""

    def __init__(self, tokens: Sequence[str]) -> None:
        self._tokens = tokens
        self._known = frozenset(tokens)

    def __contains__(self, token: object) -> bool:
        return token in self._known

    def starting(self, prefix: str) -> tuple[str, ...]:
        """Return tokens that start so, shortest first, bounded."""
        first = bisect_left(self._tokens, prefix)
        last = bisect_left(self._tokens, prefix + "\U0010ffff", lo=first)
        return tuple(sorted(self._tokens[first : min(last, first + 512)], key=len)[:_EXPANSIONS])

    def near(self, prefix: str, word: str) -> tuple[str, ...]:
        """Return known tokens one letter away: missing, added, changed or swapped."""
        letters = "abcdefghijklmnopqrstuvwxyz"
        splits = [(word[:place], word[place:]) for place in range(len(word) + 1)]
        edits = {head + tail[1:] for head, tail in splits if tail}
        edits |= {head + tail[1] + tail[0] + tail[2:] for head, tail in splits if len(tail) > 1}
        edits |= {head + letter + tail[1:] for head, tail in splits if tail for letter in letters}
        edits |= {head + letter + tail for head, tail in splits for letter in letters}
        return tuple(sorted(prefix + edit for edit in edits if prefix + edit in self._known))[:_EXPANSIONS]


@dataclass(frozen=True, slots=True)
class Understood:
    """One typed part with its clauses, from the strictest reading to the loosest."""

    part: str
    readings: tuple[tuple[Clause, ...], ...]
    corrections: tuple[str | None, ...]


def understand(query: str, language: Language, vocabulary: Vocabulary) -> list[Understood]:
    """Read each typed part; a part with no reading at all matches nothing known."""
    meant = [language.meant(part) for part in language.parts(query)]
    return [
        _latin(part, vocabulary) if part.isascii() else _han(part, language, vocabulary) for part in meant
    ]


def _latin(part: str, vocabulary: Vocabulary) -> Understood:
    word = "".join(character for character in part if character.isalpha())
    tokens: dict[str, float] = {}
    for prefix, text in ((NUMBER, part), (ENGLISH, word), (PINYIN, word)):
        if not text:
            continue
        for token in vocabulary.starting(prefix + text):
            tokens[token] = _WHOLE if token == prefix + text else _PREFIX
    if tokens:
        return Understood(part, ((Clause(tuple(tokens.items())),),), (None,))
    guesses = [
        token
        for prefix in (PINYIN, ENGLISH)
        for token in (vocabulary.near(prefix, word) if len(word) >= _MIN_GUESSED else ())
    ]
    if not guesses:
        return Understood(part, (), ())
    clause = Clause(tuple((token, _GUESS) for token in guesses))
    return Understood(part, ((clause,),), (guesses[0][len(PINYIN) :],))


def _han(part: str, language: Language, vocabulary: Vocabulary) -> Understood:
    """Read characters: whole, by words, by characters and pairs of the name, by sound."""
    readings: list[tuple[Clause, ...]] = []
    corrections: list[str | None] = []

    def add(clauses: Sequence[Clause], corrected: str | None = None) -> None:
        if clauses and tuple(clauses) not in readings:
            readings.append(tuple(clauses))
            corrections.append(corrected)

    words = [language.meant(word) for word in language.words(part)]
    add([_word(word, vocabulary) for word in words] if all(word in vocabulary for word in words) else [])
    pieces = [piece for word in words for piece in _pieces(word, language, vocabulary)]
    add([Clause(((piece, _PART),)) for piece in dict.fromkeys(pieces)])
    sound = "".join(pinyin(part))
    heard = vocabulary.starting(PINYIN + sound) if len(part) > 1 else ()
    add([Clause(tuple((token, _GUESS) for token in heard))] if heard else [], sound if heard else None)
    known = [word for word in words if word in vocabulary]
    add([Clause(tuple((word, _PART) for word in known))] if known else [])
    return Understood(part, tuple(readings), tuple(corrections))


def _word(word: str, vocabulary: Vocabulary) -> Clause:
    return Clause(((word, _WHOLE),)) if word in vocabulary else Clause(())


def _pieces(word: str, language: Language, vocabulary: Vocabulary) -> list[str]:
    """Break a word that is not known whole into the longest known parts; unknown characters fall away."""
    if word in vocabulary:
        return [word]
    parts = [part for part in language.search_words(word) if part != word and part in vocabulary]
    return parts or [character for character in word if character in vocabulary]
