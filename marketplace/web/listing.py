"""What a reader may do with a list: narrow it by words, sort it, turn its pages, take it along as a workbook.

One way for all lists of the working pages. A workbook is the list as its table shows it, only whole: the page
is made with all its rows, and its first table gives them here instead of showing them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from flask import Flask, current_app, g, make_response, render_template, request
from flask.typing import ResponseReturnValue

from marketplace.kernel import time
from marketplace.kernel.message import Message
from marketplace.kernel.money import FEN_PER_YUAN
from marketplace.kernel.paging import Page, Sought
from marketplace.kernel.spreadsheets import MAX_ROWS, Spreadsheets, Written
from marketplace.kernel.spreadsheets import Page as Sheet
from marketplace.web.language import gettext as _
from marketplace.web.paging import list_address, page_number

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_MOST_TYPED = 60
_OWN = frozenset({"q", "order", "page", "as"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """What was asked of a list, and what may be asked; ``search`` names what its words are looked for in."""

    search: Message | None
    orders: Mapping[str, Message]
    sought: Sought
    is_sheet: bool
    page: int
    per_page: int

    @property
    def kept(self) -> list[tuple[str, str]]:
        """Return what else was asked, such as a state: the form of the tools sends it again."""
        return [(name, value) for name, value in request.args.items(multi=True) if name not in _OWN]

    @property
    def address(self) -> str:
        return list_address()

    @property
    def sheet_address(self) -> str:
        asked = [(key, one) for key, one in request.args.items(multi=True) if key not in {"page", "as"}]
        return f"{self.address}?{urlencode([*asked, ('as', 'xlsx')])}"


def install(app: Flask) -> None:
    app.jinja_env.globals["for_sheet"] = for_sheet


def asked(
    orders: Mapping[str, Message],
    per_page: int,
    *,
    search: Message | None = None,
    address: str | None = None,
) -> Tools:
    """Read what a list is asked for; what makes no sense is left out, the first order is the usual one.

    ``address`` is the list's own, where it is shown again beside a form that was sent somewhere else.
    """
    g.list_address = address
    order, is_sheet = request.args.get("order", ""), request.args.get("as") == "xlsx"
    typed = "".join(filter(str.isprintable, request.args.get("q", "").strip()))
    return Tools(
        search=search,
        orders=orders,
        sought=Sought(
            text=typed[:_MOST_TYPED] if search is not None else "",
            order=order if order in orders else next(iter(orders), ""),
        ),
        is_sheet=is_sheet,
        page=1 if is_sheet else page_number(),
        per_page=MAX_ROWS if is_sheet else per_page,
    )


def answer(template: str, tools: Tools, found: Page[Any], **shown: object) -> ResponseReturnValue:
    """Show a list's page, or give it as a workbook."""
    if not tools.is_sheet:
        return render_template(template, tools=tools, found=found, **shown)
    g.sheet = []
    render_template(template, tools=tools, found=found, **shown)
    made: list[Sheet] = g.sheet
    about = [_("只有前 %(count)s 行，先筛选再导出。", count=f"{MAX_ROWS:,}")] if found.pages > 1 else []
    writer: Spreadsheets = current_app.extensions["ports"].spreadsheets
    sheet = made[0] if made else Sheet(about=(), head=(), rows=())
    given = make_response(
        writer.write(Sheet(about=about, head=sheet.head, rows=sheet.rows, text_columns=sheet.text_columns))
    )
    given.content_type = XLSX
    name = (request.endpoint or "list").rpartition(".")[2]
    given.headers["Content-Disposition"] = f'attachment; filename="{name}-{time.today():%Y%m%d}.xlsx"'
    return given


def for_sheet(columns: Sequence[Mapping[str, Any]], rows: Sequence[Mapping[str, Any]]) -> bool:
    """Take a table's rows where the page is wanted as a workbook; tell whether they were taken."""
    sheets: list[Sheet] | None = g.get("sheet")
    if sheets is None:
        return False
    kinds = [column["kind"] for column in columns]
    sheets.append(
        Sheet(
            about=(),
            head=[_head(column) for column in columns],
            rows=list(_rows(kinds, rows)),
            text_columns=frozenset(at for at, kind in enumerate(kinds) if kind == "text"),
        )
    )
    return True


def _head(column: Mapping[str, Any]) -> str:
    unit = column.get("unit") or (_("元") if column["kind"] in {"fen", "wan"} else "")
    return _("%(label)s（%(unit)s）", label=column["label"], unit=unit) if unit else str(column["label"])


def _rows(kinds: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> Iterator[list[Written]]:
    for row in rows:
        yield [_written(value, kind) for value, kind in zip(row["cells"], kinds, strict=True)]


def _written(value: Any, kind: str) -> Written:
    """Write a cell so that a program can count and sort it."""
    if value is None or value == "":
        return None
    if kind in {"fen", "wan"}:
        return Decimal(value) / FEN_PER_YUAN
    if kind == "moment":
        return f"{value.astimezone(time.SHANGHAI):%Y-%m-%d %H:%M}"
    if kind == "state":
        return str(value[0])
    if kind == "date" or (kind == "count" and isinstance(value, int)):
        return value  # type: ignore[no-any-return]  # a cell is what its kind says
    return str(value)
