"""Side tables: what filters, facets and sorts need of every product, in arrays beside the index.

Price, stock, sales and certificates change here and never touch the index. Rows are the products' slots. A
table is immutable: a change makes a new one that shares every column it did not touch.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from marketplace.search.types import PRICE_BANDS_FEN, SearchRow

Codes = NDArray[np.int32]
Flags = NDArray[np.bool_]
Rows = NDArray[np.int64]
V = TypeVar("V", bound=Hashable)

NO_PRICE = np.iinfo(np.int64).max
NO_CODE = -1
_FOREVER = np.inf
PRICE_BANDS = len(PRICE_BANDS_FEN) + 1
NO_BAND = PRICE_BANDS


@dataclass(frozen=True, slots=True)
class Column(Generic[V]):
    """A code for each slot, with the value that each code stands for; values are only ever added."""

    codes: Codes
    values: tuple[V, ...]
    place: Mapping[V, int]

    def put(self, slots: Rows, found: Sequence[V], size: int) -> "Column[V]":
        """Return the column with other values at these slots."""
        place, values = self.place, self.values
        new = [value for value in dict.fromkeys(found) if value not in place]
        if new:
            place = dict(place) | {value: len(values) + number for number, value in enumerate(new)}
            values = (*values, *new)
        codes = _grown(self.codes, size, NO_CODE)
        codes[slots] = [place[value] for value in found]
        return Column(codes, values, place)


def _column() -> Column[Any]:
    return Column(np.zeros(0, np.int32), (), {})


@dataclass(frozen=True, slots=True)
class Periods:
    """Validity of certificates: parallel arrays in the order of slots, instants as seconds since 1970."""

    slots: Rows
    codes: Codes
    from_at: NDArray[np.float64]
    to_at: NDArray[np.float64]
    values: tuple[str, ...]
    place: Mapping[str, int]
    numbers: Rows
    """Certificate numbers, each as the hash that ``number_hash`` gives in this process."""

    def put(self, rows: Sequence[SearchRow], is_touched: Flags) -> "Periods":
        """Return the periods with those of the touched slots replaced."""
        names = dict.fromkeys(period.scheme_code for row in rows for period in row.validities)
        new = [name for name in names if name not in self.place]
        place = self.place
        if new:
            place = dict(place) | {name: len(self.values) + number for number, name in enumerate(new)}
        found = sorted(
            (
                row.slot,
                place[one.scheme_code],
                one.from_at.timestamp(),
                _instant(one.to_at),
                number_hash(one.number),
            )
            for row in rows
            for one in row.validities
        )
        kept = ~is_touched[self.slots]
        if not found and kept.all():
            return self
        slots = np.array([row[0] for row in found], np.int64)
        before = self.slots[kept]
        at = np.searchsorted(before, slots, side="right")
        return Periods(
            np.insert(before, at, slots),
            np.insert(self.codes[kept], at, [row[1] for row in found]),
            np.insert(self.from_at[kept], at, [row[2] for row in found]),
            np.insert(self.to_at[kept], at, [row[3] for row in found]),
            (*self.values, *new),
            place,
            np.insert(self.numbers[kept], at, [row[4] for row in found]),
        )

    def bearing(self, slots: Rows | Codes, numbers: Sequence[str], instant: float) -> Flags:
        """Return for ascending slots whether a certificate with one of the numbers is valid at an instant."""
        first = np.searchsorted(self.slots, slots, side="left")
        many = np.searchsorted(self.slots, slots, side="right") - first
        owners = np.repeat(np.arange(len(slots)), many)
        rows = np.arange(len(owners)) + np.repeat(first - np.cumsum(many) + many, many)
        is_meant = np.isin(self.numbers[rows], np.array([number_hash(one) for one in numbers], np.int64))
        is_valid = is_meant & (self.from_at[rows] <= instant) & (instant < self.to_at[rows])
        bears = np.zeros(len(slots), np.bool_)
        bears[owners[is_valid]] = True
        return bears


@dataclass(frozen=True, slots=True)
class Tables:
    """The side tables of one instant; a slot that no product has is not listed."""

    product_ids: Rows
    versions: Rows
    listed: Flags
    place: Column[tuple[str, str, bool]]
    """County, prefecture, whether it is a key county."""
    kind: Column[tuple[str, str | None, str]]
    """Aisle, industry, storage class."""
    sellers: Column[tuple[str, ...]]
    periods: Periods
    in_stock: Flags
    price_fen: Rows
    sold: Rows
    created: Rows
    months: NDArray[np.uint16]

    @property
    def size(self) -> int:
        return len(self.product_ids)

    @property
    def bands(self) -> Codes:
        """Return the price band of every slot, ``NO_BAND`` where nobody offers the product."""
        bands = np.searchsorted(np.array(PRICE_BANDS_FEN), self.price_fen, side="right").astype(np.int32)
        bands[self.price_fen == NO_PRICE] = NO_BAND
        return bands

    def changed(self, rows: Iterable[SearchRow]) -> "Tables":
        """Return the tables with these rows in place of what was known of their products."""
        rows = list(rows)
        if not rows:
            return self
        slots = np.array([row.slot for row in rows], np.int64)
        size = max(self.size, int(slots.max()) + 1)
        is_touched = np.zeros(size, np.bool_)
        is_touched[slots] = True
        values: dict[str, Any] = {}
        for name, (kind, empty, found) in _columns(rows).items():
            before = getattr(self, name)
            column = _grown(before, size, empty)
            column[slots] = np.array(found, kind)
            values[name] = column
        return replace(
            self,
            **values,
            place=self.place.put(
                slots, [(row.county_code, row.prefecture_code, row.is_key_county) for row in rows], size
            ),
            kind=self.kind.put(
                slots, [(row.aisle_code, row.industry_code, row.storage) for row in rows], size
            ),
            sellers=self.sellers.put(slots, [row.cooperative_codes for row in rows], size),
            periods=self.periods.put(rows, is_touched),
        )


def _columns(rows: Sequence[SearchRow]) -> Mapping[str, tuple[type, Any, list[Any]]]:
    """Return the plain columns: type, what an unused slot has, and the values of the rows."""
    return {
        "product_ids": (np.int64, -1, [row.product_id for row in rows]),
        "versions": (np.int64, 0, [row.version for row in rows]),
        "listed": (np.bool_, False, [row.is_listed for row in rows]),
        "in_stock": (np.bool_, False, [row.available > 0 for row in rows]),
        "price_fen": (
            np.int64,
            NO_PRICE,
            [NO_PRICE if row.price_fen is None else row.price_fen for row in rows],
        ),
        "sold": (np.int64, 0, [row.sold for row in rows]),
        "created": (np.int64, 0, [int(row.created_at.timestamp()) for row in rows]),
        "months": (np.uint16, 0, [row.months for row in rows]),
    }


def empty() -> Tables:
    """Return tables without a product."""
    none = np.zeros(0, np.int64)
    nothing = Periods(none, np.zeros(0, np.int32), np.zeros(0), np.zeros(0), (), {}, none)
    return Tables(
        product_ids=none,
        versions=none,
        listed=np.zeros(0, np.bool_),
        place=_column(),
        kind=_column(),
        sellers=_column(),
        periods=nothing,
        in_stock=np.zeros(0, np.bool_),
        price_fen=none,
        sold=none,
        created=none,
        months=np.zeros(0, np.uint16),
    )


def build(rows: Iterable[SearchRow]) -> Tables:
    """Make the tables of all rows."""
    return empty().changed(rows)


def _grown(column: NDArray[Any], size: int, value: Any) -> NDArray[Any]:
    """Return a copy with room for every slot."""
    if len(column) == size:
        return column.copy()
    grown = np.full(size, value, column.dtype)
    grown[: len(column)] = column
    return grown


def number_hash(number: str) -> int:
    """Return a short name for a certificate's number: a million numbers are not kept as texts."""
    return hash(number)


def _instant(at: datetime | None) -> float:
    return _FOREVER if at is None else at.timestamp()
