"""Lots out of use, whoever's they are: held, tested, released or recalled by a person with authority."""

from collections.abc import Callable, Mapping
from functools import partial

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue.types import Lot, LotId, LotReportId, LotStatus
from marketplace.flow import stop_lot
from marketplace.kernel import journal
from marketplace.kernel.message import Message, msg
from marketplace.parties import queries as parties
from marketplace.parties.types import Permission
from marketplace.web import evidence, guard, history, list_words, listing, lot_view, lot_words, wording
from marketplace.web.database import read
from marketplace.web.forms import Form, M, blank
from marketplace.web.guard import require
from marketplace.web.language import render
from marketplace.web.operator.forms import ReasonForm
from marketplace.web.operator.routes import blueprint
from marketplace.web.outcome import decide

PER_PAGE = 50
STOPPED = (LotStatus.ON_HOLD, LotStatus.RECALLED)
ONE = "/lots/<int(max=9223372036854775807):lot_id>"
REPORT = f"{ONE}/reports/<int(max=9223372036854775807):report_id>"
DECISIONS: Mapping[str, tuple[Callable[..., Lot], Message]] = {
    "hold": (partial(stop_lot.hold, has_authority=True), msg("该批次已停用，合作社会收到通知。")),
    "release": (partial(stop_lot.release, has_authority=True), msg("停用已解除，合作社会收到通知。")),
    "recall": (stop_lot.recall, msg("该批次已召回，买到的人都会收到通知。")),
}


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
    (act, said), person_id = DECISIONS[what], guard.actor().person.id
    return decide(
        ReasonForm,
        lambda session, sent: act(session, LotId(lot_id), sent.reason, person_id=person_id),
        render(said),
        again=partial(_page, lot_id),
        onward=url_for("operator.lot", lot_id=lot_id),
    )


@blueprint.get(f"{REPORT}/file")
@require(Permission.RELEASE_HELD_LOT)
def lot_report_file(lot_id: int, report_id: int) -> ResponseReturnValue:
    return evidence.answer(lot_view.evidence(read(), LotId(lot_id), LotReportId(report_id)))


def _page(lot_id: int, form: Form[M]) -> str:
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
