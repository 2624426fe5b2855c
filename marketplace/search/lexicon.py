"""The catalogue's own words: the dictionary, synonyms and readings that the language is made from."""

import csv
import hashlib
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from marketplace.kernel import paths
from marketplace.search.language import Language
from marketplace.search.types import SearchDocument

SCHEMA = "1"


def words_of(documents: Iterable[SearchDocument]) -> frozenset[str]:
    """Return the names and keywords that the dictionary takes whole."""
    return frozenset(
        word
        for document in documents
        for word in (
            *(name.hans for name in (document.name, *document.place_names, *document.group_names)),
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
    readings = {row["phrase"]: row["pinyin"] for row in _rows(folder / "pinyin_overrides.csv")}
    digest = hashlib.sha256(
        repr((SCHEMA, sorted(words), sorted(synonyms.items()), sorted(readings.items()))).encode()
    )
    return Language(words, synonyms, readings), digest.hexdigest()[:16]


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
