"""CSV as Chinese programs save it: UTF-8 with or without its mark, UTF-16, GBK."""

import codecs
import csv
import io

from marketplace.kernel.message import msg
from marketplace.kernel.spreadsheets import (
    MAX_COLUMNS,
    MAX_ROWS,
    Cell,
    Formula,
    Grid,
    Row,
    SheetTooLarge,
    SheetUnreadable,
)

_SEPARATORS = (",", "\t", ";")
_LOOKED_AT = 20
# Titles, notes and blank lines stand beside the rows that count.
_LINES_MAX = MAX_ROWS + 1_000


def read(content: bytes) -> Grid:
    """Read text with separators. Refuses (SheetUnreadable, SheetTooLarge)."""
    text = _decoded(content)
    if "\0" in text or text.lstrip().startswith(("<", "%PDF", "{\\rtf")):
        raise SheetUnreadable(msg("这不是表格文件。请把表格另存为 .xlsx 或 .csv 再上传。"))
    rows: list[Row] = []
    try:
        for number, cells in enumerate(csv.reader(io.StringIO(text), delimiter=_separator(text)), start=1):
            if number > _LINES_MAX:
                raise SheetTooLarge
            if any(cell.strip() for cell in cells):
                rows.append(Row(number, tuple(_cell(one) for one in cells[:MAX_COLUMNS])))
    except csv.Error as error:
        raise SheetUnreadable(msg("CSV 文件不完整，请重新另存一次再上传。")) from error
    return Grid(rows, is_typed=False)


def _decoded(content: bytes) -> str:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings: tuple[str, ...] = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise SheetUnreadable(msg("认不出文件的文字编码。请把表格另存为 .xlsx 再上传。"))


def _separator(text: str) -> str:
    head = "\n".join(text.split("\n", _LOOKED_AT)[:_LOOKED_AT])
    return max(_SEPARATORS, key=head.count)


def _cell(text: str) -> Cell:
    """Read a cell; ``="007"`` is how programs keep text as it is, anything else after = is a formula."""
    text = text.strip()
    if text.startswith('="') and text.endswith('"') and text.count('"') == 2:  # noqa: PLR2004 - one pair
        return text[2:-1]
    if text.startswith("="):
        return Formula(text)
    return text or None
