"""Cells that describe goods: words as written, one or several of what a column may say, months, weights."""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from marketplace.catalogue import rules
from marketplace.flow.update_by_sheet.types import Choice
from marketplace.flow.update_by_sheet.understood import (
    EXACT_BELOW,
    TEXT_MAX,
    Context,
    Read,
    decimal,
    shown,
    units_of,
    weight_g,
)
from marketplace.flow.update_by_sheet.words import key, plain
from marketplace.kernel.message import Message, msg
from marketplace.kernel.spreadsheets import Cell

MONTHS_A_YEAR = 12
_BESIDE = re.compile(r"[、,;/+&\n ]+")
_MONTHS = re.compile(r"(\d{1,2})(?:-(\d{1,2}))?")
_AROUND_A_RANGE = re.compile(r"\s*-\s*")


def line(cell: Cell, context: Context) -> Read:
    """Read words that stand in one line, letter by letter: a name keeps its brackets."""
    return _bounded(" ".join(rules.clean_text(shown(cell)).split()), context)


def prose(cell: Cell, context: Context) -> Read:
    """Read a text with its paragraphs."""
    return _bounded(rules.clean_text(shown(cell)), context)


def choice(cell: Cell, context: Context) -> Read:
    """Read one of what the column may say, by any name it has."""
    found = context.choices.get(key(shown(cell)))
    if found is None:
        return Read(problem=_unknown(shown(cell), context))
    is_its_name = key(shown(cell)) in {key(one) for one in found.name if one}
    return Read(found.code, None if is_its_name else found.name.hans)


def choices(cell: Cell, context: Context) -> Read:
    """Read several of what the column may say; a word for none is none of them."""
    said = plain(shown(cell))
    if key(said) in context.words.none:
        return Read(())
    # A name may have a blank or a comma of its own in English: the whole cell is tried first.
    parts = (
        [said]
        if key(said) in context.choices
        else [one for one in re.split(r"[、,;/+&]", said) if one.strip()]
    )
    found = [context.choices.get(key(one)) for one in parts]
    for part, one in zip(parts, found, strict=True):
        if one is None:
            return Read(problem=_unknown(part, context))
    return Read(tuple(sorted({one.code for one in found if one is not None})))


def months(cell: Cell, context: Context) -> Read:
    """Read months of the year, 「9、10」, 「9月至11月」, 「11-2月」, 「全年」, as 1 to 12."""
    if isinstance(cell, date):
        return Read(
            problem=msg(
                "月份被表格软件改成了日期%(value)s。请先把该列设为文本，再重新填写。", value=cell.isoformat()
            )
        )
    wrong = msg("“%(value)s”请写成“9、10、11”或“9-11”这样的月份。", value=shown(cell)[:TEXT_MAX])
    if isinstance(cell, float) and not cell.is_integer():
        return Read(problem=wrong)
    written = plain(shown(cell)).casefold()
    for word, meant in context.words.months.items():
        written = written.replace(word, meant)
    parts = [one for one in _BESIDE.split(_AROUND_A_RANGE.sub("-", written)) if one]
    found = [_MONTHS.fullmatch(one) for one in parts]
    if not parts or not all(found):
        return Read(problem=wrong)
    said = sorted({month for one in found if one is not None for month in _from_to(one)})
    if not said or said[0] < 1 or said[-1] > MONTHS_A_YEAR:
        return Read(problem=wrong)
    return Read(tuple(said), in_words(said))


def in_words(said: list[int] | tuple[int, ...]) -> str:
    """Write months as they are exported: no program takes it for a day or a number."""
    return "、".join(map(str, said))


def weight(cell: Cell, context: Context) -> Read:
    """Read a net weight in grams; a bare number only counts where the head says its unit."""
    units, text = context.words.weights, shown(cell)
    has_own_unit = isinstance(cell, str) and bool(units_of(cell))
    number = decimal(cell, units)
    if number is not None and abs(number) >= EXACT_BELOW:
        number = None
    if number is not None and not has_own_unit:
        factor = units.get(context.unit.partition("/")[0])
        if factor is None:
            return Read(
                problem=msg("“%(value)s”没有写单位，请写成 2500克 或 5斤 这样。", value=text[:TEXT_MAX])
            )
        grams: Decimal | int | None = round(number * factor, 6)
        is_plain = factor == 1
    else:
        grams = number if number is not None else weight_g(text, context.words)
        is_plain = False
    if grams is None or grams <= 0 or int(grams) != grams:
        return Read(problem=msg("“%(value)s”不是净重，请写成 2500克 或 5斤 这样。", value=text[:TEXT_MAX]))
    return Read(int(grams), str(int(grams)) if is_plain else f"{int(grams)} g")


def _bounded(text: str, context: Context) -> Read:
    if len(text) > context.most:
        return Read(problem=msg("最多 %(count)s 个字。", count=context.most))
    return Read(text or None)


def _from_to(found: re.Match[str]) -> Iterator[int]:
    """Yield the months of a span; from November to February goes over the turn of the year."""
    first, last = int(found[1]), int(found[2] or found[1])
    yield first
    if last < first <= MONTHS_A_YEAR:
        yield from (*range(first, MONTHS_A_YEAR + 1), *range(1, last + 1))
    else:
        yield from range(first, last + 1)


def _unknown(text: str, context: Context) -> Message:
    """Say that a word is none of what may stand here; short lists are told whole."""
    names: dict[str, Choice] = {one.code: one for one in context.choices.values()}
    if len(names) > LISTED_MAX:
        return msg("没有“%(value)s”，请照模板“可选项”里的写法填写。", value=text[:TEXT_MAX])
    return msg(
        "没有“%(value)s”，请从这些里选：%(names)s。",
        value=text[:TEXT_MAX],
        names="、".join(one.name.hans for one in names.values()),
    )


LISTED_MAX = 15
"""Longer lists are not told in a problem; the template has them."""
