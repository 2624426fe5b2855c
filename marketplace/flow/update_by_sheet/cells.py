"""Reading one cell: what can only mean one thing is mended, all else is refused with what to do.

Pure: no file, no database. Every reader answers for any cell; none raises.
"""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal

from marketplace.flow.update_by_sheet import chosen, days
from marketplace.flow.update_by_sheet.types import Kind
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
from marketplace.kernel import money
from marketplace.kernel.message import Message, msg
from marketplace.kernel.spreadsheets import Broken, Cell, Formula

__all__ = ["CODE_MAX", "COUNT_MAX", "Context", "Read", "read", "shown", "weight_g"]

COUNT_MAX = 100_000
CODE_MAX = 80
PRICE_MAX_FEN = 100_000_000
_SCIENTIFIC = re.compile(r"[+-]?\d+(\.\d+)?[eE][+-]?\d+")
_AS_WRITTEN = frozenset({Kind.TEXT, Kind.LINE, Kind.PROSE})
_WORDS_ONLY = _AS_WRITTEN | {Kind.FLAG, Kind.STATE}


def read(cell: Cell, kind: Kind, context: Context) -> Read:
    """Read a cell as one of a kind."""
    if cell is None or (isinstance(cell, str) and not plain(cell)):
        return Read()
    if isinstance(cell, Formula):
        return Read(problem=msg("这里是公式。公式不会被计算，请复制后“选择性粘贴为数值”。"))
    if isinstance(cell, Broken):
        return Read(problem=msg("这里是错误值%(value)s，请改成要填的内容。", value=cell.text))
    if _is_destroyed(cell) and kind not in _WORDS_ONLY:
        return Read(
            problem=msg(
                "数字太长，已被表格软件改成%(value)s。请先把该列设为文本，再重新填写。", value=shown(cell)
            )
        )
    found = _READERS[kind](cell, context)
    return found if found.value is None else _noting(cell, kind, found, context)


def _noting(cell: Cell, kind: Kind, found: Read, context: Context) -> Read:
    """Say that a cell was mended: its reading is written otherwise, or a number was kept as text."""
    if kind in _AS_WRITTEN or found.mended is None:
        return Read(found.value)
    before = shown(cell)
    if before != found.mended:
        return found
    is_number_as_text = (
        context.is_typed
        and isinstance(cell, str)
        and kind in {Kind.COUNT, Kind.MONEY, Kind.PAST, Kind.COMING}
    )
    is_text_as_number = kind is Kind.CODE and not isinstance(cell, str)
    return found if is_number_as_text or is_text_as_number else Read(found.value)


def _is_destroyed(cell: Cell) -> bool:
    if isinstance(cell, bool) or not isinstance(cell, str | int | float):
        return False
    if isinstance(cell, str):
        return _SCIENTIFIC.fullmatch(plain(cell)) is not None
    return not abs(cell) < EXACT_BELOW


def _text(cell: Cell, _context: Context) -> Read:
    text = plain(shown(cell))
    if len(text) > TEXT_MAX:
        return Read(problem=msg("最多 %(count)s 个字。", count=TEXT_MAX))
    return Read(text)


def _code(cell: Cell, _context: Context) -> Read:
    text = plain(shown(cell))
    if len(text) > CODE_MAX:
        return Read(problem=msg("最多 %(count)s 个字。", count=CODE_MAX))
    return Read(text, text)


def _count(cell: Cell, context: Context) -> Read:
    number = decimal(cell, context.words.counts)
    if number is None or number != number.to_integral_value():
        return Read(problem=msg("“%(value)s”不是整数。", value=shown(cell)[:TEXT_MAX]))
    if not 0 <= number <= EXACT_BELOW:
        return Read(problem=msg("“%(value)s”不能是负数或太大的数。", value=shown(cell)[:TEXT_MAX]))
    return Read(int(number), str(int(number)))


def _money(cell: Cell, context: Context) -> Read:
    units = context.words.money
    number = decimal(cell, units)
    if number is None:
        return Read(problem=msg("“%(value)s”不是金额，例如 86.00。", value=shown(cell)[:TEXT_MAX]))
    has_own_unit = isinstance(cell, str) and any(one in units for one in units_of(cell))
    factor = 1 if has_own_unit else units.get(context.unit, units.get(context.unit.partition("/")[0], 1))
    fen = number * factor * money.FEN_PER_YUAN
    if isinstance(cell, float):
        fen = round(fen, 6)  # 12.1 is kept as 12.100000000000001: noise of the format, not of the price
    if fen != fen.to_integral_value() or not 0 <= fen <= PRICE_MAX_FEN:
        return Read(problem=msg("“%(value)s”最多两位小数，并且不能是负数。", value=shown(cell)[:TEXT_MAX]))
    return Read(int(fen), _amount(cell, int(fen)))


def _amount(cell: Cell, fen: int) -> str:
    """Write an amount; one that was a plain number already is no mend for want of its zeros."""
    written = money.format_plain(fen).replace(",", "")
    before = shown(cell)
    is_plain = re.fullmatch(r"\d+(\.\d{1,2})?", before) and Decimal(before) * money.FEN_PER_YUAN == fen
    return before if is_plain else written


def _day(cell: Cell, context: Context, *, is_past: bool) -> Read:
    if cell is None or isinstance(cell, bool | Formula | Broken):
        return Read(problem=days.WRONG)
    found = days.read(cell, context.words.day_marks, context.today, is_past=is_past)
    return Read(problem=found) if isinstance(found, Message) else Read(found, found.isoformat())


def _flag(cell: Cell, context: Context) -> Read:
    text = key(str(int(cell)) if isinstance(cell, bool) else shown(cell))
    word = context.words.flags.get(text)
    if word is None:
        return Read(problem=msg("“%(value)s”请填“是”或“否”。", value=shown(cell)[:TEXT_MAX]))
    return Read(word == "1")


def _state(cell: Cell, context: Context) -> Read:
    word = context.words.states.get(key(shown(cell)))
    if word is None:
        return Read(problem=msg("“%(value)s”请填“在售”或“已暂停”。", value=shown(cell)[:TEXT_MAX]))
    return Read(word)


_READERS: Mapping[Kind, Callable[[Cell, Context], Read]] = {
    Kind.TEXT: _text,
    Kind.CODE: _code,
    Kind.COUNT: _count,
    Kind.MONEY: _money,
    Kind.PAST: lambda cell, context: _day(cell, context, is_past=True),
    Kind.COMING: lambda cell, context: _day(cell, context, is_past=False),
    Kind.FLAG: _flag,
    Kind.STATE: _state,
    Kind.LINE: chosen.line,
    Kind.PROSE: chosen.prose,
    Kind.CHOICE: chosen.choice,
    Kind.CHOICES: chosen.choices,
    Kind.MONTHS: chosen.months,
    Kind.WEIGHT: chosen.weight,
}
