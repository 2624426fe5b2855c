"""Files that spreadsheet programs open: nothing in them is taken for a formula, amounts stay exact."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import IO

import xlsxwriter

from marketplace.kernel.money import FEN_PER_YUAN

# What spreadsheet programs take for the beginning of a formula (OWASP, CSV injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


@dataclass(frozen=True, slots=True)
class Fen:
    """An amount, written in yuan with two decimals as a number."""

    amount: int

    @property
    def yuan(self) -> Decimal:
        return Decimal(self.amount) / FEN_PER_YUAN


Cell = str | Fen


@dataclass(frozen=True, slots=True)
class Sheet:
    """Lines that say what it is, the head, and rows one at a time."""

    about: Sequence[str]
    head: Sequence[str]
    rows: Iterable[Sequence[Cell]]


def harmless(text: str) -> str:
    """Write text so that a spreadsheet program shows it and does not run it."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def write_csv(file: IO[bytes], sheet: Sheet) -> None:
    """Write UTF-8 with the mark by which spreadsheet programs know it; row by row."""
    wrapped = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(wrapped)
    for row in _all_rows(sheet):
        writer.writerow([f"{one.yuan:.2f}" if isinstance(one, Fen) else harmless(one) for one in row])
    wrapped.flush()
    wrapped.detach()


def write_xlsx(file: IO[bytes], sheet: Sheet) -> None:
    """Write a workbook in bounded memory; text is always text."""
    book = xlsxwriter.Workbook(
        file,
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    page = book.add_worksheet()
    amount = book.add_format({"num_format": "#,##0.00"})
    bold = book.add_format({"bold": True})
    page.set_column(0, len(sheet.head), 16)
    head_at = len(sheet.about)
    for row_no, row in enumerate(_all_rows(sheet)):
        for column_no, one in enumerate(row):
            if isinstance(one, Fen):
                page.write_number(row_no, column_no, one.yuan, amount)
            else:
                page.write_string(row_no, column_no, one, bold if row_no == head_at else None)
    book.close()


def _all_rows(sheet: Sheet) -> Iterator[Sequence[Cell]]:
    for line in sheet.about:
        yield [line]
    yield sheet.head
    yield from sheet.rows
