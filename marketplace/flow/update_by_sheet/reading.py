"""Reading a whole sheet: where its head is, which rows are goods, which are titles, sums and notes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from marketplace.flow.update_by_sheet import cells
from marketplace.flow.update_by_sheet.cells import Context, shown
from marketplace.flow.update_by_sheet.types import (
    Column,
    Kind,
    Mend,
    Problem,
    Reading,
    ReadRow,
    Skipped,
    Value,
)
from marketplace.flow.update_by_sheet.words import Words, heading, key, plain
from marketplace.kernel.message import Message, msg
from marketplace.kernel.spreadsheets import MAX_ROWS, Cell, Grid, Row, SheetTooLarge, SheetUnreadable

_HEAD_WITHIN = 40  # a template's notes stand above its head, and titles above them
_FEWEST_COLUMNS = 2
# Amounts in merged cells are of all their rows together, so that no row has them.
_OF_ONE_ROW = frozenset({Kind.COUNT, Kind.MONEY, Kind.WEIGHT, Kind.CODE})


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a column stands in the file, from 0, how the file heads it, and the unit in its head."""

    at: int
    heading: str
    unit: str


@dataclass(slots=True)
class _Said:
    """What is said of a file while it is read."""

    mends: list[Mend] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def read_sheet(grid: Grid, columns: Sequence[Column], words: Words, today: date) -> Reading:
    """Read a sheet for the columns it may have.

    Refuses (SheetUnreadable) where no row is the head of such a table or a needed column is missing, and
    SheetTooLarge; everything about a single row is a problem of that row.
    """
    by_name = _names(columns, words)
    head = _find_head(grid, by_name)
    said = _Said()
    places = _places(head, grid, by_name, columns, said)
    if head.number > grid.rows[0].number:
        said.skipped.insert(0, Skipped(row=grid.rows[0].number, reason=msg("表头上方是标题，没有读取。")))
    found: list[ReadRow] = []
    kept: dict[int, Sequence[Cell]] = {}
    contexts = {
        one.code: Context(words, today, places[one.code].unit, grid.is_typed, one.choices, one.most)
        for one in columns
        if one.code in places
    }
    alike = [places[one.code] for one in columns if one.code in places and one.kind not in _OF_ONE_ROW]
    for row in _goods_rows(grid, head, words, places, said):
        if len(kept) == MAX_ROWS:
            raise SheetTooLarge
        kept[row.number] = row.cells
        values = _values(_whole(row, grid, alike, said), columns, places, contexts, said)
        if values is not None:
            found.append(ReadRow(row.number, values))
    if not kept:
        raise SheetUnreadable(msg("表头下面没有可以读取的行。"))
    return Reading(
        rows=found,
        headings={code: place.heading for code, place in places.items()},
        mends=said.mends,
        skipped=said.skipped,
        problems=said.problems,
        head=head.cells,
        cells=kept,
    )


def _names(columns: Sequence[Column], words: Words) -> Mapping[str, str]:
    """Return the column that each way to write a head means, among those of this table."""
    codes = {column.code for column in columns}
    usual = {word: code for word, code in words.columns.items() if code in codes}
    own = {key(name): column.code for column in columns for name in column.name if name}
    own |= {heading(name)[0]: column.code for column in columns for name in column.name if name}
    return usual | own


def _find_head(grid: Grid, by_name: Mapping[str, str]) -> Row:
    """Return the row that names most columns, the first of equals; titles may stand above it."""
    best, most = None, 0
    for row in grid.rows[:_HEAD_WITHIN]:
        known = {by_name.get(heading(one)[0]) for one in row.cells if isinstance(one, str)} - {None}
        if len(known) > most:
            best, most = row, len(known)
    if best is None or most < _FEWEST_COLUMNS:
        raise SheetUnreadable(msg("没有找到表头。请对照模板，把列名写在同一行。"))
    return best


def _places(
    head: Row, grid: Grid, by_name: Mapping[str, str], columns: Sequence[Column], said: _Said
) -> dict[str, _Place]:
    places: dict[str, _Place] = {}
    for at, cell in enumerate(head.cells):
        if not isinstance(cell, str):
            continue
        name, unit = heading(cell)
        code = by_name.get(name)
        label = plain(cell)
        if code is None:
            said.skipped.append(
                Skipped(row=None, reason=msg("“%(column)s”列用不到，没有读取。", column=label))
            )
        elif at in grid.hidden_columns:
            said.skipped.append(
                Skipped(row=None, reason=msg("“%(column)s”列是隐藏的，没有读取。", column=label))
            )
        elif code in places:
            raise SheetUnreadable(
                msg(
                    "“%(first)s”和“%(second)s”是同一列，请只留一列。",
                    first=places[code].heading,
                    second=label,
                )
            )
        else:
            places[code] = _Place(at, label, unit)
    missing = [column for column in columns if column.is_needed and column.code not in places]
    if missing:
        raise SheetUnreadable(msg("缺少“%(column)s”列。", column=missing[0].name))
    return places


def _goods_rows(
    grid: Grid, head: Row, words: Words, places: Mapping[str, _Place], said: _Said
) -> Iterator[Row]:
    for row in grid.rows:
        if row.number <= head.number:
            continue
        why = _why_no_goods(row, head, words, places)
        if why is None:
            yield row
        else:
            said.skipped.append(Skipped(row=row.number, reason=why))


def _why_no_goods(row: Row, head: Row, words: Words, places: Mapping[str, _Place]) -> Message | None:
    """Say why a row is passed over: hidden, a sum, a note, the example, the head once more."""
    if row.is_hidden:
        return msg("这一行是隐藏的，没有读取。")
    beside = _why_beside(row, words)
    if beside is not None:
        return beside
    if all(_at(row, place) == _at(head, place) for place in places.values()):
        return msg("这是重复的表头，没有读取。")
    if all(_at(row, place) is None for place in places.values()):
        return msg("这一行在要读取的列里是空的，没有读取。")
    return None


def _why_beside(row: Row, words: Words) -> Message | None:
    """Say whether a row's first word makes it a sum, the template's example or a note."""
    filled = [one for one in row.cells if one is not None]
    if not filled or not isinstance(filled[0], str):
        return None
    word = key(filled[0])
    if word.rstrip(":") in words.totals:
        return msg("这是合计行，没有读取。")
    if word in words.examples:
        return msg("这是演示行，没有读取。")
    if word.partition(":")[0] in words.notes and (":" in word or len(filled) == 1):
        return msg("这是说明文字，没有读取。")
    return None


def _whole(row: Row, grid: Grid, places: Sequence[_Place], said: _Said) -> Row:
    """Return a row with what its merged cells show; ``places`` are those that mean the same in each row."""
    if not grid.continued:
        return row
    filled = [*row.cells]
    for place in places:
        above = grid.continued.get((row.number, place.at))
        if above is not None and _at(row, place) is None:
            filled += [None] * (place.at + 1 - len(filled))
            filled[place.at] = above
            said.mends.append(Mend(row=row.number, column=place.heading, before="", after=shown(above)))
    return replace(row, cells=tuple(filled))


def _values(
    row: Row,
    columns: Sequence[Column],
    places: Mapping[str, _Place],
    contexts: Mapping[str, Context],
    said: _Said,
) -> Mapping[str, Value] | None:
    """Read a row's cells; None where one of them cannot be read."""
    values: dict[str, Value] = {}
    is_good = True
    for column in columns:
        place = places.get(column.code)
        if place is None:
            continue
        cell = _at(row, place)
        found = cells.read(cell, column.kind, contexts[column.code])
        problem = found.problem
        if problem is None and found.value is None and column.is_needed:
            problem = msg("不能为空。")
        if problem is not None:
            said.problems.append(Problem(row=row.number, column=place.heading, reason=problem))
            is_good = False
        elif found.value is not None:
            values[column.code] = found.value
            if found.mended is not None:
                said.mends.append(_mend(row.number, place, cell, found.mended, column.kind))
    return values if is_good else None


def _mend(row: int, place: _Place, cell: Cell, after: str, kind: Kind) -> Mend:
    """Write down a mend; a number kept as text is shown as programs show it, with its mark."""
    before = shown(cell)
    if before == after:
        before, after = (before, f"'{after}") if kind is Kind.CODE else (f"'{before}", after)
    return Mend(row=row, column=place.heading, before=before, after=after)


def _at(row: Row, place: _Place) -> Cell:
    return row.cells[place.at] if place.at < len(row.cells) else None
