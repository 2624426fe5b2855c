"""What updating by spreadsheet speaks of: columns, readings, mends, problems, and the plan of changes."""

import hashlib
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Protocol

from sqlalchemy.orm import Session

from marketplace.kernel.message import Message, Name, msg
from marketplace.kernel.refusals import Refusal
from marketplace.kernel.spreadsheets import Cell, Written
from marketplace.parties.types import PartyId, PersonId

Value = str | int | date | bool | tuple[str, ...] | tuple[int, ...]
Shown = str | Message | Name | tuple[Name, ...]
"""What a table's reader is shown: text as it is, words and names in their language."""


Leaving = Written | Message | Name | tuple[Name, ...]
"""What stands in a cell that leaves: as it is, or in its reader's language."""


class Kind(StrEnum):
    """What a column's cells are.

    ``TEXT`` names something that is there already, ``CODE`` is kept letter by letter, ``MONEY`` is fen,
    ``PAST`` and ``COMING`` are days: without a year they mean the last such day, or the next one. ``LINE``
    and ``PROSE`` are new words, kept as written; ``CHOICE`` is one, ``CHOICES`` several of what the column
    may say, ``MONTHS`` 1 to 12, ``WEIGHT`` grams.
    """

    TEXT = "text"
    CODE = "code"
    COUNT = "count"
    MONEY = "money"
    PAST = "past"
    COMING = "coming"
    FLAG = "flag"
    STATE = "state"
    LINE = "line"
    PROSE = "prose"
    CHOICE = "choice"
    CHOICES = "choices"
    MONTHS = "months"
    WEIGHT = "weight"


@dataclass(frozen=True, slots=True)
class Choice:
    """One of what a column may say."""

    code: str
    name: Name


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of a sheet; ``example`` stands in the template's row of demonstration.

    ``choices`` by every way to write them, ``most`` is how many characters it takes.
    """

    code: str
    name: Name
    kind: Kind
    help: Message
    example: Written | Message | Name
    is_needed: bool = False
    choices: Mapping[str, Choice] = field(default_factory=dict)
    most: int = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Mend:
    """A cell that was read otherwise than it was written, which could only mean one thing."""

    row: int
    column: str
    before: str
    after: Shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """Rows (or, without a row, a column) that were passed over, and why."""

    row: int | None
    reason: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What keeps a row from being taken; ``column`` as the file heads it, empty for the row as a whole."""

    row: int
    column: str
    reason: Message


@dataclass(frozen=True, slots=True)
class ReadRow:
    """One row that says something; a column that is empty or missing has no value."""

    number: int
    values: Mapping[str, Value]

    def text(self, column: str) -> str:
        found = self.values.get(column)
        return found if isinstance(found, str) else ""

    def number_in(self, column: str) -> int | None:
        found = self.values.get(column)
        return found if isinstance(found, int) else None

    def several(self, column: str) -> tuple[str, ...] | tuple[int, ...] | None:
        found = self.values.get(column)
        return found if isinstance(found, tuple) else None

    def day(self, column: str) -> date | None:
        found = self.values.get(column)
        return found if isinstance(found, date) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A file as understood: rows without an error, and everything to be said about the others.

    ``head`` and ``cells`` are the file as it came, for the result sheet.
    """

    rows: Sequence[ReadRow]
    headings: Mapping[str, str]
    mends: Sequence[Mend]
    skipped: Sequence[Skipped]
    problems: Sequence[Problem]
    head: Sequence[Cell]
    cells: Mapping[int, Sequence[Cell]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing that a row would change."""

    what: Name
    before: Shown
    after: Shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A row that changes something: what it is about, and what changes."""

    row: int
    about: tuple[Shown, ...]
    changes: tuple[Change, ...]


Take = Callable[[Session, Sequence[int]], object]
"""Does what these rows say, by their numbers: many in a few statements, and nothing but these."""


def _nothing_yet(_session: Session, _rows: Sequence[int]) -> None:
    """Some sheets are right only when all their rows are done together."""


def _nothing_more(_session: Session) -> None:
    """Most sheets are done with their last row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a file would do; with a problem in it, it does nothing.

    ``take`` is given the rows of ``order`` (all that change something, as their things are locked) some
    hundreds at a time; ``finish`` does once, after them, what is right for all rows together only.
    """

    reading: Reading
    steps: Sequence[Step]
    problems: Sequence[Problem]
    mends: Sequence[Mend]
    order: Sequence[int]
    take: Take = field(compare=False, default=_nothing_yet)
    finish: Callable[[Session], object] = field(compare=False, default=_nothing_more)

    @property
    def unchanged(self) -> int:
        return len(self.reading.cells) - len(self.steps) - len({one.row for one in self.problems})

    @property
    def digest(self) -> str:
        """What was shown, in short: what is confirmed is this, and nothing that came in between."""
        said = [
            (
                step.row,
                list(map(str, step.about)),
                [(str(one.what), str(one.before), str(one.after)) for one in step.changes],
            )
            for step in self.steps
        ]
        return hashlib.sha256(repr(said).encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class By:
    """For whom and by whom a sheet speaks."""

    cooperative_id: PartyId
    person_id: PersonId


class Subject(Protocol):
    """What a sheet can be of: a module that knows its columns, plans its rows and writes what there is."""

    @property
    def columns(self) -> Callable[[Session, PartyId], tuple[Column, ...]]: ...

    @property
    def plan(self) -> Callable[[Session, By, Reading], "Plan"]: ...

    @property
    def export(self) -> Callable[[Session, PartyId], Iterator[list[Leaving]]]: ...


@dataclass(slots=True)
class Draft:
    """A plan while its rows are looked at one after another."""

    reading: Reading
    steps: list[Step] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    mends: list[Mend] = field(default_factory=list)
    seen: dict[Hashable, int] = field(default_factory=dict)

    def refuse(self, row: ReadRow, column: str, reason: Message) -> None:
        self.problems.append(
            Problem(row=row.number, column=self.reading.headings.get(column, ""), reason=reason)
        )

    def is_second(self, row: ReadRow, thing: Hashable) -> bool:
        """Refuse a row that speaks of what an earlier one spoke of: which of them is meant?"""
        earlier = self.seen.setdefault(thing, row.number)
        if earlier == row.number:
            return False
        self.refuse(row, "", msg("和第 %(row)s 行说的是同一样东西，请只留一行。", row=earlier))
        return True

    def done(
        self,
        take: Take = _nothing_yet,
        finish: Callable[[Session], object] = _nothing_more,
        order: Sequence[int] | None = None,
    ) -> Plan:
        """Close the plan: problems in the order of the rows, those of reading among them."""
        problems = sorted([*self.reading.problems, *self.problems], key=lambda one: one.row)
        mends = sorted([*self.reading.mends, *self.mends], key=lambda one: one.row)
        return Plan(
            reading=self.reading,
            steps=self.steps,
            problems=problems,
            mends=mends,
            order=[step.row for step in self.steps] if order is None else order,
            take=take,
            finish=finish,
        )


class SheetRefused(Refusal):
    """A row cannot be taken, so nothing was."""

    code = "sheet_refused"

    def __init__(self, count: int) -> None:
        super().__init__(msg("表格里有 %(count)s 处要改，没有更新任何内容。", count=count))


class PlanMovedOn(Refusal):
    """Between look and confirmation something changed, so what was confirmed is not what would happen."""

    code = "plan_moved_on"
    status = 409

    def __init__(self) -> None:
        super().__init__(msg("您查看之后数据有变化，没有更新任何内容。请再看一遍再确认。"))
