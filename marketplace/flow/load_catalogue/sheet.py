"""Reading one file of the catalogue: rows whose cells say what is wrong with them instead of stopping."""

import csv
import io
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from marketplace.flow.load_catalogue.conventions import LIST_SEPARATOR, unfit
from marketplace.kernel.message import Message, Name, msg

E = TypeVar("E", bound=StrEnum)

HEADER = 1
_INTEGER = re.compile(r"-?(0|[1-9]\d*)")
_CODE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_HAN = re.compile(r"[\u3400-\u9fff]")
_SYLLABLES = re.compile(r"[a-z]+( [a-z]+)*")


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One thing that is wrong: file, row as a spreadsheet counts it (the header is 1), column, reason."""

    file: str
    row: int
    column: str
    reason: Message = field(compare=False)


class Anything(Collection[str]):
    """The codes of a file that could not be read: whatever names one is believed."""

    def __contains__(self, _code: object) -> bool:
        return True

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


class Findings:
    """Collects everything that is wrong, in the order of files and rows."""

    def __init__(self) -> None:
        self._found: list[Finding] = []

    def add(self, file: str, row: int, column: str, reason: Message) -> None:
        self._found.append(Finding(file, row, column, reason))

    def __len__(self) -> int:
        return len(self._found)

    def __iter__(self) -> Iterator[Finding]:
        return iter(sorted(self._found))


class Row:
    """One row; a cell that cannot be read is noted, marks the row as bad and reads as a harmless value."""

    def __init__(self, sheet: "Sheet", number: int, cells: dict[str, str]) -> None:
        self._sheet = sheet
        self._cells = cells
        self._is_broken = False
        self.number = number
        self.is_good = True

    def __getitem__(self, column: str) -> str:
        return self._cells.get(column, "")

    def refuse(self, column: str, reason: Message) -> None:
        self.is_good = False
        if not self._is_broken:
            self._sheet.findings.add(self._sheet.file, self.number, column, reason)

    def refuse_whole(self, reason: Message) -> None:
        """Note that the row is no row of this file; nothing more is said about its cells."""
        self.refuse("", reason)
        self._is_broken = True

    def text(self, column: str) -> str:
        value = self[column]
        if not value:
            self.refuse(column, msg("不能为空"))
        return value

    def optional(self, column: str) -> str | None:
        return self[column] or None

    def code(self, column: str) -> str:
        """Read an identifier of ours: lower-case words joined by underscores, at most 40 characters."""
        value = self.text(column)
        if value and (not _CODE.fullmatch(value) or len(value) > 40):  # noqa: PLR2004 - the column's width
            self.refuse(column, msg("代码“%(value)s”只能用小写字母、数字和下划线", value=value))
        return value

    def matching(self, column: str, pattern: re.Pattern[str]) -> str:
        value = self.text(column)
        if value and not pattern.fullmatch(value):
            self.refuse(column, msg("“%(value)s”的格式不对", value=value))
        return value

    def integer(self, column: str, low: int | None = None, high: int | None = None) -> int:
        """Read a whole number within bounds, both included."""
        if not self.text(column):
            return low or 0
        return self.optional_integer(column, low, high) or 0

    def optional_integer(self, column: str, low: int | None = None, high: int | None = None) -> int | None:
        value = self[column]
        if not value:
            return None
        if not _INTEGER.fullmatch(value):
            self.refuse(column, msg("“%(value)s”不是整数", value=value))
            return None
        number = int(value)
        if low is not None and number < low:
            self.refuse(column, msg("%(number)d小于允许的最小值%(low)d", number=number, low=low))
        if high is not None and number > high:
            self.refuse(column, msg("%(number)d大于允许的最大值%(high)d", number=number, high=high))
        return number

    def flag(self, column: str) -> bool:
        value = self[column]
        if value not in {"0", "1"}:
            self.refuse(column, msg("“%(value)s”应为0或1", value=value))
        return value == "1"

    def choice(self, column: str, values: type[E]) -> E:
        value = self[column]
        if value not in set(values):
            allowed = "、".join(values)
            self.refuse(column, msg("“%(value)s”应为%(allowed)s之一", value=value, allowed=allowed))
            return next(iter(values))
        return values(value)

    def day(self, column: str) -> date | None:
        value = self[column]
        if not value:
            return None
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.refuse(column, msg("“%(value)s”不是日期（应如2026-01-31）", value=value))
            return None

    def items(self, column: str) -> tuple[str, ...]:
        """Read a list; an empty item or one that stands twice is refused."""
        value = self[column]
        found = tuple(value.split(LIST_SEPARATOR)) if value else ()
        if len(set(found)) < len(found) or any(item != item.strip() or not item for item in found):
            self.refuse(column, msg("列表“%(value)s”中有空项、重复项或多余空格", value=value))
        return found

    def months(self, column: str) -> tuple[int, ...]:
        found = self.items(column)
        if not found or any(not item.isdecimal() or not 1 <= int(item) <= 12 for item in found):  # noqa: PLR2004 - months
            self.refuse(column, msg("“%(value)s”不是月份列表（应如3;4;5）", value=self[column]))
            return ()
        return tuple(map(int, found))

    def name(self, column: str = "name") -> Name:
        """Read the three columns of a name, all of them required."""
        return Name(*(self.text(f"{column}_{language}") for language in ("zh", "zh_hant", "en")))

    def loose_name(self, column: str) -> Name:
        """Read a text whose Traditional form may be left to conversion."""
        return Name(self.text(f"{column}_zh"), self[f"{column}_zh_hant"], self.text(f"{column}_en"))

    def reference(self, column: str, known: Collection[str], file: str) -> str:
        """Read a code that another file must have."""
        value = self.text(column)
        if value and value not in known:
            self.refuse(column, msg("%(file)s中没有“%(value)s”", file=file, value=value))
        return value

    def references(self, column: str, known: Collection[str], file: str) -> tuple[str, ...]:
        found = self.items(column)
        for value in found:
            if value not in known:
                self.refuse(column, msg("%(file)s中没有“%(value)s”", file=file, value=value))
        return found

    def pinyin(self, column: str, of: str) -> str:
        """Read one syllable a character, without tones, as names are sorted."""
        value = self.text(column)
        if not value:
            return value
        count = len(_HAN.findall(of))
        if not _SYLLABLES.fullmatch(value) or len(value.split(" ")) != count:
            self.refuse(
                column,
                msg(
                    "拼音“%(value)s”应为%(count)d个音节，与“%(name)s”逐字对应",
                    value=value,
                    count=count,
                    name=of,
                ),
            )
        return value


class Sheet:
    """One file; missing columns, double rows and broken lines are noted while it is read."""

    def __init__(self, file: str, findings: Findings) -> None:
        self.file = file
        self.findings = findings
        self.rows: list[Row] = []
        self.is_whole = True
        self._found: dict[str, dict[str, Row]] = {}

    def codes(self, column: str = "code") -> Collection[str]:
        """Return what stands in a column, bad rows too, so that one error does not seem to be many."""
        return dict.fromkeys(row[column] for row in self.rows) if self.is_whole else Anything()

    def find(self, column: str, value: str) -> Row | None:
        """Return the last row with a value in a column."""
        if column not in self._found:
            self._found[column] = {row[column]: row for row in self.rows}
        return self._found[column].get(value)

    def unique(self, *columns: str) -> None:
        """Note every row that repeats an earlier one's key."""
        seen: dict[tuple[str, ...], int] = {}
        for row in self.rows:
            key = tuple(row[column] for column in columns)
            if key in seen:
                value, first = "＋".join(key), seen[key]
                row.refuse(columns[-1], msg("“%(value)s”与第%(row)d行重复", value=value, row=first))
            else:
                seen[key] = row.number

    def refuse(self, column: str, reason: Message) -> None:
        """Note something that the file as a whole lacks."""
        if self.is_whole:
            self.findings.add(self.file, HEADER, column, reason)

    def refuse_whole(self, row: int, column: str, reason: Message) -> None:
        """Note that the file cannot be read to its end."""
        self.is_whole = False
        self.findings.add(self.file, row, column, reason)


def read_sheet(directory: Path, file: str, columns: Collection[str], findings: Findings) -> Sheet:
    """Read a file whose header has at least these columns; others are notes for people and not read."""
    sheet = Sheet(file, findings)
    text = _text(directory / file, sheet)
    if text is None:
        return sheet
    records = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = next(records, [])
        for column in columns:
            if header.count(column) != 1:
                sheet.refuse_whole(HEADER, column, msg("缺少这一列，或这一列出现了不止一次"))
        if sheet.is_whole:
            for number, record in enumerate(records, start=HEADER + 1):
                _take(sheet, number, header, record)
    except csv.Error as error:
        sheet.refuse_whole(records.line_num, "", msg("这一行不是有效的CSV：%(error)s", error=str(error)))
    if sheet.is_whole and not sheet.rows:
        sheet.refuse_whole(HEADER, "", msg("文件中没有数据"))
    return sheet


def _text(path: Path, sheet: Sheet) -> str | None:
    try:
        content = path.read_bytes()
    except OSError:
        sheet.refuse_whole(HEADER, "", msg("文件不存在或无法读取"))
        return None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = content.count(b"\n", 0, error.start) + 1
        sheet.refuse_whole(row, "", msg("文件不是UTF-8编码"))
        return None


def _take(sheet: Sheet, number: int, header: list[str], record: list[str]) -> None:
    row = Row(sheet, number, dict(zip(header, record, strict=False)))
    sheet.rows.append(row)
    if len(record) != len(header):
        row.refuse_whole(msg("有%(found)d个单元格，应为%(wanted)d个", found=len(record), wanted=len(header)))
    for column, value in zip(header, record, strict=False):
        reason = unfit(column, value)
        if reason is not None:
            row.refuse(column, reason)
