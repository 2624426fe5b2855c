"""What ``components/chart.html`` draws of a table: one question, one picture, its own numbers."""

from collections.abc import Mapping
from dataclasses import dataclass

from marketplace.assistance import rules
from marketplace.assistance.types import Dimension, Stage, Table
from marketplace.web.language import render
from marketplace.web.oversight.asked import address, row_narrowing
from marketplace.web.oversight.figures import DIMENSION_NAMES
from marketplace.web.present import text

_MOST_BARS = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartRow:
    cells: tuple[str | int, ...]
    href: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """Columns and rows as the component reads them; ``kind`` is bar for names, column for months."""

    kind: str
    columns: tuple[Mapping[str, str], ...]
    rows: tuple[ChartRow, ...]


def stages(table: Table) -> Chart:
    """Draw ordered, paid and completed side by side; of many rows only the largest."""
    is_months = table.dimension is Dimension.MONTH
    shown = table.rows if is_months else table.rows[:_MOST_BARS]
    head = {"label": render(DIMENSION_NAMES[table.dimension]), "kind": "text"}
    return Chart(
        kind="column" if is_months else "bar",
        columns=(head, *({"label": render(rules.STAGE_NAMES[one]), "kind": "fen"} for one in Stage)),
        rows=tuple(
            ChartRow(
                cells=(
                    text(row.label),
                    row.amounts.ordered_fen,
                    row.amounts.paid_fen,
                    row.amounts.completed_fen,
                ),
                href=address("oversight.table", **row_narrowing(table.dimension, row.key, row.state)),
            )
            for row in shown
        ),
    )
