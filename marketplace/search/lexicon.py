"""The catalogue's own words: the dictionary, synonyms and readings that the language is made from."""

import csv
import hashlib
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from marketplace.kernel import paths
from marketplace.search.language import Language
from marketplace.search.types import SearchDocument

SCHEMA = "2"


def words_of(documents: Iterable[SearchDocument]) -> frozenset[str]:
    """Return the names and keywords that the dictionary takes whole.

    Names of products are no words of it: they are cut into place and goods, which is how people type them.
    """
    return frozenset(
        word
        for document in documents
        for word in (
            *(name.hans for name in (*document.place_names, *document.group_names)),
            *document.keywords,
        )
    )


def make_language(
    documents: Iterable[SearchDocument], folder: Path = paths.CATALOG_DATA
) -> tuple[Language, str]:
    """Return the language of these products and the signature of what it was made from."""
    return _language(words_of(documents), folder)


@lru_cache(maxsize=2)
def _language(words: frozenset[str], folder: Path) -> tuple[Language, str]:
    synonyms = {row["term"]: row["canonical_zh"] for row in _rows(folder / "synonyms.csv")}
    readings = _readings(folder)
    quiet = [row["word"] for row in _rows(folder / "quiet_words.csv")]
    digest = hashlib.sha256(
        repr((SCHEMA, sorted(words), sorted(synonyms.items()), sorted(readings.items()))).encode()
    )
    return Language(words, synonyms, readings, quiet), digest.hexdigest()[:16]


def scheme_words(folder: Path = paths.CATALOG_DATA) -> dict[str, tuple[str, ...]]:
    """Return what people call certifications beside their names, each with the codes of the schemes meant."""
    return {row["term"]: tuple(row["scheme_codes"].split(";")) for row in _rows(folder / "scheme_words.csv")}


def _readings(folder: Path) -> dict[str, str]:
    """Return how the catalogue says its names are read: places in full and short, products, single words."""
    readings = {row["name_zh"]: row["pinyin"] for row in _rows(folder / "products.csv")}
    for row in _rows(folder / "divisions.csv"):
        syllables = row["pinyin"].split()
        short = row["short_name_zh"]
        readings[row["name_zh"]] = row["pinyin"]
        if row["name_zh"].startswith(short):
            readings[short] = " ".join(syllables[: len(short)])
    readings.update({row["phrase"]: row["pinyin"] for row in _rows(folder / "pinyin_overrides.csv")})
    return readings


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
