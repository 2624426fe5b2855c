"""What is shown when few goods, or none, are called just what was typed: looser step by step, and said so.

Full matches stay ahead. The order: all words; characters by their sound; words or the words within them;
then without the words that tell least. Nothing typed that shares a word with the catalogue finds nothing.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from marketplace.search.port import NOTHING, Clause, Matches
from marketplace.search.ranking import SOLD_OUT
from marketplace.search.typed import Understood, Word
from marketplace.search.types import Relaxation

ENOUGH = 3
MOST_CALLS = 16
# The best of what follows is scored below the least of what matches fully, whatever sales add to it, and
# though what matches is sold out: who names goods sees them first.
_FOLLOWING = 0.3 * SOLD_OUT

Match = Callable[[Sequence[Clause]], Matches]


@dataclass(frozen=True, slots=True)
class Found:
    """What a query found: ``matches`` is None where nothing was typed, ``full`` of them match all of it.

    ``dropped`` are words that play no part; ``corrected`` is the whole query as it was understood instead.
    """

    matches: Matches | None
    full: int = 0
    relaxation: Relaxation = Relaxation.NONE
    dropped: tuple[str, ...] = ()
    corrected: str | None = None


def find(understood: Understood, match: Match, count: Callable[[str], int]) -> Found:
    """Match what was understood, as loosely as needed; asks the index at most ``MOST_CALLS`` times.

    ``count`` says how many goods carry a token: the words most goods carry are given up first.
    """
    if not understood.words:
        return Found(None)
    search = _Search(match, count)
    read, found = understood.words, search.fully(understood.words)
    for other in (understood.heard, understood.alike):
        if not other or (found is not None and not found.dropped):
            continue
        better = search.fully(other)
        if better is not None and (found is None or len(better.dropped) < len(found.dropped)):
            read, found = other, better
    if found is not None:
        return search.filled_up(found, read)
    return search.relaxed(understood.heard or understood.words) or _nothing(understood.words)


class _Search:
    """One query against the index, counting how often it asks."""

    def __init__(self, match: Match, count: Callable[[str], int]) -> None:
        self._match = match
        self._count = count
        self._calls = 0

    def fully(self, words: Sequence[Word]) -> Found | None:
        """Match every known word; words that nothing is called are dropped."""
        known = [word for word in words if word.clause is not None]
        if not known:
            return None
        matches = self._ask([clause for word in known for clause in word.clauses])
        if not len(matches.scores):
            return None
        dropped = tuple(word.typed for word in words if word.clause is None)
        corrected = _corrected(words)
        return Found(
            matches,
            full=0 if dropped else len(matches.scores),
            relaxation=_kind(corrected, dropped),
            dropped=dropped,
            corrected=corrected,
        )

    def filled_up(self, found: Found, words: Sequence[Word]) -> Found:
        """Let what comes near follow where very little matches: words within words, then fewer words."""
        assert found.matches is not None
        matches, known = found.matches, [word for word in words if word.clause is not None]
        for kept in self._looser(known):
            if len(matches.scores) >= ENOUGH:
                break
            matches = _ahead(matches, self._ask(_loosely(kept)))
        if len(matches.scores) == len(found.matches.scores):
            return found
        kind = Relaxation.FILLED_UP if found.relaxation is Relaxation.NONE else found.relaxation
        return replace(found, matches=matches, relaxation=kind)

    def relaxed(self, words: Sequence[Word]) -> Found | None:
        """Match words or what is within them, then fewer and fewer of them."""
        usable = [word for word in words if word.loosely]
        for kept in self._looser(usable, may_be_all=True):
            matches = self._ask(_loosely(kept))
            if len(matches.scores):
                lost = tuple(word.typed for word in words if word not in kept)
                kind = Relaxation.DROPPED if lost else Relaxation.WITHIN
                found = Found(matches, 0, kind, lost, _corrected(kept))
                return self.filled_up(found, usable)
        return None

    def _looser(self, words: Sequence[Word], *, may_be_all: bool = False) -> Iterator[list[Word]]:
        """Yield which words to keep while the index may still be asked; the most telling alone at last."""
        for kept in self._kept(words):
            if self._calls == MOST_CALLS - 1:
                yield [min(words, key=self._commonness)]
            if self._calls >= MOST_CALLS:
                return
            if len(kept) < len(words) or may_be_all or any(word.loose for word in kept):
                yield kept

    def _kept(self, words: Sequence[Word]) -> Iterator[list[Word]]:
        """Yield which words to keep: all, then all but the commonest, and so on down to one."""
        order = sorted(range(len(words)), key=lambda place: self._commonness(words[place]), reverse=True)
        for lost in range(len(words)):
            for without in combinations(order, lost):
                yield [word for place, word in enumerate(words) if place not in without]

    def _commonness(self, word: Word) -> tuple[bool, int, int]:
        """Say how little a word tells: nothing is named so, many goods carry it, and it is short."""
        clauses = word.clauses or word.loosely
        commonest = min(max(self._count(token) for token, _ in clause.tokens) for clause in clauses)
        return not word.is_named, commonest, -len(word.typed)

    def _ask(self, clauses: Sequence[Clause]) -> Matches:
        self._calls += 1
        return self._match(clauses)


def _loosely(words: Sequence[Word]) -> list[Clause]:
    return [clause for word in words for clause in word.loosely]


def _ahead(first: Matches, more: Matches) -> Matches:
    """Put matches before others: both together, the others' scores below."""
    if not len(more.scores):
        return first
    ids = np.union1d(first.slots, more.slots)
    scores = np.zeros(len(ids), np.float32)
    ceiling = _FOLLOWING * float(first.scores.min()) / max(float(more.scores.max()), 1e-9)
    scores[np.searchsorted(ids, more.slots)] = more.scores * np.float32(ceiling)
    scores[np.searchsorted(ids, first.slots)] = first.scores
    return Matches(ids, scores)


def _kind(corrected: str | None, dropped: Sequence[str]) -> Relaxation:
    if dropped:
        return Relaxation.DROPPED
    return Relaxation.CORRECTED if corrected is not None else Relaxation.NONE


def _corrected(words: Sequence[Word]) -> str | None:
    if all(word.corrected is None for word in words):
        return None
    return " ".join(word.corrected or word.typed for word in words)


def _nothing(words: Sequence[Word]) -> Found:
    return Found(NOTHING, relaxation=Relaxation.NOTHING, dropped=tuple(word.typed for word in words))
