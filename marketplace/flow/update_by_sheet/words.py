"""The words of tables: what columns are called, and what people write into cells. They lie in the data."""

import csv
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from marketplace.flow.update_by_sheet.types import Choice
from marketplace.kernel import paths
from marketplace.kernel.message import Name

COLUMNS_FILE, WORDS_FILE = "sheet_columns.csv", "sheet_words.csv"
_UNSEEN = re.compile(r"[\u200b-\u200f\u2028-\u202e\u2060\ufeff\x00-\x08\x0b-\x1f\x7f]")
_BLANKS = re.compile(r"\s+")
_ORNAMENT = re.compile(r"[*★☆:]+")
_ASIDE = re.compile(r"\(([^()]*)\)|\[([^\[\]]*)\]")


@dataclass(frozen=True, slots=True)
class Words:
    """``columns``: a column's code by every way to write its name; the others by their kind in the data."""

    names: Mapping[str, Name]
    columns: Mapping[str, str]
    totals: frozenset[str]
    notes: frozenset[str]
    examples: frozenset[str]
    money: Mapping[str, int]
    weights: Mapping[str, int]
    counts: Mapping[str, int]
    flags: Mapping[str, str]
    states: Mapping[str, str]
    day_marks: Mapping[str, str]
    months: Mapping[str, str]
    none: frozenset[str]
    province: frozenset[str]
    prefecture: frozenset[str]
    allergens: Mapping[str, Choice]


@cache
def words(folder: Path = paths.CATALOG_DATA) -> Words:
    """Read the words once a process; they change with a release."""
    rows = list(_rows(folder / COLUMNS_FILE))
    kinds: dict[str, dict[str, str]] = {}
    for row in _rows(folder / WORDS_FILE):
        kinds.setdefault(row["kind"], {})[key(row["word"])] = row["value"]
    columns = {
        key(word): row["column"]
        for row in rows
        for word in (row["name_zh"], row["name_zh_hant"], row["name_en"], *row["also"].split(";"))
        if word
    }
    return Words(
        names={row["column"]: Name(row["name_zh"], row["name_zh_hant"], row["name_en"]) for row in rows},
        columns=columns,
        totals=frozenset(kinds["total"]),
        notes=frozenset(kinds["note"]),
        examples=frozenset(kinds["example"]),
        money={word: int(value) for word, value in kinds["money"].items()},
        weights={word: int(value) for word, value in kinds["weight"].items()},
        counts={word: int(value) for word, value in kinds["count"].items()},
        flags=kinds["flag"],
        states=kinds["state"],
        day_marks=kinds["day"],
        months=kinds["month"],
        none=frozenset(kinds["none"]),
        province=frozenset(kinds["province"]),
        prefecture=frozenset(kinds["prefecture"]),
        allergens=_choices([row for row in _rows(folder / WORDS_FILE) if row["kind"] == "allergen"]),
    )


def _choices(rows: list[dict[str, str]]) -> Mapping[str, Choice]:
    """Return choices by their words: the Chinese name first (two where the scripts differ), then English."""
    by_code: dict[str, list[str]] = {}
    for row in rows:
        by_code.setdefault(row["value"], []).append(row["word"])
    found: dict[str, Choice] = {}
    for code, several in by_code.items():
        english = next(place for place, word in enumerate(several) if word.isascii())
        name = Name(several[0], several[english - 1], several[english])
        found |= {key(word): Choice(code, name) for word in several}
    return found


def plain(text: str) -> str:
    """Write full-width digits and letters as usual ones, and drop what nobody sees."""
    return _BLANKS.sub(" ", _UNSEEN.sub("", unicodedata.normalize("NFKC", text))).strip()


def key(text: str) -> str:
    """Reduce a word to what is compared: no blanks, no case, no width."""
    return _BLANKS.sub("", plain(text)).casefold()


def heading(text: str) -> tuple[str, str]:
    """Split a column's name from what stands in brackets behind it: its unit, an explanation."""
    written = _ORNAMENT.sub("", plain(text))
    aside = _ASIDE.search(written)
    unit = (aside.group(1) or aside.group(2) or "") if aside else ""
    return key(_ASIDE.sub("", written)), key(unit)


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)
