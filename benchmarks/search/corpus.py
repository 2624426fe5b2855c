"""The corpus as files, the same for every engine: tokens by the project's own language, attributes as arrays.

vocabulary.txt   a token a line, its number is the line's
tokens.bin       int32, the tokens of all products one after another
levels.bin       uint8 beside them
offsets.npy      where each product's tokens begin
*.npy            a value a product, or rows and codes where a product may have several
"""

import hashlib
import json
import shutil
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.search import products, words
from benchmarks.search.products import CHUNK, NOW
from marketplace.kernel import paths
from marketplace.search import documents as project_documents
from marketplace.search import language as project_language
from marketplace.search import lexicon
from marketplace.search.language import Language
from marketplace.search.types import PRICE_BANDS_FEN, Facet, SearchDocument

SEED = 20221206
Codes = Mapping[Facet, list[str] | list[str | None]]

NOBODY = -1  # no industry, no price, no end
_FACETS = (Facet.AISLE, Facet.INDUSTRY, Facet.PREFECTURE, Facet.COUNTY, Facet.STORAGE)
_ARRAYS = (
    *(facet.value for facet in _FACETS),
    *("key_county", "in_season", "in_stock", "price", "price_fen", "sold", "created", "available", "months"),
    *("certificate_rows", "certificate_codes", "certificate_from", "certificate_to"),
    *("cooperative_rows", "cooperative_codes"),
)


class PartwiseLanguage(Language):
    """The project's language, each phrase of a description and each name's beginnings cut once and kept.

    Words never reach over a comma, so the tokens are the same; a million descriptions of the same phrases
    would else be cut again and again.
    """

    def __init__(self, made: Language) -> None:
        self.__dict__.update(made.__dict__)
        self._phrases: dict[str, set[str]] = {}
        self._begun: dict[tuple[str, str], set[str]] = {}

    def text_tokens(self, text: str) -> set[str]:
        tokens: set[str] = set()
        for phrase in text.split("，"):
            found = self._phrases.get(phrase)
            if found is None:
                found = self._phrases[phrase] = super().text_tokens(phrase)
            tokens |= found
        return tokens

    def beginnings(self, name: str, english: str) -> set[str]:
        found = self._begun.get((name, english))
        if found is None:
            found = self._begun[name, english] = super().beginnings(name, english)
        return found


@dataclass(frozen=True)
class Corpus:
    """An open corpus; words and tokens stay in their files until they are asked for."""

    directory: Path
    size: int
    offsets: NDArray[np.int64]
    tokens: NDArray[np.int32]
    levels: NDArray[np.uint8]
    columns: Mapping[str, NDArray[Any]]
    values: Mapping[Facet, tuple[str, ...]]
    facts: Mapping[str, Any]

    @cached_property
    def vocabulary(self) -> tuple[str, ...]:
        return tuple((self.directory / "vocabulary.txt").read_text().splitlines())

    def chunks(self) -> Iterator[range]:
        """Yield slots, ten thousand at a time."""
        for first in range(0, self.size, CHUNK):
            yield range(first, min(self.size, first + CHUNK))

    def tokens_of(self, slot: int) -> dict[str, int]:
        first, last = self.offsets[slot], self.offsets[slot + 1]
        numbers, levels = self.tokens[first:last].tolist(), self.levels[first:last].tolist()
        return {self.vocabulary[one]: level for one, level in zip(numbers, levels, strict=True)}

    def valid_certificates(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return rows and scheme codes of what is certified now, each pair once."""
        columns, now = self.columns, NOW.timestamp()
        ends = columns["certificate_to"]
        valid = (columns["certificate_from"] <= now) & ((ends < 0) | (ends > now))
        many = len(self.values[Facet.CERTIFICATION])
        pairs = np.unique(
            columns["certificate_rows"][valid].astype(np.int64) * many + columns["certificate_codes"][valid]
        )
        return pairs // many, pairs % many


def corpus(directory: Path, size: int) -> Corpus:
    """Open the corpus of a size, made first where it is not there or the project makes other tokens now."""
    path = directory / f"corpus-{size}-{_signature()}"
    if not (path / "facts.json").exists():
        shutil.rmtree(path, ignore_errors=True)
        path.mkdir(parents=True)
        _build(path, size)
    facts = json.loads((path / "facts.json").read_text())
    return Corpus(
        directory=path,
        size=size,
        offsets=np.load(path / "offsets.npy", mmap_mode="r"),
        tokens=np.memmap(path / "tokens.bin", np.int32, "r"),
        levels=np.memmap(path / "levels.bin", np.uint8, "r"),
        columns={name: np.load(path / f"{name}.npy", mmap_mode="r") for name in _ARRAYS},
        values={Facet(key): tuple(values) for key, values in facts["values"].items()},
        facts=facts,
    )


@cache
def _signature() -> str:
    """Hash what the tokens are made from."""
    digest = hashlib.sha256()
    modules = (project_language, project_documents, lexicon, words, products)
    data = sorted(paths.CATALOG_DATA.glob("*.csv"))
    for path in (*(Path(str(one.__file__)) for one in modules), Path(__file__), *data):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def _build(path: Path, size: int) -> None:
    began = time.process_time()
    known = words.gather(SEED)
    sellers = products.make_cooperatives(known, size, SEED)
    language = PartwiseLanguage(lexicon.make_language()[0])
    began_tokens = time.process_time()
    numbers: dict[str, int] = {}
    lengths: list[NDArray[np.int32]] = []
    chunks: list[products.Chunk] = []
    with (path / "tokens.bin").open("wb") as tokens, (path / "levels.bin").open("wb") as levels:
        for first in range(0, size, CHUNK):
            chunk = products.draw(known, sellers, first, min(CHUNK, size - first), SEED)
            found, leveled, length = _tokens(products.documents(known, sellers, chunk), language, numbers)
            found.tofile(tokens)
            leveled.tofile(levels)
            lengths.append(length)
            chunks.append(replace(chunk, word_rows=chunk.word_rows[:0], words=chunk.words[:0]))
    took = time.process_time() - began_tokens
    offsets = np.concatenate([[0], np.cumsum(np.concatenate(lengths))])
    np.save(path / "offsets.npy", offsets)
    (path / "vocabulary.txt").write_text("".join(f"{token}\n" for token in numbers))
    values = _save_columns(path, known, sellers, chunks)
    facts = {
        "values": values,
        "vocabulary": len(numbers),
        "postings": int(offsets[-1]),
        "tokens_per_product": round(int(offsets[-1]) / size, 1),
        "products_per_cpu_second": round(size / took),
        "cpu_seconds": round(time.process_time() - began, 1),
    }
    (path / "facts.json").write_text(json.dumps(facts, ensure_ascii=False))


def _tokens(
    documents: Iterator[SearchDocument], language: Language, numbers: dict[str, int]
) -> tuple[NDArray[np.int32], NDArray[np.uint8], NDArray[np.int32]]:
    found: list[int] = []
    levels: list[int] = []
    lengths: list[int] = []
    for document in documents:
        # Sorted: the same numbers in every run, whatever order the sets are in.
        tokens = sorted(project_documents.indexed(document, language).items())
        for token, level in tokens:
            found.append(numbers.setdefault(token, len(numbers)))
            levels.append(level)
        lengths.append(len(tokens))
    return np.array(found, np.int32), np.array(levels, np.uint8), np.array(lengths, np.int32)


def _save_columns(
    path: Path, known: words.Words, sellers: products.Cooperatives, chunks: list[products.Chunk]
) -> dict[str, tuple[str, ...]]:
    def whole(name: str) -> NDArray[np.int64]:
        return np.concatenate([getattr(chunk, name) for chunk in chunks])

    def rows(name: str) -> NDArray[np.int64]:
        return np.concatenate([getattr(chunk, name) + chunk.first for chunk in chunks])

    good, county, price = whole("good"), whole("county"), whole("price_fen")
    of_good: Codes = {
        Facet.AISLE: [one.aisle_code for one in known.goods],
        Facet.INDUSTRY: [one.industry_code for one in known.goods],
        Facet.STORAGE: [one.storage for one in known.goods],
    }
    of_county: Codes = {
        Facet.PREFECTURE: [one.prefecture_code for one in known.counties],
        Facet.COUNTY: [one.code for one in known.counties],
    }
    values: dict[str, tuple[str, ...]] = {}
    columns: dict[str, NDArray[Any]] = {}
    for keys, named in ((good, of_good), (county, of_county)):
        for facet, codes in named.items():
            values[facet] = tuple(sorted({code for code in codes if code is not None}))
            place = {code: number for number, code in enumerate(values[facet])}
            columns[facet.value] = np.array([place.get(str(code), NOBODY) for code in codes], np.int16)[keys]
    months = np.array([sum(1 << (month - 1) for month in one.months) for one in known.goods], np.uint16)[good]
    values |= {
        Facet.CERTIFICATION: tuple(one.code for one in known.schemes),
        Facet.COOPERATIVE: sellers.codes,
    }
    columns |= {
        "key_county": np.array([one.is_key for one in known.counties])[county],
        "months": months,
        "in_season": (months & (1 << (NOW.month - 1))) > 0,
        "in_stock": whole("available") > 0,
        "price": np.where(price < 0, NOBODY, np.searchsorted(PRICE_BANDS_FEN, price, side="right")).astype(
            np.int8
        ),
        "price_fen": price.astype(np.int64),
        "sold": whole("sold").astype(np.int32),
        "created": whole("created"),
        "available": whole("available").astype(np.int32),
        "certificate_rows": rows("period_rows").astype(np.int32),
        "certificate_codes": whole("schemes").astype(np.int16),
        "certificate_from": whole("from_at"),
        "certificate_to": whole("to_at"),
        "cooperative_rows": rows("cooperative_rows").astype(np.int32),
        "cooperative_codes": whole("cooperatives").astype(np.int16),
    }
    for name, array in columns.items():
        np.save(path / f"{name}.npy", array)
    return values
