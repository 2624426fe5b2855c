"""Files as people save them and as others forge them: read by what they are, bounded, nothing run."""

import io
import struct
import zipfile
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from marketplace.adapters.spreadsheets import SpreadsheetFiles
from marketplace.kernel.spreadsheets import (
    MAX_BYTES,
    MAX_ROWS,
    Broken,
    Formula,
    Grid,
    Page,
    SheetTooLarge,
    SheetUnreadable,
)
from tests.factories.sheets import saved, workbook

FILES = SpreadsheetFiles()
TABLE = "商品,单价\n猕猴桃,86\n"


def cells(grid: Grid) -> list[tuple[Any, ...]]:
    return [row.cells for row in grid.rows]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
def test_text_is_read_in_every_encoding_that_programs_save(encoding: str) -> None:
    grid = FILES.read(TABLE.encode(encoding))
    assert cells(grid) == [("商品", "单价"), ("猕猴桃", "86")]
    assert not grid.is_typed


@pytest.mark.parametrize("separator", [",", "\t", ";"])
def test_text_is_read_with_every_usual_separator(separator: str) -> None:
    assert cells(FILES.read(f"商品{separator}单价\r\n茶{separator}9\r\n".encode())) == [
        ("商品", "单价"),
        ("茶", "9"),
    ]


def test_formulas_in_text_are_seen_and_kept_text_is_not_one() -> None:
    [row] = cells(FILES.read(b'=1+1,"=""007""",-3,"=cmd|x"'))
    assert row == (Formula("=1+1"), "007", "-3", Formula("=cmd|x"))


def test_a_workbook_s_cells_keep_their_kinds_and_formulas_are_not_run() -> None:
    grid = FILES.read(workbook([["名", 1, 2.5, True, date(2026, 11, 3), "=1+1", " x ", None, "#REF!"]]))
    assert cells(grid) == [
        ("名", 1, 2.5, True, date(2026, 11, 3), Formula("=1+1"), "x", None, Broken("#REF!"))
    ]


def test_hidden_rows_and_columns_are_told_and_hidden_sheets_passed_over() -> None:
    book = Workbook()
    notes, goods = book.active, book.create_sheet("goods")
    assert notes is not None
    notes.append(["not this one"])
    notes.sheet_state = "hidden"
    for number in range(4):
        goods.append([number, "b", "c"])
    goods.row_dimensions[3].hidden = True
    goods.column_dimensions["B"].hidden = True
    goods["C1"] = "merged"
    goods.merge_cells("C1:D2")
    goods.merge_cells("A4:B4")
    book.active = 1
    grid = FILES.read(saved(book))
    assert grid.continued == {(2, 2): "merged"}
    assert [(row.number, row.is_hidden) for row in grid.rows] == [
        (1, False),
        (2, False),
        (3, True),
        (4, False),
    ]
    assert grid.hidden_columns == {1}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"  \n",
        b"%PDF-1.7\n",
        b"\x89PNG\r\n\x1a\n\x00\x00\x00",
        b"<html><table><tr><td>1</td></tr></table>",
        b"PK\x03\x04 and then nothing",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        b"\xff\xfe\x00",
        b"\x81",
    ],
)
def test_what_is_no_table_is_refused(content: bytes) -> None:
    with pytest.raises(SheetUnreadable):
        FILES.read(content)


def test_an_archive_that_is_no_workbook_is_refused() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("word/document.xml", "<w/>")
    with pytest.raises(SheetUnreadable):
        FILES.read(file.getvalue())


def _with_part(name: str, content: bytes) -> bytes:
    """Replace one part of a workbook."""
    file = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook([["商品", "单价"]]))) as old,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for part in old.namelist():
            new.writestr(part, content if part == name else old.read(part))
    return file.getvalue()


def test_a_workbook_that_would_unpack_to_a_house_is_not_unpacked() -> None:
    bomb = _with_part("xl/worksheets/sheet1.xml", b"<a>" + b" " * 130_000_000 + b"</a>")
    assert len(bomb) < MAX_BYTES
    with pytest.raises(SheetTooLarge):
        FILES.read(bomb)


def test_a_workbook_that_lies_about_its_size_is_refused() -> None:
    content = bytearray(_with_part("xl/worksheets/sheet1.xml", b"<a>" + b" " * 1_000_000 + b"</a>"))
    declared = struct.pack("<I", 1_000_007)
    assert content.count(declared) >= 1
    with pytest.raises(SheetUnreadable):
        FILES.read(bytes(content.replace(declared, struct.pack("<I", 10))))


def test_entities_are_refused() -> None:
    laughs = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x "ha">]><worksheet>&x;</worksheet>'
    with pytest.raises(SheetUnreadable):
        FILES.read(_with_part("xl/worksheets/sheet1.xml", laughs))
    late = b"<?xml version='1.0'?>" + b" " * 5_000 + b"<!DOCTYPE a><worksheet/>"
    with pytest.raises(SheetUnreadable):
        FILES.read(_with_part("xl/worksheets/sheet1.xml", late))


def test_a_file_beyond_the_bounds_is_refused() -> None:
    with pytest.raises(SheetTooLarge):
        FILES.read(b"a" * (MAX_BYTES + 1))
    with pytest.raises(SheetTooLarge):
        FILES.read(b"1,2\n" * (MAX_ROWS + 1_001))


@given(content=st.binary(max_size=400))
def test_any_bytes_are_a_table_or_refused(content: bytes) -> None:
    try:
        FILES.read(content)
    except (SheetUnreadable, SheetTooLarge):
        return


@given(rows=st.lists(st.lists(st.text(max_size=20), min_size=1, max_size=4), max_size=5))
@settings(max_examples=60)
def test_any_text_that_leaves_is_no_formula_and_comes_back(rows: list[list[str]]) -> None:
    said = [["=1+1", "+1", "-1", "@x"], *rows]
    content = FILES.write(Page(about=(), head=["a", "b", "c", "d"], rows=said))
    sheet = load_workbook(io.BytesIO(content)).active
    assert sheet is not None
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n"}
    back = FILES.read(content)
    assert back.rows[1].cells == ("=1+1", "+1", "-1", "@x")


def test_amounts_and_days_leave_as_what_they_are() -> None:
    content = FILES.write(
        Page(about=("说明",), head=["价", "日", "件"], rows=[[Decimal("86.50"), date(2026, 11, 3), 5]])
    )
    assert cells(FILES.read(content))[2] == (86.5, date(2026, 11, 3), 5)
