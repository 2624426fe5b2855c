"""Tables by pairing, prefecture, county, industry and month, on the screen and on paper; and the rules."""

from flask import render_template
from flask.typing import ResponseReturnValue

from marketplace.assistance import queries as record
from marketplace.assistance import rules
from marketplace.assistance.types import Dimension
from marketplace.kernel import time
from marketplace.parties.types import Permission
from marketplace.web import guard
from marketplace.web.database import read
from marketplace.web.language import render
from marketplace.web.oversight import asked as question
from marketplace.web.oversight import charts, figures
from marketplace.web.oversight.asked import Unit, address
from marketplace.web.oversight.figures import DIMENSION_NAMES
from marketplace.web.oversight.routes import blueprint, scope_name

_YEARS_BACK = 2


def choices() -> dict[str, object]:
    """Return what the filters offer: periods, rules, dimensions, units."""
    today = time.today()
    years = [str(today.year - back) for back in range(_YEARS_BACK)]
    months = [f"{month:%Y-%m}" for month in reversed(rules.months_of(rules.parse_period(years[0])))]
    texts = [*years, *(month for month in months if month <= f"{today:%Y-%m}")]
    quarter = (today.month + 2) // 3
    texts.insert(1, f"{today.year}-Q{quarter}")
    return {
        "periods": [(one, render(question.period_name(rules.parse_period(one)))) for one in texts],
        "rules": [(one.key, render(one.name)) for one in record.list_rules()],
        "dimensions": [(one, render(DIMENSION_NAMES[one])) for one in Dimension],
        "units": list(Unit),
    }


@blueprint.get("/table")
@guard.require(Permission.SEE_TOTALS)
def table() -> ResponseReturnValue:
    asked = question.asked()
    found = record.tables(read(), [asked.by], asked.selection, asked.rule)[asked.by]
    return render_template(
        "oversight/table.html",
        asked=asked,
        as_of=found.as_of,
        table=figures.figure_table(found, asked.unit),
        chart=charts.stages(found),
        address=address,
        choices=choices(),
    )


@blueprint.get("/print")
@guard.require(Permission.SEE_TOTALS)
def sheet() -> ResponseReturnValue:
    """Show the table for paper: title, rule, moment, figures, signatures' places."""
    asked = question.asked()
    found = record.tables(read(), [asked.by], asked.selection, asked.rule)[asked.by]
    return render_template(
        "oversight/print.html",
        asked=asked,
        as_of=found.as_of,
        table=figures.figure_table(found, asked.unit),
        scope=render(scope_name(guard.scope())),
    )


@blueprint.get("/rules")
@guard.require(Permission.SEE_TOTALS)
def counting_rules() -> ResponseReturnValue:
    return render_template("oversight/rules.html", rules=record.list_rules(), address=address)
