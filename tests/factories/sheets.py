"""Spreadsheets for tests: workbooks as people really save them, and plain tables."""

import io
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from openpyxl import Workbook
from sqlalchemy.orm import Session

from marketplace.adapters.spreadsheets import SpreadsheetFiles
from marketplace.catalogue.types import Offer
from marketplace.flow import update_by_sheet
from marketplace.flow.update_by_sheet.types import Column, Leaving
from marketplace.kernel import ids
from marketplace.kernel.message import Message, Name
from marketplace.kernel.spreadsheets import Page, Written
from marketplace.kernel.uploads import Upload
from marketplace.parties.types import PersonId

FILES = SpreadsheetFiles()


def workbook(rows: Sequence[Sequence[Any]], **hidden: Sequence[Any]) -> bytes:
    """Save rows as XLSX; ``hidden_rows`` by number, ``hidden_columns`` by letter, ``merged`` ranges."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(list(row))
    for number in hidden.get("hidden_rows", ()):
        sheet.row_dimensions[number].hidden = True
    for letter in hidden.get("hidden_columns", ()):
        sheet.column_dimensions[letter].hidden = True
    for cells in hidden.get("merged", ()):
        sheet.merge_cells(cells)
    return saved(book)


def saved(book: Workbook) -> bytes:
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def messy_lots(names: Sequence[str], *, spoilt: bool = False) -> bytes:
    """The book of a bookkeeper in a hurry: harvests of six goods, with every fault of a real one.

    Twelve kinds need no retyping: merged titles, an explanation above the head, columns in another order
    under other names, a unit in a head, full-width digits and letters, three writings of a day, a day without
    year, the number Excel counts, pack weights for packs, numbers kept as text, text kept as numbers, a
    thousands separator with its unit, blank rows, a hidden row and column, a sum by formula, notes.
    ``spoilt`` adds two that need it: a mark that Excel made a rounded number of, and packs by formula.
    """
    destroyed: list[Any] = [1.23e19, "=20+20"] if spoilt else ["A-1103", "40"]
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    lines: list[list[Any]] = [
        ["2026年秋季采收入库登记表（演示）"],
        ["请于每周五前填好"],
        [],
        ["序号", "箱号", "品　名", "内部备注", "数量（件）", "包装规格", "采摘 日期"],
        [1, "Ａ－１１０１", names[0], "x", "１２０", "5斤/件", "2026.11.3"],
        [2, 20261102, names[1], "x", "1,200件", "2.5kg×1", "2026年11月4日"],
        [3, destroyed[0], names[2], "x", 80.0, "２．５公斤", "11月5日"],
        [],
        [4, "A-1104", names[3], "x", " 60 ", "箱装 2.5 kg", 46332],
        [5, "A-1105", names[4], "x", destroyed[1], "5斤装", date(2026, 11, 7)],
        [6, "A-1106", names[5], "x", 999, "5斤/件", "2026/11/8"],
        ["合  计", None, None, None, "=SUM(E5:E11)"],
        ["备注：件数以过秤后为准"],
        ["制表人：演示", None, None, None, None, None, "2026.11.9"],
    ]
    for line in lines:
        sheet.append(line)
    sheet.merge_cells("A1:G1")
    sheet.merge_cells("A2:G2")
    sheet.row_dimensions[11].hidden = True
    sheet.column_dimensions["D"].hidden = True
    return saved(book)


def as_page(columns: Sequence[Column], rows: Iterable[Sequence[Leaving]]) -> bytes:
    """Write an export as the edge does, in Simplified Chinese."""

    def cell(value: Leaving) -> Written:
        if isinstance(value, tuple) and not isinstance(value, Name):
            return "、".join(map(str, value))
        return str(value) if isinstance(value, Message | Name) else value

    head = [one.name.hans for one in columns]
    return FILES.write(Page(about=(), head=head, rows=[[cell(one) for one in row] for row in rows]))


def sent(
    session: Session,
    subject: str,
    offer: Offer,
    content: bytes,
    *,
    person_id: int = 1,
    key: str | None = None,
) -> Upload:
    """Send a file for the cooperative of an offer."""
    by = (offer.cooperative_id, PersonId(person_id))
    return update_by_sheet.keep(session, subject, by, ("表格.xlsx", content), key or ids.new_token())
