"""What a spreadsheet would do, as its page shows it: problems, changes, mends, what was passed over."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from markupsafe import Markup

from marketplace.flow.update_by_sheet.looked import LISTED_MAX, Found
from marketplace.flow.update_by_sheet.types import Shown
from marketplace.kernel.message import Name
from marketplace.web.language import as_written
from marketplace.web.language import gettext as _
from marketplace.web.present import text


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnHead:
    label: str
    kind: str = "text"


@dataclass(frozen=True, slots=True)
class ShownRow:
    cells: Sequence[object]
    href: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One list of the page; ``more`` counts what was left out of it."""

    code: str
    title: str
    note: str
    columns: Sequence[ColumnHead]
    rows: Sequence[ShownRow]
    more: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    problems: bool
    problems_count: int
    changed: int
    unchanged: int
    digest: str
    parts: Sequence[Part]


def seen(found: Found) -> Seen:
    parts = [_problems(found), _changes(found), _mends(found), _skipped(found)]
    return Seen(
        problems=bool(found.problems_count),
        problems_count=found.problems_count,
        changed=found.changed,
        unchanged=found.unchanged,
        digest=found.digest,
        parts=[part for part in parts if part.rows],
    )


def _problems(found: Found) -> Part:
    rows = ((str(one.row), as_written(one.column) or "–", text(one.reason)) for one in found.problems)
    return _part("problems", _("要改的地方"), [_("行"), _("列"), _("问题")], rows, found.problems_count)


def _changes(found: Found) -> Part:
    rows = (
        (
            str(step.row),
            Markup(" · ").join(_said(one) for one in step.about),
            text(change.what),
            _said(change.before) or "–",
            _said(change.after),
        )
        for step in found.steps
        for change in step.changes
    )
    heads = [_("行"), _("商品"), _("改什么"), _("现在"), _("改成")]
    return _part("changes", _("会更新的内容"), heads, rows, found.changes)


def _mends(found: Found) -> Part:
    rows = (
        (str(one.row), as_written(one.column), as_written(one.before) or _("与上一行合并"), _said(one.after))
        for one in found.mends
    )
    note = _(
        "这些格子只有一种读法，已经替您读成右边的样子。"
        "没有年份的日期：采收取今天以前最近的，到期取今天以后最近的。"
    )
    heads = [_("行"), _("列"), _("您写的"), _("读成")]
    return _part("mends", _("替您读正的格子"), heads, rows, found.mends_count, note=note)


def _skipped(found: Found) -> Part:
    rows = (("–" if one.row is None else str(one.row), text(one.reason)) for one in found.skipped)
    return _part("skipped", _("没有读取的行和列"), [_("行"), _("原因")], rows, found.skipped_count)


def _part(
    code: str, title: str, heads: Sequence[str], rows: Iterable[tuple[str, ...]], count: int, note: str = ""
) -> Part:
    """Make a list of what fits on a page; of twenty thousand rows only these are put into words."""
    return Part(
        code=code,
        title=title,
        note=note,
        columns=[ColumnHead(label=one) for one in heads],
        rows=[ShownRow(one) for one in islice(rows, LISTED_MAX)],
        more=max(count - LISTED_MAX, 0),
    )


def _said(value: Shown) -> str:
    if isinstance(value, tuple) and not isinstance(value, Name):
        return Markup("、").join(map(text, value))
    return as_written(value) if isinstance(value, str) else text(value)
