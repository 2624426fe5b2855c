"""The catalogue's own words: the dictionary, synonyms and readings that the language is made from.

All of it lies in files that change with a release: a product that is listed today brings no new dictionary.
"""

import csv
import hashlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from marketplace.kernel import paths
from marketplace.search.language import Language

SCHEMA = "4"
_GROUPS = ("industries.csv", "aisles.csv")


@cache
def make_language(folder: Path = paths.CATALOG_DATA) -> tuple[Language, str]:
    """Return the catalogue's language and the signature of what it was made from."""
    words = sorted(set(_words(folder)))
    synonyms = {row["term"]: row["canonical_zh"] for row in _rows(folder / "synonyms.csv")}
    readings = _readings(folder)
    quiet = [row["word"] for row in _rows(folder / "quiet_words.csv")]
    made_from = (SCHEMA, words, sorted(synonyms.items()), sorted(readings.items()), sorted(quiet))
    digest = hashlib.sha256(repr(made_from).encode())
    return Language(words, synonyms, readings, quiet), digest.hexdigest()[:16]


def scheme_words(folder: Path = paths.CATALOG_DATA) -> dict[str, tuple[str, ...]]:
    """Return what people call certifications beside their names, each with the codes of the schemes meant."""
    return {row["term"]: tuple(row["scheme_codes"].split(";")) for row in _rows(folder / "scheme_words.csv")}


def _words(folder: Path) -> Iterator[str]:
    """Yield what the dictionary takes whole: places, groups of goods and keywords.

    Names of products are no words of it: they are cut into place and goods, which is how people type them.
    """
    for row in _rows(folder / "divisions.csv"):
        if row["side"] == "guizhou":
            yield from (row["name_zh"], row["short_name_zh"])
    for name in _GROUPS:
        yield from (row["name_zh"] for row in _rows(folder / name))
    for row in _rows(folder / "products.csv"):
        yield from (word for word in row["keywords_zh"].split(";") if word)


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
