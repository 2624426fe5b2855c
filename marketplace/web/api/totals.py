"""The consumption-assistance volume, for whoever wants to compute with it."""

from flask import Response, request

from marketplace.assistance import queries as assistance
from marketplace.assistance import rules
from marketplace.assistance.types import Amounts, Dimension, Row
from marketplace.kernel.message import msg
from marketplace.web import present
from marketplace.web.api import blueprint, schemas
from marketplace.web.api.parameters import TotalsParameters, read_query
from marketplace.web.api.views import answer
from marketplace.web.database import read
from marketplace.web.guard import public


@blueprint.get("/api/v1/assistance/totals")
@public
def assistance_totals() -> Response:
    asked = read_query(TotalsParameters, request.args)
    rule = assistance.find_rule(asked.rule)
    table = assistance.totals(read(), Dimension(asked.by.value), rules.parse_period(asked.period), rule=rule)
    return answer(
        schemas.Totals(
            period=asked.period,
            by=asked.by,
            rule=table.rule.key,
            as_of=table.as_of,
            total=_amounts("total", present.text(msg("合计")), table.total),
            states=[_row(row) for row in table.states],
            rows=[_row(row) for row in table.rows],
        )
    )


def _row(row: Row) -> schemas.TotalsRow:
    return _amounts(row.key, present.text(row.label), row.amounts)


def _amounts(key: str, label: str, amounts: Amounts) -> schemas.TotalsRow:
    return schemas.TotalsRow(
        key=key,
        label=label,
        ordered_fen=amounts.ordered_fen,
        paid_fen=amounts.paid_fen,
        completed_fen=amounts.completed_fen,
        counted_fen=amounts.counted_fen,
    )
