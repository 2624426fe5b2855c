"""Counting: how many of some products carry each value of each facet, and which products a value passes.

Facets share columns (a place tells county, prefecture and key county), so eleven facets are four counts.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from marketplace.search.moment import STATES, Moment, scheme_bits
from marketplace.search.tables import PRICE_BANDS, Codes, Flags
from marketplace.search.types import PRICE_BANDS_FEN, Facet

Counts = NDArray[np.int64]
YES = "1"
BAND_NAMES = tuple(str(band) for band in range(len(PRICE_BANDS_FEN) + 1))

PLACE = (Facet.COUNTY, Facet.PREFECTURE, Facet.KEY_COUNTY)
KIND = (Facet.AISLE, Facet.INDUSTRY, Facet.STORAGE)
STATE = (Facet.PRICE, Facet.IN_STOCK, Facet.IN_SEASON)
COLUMN_OF: Mapping[Facet, str] = {
    **dict.fromkeys(PLACE, "place"),
    **dict.fromkeys((*KIND, *STATE), "joint"),
    Facet.CERTIFICATION: "certified",
    Facet.COOPERATIVE: "sellers",
}
_KINDS, _STATES = frozenset(KIND), frozenset(STATE)
FACETS_OF = {name: tuple(one for one in Facet if COLUMN_OF[one] == name) for name in set(COLUMN_OF.values())}
_PART = {facet: number for facets in (PLACE, KIND) for number, facet in enumerate(facets)}


@dataclass(frozen=True, slots=True)
class Tally:
    """How many products carry each value of a facet; values that nobody carries are there with 0."""

    values: tuple[str, ...]
    counts: Counts


@dataclass(frozen=True, slots=True, eq=False)
class _Fold:
    """Which value of a facet each value of a wider column has, -1 for none."""

    values: tuple[str, ...]
    place: Mapping[str, int]
    codes: Codes

    def tally(self, counts: Counts) -> Tally:
        has_one = self.codes >= 0
        summed = np.bincount(self.codes[has_one], counts[has_one], minlength=len(self.values))
        return Tally(self.values, summed.astype(np.int64))


@lru_cache(maxsize=64)
def _fold(values: tuple[tuple[Any, ...], ...], part: int) -> _Fold:
    found = [_text(value[part]) for value in values]
    known = tuple(sorted({value for value in found if value is not None}))
    place = {value: number for number, value in enumerate(known)}
    codes = np.array([-1 if value is None else place[value] for value in found], np.int32)
    return _Fold(known, place, codes)


def _text(value: Hashable) -> str | None:
    """Return a facet's value as addresses carry it; what is not so has none."""
    if isinstance(value, bool):
        return YES if value else None
    return None if value is None else str(value)


@dataclass(frozen=True, slots=True, eq=False)
class _Sets:
    """Sets of sellers laid end to end."""

    values: tuple[str, ...]
    flat: Codes
    starts: Codes
    lengths: Codes

    def tally(self, sets: Counts, times: Counts) -> Tally:
        lengths = self.lengths[sets]
        steps = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        members = self.flat[np.repeat(self.starts[sets], lengths) + steps]
        counts = np.bincount(members, np.repeat(times, lengths), minlength=len(self.values))
        return Tally(self.values, counts.astype(np.int64))


@lru_cache(maxsize=8)
def _sets(values: tuple[tuple[str, ...], ...]) -> _Sets:
    known = tuple(sorted({one for value in values for one in value}))
    place = {value: number for number, value in enumerate(known)}
    lengths = np.array([len(value) for value in values], np.int32)
    flat = np.array([place[one] for value in values for one in value], np.int32)
    return _Sets(known, flat, (np.cumsum(lengths) - lengths).astype(np.int32), lengths)


def column(moment: Moment, name: str) -> Codes:
    """Return the column of codes that a count is made of."""
    if name == "joint":
        return moment.joint
    if name == "certified":
        return moment.certified.codes
    return moment.tables.place.codes if name == "place" else moment.tables.sellers.codes


def width(moment: Moment, name: str) -> int:
    """Return how many codes a column may have."""
    if name == "joint":
        return len(moment.tables.kind.values) * STATES
    if name == "certified":
        return len(moment.certified.values)
    return len(moment.tables.place.values if name == "place" else moment.tables.sellers.values)


def count(moment: Moment, name: str, slots: NDArray[np.integer[Any]]) -> Counts:
    """Count the codes of a column among some products."""
    codes = column(moment, name).take(slots)
    return np.bincount(codes, minlength=width(moment, name))


def count_all(moment: Moment, name: str) -> Counts:
    """Count the codes of a column among all listed products; counted once a moment."""
    found = moment.totals.get(name)
    if found is None:
        found = moment.totals[name] = count(moment, name, np.flatnonzero(moment.tables.listed))
    return found


def tally(moment: Moment, facet: Facet, counts: Counts) -> Tally:
    """Return the counts of a facet's values from the counts of its column."""
    if facet in PLACE:
        return _fold(moment.tables.place.values, _PART[facet]).tally(counts)
    if facet is Facet.COOPERATIVE:
        carried = np.flatnonzero(counts)
        return _sets(moment.tables.sellers.values).tally(carried, counts[carried])
    if facet is Facet.CERTIFICATION:
        return _schemes(moment, counts)
    return _joint(moment, (facet,), counts)[facet]


def tallies(moment: Moment, name: str, counts: Counts) -> Mapping[Facet, Tally]:
    """Return every facet that a column's counts tell."""
    if name == "joint":
        return _joint(moment, FACETS_OF[name], counts)
    return {facet: tally(moment, facet, counts) for facet in FACETS_OF[name]}


def _joint(moment: Moment, facets: Sequence[Facet], counts: Counts) -> Mapping[Facet, Tally]:
    by_state = counts.reshape(-1, PRICE_BANDS + 1, 2, 2)
    kinds = by_state.sum(axis=(1, 2, 3)) if not _KINDS.isdisjoint(facets) else None
    states = by_state.sum(axis=0) if not _STATES.isdisjoint(facets) else None
    found: dict[Facet, Tally] = {}
    for facet in facets:
        if facet in KIND:
            assert kinds is not None
            found[facet] = _fold(moment.tables.kind.values, _PART[facet]).tally(kinds)
            continue
        assert states is not None
        if facet is Facet.PRICE:
            found[facet] = Tally(BAND_NAMES, states.sum(axis=(1, 2))[:PRICE_BANDS])
        else:
            yes = states[:, 1, :].sum() if facet is Facet.IN_STOCK else states[:, :, 1].sum()
            found[facet] = Tally((YES,), np.array([yes]))
    return found


def _schemes(moment: Moment, counts: Counts) -> Tally:
    names = moment.tables.periods.values
    return Tally(names, counts @ _members(moment.certified.values, len(names)))


@lru_cache(maxsize=8)
def _members(patterns: tuple[int, ...], schemes: int) -> Counts:
    """Return for each set of bits which schemes are in it."""
    bits = np.array(patterns, np.uint64)[:, None] >> np.arange(schemes, dtype=np.uint64)
    return (bits & np.uint64(1)).astype(np.int64)


def mask(moment: Moment, facet: Facet, values: tuple[str, ...]) -> Flags:
    """Return which products pass a filter: any of its values. A value that nobody knows passes none."""
    key = (facet, values)
    found = moment.masks.get(key)
    if found is None:
        found = _mask(moment, facet, values)
        moment.keep_mask(key, found)
    return found


def _mask(moment: Moment, facet: Facet, values: tuple[str, ...]) -> Flags:
    tables = moment.tables
    if facet in PLACE or facet in KIND:
        column_ = tables.place if facet in PLACE else tables.kind
        fold = _fold(column_.values, _PART[facet])
        wanted = [fold.place[value] for value in values if value in fold.place]
        return _taken(np.isin(fold.codes, wanted), column_.codes)
    if facet is Facet.COOPERATIVE:
        sellers = set(values)
        passes = [not sellers.isdisjoint(value) for value in tables.sellers.values]
        return _taken(np.array(passes, np.bool_), tables.sellers.codes)
    if facet is Facet.CERTIFICATION:
        wanted_bits = scheme_bits(moment, values)
        passes = [bool(value & wanted_bits) for value in moment.certified.values]
        return _taken(np.array(passes, np.bool_), moment.certified.codes)
    if facet is Facet.PRICE:
        bands = [int(value) for value in values if value in BAND_NAMES]
        return np.isin(moment.bands, bands)
    flags = tables.in_stock if facet is Facet.IN_STOCK else moment.in_season
    return flags if YES in values else np.zeros(tables.size, np.bool_)


def _taken(passes: Flags, codes: Codes) -> Flags:
    """Look codes up; the code of a slot without a value is the last place, which never passes."""
    return np.append(passes, np.False_).take(codes, mode="wrap")
