"""Side tables: what filters, facets and sorts need of every product, as arrays beside the index.

Price, stock, sales and certificates change here and never touch the index. A table is immutable: a change
makes a new one.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from marketplace.search.types import PRICE_BANDS_FEN, Facet, SearchDocument

Codes = NDArray[np.int32]
Flags = NDArray[np.bool_]

NO_PRICE = np.iinfo(np.int64).max
_ALWAYS = datetime(2000, 1, 1, tzinfo=UTC)
_SINGLE = (Facet.AISLE, Facet.INDUSTRY, Facet.PREFECTURE, Facet.COUNTY, Facet.STORAGE)


@dataclass(frozen=True, slots=True)
class Column:
    """A code for each product, with what the codes stand for; -1 is none."""

    codes: Codes
    values: tuple[str, ...]
    place: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Links:
    """Several values a product: parallel arrays of product rows and value codes."""

    rows: NDArray[np.int64]
    codes: Codes
    values: tuple[str, ...]
    place: Mapping[str, int]
    from_at: NDArray[np.float64]
    to_at: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Tables:
    """The side tables of one instant, rows in ascending order of product ids."""

    product_ids: NDArray[np.int64]
    columns: Mapping[Facet, Column]
    certification: Links
    cooperative: Links
    is_key_county: Flags
    in_stock: Flags
    price_fen: NDArray[np.int64]
    band: Codes
    sold: NDArray[np.int64]
    created: NDArray[np.float64]
    months: NDArray[np.uint16]

    @property
    def size(self) -> int:
        return len(self.product_ids)

    def rows_of(self, product_ids: NDArray[np.int64]) -> tuple[NDArray[np.int64], Flags]:
        """Return the rows of products, and which of them have one."""
        if not self.size:
            return np.zeros(len(product_ids), np.int64), np.zeros(len(product_ids), np.bool_)
        rows = np.minimum(np.searchsorted(self.product_ids, product_ids), self.size - 1)
        return rows, self.product_ids[rows] == product_ids


def build(documents: Iterable[SearchDocument]) -> Tables:
    """Make the tables of all documents."""
    rows = sorted(documents, key=lambda document: document.product_id)
    prices = np.array([NO_PRICE if row.price_fen is None else row.price_fen for row in rows], np.int64)
    return Tables(
        product_ids=np.array([row.product_id for row in rows], np.int64),
        columns={facet: _column([_single(row, facet) for row in rows]) for facet in _SINGLE},
        certification=_links(
            [
                (place, found.scheme_code, found.from_at, found.to_at)
                for place, row in enumerate(rows)
                for found in row.validities
            ]
        ),
        cooperative=_links(
            [(place, code, _ALWAYS, None) for place, row in enumerate(rows) for code in row.cooperative_codes]
        ),
        is_key_county=np.array([row.is_key_county for row in rows], np.bool_),
        in_stock=np.array([row.available > 0 for row in rows], np.bool_),
        price_fen=prices,
        band=np.searchsorted(np.array(PRICE_BANDS_FEN), prices, side="right").astype(np.int32),
        sold=np.array([row.sold for row in rows], np.int64),
        created=np.array([row.created_at.timestamp() for row in rows], np.float64),
        months=np.array([sum(1 << (month - 1) for month in row.sale_months) for row in rows], np.uint16),
    )


def _single(row: SearchDocument, facet: Facet) -> str | None:
    return {
        Facet.AISLE: row.aisle_code,
        Facet.INDUSTRY: row.industry_code,
        Facet.PREFECTURE: row.prefecture_code,
        Facet.COUNTY: row.county_code,
        Facet.STORAGE: row.storage,
    }[facet]


def _column(values: list[str | None]) -> Column:
    known = tuple(sorted({value for value in values if value is not None}))
    place = {value: code for code, value in enumerate(known)}
    codes = np.array([-1 if value is None else place[value] for value in values], np.int32)
    return Column(codes, known, place)


def _links(found: list[tuple[int, str, datetime, datetime | None]]) -> Links:
    known = tuple(sorted({value for _, value, _, _ in found}))
    place = {value: code for code, value in enumerate(known)}
    return Links(
        rows=np.array([row for row, _, _, _ in found], np.int64),
        codes=np.array([place[value] for _, value, _, _ in found], np.int32),
        values=known,
        place=place,
        from_at=np.array([first.timestamp() for _, _, first, _ in found], np.float64),
        to_at=np.array([np.inf if last is None else last.timestamp() for *_, last in found], np.float64),
    )
