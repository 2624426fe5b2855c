"""Lots out of use, whoever's they are: held, tested, released or recalled by a person with authority."""

from collections.abc import Callable

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue.types import LotId, LotReportId, LotStatus
from marketplace.flow import stop_lot
from marketplace.kernel import journal
from marketplace.parties import queries as parties
from marketplace.parties.types import Permission
from marketplace.web import evidence, guard, history, list_words, listing, lot_view, lot_words, wording
from marketplace.web.database import read
from marketplace.web.forms import Form, FormModel, blank, parse
from marketplace.web.guard import require
from marketplace.web.language import gettext as _
from marketplace.web.operator.forms import ReasonForm
from marketplace.web.operator.routes import blueprint
from marketplace.web.outcome import done

PER_PAGE = 50
STOPPED = (LotStatus.ON_HOLD, LotStatus.RECALLED)
ONE = "/lots/<int(max=9223372036854775807):lot_id>"
REPORT = f"{ONE}/reports/<int(max=9223372036854775807):report_id>"


@blueprint.get("/lots", endpoint="stopped_lots")
@require(Permission.RELEASE_HELD_LOT)
def list_stopped() -> ResponseReturnValue:
    asked = request.args.get("state", "")
    status = LotStatus(asked) if asked in STOPPED else None
    tools = listing.asked(list_words.STOPPED, PER_PAGE, search=list_words.NUMBER)
    found = catalogue.held_lots(read(), tools.page, tools.per_page, status=status, sought=tools.sought)
    sellers = parties.parties_by_id(read(), {one.cooperative_id for one in found.items})
    return listing.answer(
        "operator/lots.html",
        tools,
        found,
        status=status,
        states={one: wording.LOT_STATES[one] for one in STOPPED},
        rows=list(zip(found.items, lot_view.rows(read(), found.items), strict=True)),
        holds=catalogue.holds_of_lots(read(), [one.id for one in found.items]),
        sellers=sellers,
        lot_words=lot_words,
    )


@blueprint.get(ONE)
@require(Permission.RELEASE_HELD_LOT)
def lot(lot_id: int) -> ResponseReturnValue:
    return _page(lot_id, blank())


@blueprint.post(f"{ONE}/<any(hold, release, recall):what>")
@require(Permission.RELEASE_HELD_LOT)
def stop_or_release(lot_id: int, what: str) -> ResponseReturnValue:
    """Hold, release or recall a lot for a reason; a failed test is lifted only once a retest has passed."""
    form = parse(ReasonForm, request.form)
    if form.model is None:
        return _page(lot_id, form), 422
    use_case, said = _decided(what, LotId(lot_id), form.model.reason)
    done(use_case, said)
    return redirect(url_for("operator.lot", lot_id=lot_id), code=303)


@blueprint.get(f"{REPORT}/file")
@require(Permission.RELEASE_HELD_LOT)
def lot_report_file(lot_id: int, report_id: int) -> ResponseReturnValue:
    return evidence.answer(lot_view.evidence(read(), LotId(lot_id), LotReportId(report_id)))


def _decided(what: str, lot_id: LotId, reason: str) -> tuple[Callable[[Session], object], str]:
    person_id = guard.actor().person.id
    if what == "recall":
        return (
            lambda session: stop_lot.recall(session, lot_id, reason, person_id=person_id),
            _("该批次已召回，买到的人都会收到通知。"),
        )
    decide = stop_lot.hold if what == "hold" else stop_lot.release
    said = _("该批次已停用，合作社会收到通知。") if what == "hold" else _("停用已解除，合作社会收到通知。")
    return (
        lambda session: decide(session, lot_id, reason, person_id=person_id, has_authority=True),
        said,
    )


def _page(lot_id: int, form: Form[ReasonForm] | Form[FormModel]) -> str:
    session = read()
    found = lot_view.facts(session, lot_id)
    return render_template(
        "operator/lot.html",
        facts=found,
        lot=found.whole.lot,
        seller=parties.get_party(session, found.whole.lot.cooperative_id),
        reached=lot_view.reached(session, LotId(lot_id)),
        events=history.events(session, journal.history(session, "lot", lot_id)),
        lot_words=lot_words,
        form=form,
    )
