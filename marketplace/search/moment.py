"""What holds at an instant: which certificates are valid, what is in season, and the orders that follow.

Certificates expire and months turn without a word from the database: a moment knows until when it holds.
"""

import math
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from marketplace.kernel.time import SHANGHAI, business_day
from marketplace.search import ranking
from marketplace.search.orders import Order
from marketplace.search.tables import NO_PRICE, PRICE_BANDS, Codes, Column, Flags, Periods, Rows, Tables
from marketplace.search.types import Facet, Sort

STATES = (PRICE_BANDS + 1) * 4
"""Price band or none, in stock or not, in season or not: what a kind is joined with."""
_KEPT_MASKS = 64
_MOST_SCHEMES = 64
_AFTER_ALL = 1 << 52
_FINE = 1 << 20
_LEADERS = (512, 4096)


@dataclass(frozen=True, slots=True, eq=False)
class Leaders:
    """The products whose scores are raised most, by slot: most pages are found among few of them.

    No other product's boost is above ``beyond``.
    """

    slots: Codes
    boosts: NDArray[np.float32]
    beyond: float


@dataclass(frozen=True, slots=True)
class Moment:
    """The tables as they stand from ``begins_at`` until before ``ends_at``, in seconds since 1970.

    ``joint`` joins kind, price band, stock and season of each slot into one code, so that one count of it
    serves six facets.
    """

    tables: Tables
    begins_at: float
    ends_at: float
    certified: Column[int]
    """The schemes of which each product has a valid certificate, as a set of bits."""
    bands: Codes
    in_season: Flags
    joint: Codes
    boosts: NDArray[np.float32]
    leaders: Sequence[Leaders]
    """Few of them, then more: what is not found among the first may be among the others."""
    orders: Mapping[Sort, Order]
    all_listed: bool
    masks: OrderedDict[tuple[Facet, tuple[str, ...]], Flags] = field(default_factory=OrderedDict)
    totals: dict[str, NDArray[np.int64]] = field(default_factory=dict)

    def holds(self, at: datetime) -> bool:
        return self.begins_at <= at.timestamp() < self.ends_at

    def keep_mask(self, key: tuple[Facet, tuple[str, ...]], mask: Flags) -> None:
        """Remember which products a filter passes, for as long as the moment is in use."""
        self.masks[key] = mask
        while len(self.masks) > _KEPT_MASKS:
            try:
                self.masks.popitem(last=False)
            except KeyError:  # another thread was quicker
                return


def at_instant(tables: Tables, at: datetime) -> Moment:
    """Work out what holds at an instant."""
    return _make(tables, at, _certified(tables, at), None, None)


def following(before: Moment, tables: Tables, changed: Rows, at: datetime) -> Moment:
    """Work out what holds after some products changed, from what held before."""
    if not before.holds(at):
        return at_instant(tables, at)
    bits = _bits(tables.periods, at, tables.size, changed)
    certified = before.certified.put(changed, bits[changed].tolist(), tables.size)
    return _make(tables, at, certified, before, changed)


def _make(
    tables: Tables, at: datetime, certified: Column[int], before: Moment | None, changed: Rows | None
) -> Moment:
    bands = tables.bands
    in_season = (tables.months & np.uint16(1 << (business_day(at).month - 1))) > 0
    has_any = np.array([bits != 0 for bits in certified.values], np.bool_)
    boosts = ranking.popularity(tables.sold)
    boosts[in_season] *= np.float32(ranking.IN_SEASON)
    if len(has_any):
        boosts[has_any[certified.codes]] *= np.float32(ranking.CERTIFIED)
    boosts[~tables.in_stock] *= np.float32(ranking.SOLD_OUT)
    keys = _keys(tables, in_season, boosts)
    orders = {
        sort: Order.of(key) if before is None or changed is None else before.orders[sort].moved(key, changed)
        for sort, key in keys.items()
    }
    begins_at, ends_at = _window(tables.periods, at)
    return Moment(
        tables=tables,
        begins_at=begins_at,
        ends_at=ends_at,
        certified=certified,
        bands=bands,
        in_season=in_season,
        joint=(tables.kind.codes * STATES + bands * 4 + tables.in_stock * 2 + in_season).astype(np.int32),
        boosts=boosts,
        leaders=[_leaders(boosts, count) for count in _LEADERS],
        orders=orders,
        all_listed=bool(tables.listed.all()),
    )


def _leaders(boosts: NDArray[np.float32], count: int) -> Leaders:
    if len(boosts) <= count:
        return Leaders(np.arange(len(boosts), dtype=np.int32), boosts, 0.0)
    slots = np.argpartition(boosts, len(boosts) - count)
    leading = np.sort(slots[-count:]).astype(np.int32)
    return Leaders(leading, boosts.take(leading), float(boosts[slots[-count]]))


def _keys(tables: Tables, in_season: Flags, boosts: NDArray[np.float32]) -> Mapping[Sort, Rows]:
    """Return for each sort a number to sort by; what cannot be ordered now comes after all that can."""
    sold_out = (~tables.in_stock).astype(np.int64) * _AFTER_ALL
    price = tables.price_fen
    no_price = price == NO_PRICE
    season = (~in_season).astype(np.int64) * (_AFTER_ALL >> 1)
    return {
        Sort.RELEVANCE: sold_out - (boosts * _FINE).astype(np.int64),
        Sort.SALES: sold_out - tables.sold,
        Sort.PRICE_ASC: sold_out + np.where(no_price, _AFTER_ALL - 1, price),
        Sort.PRICE_DESC: sold_out - np.where(no_price, 0, price),
        Sort.NEWEST: sold_out - tables.created,
        Sort.SEASON: sold_out + season - (boosts * _FINE).astype(np.int64),
    }


def _certified(tables: Tables, at: datetime) -> Column[int]:
    patterns, codes = np.unique(_bits(tables.periods, at, tables.size), return_inverse=True)
    values = tuple(int(pattern) for pattern in patterns)
    return Column(codes.astype(np.int32), values, {value: place for place, value in enumerate(values)})


def _bits(periods: Periods, at: datetime, size: int, only: Rows | None = None) -> NDArray[np.uint64]:
    """Return for each slot the set of schemes with a valid certificate; only for some slots where named."""
    if len(periods.values) > _MOST_SCHEMES:
        raise ValueError(f"{len(periods.values)} certification schemes are more than {_MOST_SCHEMES}")
    instant = at.timestamp()
    is_valid = (periods.from_at <= instant) & (instant < periods.to_at)
    if only is not None:
        is_asked = np.zeros(size, np.bool_)
        is_asked[only] = True
        is_valid &= is_asked[periods.slots]
    slots = periods.slots[is_valid]
    bits = np.zeros(size, np.uint64)
    if len(slots):
        starts = np.flatnonzero(np.diff(slots, prepend=-1))
        each = np.uint64(1) << periods.codes[is_valid].astype(np.uint64)
        bits[slots[starts]] = np.bitwise_or.reduceat(each, starts)
    return bits


def _window(periods: Periods, at: datetime) -> tuple[float, float]:
    """Return since when and until when nothing begins, ends or turns to another month."""
    instant = at.timestamp()
    month = datetime(business_day(at).year, business_day(at).month, 1, tzinfo=SHANGHAI)
    following_month = (month + timedelta(days=32)).replace(day=1)
    begins_at, ends_at = month.timestamp(), following_month.timestamp()
    for bounds in (periods.from_at, periods.to_at):
        past, to_come = bounds[bounds <= instant], bounds[bounds > instant]
        begins_at = max(begins_at, past.max(initial=-math.inf))
        ends_at = min(ends_at, to_come.min(initial=math.inf))
    return begins_at, ends_at


def scheme_bits(moment: Moment, schemes: Sequence[str]) -> int:
    """Return the set of bits of the schemes that any product has."""
    place = moment.tables.periods.place
    return sum(1 << place[one] for one in set(schemes) if one in place)
