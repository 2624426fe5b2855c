"""Postings of tokens over all segments, kept as long as they are asked for, in bounds."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from marketplace.adapters.whoosh_text.reading import Leaf, Levels, Reading, decode
from marketplace.search import ranking
from marketplace.search.port import Laid, Scores, Slots

_OVERHEAD = 300
_WIDE = 32
"""A token that one product in so many carries is looked up by slot, not searched for."""


@dataclass(eq=False)
class Postings:
    """The slots that carry a token, ascending, with its level in each and what that adds to a score."""

    slots: Slots
    levels: Levels
    worth: Scores
    """What each level of this token adds to a score."""
    size: int

    def __len__(self) -> int:
        return len(self.slots)

    @cached_property
    def scores(self) -> Scores:
        return self.worth.take(self.levels)

    @property
    def is_wide(self) -> bool:
        return len(self.slots) * _WIDE >= self.size

    def laid(self, factor: float = 1) -> Laid | None:
        """Return the scores laid out by slot, of a token that many carry."""
        if not self.is_wide:
            return None
        worth = self.worth if factor == 1 else self.worth * np.float32(factor)
        return Laid(self._by_slot, worth, float(worth[self._highest]))

    @cached_property
    def _by_slot(self) -> Levels:
        laid = np.zeros(self.size + 1, np.uint8)
        laid[self.slots] = self.levels
        return laid

    @cached_property
    def _highest(self) -> int:
        return int(self.levels.max())

    @property
    def bytes(self) -> int:
        wide = self.size if self.is_wide else 0
        return len(self.slots) * 9 + self.worth.nbytes + wide + _OVERHEAD


class Kept:
    """Values by key in bounds of bytes: what nobody asks for any more is forgotten.

    Threads share it without a lock: at worst two read the same from the disk.
    """

    def __init__(self, bound: int) -> None:
        self._half = bound // 2
        self._bytes = 0
        self._young: dict[Any, tuple[Any, int]] = {}
        self._old: dict[Any, tuple[Any, int]] = {}

    def get(self, key: Any) -> Any:
        found = self._young.get(key)
        if found is not None:
            return found[0]
        found = self._old.get(key)
        if found is None:
            return None
        self.put(key, *found)
        return found[0]

    def put(self, key: Any, value: Any, size: int) -> None:
        if self._bytes > self._half:
            self._old, self._young, self._bytes = self._young, {}, 0
        self._young[key] = (value, size)
        self._bytes += size


class PostingsOf:
    """The postings of one reading; blocks of segments outlive it, since a segment never changes."""

    def __init__(self, reading: Reading, blocks: Kept, bound: int) -> None:
        self.reading = reading
        self._blocks = blocks
        self._kept = Kept(bound)
        self._size = 1 + max((int(leaf.slots.max(initial=0)) for leaf in reading.leaves), default=0)

    def get(self, token: str) -> Postings:
        found: Postings | None = self._kept.get(token)
        if found is None:
            found = self._make(token)
            self._kept.put(token, found, found.bytes)
        return found

    def _make(self, token: str) -> Postings:
        parts = [part for leaf in self.reading.leaves if len((part := self._of_leaf(leaf, token))[0])]
        if not parts:
            return Postings(_NO_SLOTS, _NO_LEVELS, ranking.STRENGTHS, self._size)
        slots, levels = parts[0]
        if len(parts) > 1:
            slots = np.concatenate([part[0] for part in parts])
            levels = np.concatenate([part[1] for part in parts])
        if not self._is_ascending(slots):
            order = np.argsort(slots, kind="stable")
            slots, levels = slots.take(order), levels.take(order)
        rarity = ranking.rarity(self.reading.documents, len(slots))
        return Postings(slots, levels, ranking.STRENGTHS * np.float32(rarity), self._size)

    def _of_leaf(self, leaf: Leaf, token: str) -> tuple[Slots, Levels]:
        key = (leaf.segment, token)
        found = self._blocks.get(key)
        if found is None:
            found = decode(leaf, token)
            self._blocks.put(key, found, found[0].nbytes + found[1].nbytes + _OVERHEAD)
        documents, levels = found
        if leaf.live is not None:
            live = leaf.live.take(documents)
            documents, levels = documents[live], levels[live]
        return leaf.slots.take(documents), levels

    def _is_ascending(self, slots: Slots) -> bool:
        if len(self.reading.leaves) == 1 and self.reading.leaves[0].is_ascending:
            return True
        return bool(np.all(slots[1:] > slots[:-1]))


_NO_SLOTS = np.zeros(0, np.int32)
_NO_LEVELS = np.zeros(0, np.uint8)
