"""What reading cells shares: what was understood, what a cell cannot know, numbers with their units."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from marketplace.flow.update_by_sheet.types import Choice, Value
from marketplace.flow.update_by_sheet.words import Words, key
from marketplace.kernel.message import Message
from marketplace.kernel.spreadsheets import Broken, Cell, Formula

TEXT_MAX = 200
# A number cell keeps fifteen digits; what was longer has lost its end (IEEE 754, as Excel stores it).
EXACT_BELOW = 10**15
_GROUPED = re.compile(r"\d{1,3}(,\d{3})+(\.\d+)?")
_NUMBER = re.compile(r"(?P<sign>[+-]?)(?P<digits>\d+(?:\.\d+)?)(?P<unit>[^\d.]*)")
_EACH = r"(?P<each>\d{1,6}(?:\.\d{1,3})?)(?P<unit>[^\d.x×*]+)"
# 2.5kg×4 or 5斤/件; and 4×2.5kg.
_WEIGHTS = (
    re.compile(_EACH + r"(?:[x×*](?P<times>\d{1,4})[^\d]*)?"),
    re.compile(r"(?P<times>\d{1,4})[^\d.x×*]{0,2}[x×*]" + _EACH),
)


@dataclass(frozen=True, slots=True)
class Read:
    """A cell as understood: a value or a problem; ``mended`` is how the value is written, if otherwise."""

    value: Value | None = None
    mended: str | None = None
    problem: Message | None = None


@dataclass(frozen=True, slots=True)
class Context:
    """What a cell cannot know: the words, the day, the unit in the column's head, the file's kind.

    ``choices`` are what the column may say, ``most`` how many characters.
    """

    words: Words
    today: date
    unit: str = ""
    is_typed: bool = True
    choices: Mapping[str, Choice] = field(default_factory=dict)
    most: int = TEXT_MAX


def shown(cell: Cell) -> str:
    """Write a cell as its author sees it."""
    if cell is None:
        return ""
    if isinstance(cell, Formula | Broken):
        return cell.text
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < EXACT_BELOW else f"{cell:.15g}"
    return str(cell)


def weight_g(text: str, words: Words) -> int | None:
    """Read the net weight of a pack, 「5斤/件」 or 「2.5kg×4」, in grams; None where it says none."""
    for pattern in _WEIGHTS:
        found = pattern.fullmatch(key(text))
        units = [one for one in words.weights if found is not None and found["unit"].startswith(one)]
        if found is not None and units:
            grams = Decimal(found["each"]) * words.weights[max(units, key=len)] * int(found["times"] or 1)
            return int(grams) if grams > 0 and grams == grams.to_integral_value() else None
    return None


def decimal(cell: Cell, units: Mapping[str, int]) -> Decimal | None:
    """Read a number with its separators and unit; None where it is none, or could be two."""
    if isinstance(cell, bool) or not isinstance(cell, str | int | float):
        return None
    if not isinstance(cell, str):
        return Decimal(repr(cell))
    text = key(cell).lstrip("¥").removeprefix("rmb").removeprefix("cny")
    head = re.match(r"[\d,.]+", text)
    if head is not None and "," in head.group():
        if _GROUPED.fullmatch(head.group()) is None:
            return None
        text = head.group().replace(",", "") + text[head.end() :]
    found = _NUMBER.fullmatch(text)
    if found is None:
        return None
    unit, _per, _pack = found["unit"].partition("/")
    if unit and unit not in units:
        return None
    number = Decimal(found["digits"]) * units.get(unit, 1)
    return -number if found["sign"] == "-" else number


def units_of(text: str) -> tuple[str, ...]:
    """Return what stands behind a number as its unit."""
    found = re.search(r"[\d.]([^\d.,]+)$", key(text))
    return (found.group(1).partition("/")[0],) if found else ()
