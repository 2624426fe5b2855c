"""Pairings that wait for an official's word: confirm them, or say that they do not hold."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import Field

from marketplace.flow import confirm_pairing, decide_pairing
from marketplace.kernel import journal, time
from marketplace.kernel.message import Message, msg
from marketplace.kernel.paging import page_of
from marketplace.parties.types import Permission
from marketplace.places import queries as places
from marketplace.places.atlas import Atlas
from marketplace.places.refusals import PairingNotFound
from marketplace.places.types import Pairing, PairingId, PairingStatus
from marketplace.web import guard, list_words, listing
from marketplace.web.database import read
from marketplace.web.forms import Form, FormModel, blank, parse
from marketplace.web.language import gettext as _
from marketplace.web.outcome import done
from marketplace.web.oversight.routes import blueprint

PER_PAGE = 50
STATUS: dict[PairingStatus, tuple[Message, str]] = {
    PairingStatus.DOCUMENTED: (msg("有公开文件"), "good"),
    PairingStatus.TO_BE_CONFIRMED: (msg("待确认"), "wait"),
    PairingStatus.CONFIRMED: (msg("已确认"), "good"),
    PairingStatus.ENDED: (msg("已结束"), "plain"),
}


class EndForm(FormModel):
    """When a pairing ended and by which word; for one that never was, the day does not matter."""

    last_day: date
    reason: str = Field(min_length=2, max_length=200)


@blueprint.get("/pairings")
@guard.require(Permission.SEE_TOTALS)
def pairings() -> ResponseReturnValue:
    atlas = places.atlas(read())
    tools = listing.asked(list_words.PAIRINGS, PER_PAGE, search=list_words.PLACE)
    every = confirm_pairing.pairings_in_scope(read(), guard.actor(), time.today())
    wanted = [one for one in every if _is_of(one, tools.sought.text, atlas)]
    found = page_of(sorted(wanted, key=_ORDERS[tools.sought.order]), tools.page, tools.per_page)
    return listing.answer(
        "oversight/pairings.html",
        tools,
        found,
        pairings=found.items,
        atlas=atlas,
        status=STATUS,
        today=time.today(),
    )


_BY_STATUS = (PairingStatus.TO_BE_CONFIRMED, PairingStatus.CONFIRMED, PairingStatus.DOCUMENTED)
_ORDERS: Mapping[str, Callable[[Pairing], Any]] = {
    "status": lambda one: (
        _BY_STATUS.index(one.status) if one.status in _BY_STATUS else len(_BY_STATUS),
        one.level,
        one.code,
    ),
    "place": lambda one: (one.gd_code, one.gz_code, one.id),
    "newest": lambda one: (-(one.valid_from or date.min).toordinal(), one.code),
}


def _is_of(pairing: Pairing, typed: str, atlas: Atlas) -> bool:
    """Tell whether the name of one of its places, in any language, has the words in it."""
    names = [atlas.division(one).name for one in (pairing.gd_code, pairing.gz_code)]
    return any(typed.lower() in text.lower() for name in names for text in (name.hans, name.hant, name.en))


@blueprint.get("/pairings/<int:pairing_id>")
@guard.require(Permission.SEE_TOTALS)
def pairing(pairing_id: int) -> ResponseReturnValue:
    return _page(pairing_id, blank(last_day=time.today().isoformat()))


@blueprint.post("/pairings/<int:pairing_id>/confirm")
@guard.require(Permission.CONFIRM_PAIRING)
def confirm(pairing_id: int) -> ResponseReturnValue:
    actor = guard.actor()
    done(
        lambda session: decide_pairing.confirm(session, PairingId(pairing_id), actor),
        _("已确认。此前待确认的金额已转入结对内。"),
    )
    return redirect(url_for("oversight.pairings"), 303)


@blueprint.post("/pairings/<int:pairing_id>/end")
@guard.require(Permission.CONFIRM_PAIRING)
def end(pairing_id: int) -> ResponseReturnValue:
    form, actor = parse(EndForm, request.form), guard.actor()
    wanted = form.model
    if wanted is None:
        return _page(pairing_id, form), 422
    done(
        lambda session: decide_pairing.strike(
            session, PairingId(pairing_id), actor, last_day=wanted.last_day, reason=wanted.reason
        ),
        _("已记下。今后的订单不再计入这一结对。"),
    )
    return redirect(url_for("oversight.pairings"), 303)


def _page(pairing_id: int, form: Form[EndForm] | Form[FormModel]) -> str:
    """Show one pairing of the official's scope; any other is not there."""
    found = next(
        (
            one
            for one in confirm_pairing.pairings_in_scope(read(), guard.actor(), time.today())
            if one.id == pairing_id
        ),
        None,
    )
    if found is None:
        raise PairingNotFound
    return render_template(
        "oversight/pairing.html",
        pairing=found,
        atlas=places.atlas(read()),
        status=STATUS,
        history=journal.history(read(), "pairing", found.id),
        form=form,
    )
