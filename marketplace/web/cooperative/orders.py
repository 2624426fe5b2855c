"""A cooperative's parts of orders: what comes in, accepted and packed many at a time, one tap each."""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.flow import accept_order
from marketplace.orders import queries as orders
from marketplace.orders.types import FulfilmentState
from marketplace.parties.types import Permission
from marketplace.web import list_words, listing
from marketplace.web.cooperative import parts
from marketplace.web.cooperative.forms import ChosenParts
from marketplace.web.cooperative.routes import acting_for, blueprint, counts, mine
from marketplace.web.database import read
from marketplace.web.forms import parse
from marketplace.web.guard import require
from marketplace.web.language import gettext as _
from marketplace.web.outcome import done

PER_PAGE = 50
TABS = (
    FulfilmentState.TO_ACCEPT,
    FulfilmentState.ACCEPTED,
    FulfilmentState.PACKED,
    FulfilmentState.IN_TRANSIT,
    FulfilmentState.DELIVERED,
)
EVERY = "all"


@blueprint.get("/orders", endpoint="orders")
@require(Permission.FULFIL)
def list_parts() -> ResponseReturnValue:
    state = _asked_state()
    tools = listing.asked(list_words.PARTS, PER_PAGE, search=list_words.NUMBER)
    found = orders.fulfilments_of_cooperative(
        read(), acting_for(), state, sought=tools.sought, page=tools.page, per_page=tools.per_page
    )
    return listing.answer(
        "cooperative/orders.html",
        tools,
        found,
        rows=parts.part_rows(read(), found.items),
        state=state or EVERY,
        tabs=TABS,
        counts=counts(),
        ticked=set(request.args.getlist("part", type=int)),
    )


@blueprint.post("/orders/accept")
@require(Permission.FULFIL)
def accept_parts() -> ResponseReturnValue:
    """Take on the ticked parts, or all that the page showed, and go on to packing them."""
    chosen = parse(ChosenParts, request.form).model
    if chosen is None or not chosen.ids:
        return _nothing_ticked(FulfilmentState.TO_ACCEPT)
    said = _("已接单：%(count)s 单。批次已按先到期先出排好，可以装箱。", count=len(chosen.ids))
    taken = done(lambda session: accept_order.accept(session, mine(), chosen.ids), said)
    state = FulfilmentState.ACCEPTED if taken else FulfilmentState.TO_ACCEPT
    return redirect(url_for("cooperative.orders", state=state), code=303)


@blueprint.post("/orders/pack")
@require(Permission.FULFIL)
def pack_parts() -> ResponseReturnValue:
    """Close the boxes of the ticked parts from the lots proposed, and go on to their labels."""
    chosen = parse(ChosenParts, request.form).model
    if chosen is None or not chosen.ids:
        return _nothing_ticked(FulfilmentState.ACCEPTED)
    said = _("已装箱：%(count)s 单。接着打印标签和装箱单。", count=len(chosen.ids))
    packed = done(lambda session: accept_order.pack(session, mine(), chosen.ids), said)
    if not packed:
        return redirect(url_for("cooperative.orders", state=FulfilmentState.ACCEPTED), code=303)
    return redirect(url_for("cooperative.orders", state=FulfilmentState.PACKED, part=chosen.ids), code=303)


def _asked_state() -> FulfilmentState | None:
    """Return the state asked for, None for all; without a word, the first in which work waits."""
    asked = request.args.get("state", "")
    if asked in TABS:
        return FulfilmentState(asked)
    if asked == EVERY:
        return None
    return next((one for one in TABS if counts().get(one)), FulfilmentState.TO_ACCEPT)


def _nothing_ticked(state: FulfilmentState) -> ResponseReturnValue:
    flash(_("还没有勾选供货单。"), "wait")
    return redirect(url_for("cooperative.orders", state=state), code=303)
