"""Filters, facets and sorts over the side tables: exact totals, each facet counted without its own filter."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from marketplace.kernel.time import business_day
from marketplace.search.tables import NO_PRICE, Flags, Links, Tables
from marketplace.search.types import PRICE_BANDS_FEN, Facet, FacetValue, SearchRequest, Sort

Rows = NDArray[np.int64]

_FLAGGED = (Facet.KEY_COUNTY, Facet.IN_SEASON, Facet.IN_STOCK)
YES = "1"


class Selection:
    """One request against one state of the tables."""

    def __init__(self, tables: Tables, request: SearchRequest) -> None:
        self._tables = tables
        self._request = request
        self._instant = request.at.timestamp()
        self._month_bit = 1 << (business_day(request.at).month - 1)
        self._valid = self._valid_links(tables.certification)
        self._failing = self._count_failing()

    @property
    def size(self) -> int:
        """Return how many products the tables have."""
        return self._tables.size

    def passing(self) -> Flags:
        """Return which products pass every filter."""
        return np.asarray(self._failing == 0)

    def certified(self, scheme_code: str) -> Flags:
        """Return which products have a certificate of a scheme that is valid at the instant asked for."""
        return self._mask(Facet.CERTIFICATION, (scheme_code,))

    def facets(self, matched: Flags) -> Mapping[Facet, tuple[FacetValue, ...]]:
        """Count every facet among the matched products, each without its own filter."""
        counted: dict[Facet, tuple[FacetValue, ...]] = {}
        for facet in Facet:
            own = self._masks.get(facet)
            failing = self._failing if own is None else self._failing - ~own
            counted[facet] = self._count(facet, matched & (failing == 0))
        return counted

    def ordered(self, rows: Rows, scores: NDArray[np.float32] | None) -> Rows:
        """Put rows in the order asked for; equal ones keep the order of their ids, so pages are stable."""
        tables = self._tables
        sold = -tables.sold[rows]
        price = tables.price_fen[rows]
        season = ~((tables.months[rows] & self._month_bit) > 0)
        relevance = -scores if scores is not None else sold
        keys: Mapping[Sort, Sequence[NDArray[np.generic]]] = {
            Sort.RELEVANCE: (sold, relevance),
            Sort.SALES: (relevance, sold),
            Sort.PRICE_ASC: (sold, price),
            Sort.PRICE_DESC: (sold, np.where(price == NO_PRICE, 1, -price)),
            Sort.NEWEST: (-tables.created[rows],),
            Sort.SEASON: (sold, season),
        }
        chosen = keys[self._request.sort]
        available = ~tables.in_stock[rows]
        return rows[np.lexsort((rows, *chosen[:-1], chosen[-1], available))]

    def _count_failing(self) -> NDArray[np.int8]:
        self._masks = {
            facet: self._mask(facet, values) for facet, values in self._request.chosen.items() if values
        }
        price = self._price_mask()
        if price is not None:
            found = self._masks.get(Facet.PRICE)
            self._masks[Facet.PRICE] = price if found is None else found & price
        failing = np.zeros(self._tables.size, np.int8)
        for mask in self._masks.values():
            failing += ~mask
        return failing

    def _mask(self, facet: Facet, values: Sequence[str]) -> Flags:
        tables = self._tables
        if facet in tables.columns:
            column = tables.columns[facet]
            codes = [column.place[value] for value in values if value in column.place]
            return np.isin(column.codes, codes)
        if facet in {Facet.CERTIFICATION, Facet.COOPERATIVE}:
            links = tables.certification if facet is Facet.CERTIFICATION else tables.cooperative
            codes = [links.place[value] for value in values if value in links.place]
            hit = np.isin(links.codes, codes)
            if facet is Facet.CERTIFICATION:
                hit &= self._valid
            mask = np.zeros(tables.size, np.bool_)
            mask[links.rows[hit]] = True
            return mask
        if facet is Facet.PRICE:
            numbers = [int(value) for value in values if value.isdecimal()]
            bands = [number for number in numbers if number <= len(PRICE_BANDS_FEN)]
            return np.asarray(np.isin(tables.band, bands) & (tables.price_fen != NO_PRICE))
        return self._flag(facet) if YES in values else np.ones(tables.size, np.bool_)

    def _flag(self, facet: Facet) -> Flags:
        tables = self._tables
        if facet is Facet.KEY_COUNTY:
            return tables.is_key_county
        return (
            tables.in_stock if facet is Facet.IN_STOCK else np.asarray((tables.months & self._month_bit) > 0)
        )

    def _price_mask(self) -> Flags | None:
        low, high = self._request.price_min_fen, self._request.price_max_fen
        if low is None and high is None:
            return None
        price = self._tables.price_fen
        return np.asarray((price >= (low or 0)) & (price <= (NO_PRICE - 1 if high is None else high)))

    def _valid_links(self, links: Links) -> Flags:
        return np.asarray((links.from_at <= self._instant) & (links.to_at > self._instant))

    def _count(self, facet: Facet, mask: Flags) -> tuple[FacetValue, ...]:
        tables = self._tables
        chosen = self._request.chosen.get(facet, ())
        if facet in tables.columns:
            column = tables.columns[facet]
            codes = column.codes[mask]
            counts = np.bincount(codes[codes >= 0], minlength=len(column.values))
            return _values(column.values, counts, chosen)
        if facet in {Facet.CERTIFICATION, Facet.COOPERATIVE}:
            links = tables.certification if facet is Facet.CERTIFICATION else tables.cooperative
            hit = mask[links.rows]
            if facet is Facet.CERTIFICATION:
                hit &= self._valid
            pairs = np.unique(links.rows[hit] * max(1, len(links.values)) + links.codes[hit])
            counts = np.bincount(pairs % max(1, len(links.values)), minlength=len(links.values))
            return _values(links.values, counts, chosen)
        if facet is Facet.PRICE:
            priced = mask & (tables.price_fen != NO_PRICE)
            bands = tuple(str(band) for band in range(len(PRICE_BANDS_FEN) + 1))
            return _values(bands, np.bincount(tables.band[priced], minlength=len(bands)), chosen)
        return (FacetValue(YES, int(np.count_nonzero(mask & self._flag(facet))), YES in chosen),)


def _values(
    values: Sequence[str], counts: NDArray[np.int64], chosen: Sequence[str]
) -> tuple[FacetValue, ...]:
    return tuple(
        FacetValue(value, int(count), value in chosen)
        for value, count in zip(values, counts, strict=True)
        if count or value in chosen
    )
