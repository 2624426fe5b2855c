"""XLSX workbooks, read without running anything: bounded, no formulas, no links, no entities."""

import io
import warnings
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar
from xml.parsers import expat

import structlog
from openpyxl import load_workbook
from openpyxl.utils import range_boundaries

from marketplace.kernel.message import msg
from marketplace.kernel.spreadsheets import (
    MAX_COLUMNS,
    MAX_ROWS,
    Broken,
    Cell,
    Formula,
    Grid,
    Row,
    SheetTooLarge,
    SheetUnreadable,
)

# What 20,000 rows of 60 columns need, and then some; declared sizes are also where unpacking stops.
_UNPACKED_MAX = 120 * 1024 * 1024
_PARTS_MAX = 2_000
# Rows that were only ever formatted are there too, and cost little.
_TOUCHED_ROWS_MAX = 10 * MAX_ROWS
_MAIN = "xl/workbook.xml"

T = TypeVar("T")

_log = structlog.get_logger(__name__)


class _Forbidden(Exception):
    """The XML declares what no spreadsheet program writes."""


@dataclass(slots=True)
class _Hidden:
    """What the reader of cells passes over; ``merged`` are columns (from 0) with first and last row."""

    rows: set[int] = field(default_factory=set)
    columns: set[int] = field(default_factory=set)
    merged: list[tuple[int, int, int]] = field(default_factory=list)


def read(content: bytes) -> Grid:
    """Read the first visible sheet. Refuses (SheetUnreadable, SheetTooLarge)."""
    return _unpacked(content, lambda packed: _first_sheet(content, packed))


def size(content: bytes) -> int:
    """Say how large a workbook is when it is unpacked; refuses as ``read`` what is no workbook."""
    return _unpacked(content, lambda packed: sum(part.file_size for part in packed.infolist()))


def _unpacked(content: bytes, use: Callable[[zipfile.ZipFile], T]) -> T:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            _check(packed)
            return use(packed)
    except (SheetUnreadable, SheetTooLarge):
        raise
    except Exception as error:  # the library raises a dozen kinds on a stranger's torn file
        _log.info("spreadsheet_unreadable", error=type(error).__name__)
        raise _unreadable() from error


def _unreadable() -> SheetUnreadable:
    return SheetUnreadable(msg("表格文件打不开，可能已经损坏。请重新另存为 .xlsx 再上传。"))


def _check(packed: zipfile.ZipFile) -> None:
    """Look at what the archive says of itself before anything is unpacked."""
    parts = packed.infolist()
    if len(parts) > _PARTS_MAX or sum(part.file_size for part in parts) > _UNPACKED_MAX:
        raise SheetTooLarge
    if _MAIN not in packed.namelist():
        raise SheetUnreadable(msg("这不是表格文件。请把表格另存为 .xlsx 或 .csv 再上传。"))
    for part in parts:
        if part.filename.endswith((".xml", ".rels")):
            with packed.open(part) as opened:
                beginning = opened.read(4096)
            if b"<!DOCTYPE" in beginning or b"<!ENTITY" in beginning:
                raise _unreadable()


def _first_sheet(content: bytes, packed: zipfile.ZipFile) -> Grid:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book = load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
        try:
            sheets = [one for one in book.worksheets if one.sheet_state == "visible"]
            if not sheets:
                raise SheetUnreadable(msg("文件里没有可见的工作表。"))
            sheet: Any = sheets[0]
            with packed.open(sheet._worksheet_path.lstrip("/")) as opened:  # noqa: SLF001 - hidden rows are told nowhere else
                hidden = _hidden(opened.read())
            sheet.reset_dimensions()
            rows = list(_rows(sheet, hidden))
        finally:
            book.close()
    return Grid(rows, frozenset(hidden.columns), continued=_continued(rows, hidden.merged))


def _continued(rows: Sequence[Row], merged: Sequence[tuple[int, int, int]]) -> dict[tuple[int, int], Cell]:
    """Say what stands in cells below the first of a merged column: to its author they show the same."""
    by_number = {row.number: row for row in rows}
    found: dict[tuple[int, int], Cell] = {}
    for column, first, last in merged:
        top = by_number.get(first)
        if top is None or column >= len(top.cells) or top.cells[column] is None:
            continue
        for number in range(first + 1, min(last, first + MAX_ROWS) + 1):
            if number in by_number and len(found) < MAX_ROWS * MAX_COLUMNS:
                found[number, column] = top.cells[column]
    return found


def _rows(sheet: Any, hidden: _Hidden) -> Iterator[Row]:
    found = 0
    for number, cells in enumerate(sheet.iter_rows(max_col=MAX_COLUMNS), start=1):
        if number > _TOUCHED_ROWS_MAX:
            raise SheetTooLarge
        read = [_cell(one.value, one.data_type) for one in cells]
        while read and read[-1] is None:
            read.pop()
        if read:
            found += 1
            if found > MAX_ROWS + 1_000:
                raise SheetTooLarge
            yield Row(number, tuple(read), number in hidden.rows)


def _cell(value: Any, kind: str) -> Cell:
    if value is None:
        return None
    if kind == "f":
        return Formula(str(getattr(value, "text", None) or value))
    if kind == "e":
        return Broken(str(value))
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, str):
        return value.strip() or None
    return value if isinstance(value, bool | int | float) else str(value)


def _hidden(sheet: bytes) -> _Hidden:
    """Find what its author hid; the reader of cells passes over it."""
    found = _Hidden()

    def start(name: str, attributes: dict[str, str]) -> None:
        tag = name.rpartition(":")[2]
        if tag == "row":
            note_row(attributes)
        elif tag == "col" and _is_on(attributes.get("hidden")):
            first, last = int(attributes["min"]), int(attributes["max"])
            found.columns.update(range(first - 1, min(last, MAX_COLUMNS)))
        elif tag == "mergeCell" and len(found.merged) < MAX_ROWS:
            left, top, _right, bottom = range_boundaries(attributes["ref"])
            if left and top and bottom and bottom > top and left <= MAX_COLUMNS:
                found.merged.append((left - 1, top, bottom))

    number = 0

    def note_row(attributes: dict[str, str]) -> None:
        nonlocal number
        number = int(attributes.get("r", number + 1))
        if _is_on(attributes.get("hidden")) or _is_on(attributes.get("zeroHeight")):
            found.rows.add(number)

    def forbid(*_declared: object) -> None:
        raise _Forbidden

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = forbid
    parser.Parse(sheet, True)  # noqa: FBT003 - the parser takes no keyword
    return found


def _is_on(flag: str | None) -> bool:
    return flag in {"1", "true"}
