"""Days as people write them: 2026.11.3, 2026年11月3日, 11月3日, 20261103, or the number Excel counts.

The rule for a day without a year: of a harvest it is the last such day that is not after today, of a last
day of sale the next one that is not before today. So 11月3日 always means this season's.
"""

import re
from collections.abc import Mapping
from datetime import date, timedelta

from marketplace.flow.update_by_sheet.words import key
from marketplace.kernel.message import Message, msg

WRONG = msg("认不出这个日期，请写成 2026-11-03 这样。")
_AMBIGUOUS = msg("这个日期可能是两天中的一天（11.3 和 11.30 分不开），请写成 2026-11-03 这样。")
# Day 1 of Excel is 1 January 1900; with the leap day it wrongly counts, day 60 and later count from here.
_EXCEL_ZERO = date(1899, 12, 30)
_SERIALS = range(36_526, 73_051)  # 2000-01-01 to 2100-01-01
_EIGHT = re.compile(r"(20\d{2})(\d{2})(\d{2})")
_PARTS = re.compile(r"(?:(\d{4}|[2-9]\d)[-./])?(\d{1,2})[-./](\d{1,2})")
_CLOCK = re.compile(r"[ t]?(\d{1,2}:\d{2}(:\d{2})?(\.\d+)?)$")
_CENTURY = 2000
_YEARS_BACK = 8  # from one 29 February to the next, across 2100


def read(cell: str | float | date, marks: Mapping[str, str], today: date, *, is_past: bool) -> date | Message:
    """Read a day, or say why not; ``marks`` write 年, 月 and 日 as what stands between numbers."""
    if isinstance(cell, date):
        return cell
    if isinstance(cell, str):
        return _from_text(cell, marks, today, is_past=is_past)
    if cell in _SERIALS:
        return _EXCEL_ZERO + timedelta(days=int(cell))
    whole = int(cell)
    if whole == cell and _EIGHT.fullmatch(str(whole)):
        return _from_text(str(whole), marks, today, is_past=is_past)
    return _AMBIGUOUS if 1 <= cell < 13 else WRONG  # noqa: PLR2004 - a month


def _from_text(text: str, marks: Mapping[str, str], today: date, *, is_past: bool) -> date | Message:
    written = _CLOCK.sub("", key(text))
    for mark, between in marks.items():
        written = written.replace(mark, between)
    if written.isdecimal() and written.isascii() and len(written) == len("46349"):
        return read(int(written), marks, today, is_past=is_past)
    found = _EIGHT.fullmatch(written) or _PARTS.fullmatch(written)
    if found is None:
        return WRONG
    year, month, day = found.groups()
    if year is not None:
        full = int(year) if len(year) > 2 else _CENTURY + int(year)  # noqa: PLR2004 - 26 is 2026
        return _made(full, int(month), int(day)) or WRONG
    return _in_season(int(month), int(day), today, is_past=is_past) or WRONG


def _in_season(month: int, day: int, today: date, *, is_past: bool) -> date | None:
    step = -1 if is_past else 1
    for ahead in range(_YEARS_BACK + 1):
        found = _made(today.year + step * ahead, month, day)
        if found is not None and (found <= today if is_past else found >= today):
            return found
    return None


def _made(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
