"""Lots out of use, whoever's they are: held, tested, released or recalled by a person with authority."""

from collections.abc import Callable, Mapping
from functools import partial

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue.types import Lot, LotId, LotReportId
from marketplace.flow import stop_lot
from marketplace.kernel import journal
from marketplace.kernel.message import Message, msg
from marketplace.parties import queries as parties
from marketplace.parties.types import Permission
from marketplace.web import evidence, guard, lot_view, lot_words
from marketplace.web.database import read
from marketplace.web.forms import Form, M, blank
from marketplace.web.guard import require
from marketplace.web.language import render
from marketplace.web.operator import history
from marketplace.web.operator.forms import ReasonForm
from marketplace.web.operator.routes import blueprint
from marketplace.web.outcome import decide
from marketplace.web.paging import page_number

PER_PAGE = 50
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
    found = catalogue.held_lots(read(), page_number(), PER_PAGE)
    sellers = parties.parties_by_id(read(), {one.cooperative_id for one in found.items})
    return render_template(
        "operator/lots.html",
        found=found,
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
