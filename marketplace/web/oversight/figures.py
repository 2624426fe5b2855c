"""Tables as the pages show them: every figure opens to its lines, in yuan or in 万元 that still add up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from marketplace.assistance import rules
from marketplace.assistance.types import Amounts, Dimension, Row, Stage, Table
from marketplace.custody.types import CustodyEvidence
from marketplace.kernel import money
from marketplace.kernel.message import Message, msg
from marketplace.web.language import render
from marketplace.web.oversight.asked import Unit, address, row_narrowing
from marketplace.web.present import text

HUNDREDTH_OF_WAN_FEN = money.FEN_PER_WAN // 100

DIMENSION_NAMES: Mapping[Dimension, Message] = {
    Dimension.PAIRING: msg("结对"),
    Dimension.PREFECTURE: msg("市州"),
    Dimension.COUNTY: msg("县"),
    Dimension.INDUSTRY: msg("产业"),
    Dimension.MONTH: msg("月份"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One amount and the lines behind it."""

    fen: int
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureRow:
    """A row of figures; shares of the completed by evidence in basis points, None where nothing is."""

    key: str
    label: str
    href: str | None
    figures: tuple[Figure, ...]
    shares_bp: tuple[int | None, ...]
    is_state: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureTable:
    """A whole table: the total, the four rows by pairing state, the rows of the dimension."""

    head: str
    columns: tuple[str, ...]
    evidence: tuple[str, ...]
    unit: Unit
    total: FigureRow
    states: tuple[FigureRow, ...]
    rows: tuple[FigureRow, ...]

    def shown(self, fen: int) -> str:
        return money.format_wan(fen) if self.unit is Unit.WAN else money.format_plain(fen)


COLUMNS: tuple[tuple[Message, Mapping[str, str]], ...] = (
    (rules.STAGE_NAMES[Stage.ORDERED], {"stage": Stage.ORDERED}),
    (rules.STAGE_NAMES[Stage.PAID], {"stage": Stage.PAID}),
    (rules.STAGE_NAMES[Stage.COMPLETED], {"stage": Stage.COMPLETED}),
    (msg("计入"), {"counted": "1"}),
)


def amounts_of(amounts: Amounts) -> tuple[int, int, int, int]:
    """Return a row's amounts in the order of the columns."""
    return (amounts.ordered_fen, amounts.paid_fen, amounts.completed_fen, amounts.counted_fen)


def figure_table(table: Table, unit: Unit) -> FigureTable:
    """Make a table's figures, rounded to the unit so that every column still adds up."""
    total = _rounded([table.total], unit)[0]
    states = _rounded([row.amounts for row in table.states], unit)
    rows = _rounded([row.amounts for row in table.rows], unit)
    whole = Row(key="total", label=msg("合计"), amounts=table.total)
    return FigureTable(
        head=render(DIMENSION_NAMES[table.dimension]),
        columns=tuple(render(name) for name, _ in COLUMNS),
        evidence=tuple(render(name) for name in rules.EVIDENCE_NAMES.values()),
        unit=unit,
        total=_figure_row(whole, total, {}),
        states=tuple(
            _figure_row(row, fen, {"state": row.key}, is_state=True)
            for row, fen in zip(table.states, states, strict=True)
        ),
        rows=tuple(
            _figure_row(row, fen, row_narrowing(table.dimension, row.key, row.state))
            for row, fen in zip(table.rows, rows, strict=True)
        ),
    )


def _figure_row(
    row: Row, fen: Sequence[int], narrowing: Mapping[str, str | None], *, is_state: bool = False
) -> FigureRow:
    return FigureRow(
        key=row.key,
        label=text(row.label),
        href=address("oversight.table", **narrowing) if narrowing else None,
        figures=tuple(
            Figure(fen=amount, href=address("oversight.lines", **{**narrowing, **of}))
            for amount, (_, of) in zip(fen, COLUMNS, strict=True)
        ),
        shares_bp=shares(row.amounts),
        is_state=is_state,
    )


def shares(amounts: Amounts) -> tuple[int | None, ...]:
    """Return by which evidence the completed stands, in basis points that add up to the whole."""
    parts = [amounts.by_evidence[one] for one in CustodyEvidence]
    if amounts.completed_fen <= 0 or any(part < 0 for part in parts):
        return (None,) * len(parts)
    return tuple(money.split(money.BASIS_POINTS, parts))


def _rounded(rows: Sequence[Amounts], unit: Unit) -> list[tuple[int, ...]]:
    """Bring every column to the unit's smallest step; the parts of a column add up to its rounded sum."""
    exact = [amounts_of(one) for one in rows]
    if unit is Unit.YUAN or not exact:
        return list(exact)
    columns = [
        [part * HUNDREDTH_OF_WAN_FEN for part in money.rounded_to_add_up(column, HUNDREDTH_OF_WAN_FEN)]
        for column in zip(*exact, strict=True)
    ]
    return list(zip(*columns, strict=True))
