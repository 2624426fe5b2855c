"""温度异常、拒收 and the lots they hold: a person with authority decides what becomes of them."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from flask import make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue.types import Lot, LotId
from marketplace.custody import queries as custody
from marketplace.custody.types import Breach, BreachCause
from marketplace.flow import hand_over
from marketplace.kernel.message import Message, msg
from marketplace.kernel.paging import Page
from marketplace.orders import queries as orders
from marketplace.orders.types import Order, OrderLine
from marketplace.parties.types import Permission
from marketplace.stock import queries as stock
from marketplace.stock.types import LotStock
from marketplace.web import guard, list_words, listing
from marketplace.web.database import read
from marketplace.web.forms import Form, FormModel, blank, parse
from marketplace.web.guard import require
from marketplace.web.language import gettext as _
from marketplace.web.operator.forms import LotDecisionForm
from marketplace.web.operator.routes import blueprint
from marketplace.web.outcome import done

PER_PAGE = 50
CAUSES: Mapping[BreachCause, Message] = {
    BreachCause.HIGH: msg("偏高"),
    BreachCause.LOW: msg("偏低"),
    BreachCause.REFUSED: msg("拒收"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class BreachRow:
    """What was found on one line's packs."""

    breach: Breach
    line: OrderLine
    order: Order


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldLot:
    """A lot that waits for a decision, with all that was found on it."""

    lot: Lot
    stock: LotStock | None
    rows: tuple[BreachRow, ...]


@blueprint.get("/breaches")
@require(Permission.RELEASE_HELD_LOT)
def breaches() -> ResponseReturnValue:
    return _page(blank())


def _page(form: Form[LotDecisionForm] | Form[FormModel], lot_id: int | None = None) -> ResponseReturnValue:
    """Show what waits; ``form`` is what was typed for one of the lots and could not be taken."""
    asked = request.args.get("cause", "")
    cause = BreachCause(asked) if asked in set(BreachCause) else None
    tools = listing.asked(
        list_words.WAITING, PER_PAGE, search=list_words.LOT_NUMBER, address=url_for("operator.breaches")
    )
    found = custody.open_breaches(
        read(),
        cause=cause,
        lot_ids=catalogue.lots_marked(tools.sought.text) if tools.sought.text else None,
        sought=tools.sought,
        page=tools.page,
        per_page=tools.per_page,
    )
    return listing.answer(
        "operator/breaches.html",
        tools,
        found,
        held=_held(read(), found),
        cause=cause,
        causes=CAUSES,
        words=hand_over.in_words,
        form=form,
        typed_for=lot_id,
    )


@blueprint.post("/lots/<int(max=9223372036854775807):lot_id>/decide")
@require(Permission.RELEASE_HELD_LOT)
def decide_lot(lot_id: int) -> ResponseReturnValue:
    form = parse(LotDecisionForm, request.form)
    if form.model is None:
        form.errors["reason"] = _("请选择处理方式并写明依据。")
        return make_response(_page(form, lot_id), 422)
    sent, person_id = form.model, guard.actor().person.id
    released = sent.decision == "release"
    done(
        lambda session: hand_over.decide_lot(
            session, LotId(lot_id), person_id, sent.reason, release=released
        ),
        _("已解除停售。") if released else _("已记录，该批次继续停售。"),
    )
    return redirect(url_for("operator.breaches"), code=303)


def _held(session: Session, found: Page[Breach]) -> list[HeldLot]:
    """Group what was found by lot, in a constant number of statements."""
    lots = catalogue.lots_by_id(session, {one.lot_id for one in found.items})
    lines = orders.lines_by_id(session, {one.order_line_id for one in found.items})
    whole = orders.orders_by_id(session, {line.order_id for line in lines.values()})
    counted = stock.lots_by_id(session, list(lots))
    by_lot: dict[LotId, list[BreachRow]] = defaultdict(list)
    for one in found.items:
        line = lines[one.order_line_id]
        by_lot[one.lot_id].append(BreachRow(breach=one, line=line, order=whole[line.order_id]))
    return [
        HeldLot(lot=lots[lot_id], stock=counted.get(lot_id), rows=tuple(rows))
        for lot_id, rows in by_lot.items()
    ]
