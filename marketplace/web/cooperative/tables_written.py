"""What leaves as a spreadsheet: template, export, and the sender's own rows with what became of each."""

from collections.abc import Iterable, Sequence

from marketplace.flow.update_by_sheet.cells import shown
from marketplace.flow.update_by_sheet.looked import Outcome
from marketplace.flow.update_by_sheet.types import Column, Kind, Leaving
from marketplace.kernel.message import Message, Name
from marketplace.kernel.spreadsheets import Broken, Cell, Formula, Page, Written
from marketplace.kernel.uploads import Upload, UploadState
from marketplace.web.language import gettext as _
from marketplace.web.language import name_in_language, render

_AS_TEXT = frozenset({Kind.TEXT, Kind.CODE, Kind.LINE, Kind.PROSE, Kind.CHOICE, Kind.CHOICES, Kind.MONTHS})


def template(title: str, columns: Sequence[Column]) -> Page:
    """Return an empty table with notes above its head and one row of demonstration, which is never read."""
    about = [
        title,
        _("从“演示”那一行下面开始填；演示行和本说明不会被读取。空着的格子表示不改。"),
        *(
            _("%(column)s：%(help)s", column=name_in_language(one.name), help=render(one.help))
            for one in columns
        ),
    ]
    example = [_("演示"), *(_cell(one.example) for one in columns[1:])]
    return Page(
        about=about,
        head=_head(columns),
        rows=[example],
        text_columns=_text(columns),
        choices=_choices(columns),
        choices_name=_("可选项"),
    )


def export(columns: Sequence[Column], rows: Iterable[Sequence[Leaving]]) -> Page:
    """Return what there is, in the columns in which it is read back."""
    return Page(
        about=(),
        head=_head(columns),
        rows=([_cell(one) for one in row] for row in rows),
        text_columns=_text(columns),
        choices=_choices(columns),
        choices_name=_("可选项"),
    )


def result(upload: Upload, found: Outcome) -> Page:
    """Return the sender's rows as they came, with two columns more: what became of it, what is wrong."""
    width = max(len(found.head), *(len(cells) for cells in found.cells.values()))
    problems: dict[int, list[str]] = {}
    for one in found.problems:
        said = render(one.reason)
        problems.setdefault(one.row, []).append(f"{one.column}: {said}" if one.column else said)
    changed = frozenset(upload.changed_rows)
    rows: list[list[Written]] = []
    marks: dict[int, str] = {}
    for place, (number, cells) in enumerate(found.cells.items()):
        came = [_as_it_came(one) for one in cells]
        is_wrong = number in problems
        is_changing = number in (changed if upload.state is UploadState.APPLIED else found.changing)
        outcome = _outcome(upload, is_changing=is_changing, is_wrong=is_wrong)
        wrong = "\n".join(problems.get(number, ())) if upload.state is UploadState.READ else ""
        rows.append([*came, *([None] * (width - len(came))), outcome, wrong])
        if is_wrong and upload.state is UploadState.READ:
            marks[place] = "stop"
    head = [shown(one) for one in found.head]
    head += [""] * (width - len(head))
    return Page(about=(), head=[*head, _("结果"), _("问题")], rows=rows, marks=marks)


def _outcome(upload: Upload, *, is_changing: bool, is_wrong: bool) -> str:
    if upload.state is UploadState.APPLIED:
        return _("已更新") if is_changing else _("没有变化")
    if is_wrong:
        return _("要改")
    return _("可以更新") if is_changing else _("没有变化")


def _as_it_came(cell: Cell) -> Written:
    """Write a cell back; a formula as the text that it is."""
    if cell is None or isinstance(cell, str):
        return cell
    if isinstance(cell, bool | float | Formula | Broken):
        return shown(cell)
    return cell


def _cell(value: Leaving) -> Written:
    """Write a word or name in the reader's language; a name without it as it is, to be found again."""
    if isinstance(value, Message):
        return render(value)
    if isinstance(value, Name):
        return name_in_language(value) if all(value) else value.hans
    if isinstance(value, tuple):
        return "、".join(str(_cell(one)) for one in value)
    return value


def _choices(columns: Sequence[Column]) -> dict[int, list[str]]:
    """Return what may be chosen in each column that has a list, in the reader's language."""
    return {
        place: list(dict.fromkeys(str(_cell(choice.name)) for choice in one.choices.values()))
        for place, one in enumerate(columns)
        if one.choices
    }


def _head(columns: Sequence[Column]) -> list[str]:
    return [name_in_language(one.name) for one in columns]


def _text(columns: Sequence[Column]) -> frozenset[int]:
    return frozenset(place for place, one in enumerate(columns) if one.kind in _AS_TEXT)
