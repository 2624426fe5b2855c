"""What matches: the postings of every word's alternatives, joined word by word."""

from collections.abc import Sequence

import numpy as np

from marketplace.adapters.whoosh_text.postings import Postings, PostingsOf
from marketplace.search.port import NOTHING, Clause, Laid, Matches, Scores, Slots

_SEVERAL = 2
_WIDE = 16
_LITTLE = 64


def match(postings: PostingsOf | None, clauses: Sequence[Clause]) -> Matches:
    """Return products that carry a token of every clause, scored by rarity and level."""
    if postings is None or not clauses:
        return NOTHING
    found = []
    for clause in clauses:
        one = _any_of(postings, clause)
        if not len(one):
            return NOTHING
        found.append(one)
    if len(found) == 1:
        return found[0]
    found.sort(key=len)
    slots, scores = found[0].slots, found[0].scores
    for other in found[1:]:
        slots, scores = _both(slots, scores, other)
        if not len(slots):
            break
    return Matches(slots, scores)


def _any_of(postings: PostingsOf, clause: Clause) -> Matches:
    """Return what carries any of the alternatives, with the best of their scores."""
    if len(clause.tokens) == 1:
        token, factor = clause.tokens[0]
        return _one(postings.get(token), factor)
    parts = [(one, factor) for token, factor in clause.tokens if len(one := postings.get(token))]
    if len(parts) < _SEVERAL:
        return _one(*parts[0]) if parts else NOTHING
    size = parts[0][0].size
    if sum(len(one) for one, _ in parts) * _WIDE > size:
        return _laid(parts, size)
    slots = np.concatenate([one.slots for one, _ in parts])
    scores = np.concatenate([one.scores for one, _ in parts])
    begins = 0
    for one, factor in parts:
        ends = begins + len(one.slots)
        if factor != 1:
            scores[begins:ends] *= factor
        begins = ends
    order = slots.argsort(kind="stable")
    slots, scores = slots.take(order), scores.take(order)
    is_first = np.empty(len(slots), np.bool_)
    is_first[0] = True
    np.not_equal(slots[1:], slots[:-1], out=is_first[1:])
    starts = is_first.nonzero()[0]
    return Matches(slots.take(starts), np.maximum.reduceat(scores, starts))


def _one(postings: Postings, factor: float) -> Matches:
    scores = postings.scores if factor == 1 else postings.scores * np.float32(factor)
    return Matches(postings.slots, scores, postings.laid(factor))


def _laid(parts: Sequence[tuple[Postings, float]], size: int) -> Matches:
    """Write the alternatives one over another, by slot: cheaper than sorting where very many match."""
    best = np.zeros(size + 1, np.float32)
    for one, factor in parts:
        scores = one.scores if factor == 1 else one.scores * np.float32(factor)
        best[one.slots] = np.maximum(best.take(one.slots), scores)
    slots = (best > 0).nonzero()[0].astype(np.int32)
    scores = best.take(slots)
    return Matches(slots, scores, Laid(best, None, float(scores.max())))


def _both(slots: Slots, scores: Scores, other: Matches) -> tuple[Slots, Scores]:
    """Return what is in both, the shorter first, with the sum of the scores."""
    if other.laid is not None and len(slots) > _LITTLE:
        theirs = other.laid.of(slots)
        hit = (theirs > 0).nonzero()[0]
        return slots.take(hit), scores.take(hit) + theirs.take(hit)
    places = other.slots.searchsorted(slots)
    hit = (other.slots.take(places, mode="clip") == slots).nonzero()[0]  # beyond the last is not the last
    return slots.take(hit), scores.take(hit) + other.scores.take(places.take(hit))
