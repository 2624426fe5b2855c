import csv
import io
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from marketplace.web.oversight.sheets import Fen, Sheet, harmless, write_csv, write_xlsx

BAD = ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\tx", "\rx", '=HYPERLINK("x")']


def written(sheet: Sheet) -> tuple[list[list[str]], list[list[object]]]:
    """Write both files and read them back as a spreadsheet program would."""
    text, book = io.BytesIO(), io.BytesIO()
    write_csv(text, sheet)
    write_xlsx(book, sheet)
    page = load_workbook(book).active
    assert page is not None
    rows = list(csv.reader(io.StringIO(text.getvalue().decode("utf-8-sig"), newline="")))
    return rows, [list(row) for row in page.iter_rows(values_only=True)]


@pytest.mark.parametrize("text", BAD)
def test_nothing_is_taken_for_a_formula(text: str) -> None:
    assert harmless(text).startswith("'")
    rows, cells = written(Sheet([text], [text], [[text, Fen(1)]]))
    assert all(not row[0].startswith(("=", "+", "-", "@", "\t", "\r")) for row in rows)
    book = io.BytesIO()
    write_xlsx(book, Sheet([], ["x"], [[text]]))
    page = load_workbook(book).active
    assert page is not None
    assert page["A2"].data_type == "s"
    assert cells[2][1] == 0.01


@given(st.text(alphabet=st.characters(blacklist_categories=["Cs", "Cc"])))
def test_harmless_text_stays_as_it_is(text: str) -> None:
    kept = harmless(text)
    assert kept in {text, f"'{text}"}
    assert not kept.startswith(("=", "+", "-", "@"))


@settings(deadline=None, max_examples=30)
@given(st.lists(st.integers(-(10**13), 10**13), max_size=20))
def test_amounts_are_exact_in_both_files(amounts: list[int]) -> None:
    rows, cells = written(Sheet([], ["amount"], [[Fen(one)] for one in amounts]))
    assert [int(Decimal(row[0]) * 100) for row in rows[1:]] == amounts
    assert [round(Decimal(str(row[0])) * 100) for row in cells[1:]] == amounts


def test_the_text_file_says_that_it_is_utf_8() -> None:
    file = io.BytesIO()
    write_csv(file, Sheet(["从江香禾糯"], ["金额"], []))
    assert file.getvalue().startswith("\ufeff从江香禾糯".encode())
