"""结算单 as drafts: what the cooperative earned and gave back in a month, on the page and as PDF."""

from datetime import date

from flask import render_template
from flask.typing import ResponseReturnValue

from marketplace.kernel import time
from marketplace.kernel.refusals import NotFound
from marketplace.parties import queries as parties
from marketplace.parties.types import Permission
from marketplace.settlement import queries as settlement
from marketplace.settlement.types import cooperative_payable
from marketplace.web.cooperative import sheets
from marketplace.web.cooperative.prints import as_pdf
from marketplace.web.cooperative.routes import acting_for, blueprint, printer
from marketplace.web.database import read
from marketplace.web.guard import require


@blueprint.get("/statements", endpoint="statements")
@require(Permission.SEE_STATEMENTS)
def list_statements() -> ResponseReturnValue:
    return _page(time.month_of(time.now()))


@blueprint.get("/statements/<month>")
@require(Permission.SEE_STATEMENTS)
def statement(month: str) -> ResponseReturnValue:
    return _page(_month(month))


@blueprint.get("/statements/<month>.pdf")
@require(Permission.SEE_STATEMENTS)
def statement_pdf(month: str) -> ResponseReturnValue:
    draft = settlement.statement(read(), acting_for(), _month(month))
    party = parties.get_party(read(), acting_for())
    return as_pdf(printer().pdf("settlement", sheets.settlement(draft, party)), f"settlement-{month}")


def _page(month: date) -> str:
    mine = acting_for()
    return render_template(
        "cooperative/statements.html",
        draft=settlement.statement(read(), mine, month),
        months=settlement.statement_months(read(), mine),
        owed_fen=-settlement.balance(read(), cooperative_payable(mine)),
        month=month,
    )


def _month(text: str) -> date:
    """Read ``2026-11``; anything else, and what is still to come, is not found."""
    try:
        first = date.fromisoformat(f"{text}-01")
    except ValueError:
        raise NotFound from None
    if first > time.today():
        raise NotFound
    return first
