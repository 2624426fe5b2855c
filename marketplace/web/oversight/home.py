"""An official's home: this year's number, how far it is, what waits, then map and table side by side."""

from datetime import date

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.assistance import queries as record
from marketplace.assistance import rules
from marketplace.assistance import service as assistance
from marketplace.assistance.types import Amounts, Dimension, Target
from marketplace.kernel import money, time
from marketplace.kernel.money import BASIS_POINTS
from marketplace.parties.types import Permission
from marketplace.web import guard
from marketplace.web.database import read
from marketplace.web.forms import Form, FormModel, blank, parse
from marketplace.web.language import gettext as _
from marketplace.web.outcome import done
from marketplace.web.oversight import asked as question
from marketplace.web.oversight import charts, county_map, figures
from marketplace.web.oversight.asked import address
from marketplace.web.oversight.routes import blueprint, waiting_pairings

_SHOWN = (Dimension.PAIRING, Dimension.MONTH, Dimension.COUNTY)
_LARGEST_FEN = 10**15


class TargetForm(FormModel):
    amount_yuan: str


@blueprint.get("")
@guard.require(Permission.SEE_TOTALS)
def home() -> ResponseReturnValue:
    return _page(blank())


def _page(form: Form[TargetForm] | Form[FormModel]) -> str:
    asked = question.asked()
    tables = record.tables(read(), _SHOWN, asked.selection, asked.rule)
    total = tables[Dimension.PAIRING].total
    year = asked.period.last_month.year
    target = record.find_target(read(), guard.scope(), year)
    return render_template(
        "oversight/home.html",
        asked=asked,
        total=total,
        as_of=tables[Dimension.PAIRING].as_of,
        shares=list(zip(rules.EVIDENCE_NAMES.items(), figures.shares(total), strict=True)),
        target=target,
        progress_bp=_progress(total, target),
        day_bp=_day(year),
        year=year,
        waiting=waiting_pairings(),
        waiting_fen=tables[Dimension.PAIRING].states[-1].amounts.completed_fen,
        table=figures.figure_table(tables[Dimension.PAIRING], asked.unit),
        months=charts.stages(tables[Dimension.MONTH]),
        county_map=county_map.draw(tables[Dimension.COUNTY], asked.selection),
        address=address,
        form=form,
    )


@blueprint.post("/target")
@guard.require(Permission.SEE_TOTALS)
def set_target() -> ResponseReturnValue:
    """Note the yearly task of the scope one looks through."""
    form = parse(TargetForm, request.form)
    amount_fen = money.parse_yuan(form.model.amount_yuan) if form.model else None
    year = request.form.get("year", time.today().year, type=int)
    if amount_fen is None or not 0 < amount_fen <= _LARGEST_FEN or not _is_near(year):
        form.errors["amount_yuan"] = _("请用元填写年度任务，例如 5,000,000。")
        return _page(form), 422
    scope, person = guard.scope(), guard.actor().person.id
    done(
        lambda session: assistance.set_target(session, scope, year, amount_fen, person),
        _("已记下年度任务。"),
    )
    return redirect(url_for("oversight.home"), 303)


def _is_near(year: int) -> bool:
    return abs(year - time.today().year) <= 1


def _progress(total: Amounts, target: Target | None) -> int | None:
    if target is None:
        return None
    return max(0, total.counted_fen) * BASIS_POINTS // target.amount_fen


def _day(year: int) -> int:
    """Return how much of a year has passed today; all of one that is over."""
    today = time.today()
    return rules.year_day_bp(today if today.year == year else date(year, 12, 31))
