"""The catalogue's own words: the dictionary, synonyms and readings that the language is made from."""

import csv
import hashlib
from functools import cache
from pathlib import Path

from marketplace.kernel import paths
from marketplace.search.language import Language

SCHEMA = "2"
_NAMES = {
    "products.csv": ("name_zh",),
    "counties.csv": ("name_zh", "short_name_zh", "prefecture_zh"),
    "industries.csv": ("name_zh",),
    "aisles.csv": ("name_zh",),
}


@cache
def make_language(folder: Path = paths.CATALOG_DATA) -> tuple[Language, str]:
    """Return the catalogue's language and the signature of what it was made from."""
    words = frozenset(
        row[column] for name, columns in _NAMES.items() for row in _rows(folder / name) for column in columns if row.get(column)
    )
    synonyms = {row["term"]: row["canonical_zh"] for row in _rows(folder / "synonyms.csv")}
    readings = {row["phrase"]: row["pinyin"] for row in _rows(folder / "pinyin_overrides.csv")}
    made_from = (SCHEMA, sorted(words), sorted(synonyms.items()), sorted(readings.items()))
    digest = hashlib.sha256(repr(made_from).encode())
    return Language(words, synonyms, readings), digest.hexdigest()[:16]


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
