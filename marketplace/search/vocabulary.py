"""The index's tokens, for prefixes, for what one slip of the finger made of them, and how common they are."""

import string
from bisect import bisect_left
from collections.abc import Callable, Sequence

_SCANNED = 512


class Vocabulary:
    """Every token of one state of the index, sorted."""

    def __init__(self, tokens: Sequence[str], count: Callable[[str], int]) -> None:
        """Take the tokens in order, and how many documents carry one."""
        self._tokens = tokens
        self._known = frozenset(tokens)
        self._count = count

    def __contains__(self, token: object) -> bool:
        return token in self._known

    def count(self, token: str) -> int:
        """Return how many documents carry a token."""
        return self._count(token) if token in self._known else 0

    def starting(self, prefix: str, limit: int = 64) -> tuple[str, ...]:
        """Return tokens that start so, shortest first, then by the alphabet, bounded."""
        first = bisect_left(self._tokens, prefix)
        last = bisect_left(self._tokens, prefix + "\U0010ffff", lo=first)
        return tuple(sorted(self._tokens[first : min(last, first + _SCANNED)], key=len)[:limit])

    def near(self, prefix: str, word: str) -> tuple[str, ...]:
        """Return known tokens one letter away: missing, added, changed or swapped."""
        letters = string.ascii_lowercase
        splits = [(word[:place], word[place:]) for place in range(len(word) + 1)]
        edits = {head + tail[1:] for head, tail in splits if tail}
        edits |= {head + tail[1] + tail[0] + tail[2:] for head, tail in splits if len(tail) > 1}
        edits |= {head + letter + tail[1:] for head, tail in splits if tail for letter in letters}
        edits |= {head + letter + tail for head, tail in splits for letter in letters}
        edits.discard(word)
        return tuple(sorted(prefix + edit for edit in edits if prefix + edit in self._known))
