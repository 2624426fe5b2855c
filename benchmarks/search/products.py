"""Synthetic products, drawn from a seed a chunk at a time: texts as search documents, attributes as arrays.

Goods, places, brands and words come by Zipf's law, so that the lists of postings are as long as a shop's.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from benchmarks.search.words import SUFFIXES, Words, gather
from marketplace.catalogue.types import ProductId
from marketplace.kernel.message import Name
from marketplace.search.language import number_key
from marketplace.search.types import SearchDocument, Validity

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)  # a Monday noon in Shanghai
CHUNK = 10_000
NAMES = 50_000  # of the goods; several sellers offer goods of the same name
_DESCRIPTION = (12, 40)
_DAY = 86_400
_AT_HOME = 0.7  # of the goods come from the county that is known for them
_SOLD_OUT = 0.08
_NOT_OFFERED = 0.01

Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Cooperatives:
    """Invented cooperatives, those of a county together: ``first`` and ``count`` by county."""

    codes: tuple[str, ...]
    names: tuple[Name, ...]
    first: Numbers
    count: Numbers


@dataclass(frozen=True, slots=True)
class Names:
    """What goods may be called, as parallel arrays: brand, county, good, suffix."""

    good: Numbers
    county: Numbers
    brand: Numbers
    suffix: Numbers


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some products in the order of their slots; links and certificate periods as parallel arrays of rows."""

    first: int
    good: Numbers
    county: Numbers
    brand: Numbers
    suffix: Numbers
    price_fen: Numbers
    available: Numbers
    sold: Numbers
    created: Numbers
    cooperative_rows: Numbers
    cooperatives: Numbers
    period_rows: Numbers
    schemes: Numbers
    numbers: Numbers
    from_at: Numbers
    to_at: Numbers
    word_rows: Numbers
    words: Numbers


def make_cooperatives(words: Words, products: int, seed: int) -> Cooperatives:
    chance = np.random.default_rng([seed, 1])
    many = min(3_000, max(40, products // 120))
    county = np.sort(zipf(chance, len(words.counties), many))
    names, codes = [], []
    for number, place in enumerate(county):
        short = words.counties[place].names[1]
        brand = words.brands[int(chance.integers(len(words.brands)))]
        whole = f"{short.hans}{brand} 合作社（演示）"
        names.append(Name(whole, whole, f"{short.en} cooperative (demo)"))
        codes.append(f"C{number:05}")
    count = np.bincount(county, minlength=len(words.counties))
    return Cooperatives(tuple(codes), tuple(names), np.cumsum(count) - count, count)


def draw(words: Words, sellers: Cooperatives, first: int, many: int, seed: int) -> Chunk:
    """Draw the products of a chunk; the same seed and place give the same products."""
    chance = np.random.default_rng([seed, 2, first])
    names = _names(seed)
    name = zipf(chance, NAMES, many, flat=2_000)
    county = names.county[name]
    price = np.exp(chance.normal(8.4, 0.9, many)).astype(np.int64)
    length = chance.integers(*_DESCRIPTION, many)
    link_rows, link_codes = _sellers(chance, sellers, county)
    period_rows, schemes, numbers, from_at, to_at = _periods(chance, len(words.schemes), first, many)
    return Chunk(
        first=first,
        good=names.good[name],
        county=county,
        brand=names.brand[name],
        suffix=names.suffix[name],
        price_fen=np.where(chance.random(many) < _NOT_OFFERED, -1, np.maximum(price, 300)),
        available=np.where(chance.random(many) < _SOLD_OUT, 0, 500),
        sold=np.exp(chance.normal(2.0, 2.0, many)).astype(np.int64),
        created=int(NOW.timestamp()) - chance.integers(0, 730 * _DAY, many),
        cooperative_rows=link_rows,
        cooperatives=link_codes,
        period_rows=period_rows,
        schemes=schemes,
        numbers=numbers,
        from_at=from_at,
        to_at=to_at,
        word_rows=np.repeat(np.arange(many), length),
        words=zipf(chance, len(words.description), int(length.sum()), flat=2.7),
    )


def documents(words: Words, sellers: Cooperatives, chunk: Chunk) -> Iterator[SearchDocument]:
    """Yield the products of a chunk as the search reads them from the database, slots as ids."""
    said = _by_row(chunk.word_rows, chunk.words, len(chunk.good))
    sold_by = _by_row(chunk.cooperative_rows, chunk.cooperatives, len(chunk.good))
    periods = _by_row(chunk.period_rows, np.arange(len(chunk.period_rows)), len(chunk.good))
    for row, good_number in enumerate(chunk.good):
        good, county = words.goods[good_number], words.counties[chunk.county[row]]
        brand, suffix = words.brands[chunk.brand[row]], SUFFIXES[chunk.suffix[row]]
        name = f"{brand} {county.names[1].hans}{good.noun} {suffix}"
        held = [int(chunk.schemes[one]) for one in periods[row]]
        yield SearchDocument(
            product_id=ProductId(chunk.first + row),
            slug=f"product-{chunk.first + row}",
            name=Name(name, name, f"{county.names[1].en} {good.noun_en}"),
            name_pinyin=good.pinyin,
            keywords=good.keywords,
            keywords_en=good.keywords_en,
            description="，".join(words.description[one] for one in said[row]),
            place_names=county.names,
            group_names=good.groups,
            cooperative_names=tuple(sellers.names[one] for one in sold_by[row]),
            certificate_numbers=tuple(_number(words, chunk, one) for one in periods[row]),
            scheme_names=tuple(words.schemes[one].short_name for one in sorted(set(held))),
            aisle_code=good.aisle_code,
            industry_code=good.industry_code,
            county_code=county.code,
            prefecture_code=county.prefecture_code,
            storage=good.storage,
            is_key_county=county.is_key,
            sale_months=good.months,
            cooperative_codes=tuple(sellers.codes[one] for one in sold_by[row]),
            validities=tuple(_validity(words, chunk, one) for one in periods[row]),
            price_fen=None if chunk.price_fen[row] < 0 else int(chunk.price_fen[row]),
            available=int(chunk.available[row]),
            sold=int(chunk.sold[row]),
            created_at=datetime.fromtimestamp(int(chunk.created[row]), UTC),
        )


def zipf(chance: np.random.Generator, kinds: int, many: int, *, flat: float = 1.0) -> Numbers:
    """Draw numbers below ``kinds``, the first the most often; ``flat`` evens out the first ones."""
    weights = np.cumsum(1.0 / (np.arange(kinds) + flat))
    found: Numbers = np.searchsorted(weights, chance.random(many) * weights[-1])
    return np.minimum(found, kinds - 1)


@lru_cache(maxsize=1)
def _names(seed: int) -> Names:
    words, chance = gather(seed), np.random.default_rng([seed, 4])
    good = zipf(chance, len(words.goods), NAMES, flat=12)
    home = np.array([one.county for one in words.goods])[good]
    elsewhere = zipf(chance, len(words.counties), NAMES, flat=8)
    return Names(
        good=good,
        county=np.where(chance.random(NAMES) < _AT_HOME, home, elsewhere),
        brand=zipf(chance, len(words.brands), NAMES),
        suffix=zipf(chance, len(SUFFIXES), NAMES, flat=3),
    )


def _sellers(chance: np.random.Generator, sellers: Cooperatives, county: Numbers) -> tuple[Numbers, Numbers]:
    many = len(county)
    times = 1 + (chance.random(many) < 0.15) + (chance.random(many) < 0.03)
    rows = np.repeat(np.arange(many), times)
    first, count = sellers.first[county[rows]], sellers.count[county[rows]]
    chosen = np.where(
        count > 0,
        first + (chance.random(len(rows)) * count).astype(np.int64),
        chance.integers(0, len(sellers.codes), len(rows)),
    )
    pairs = np.unique(rows * len(sellers.codes) + chosen)
    return pairs // len(sellers.codes), pairs % len(sellers.codes)


def _periods(
    chance: np.random.Generator, schemes: int, first: int, many: int
) -> tuple[Numbers, Numbers, Numbers, Numbers, Numbers]:
    """Draw certificate periods: valid, expired, not yet valid, some renewed before the former ends."""
    rows = np.repeat(np.arange(many), np.minimum(chance.poisson(0.9, many), 4))
    held = zipf(chance, schemes, len(rows), flat=2)
    again = chance.random(len(rows)) < 0.1
    rows, held = np.concatenate([rows, rows[again]]), np.concatenate([held, held[again]])
    order = np.argsort(rows, kind="stable")
    rows, held = rows[order], held[order]
    now, kind = int(NOW.timestamp()), chance.random(len(rows))
    from_at = now - chance.integers(30, 600, len(rows)) * _DAY
    to_at = now + chance.integers(30, 800, len(rows)) * _DAY
    expired, future, endless = kind < 0.08, (kind >= 0.08) & (kind < 0.15), kind > 0.85
    to_at[expired] = now - chance.integers(1, 29, int(expired.sum())) * _DAY
    from_at[future] = now + chance.integers(1, 29, int(future.sum())) * _DAY
    to_at[endless] = -1
    # Half of the certificates stand for several products.
    shared = chance.random(len(rows)) < 0.5
    numbers = np.where(
        shared, chance.integers(0, 400, len(rows)), (first + rows) * 8 + np.arange(len(rows)) % 8 + 1_000
    )
    return rows, held, numbers, from_at, to_at


def _number(words: Words, chunk: Chunk, period: int) -> str:
    return f"{words.schemes[chunk.schemes[period]].prefix}{chunk.numbers[period]:07}"


def _validity(words: Words, chunk: Chunk, period: int) -> Validity:
    last = int(chunk.to_at[period])
    return Validity(
        scheme_code=words.schemes[chunk.schemes[period]].code,
        from_at=datetime.fromtimestamp(int(chunk.from_at[period]), UTC),
        to_at=None if last < 0 else datetime.fromtimestamp(last, UTC),
        number=number_key(_number(words, chunk, period)),
    )


def _by_row(rows: Numbers, values: Numbers, many: int) -> list[list[int]]:
    bounds = np.searchsorted(rows, np.arange(many + 1))
    found = values.tolist()
    return [found[first:last] for first, last in pairwise(bounds)]
