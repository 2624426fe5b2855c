"""Products in an order of their own, kept while one product after another changes."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Keys = NDArray[np.int64]
Places = NDArray[np.int64]
Slots = NDArray[np.int32]
_FEW = 128
_MANY = 8192
_SAMPLE = 1024


@dataclass(frozen=True, slots=True)
class Order:
    """Every slot from the first to the last: by its key, equal ones by their slots: pages are stable."""

    keys: Keys
    slots: Slots
    ranks: Slots

    @classmethod
    def of(cls, keys: Keys) -> "Order":
        slots = np.argsort(keys, kind="stable").astype(np.int32)
        return cls(keys, slots, _ranks(slots))

    def moved(self, keys: Keys, changed: Places) -> "Order":
        """Return the order under new keys that differ only at the changed slots."""
        moved = changed[keys[changed] != self.keys[changed]] if len(keys) == len(self.keys) else changed
        if not len(moved):
            return self
        if len(keys) != len(self.keys) or len(moved) > len(keys) // 8:
            return Order.of(keys)
        is_moved = np.zeros(len(keys), np.bool_)
        is_moved[moved] = True
        staying = self.slots[~is_moved[self.slots]]
        moved = moved[np.lexsort((moved, keys[moved]))]
        ordered = keys[staying]
        first = np.searchsorted(ordered, keys[moved], side="left")
        last = np.searchsorted(ordered, keys[moved], side="right")
        at = [
            low + int(np.searchsorted(staying[low:high], slot))
            for slot, low, high in zip(moved, first, last, strict=True)
        ]
        slots = np.insert(staying, at, moved.astype(np.int32))
        return Order(keys, slots, _ranks(slots))

    def walk(self, passes: Callable[[Slots], NDArray[np.bool_]], first: int, count: int) -> Slots:
        """Return ``count`` slots that pass, after the ``first`` ones, reading no further than it must."""
        found: list[Slots] = []
        have, at, step = 0, 0, 512
        while have < first + count and at < len(self.slots):
            part = self.slots[at : at + step]
            part = part[passes(part)]
            found.append(part)
            have += len(part)
            at += step
            step *= 4
        return np.concatenate(found)[first : first + count] if found else self.slots[:0]


def _ranks(slots: Slots) -> Slots:
    ranks = np.empty(len(slots), np.int32)
    ranks[slots] = np.arange(len(slots), dtype=np.int32)
    return ranks


def lowest(keys: NDArray[Any], first: int, count: int) -> Places:
    """Return the places of ``count`` of the lowest keys after the ``first`` ones; equal ones by place."""
    return best(-keys, first, count)


def best(scores: NDArray[Any], first: int, count: int) -> Places:
    """Return the places of ``count`` of the highest scores after the ``first`` ones; equal ones by place."""
    wanted = first + count
    if len(scores) <= max(_FEW, wanted):
        return (-scores).argsort(kind="stable")[first:wanted]
    few = _not_many(scores, wanted)
    return few[(-scores.take(few)).argsort(kind="stable")[first:wanted]]


def _not_many(scores: NDArray[Any], wanted: int) -> Places:
    """Return places that hold the ``wanted`` highest and not many more: a sample tells where to cut."""
    if len(scores) > _MANY:
        sample = np.sort(scores[:: len(scores) // _SAMPLE])
        cut = 2 * wanted * len(sample) // len(scores) + 8
        if cut < len(sample):
            few = np.flatnonzero(scores >= sample[-1 - cut])
            if len(few) >= wanted:
                return few
    place = len(scores) - wanted
    return np.flatnonzero(scores >= np.partition(scores, place)[place])
