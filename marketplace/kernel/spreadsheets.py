"""Spreadsheets: what a file holds, cell by cell, and what leaves as one; the format lies behind this port.

Several rooms take and give tables, none of them knows a file format. What a cell means is for whoever asked.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Protocol

from marketplace.kernel.message import Message, msg
from marketplace.kernel.refusals import Refusal

MAX_BYTES = 10 * 1024 * 1024
MAX_ROWS = 20_000
MAX_COLUMNS = 60


@dataclass(frozen=True, slots=True)
class Formula:
    """A cell that computes: never evaluated, and the value its program last saw in it is not believed."""

    text: str


@dataclass(frozen=True, slots=True)
class Broken:
    """A cell that shows an error of its program, such as ``#REF!``."""

    text: str


Cell = str | int | float | bool | date | Formula | Broken | None
"""What stands in a cell; an instant is read as its day."""

Written = str | int | Decimal | date | None
"""What is written into a cell: a Decimal is an amount in yuan, text never becomes a formula."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row that is not empty; ``number`` as a spreadsheet program counts it, from 1."""

    number: int
    cells: tuple[Cell, ...]
    is_hidden: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """A file's first visible sheet; ``hidden_columns`` from 0.

    ``is_typed``: the file tells numbers from text (XLSX does, CSV does not). ``continued`` are cells (row,
    column from 0) that are merged with one above them, with what stands in that one.
    """

    rows: Sequence[Row]
    hidden_columns: frozenset[int] = frozenset()
    is_typed: bool = True
    continued: Mapping[tuple[int, int], Cell] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One sheet to be written: lines that say what it is, the head, the rows.

    ``text_columns`` (from 0) are set to text down to their end, so that no program turns what is typed
    there into a number; ``marks`` are tones by row (from 0): ``stop`` or ``good``; ``choices`` are what a
    column (from 0) is chosen from, offered in its cells and listed on a second sheet of that name.
    """

    about: Sequence[str]
    head: Sequence[str]
    rows: Iterable[Sequence[Written]]
    text_columns: frozenset[int] = frozenset()
    marks: Mapping[int, str] = field(default_factory=dict)
    choices: Mapping[int, Sequence[str]] = field(default_factory=dict)
    choices_name: str = ""


class Spreadsheets(Protocol):
    """Reads what people save and writes what their programs open."""

    def size(self, content: bytes) -> int:
        """Say how much there is to read, in bytes of an unpacked workbook, without reading it.

        Refuses (SheetUnreadable, SheetTooLarge) what shows at first sight that it is no such file.
        """
        ...

    def read(self, content: bytes) -> Grid:
        """Read a file by what it is, not by its name. Refuses (SheetUnreadable, SheetTooLarge)."""
        ...

    def write(self, page: Page) -> bytes:
        """Write an XLSX workbook in which nothing is a formula."""
        ...


class SheetUnreadable(Refusal):
    """The file is no table that can be read; the reason says what to save it as."""

    code = "sheet_unreadable"

    def __init__(self, reason: Message) -> None:
        super().__init__(reason, field="file")


class SheetTooLarge(Refusal):
    code = "sheet_too_large"

    def __init__(self) -> None:
        super().__init__(
            msg(
                "文件太大：最多 %(size)s MB、%(rows)s 行。请分成几份上传。",
                size=MAX_BYTES // 1024 // 1024,
                rows=MAX_ROWS,
            ),
            field="file",
        )
