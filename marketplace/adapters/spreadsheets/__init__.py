"""Spreadsheets as people save them: XLSX and CSV in, XLSX out."""

from marketplace.adapters.spreadsheets import csv_files, workbooks, writing
from marketplace.kernel.message import msg
from marketplace.kernel.spreadsheets import MAX_BYTES, Grid, Page, SheetTooLarge, SheetUnreadable

__all__ = ["SpreadsheetFiles"]

_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK\x03\x04"
_DENSER = 6  # a cell of CSV has no marks around it


class SpreadsheetFiles:
    """The port's one adapter; it keeps nothing."""

    def size(self, content: bytes) -> int:
        _check(content)
        return workbooks.size(content) if content.startswith(_ZIP) else len(content) * _DENSER

    def read(self, content: bytes) -> Grid:
        """Read a file by its first bytes. Refuses (SheetTooLarge, SheetUnreadable)."""
        _check(content)
        if content.startswith(_ZIP):
            return workbooks.read(content)
        return csv_files.read(content)

    def write(self, page: Page) -> bytes:
        return writing.write(page)


def _check(content: bytes) -> None:
    if len(content) > MAX_BYTES:
        raise SheetTooLarge
    if not content.strip():
        raise SheetUnreadable(msg("文件是空的。"))
    if content.startswith(_OLD_OFFICE):
        raise SheetUnreadable(
            msg("这是旧版 .xls 文件或加了密码的文件。请打开它，另存为不带密码的 .xlsx 再上传。")
        )
