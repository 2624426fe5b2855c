"""What matches: the postings of every word's alternatives, joined word by word."""

from collections.abc import Sequence

import numpy as np

from marketplace.adapters.whoosh_text.postings import Postings, PostingsOf
from marketplace.search.port import NOTHING, Clause, Matches, Scores, Slots

_SEVERAL = 2
_WIDE = 16
_LITTLE = 64

Found = tuple[Slots, Scores, Postings | None]


def match(postings: PostingsOf | None, clauses: Sequence[Clause]) -> Matches:
    """Return products that carry a token of every clause, scored by rarity and level."""
    if postings is None or not clauses:
        return NOTHING
    found = []
    for clause in clauses:
        one = _any_of(postings, clause)
        if not len(one[0]):
            return NOTHING
        found.append(one)
    if len(found) == 1:
        return Matches(found[0][0], found[0][1])
    found.sort(key=lambda one: len(one[0]))
    slots, scores, _whole = found[0]
    for other in found[1:]:
        slots, scores = _both(slots, scores, other)
        if not len(slots):
            break
    return Matches(slots, scores)


def _any_of(postings: PostingsOf, clause: Clause) -> Found:
    """Return what carries any of the alternatives, with the best of their scores."""
    if len(clause.tokens) == 1:
        token, factor = clause.tokens[0]
        one = postings.get(token)
        if factor == 1:
            return one.slots, one.scores, one
        return one.slots, one.scores * np.float32(factor), None
    parts = [(one, factor) for token, factor in clause.tokens if len((one := postings.get(token)).slots)]
    if len(parts) < _SEVERAL:
        if not parts:
            return NOTHING.slots, NOTHING.scores, None
        one, factor = parts[0]
        return one.slots, one.scores * np.float32(factor), None
    size = parts[0][0].size
    if sum(len(one.slots) for one, _ in parts) * _WIDE > size:
        best = np.zeros(size, np.float32)
        for one, factor in parts:
            scores = one.scores if factor == 1 else one.scores * np.float32(factor)
            best[one.slots] = np.maximum(best.take(one.slots), scores)
        slots = np.flatnonzero(best > 0).astype(np.int32)
        return slots, best.take(slots), None
    slots = np.concatenate([one.slots for one, _ in parts])
    scores = np.concatenate([one.scores for one, _ in parts])
    factors = np.array([factor for _, factor in parts], np.float32)
    if factors[0] != 1 or (factors != factors[0]).any():
        scores *= factors.repeat([len(one.slots) for one, _ in parts])
    order = slots.argsort(kind="stable")
    slots, scores = slots.take(order), scores.take(order)
    starts = np.flatnonzero(np.diff(slots, prepend=-1))
    return slots[starts], np.maximum.reduceat(scores, starts), None


def _both(slots: Slots, scores: Scores, other: Found) -> tuple[Slots, Scores]:
    """Return what is in both, the shorter first, with the sum of the scores."""
    their_slots, their_scores, whole = other
    if whole is not None and len(slots) > _LITTLE and whole.is_wide:
        levels = whole.by_slot.take(slots)
        hit = levels > 0
        return slots[hit], scores[hit] + whole.worth.take(levels[hit])
    places = their_slots.searchsorted(slots)
    places[places == len(their_slots)] = 0
    hit = their_slots.take(places) == slots
    return slots[hit], scores[hit] + their_scores.take(places[hit])
