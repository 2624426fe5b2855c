"""Every token that a listed product carries, and how many carry it: what typed words are read by.

Kept in two parts: a large one packed into a few arrays, and a small one of what changed since. Both are
immutable, so that readers never wait. One vocabulary decides for all text engines what is known, what a
beginning may become and what a slip of the finger meant.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from marketplace.search.slips import Slips, is_one_slip

_EXPANSIONS = 64
_SCANNED = 256
_HEAVY = 4096
_REMEMBERED = 50_000
_LAST = "\U0010ffff"
_CORRECTED = ("p:", "e:")
"""Tokens of letters, in which slips are looked for; those of characters are read by their sound."""


class Packed(Sequence[str]):
    """Sorted tokens in one piece of memory, with the number of products that carry each."""

    def __init__(self, tokens: Iterable[tuple[str, int]]) -> None:
        """Take tokens with their counts in ascending order of code points."""
        blob, ends, counts = bytearray(), [], []
        for token, count in tokens:
            blob += token.encode()
            ends.append(len(blob))
            counts.append(count)
        self._blob = bytes(blob)
        self._ends = np.array(ends, np.int64)
        self.counts = np.array(counts, np.int32)
        self._asked: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._ends)

    def __getitem__(self, place: int) -> str:  # type: ignore[override]  # no slices
        if place >= len(self._ends):
            raise IndexError(place)
        first = self._ends[place - 1] if place else 0
        return self._blob[first : self._ends[place]].decode()

    def count(self, token: str) -> int:
        """Return how many products carry a token, 0 where none does; what was asked is remembered a while."""
        found = self._asked.get(token)
        if found is None:
            place = bisect_left(self, token)
            is_known = place < len(self) and self[place] == token
            found = int(self.counts[place]) if is_known else 0
            if len(self._asked) >= _REMEMBERED:
                self._asked.clear()
            self._asked[token] = found
        return found

    def between(self, prefix: str) -> tuple[int, int]:
        """Return the places of the first token that starts so, and of the first after them."""
        first = bisect_left(self, prefix)
        return first, bisect_left(self, prefix + _LAST, lo=first)

    @cached_property
    def slips(self) -> Mapping[str, Slips]:
        """Return for each kind of letter token the words one slip away from others."""
        return {prefix: Slips(self, *self.between(prefix)) for prefix in _CORRECTED}


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The tokens of one state of the catalogue; ``changed`` holds the newest counts, 0 where a token is gone."""

    packed: Packed
    changed: Mapping[str, int]

    def __contains__(self, token: object) -> bool:
        return isinstance(token, str) and self.count(token) > 0

    def count(self, token: str) -> int:
        """Return how many products carry a token."""
        found = self.changed.get(token)
        if found is not None:
            return found
        return self.packed.count(token)

    def starting(self, prefix: str, limit: int = _EXPANSIONS) -> tuple[str, ...]:
        """Return tokens that start so, shortest first then by the alphabet, bounded.

        Where very many do, they are the most carried.
        """
        first, last = self.packed.between(prefix)
        places: Iterable[int] = range(first, last)
        if last - first > _SCANNED:
            heaviest = np.argpartition(-self.packed.counts[first:last], limit)[:limit]
            places = {first, *(first + heaviest).tolist()}
        found = {self.packed[int(place)] for place in places if self.packed.counts[place]}
        for token, count in self.changed.items():
            if token.startswith(prefix):
                (found.add if count else found.discard)(token)
        return tuple(sorted(found, key=lambda token: (len(token), token))[:limit])

    def near(self, prefix: str, word: str) -> tuple[str, ...]:
        """Return known tokens of a kind one letter away: missing, added, changed or swapped."""
        found = set()
        slips = self.packed.slips.get(prefix)
        if slips is not None:
            found.update(token for token in slips.near(word) if self.count(token))
        found.update(
            token
            for token, count in self.changed.items()
            if count and token.startswith(prefix) and is_one_slip(token[len(prefix) :], word)
        )
        return tuple(sorted(found))[:_EXPANSIONS]

    def with_changes(self, changed: Mapping[str, int]) -> "Vocabulary":
        """Return the vocabulary with newer counts; packed anew where many have gathered."""
        together = {**self.changed, **changed}
        if len(together) <= _HEAVY:
            return Vocabulary(self.packed, together)
        return Vocabulary(Packed(_merged(self.packed, together)), {})


def _merged(packed: Packed, changed: Mapping[str, int]) -> Iterator[tuple[str, int]]:
    """Give tokens of both in order, the newer count where both know one."""
    rest = sorted(changed)
    at = 0
    for place in range(len(packed)):
        token = packed[place]
        while at < len(rest) and rest[at] < token:
            if changed[rest[at]]:
                yield rest[at], changed[rest[at]]
            at += 1
        if at < len(rest) and rest[at] == token:
            count = changed[token]
            at += 1
        else:
            count = int(packed.counts[place])
        if count:
            yield token, count
    for token in rest[at:]:
        if changed[token]:
            yield token, changed[token]


def pack(counts: Mapping[str, int]) -> Vocabulary:
    """Make a vocabulary of counts in any order."""
    return Vocabulary(Packed(sorted(counts.items())), {})


