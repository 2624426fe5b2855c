"""Workbooks that leave: text is text, amounts are exact, and nothing is a formula."""

import io
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_range_abs

from marketplace.kernel.spreadsheets import MAX_ROWS, Page, Written

_WIDTH = 18
_LOOKS: Mapping[str, dict[str, object]] = {
    "text": {"num_format": "@"},
    "day": {"num_format": "yyyy-mm-dd"},
    "amount": {"num_format": "#,##0.00"},
    "head": {"bold": True, "num_format": "@", "bottom": 1},
    "about": {"font_color": "#5b6470"},
}
_TONES: Mapping[str, dict[str, object]] = {
    "stop": {"font_color": "#c43d2b"},
    "good": {"font_color": "#3f7d4e"},
}


class _Formats:
    """The few formats of a workbook, made once each."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._made: dict[tuple[str, str], Any] = {}

    def of(self, kind: str, tone: str = "") -> Any:
        if (kind, tone) not in self._made:
            look = _LOOKS.get(kind, {}) | _TONES.get(tone, {})
            self._made[kind, tone] = self._book.add_format(look)
        return self._made[kind, tone]


def write(page: Page) -> bytes:
    """Write one sheet row by row; columns of text are text to their end."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(
        file,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    formats = _Formats(book)
    sheet = book.add_worksheet()
    sheet.set_column(0, max(len(page.head) - 1, 0), _WIDTH)
    for column in page.text_columns:
        sheet.set_column(column, column, _WIDTH, formats.of("text"))
    for row, line in enumerate(page.about):
        sheet.write_string(row, 0, line, formats.of("about"))
    head_at = len(page.about)
    for column, name in enumerate(page.head):
        sheet.write_string(head_at, column, name, formats.of("head"))
    sheet.freeze_panes(head_at + 1, 0)
    for row, cells in enumerate(page.rows):
        for column, value in enumerate(cells):
            _write(sheet, (head_at + 1 + row, column), value, formats, page.marks.get(row, ""))
    if page.choices:
        _offer_choices(book, sheet, page, formats)
    book.close()
    return file.getvalue()


def _offer_choices(book: Any, sheet: Any, page: Page, formats: _Formats) -> None:
    """List what may be chosen on a sheet of its own, and let the cells of a column offer its list.

    Other words may be typed as well: whoever reads the file back knows more ways to write them.
    """
    listed = book.add_worksheet(page.choices_name)
    listed.set_column(0, max(len(page.choices) - 1, 0), _WIDTH)
    first = len(page.about) + 1
    for place, (column, names) in enumerate(page.choices.items()):
        listed.write_string(0, place, page.head[column], formats.of("head"))
        for row, name in enumerate(names, start=1):
            listed.write_string(row, place, name, formats.of("text"))
        source = f"='{page.choices_name}'!{xl_range_abs(1, place, len(names), place)}"
        rule = {"validate": "list", "source": source, "show_error": False}
        sheet.data_validation(first, column, first + MAX_ROWS, column, rule)


def _write(sheet: Any, at: tuple[int, int], value: Written, formats: _Formats, tone: str) -> None:
    if value is None:
        return
    if isinstance(value, str):
        sheet.write_string(*at, value[:32_767], formats.of("text", tone))
    elif isinstance(value, date):
        sheet.write_datetime(*at, value, formats.of("day", tone))
    elif isinstance(value, Decimal):
        sheet.write_number(*at, value, formats.of("amount", tone))
    else:
        sheet.write_number(*at, value, formats.of("count", tone))
