"""One part of an order: what to pack from which lots, why it came here, and what one may do with it."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue.types import Lot, LotId, LotStatus, OfferId
from marketplace.flow import accept_order
from marketplace.kernel.refusals import Refusal
from marketplace.orders import queries as orders
from marketplace.orders.refusals import UnknownFulfilment
from marketplace.orders.rules import UNSENT
from marketplace.orders.types import Fulfilment, FulfilmentState, Order, OrderLine, OrderLineId, Pick, Picks
from marketplace.parties.types import Permission
from marketplace.stock import queries as stock
from marketplace.stock.types import LotStock
from marketplace.web import guard
from marketplace.web.cooperative import parts, steps
from marketplace.web.cooperative.forms import DeclineForm
from marketplace.web.cooperative.routes import blueprint, mine
from marketplace.web.database import read, write
from marketplace.web.forms import Form, FormModel, blank, parse
from marketplace.web.guard import require
from marketplace.web.language import gettext as _
from marketplace.web.outcome import done

LotChoices = Mapping[OrderLineId, tuple["LotChoice", ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class LotChoice:
    """A lot from which a line may be packed: ``proposed`` packs of it now, ``most`` at the most."""

    field: str
    lot: Lot
    proposed: int
    most: int


@blueprint.get("/orders/<number>")
@require(Permission.FULFIL)
def order(number: str) -> ResponseReturnValue:
    return _page(number, blank())


@blueprint.post("/orders/<number>/accept")
@require(Permission.FULFIL)
def accept_part(number: str) -> ResponseReturnValue:
    part = _own(number)[1]
    done(lambda session: accept_order.accept(session, mine(), [part.id]), _("已接单。"))
    return redirect(url_for("cooperative.order", number=number), code=303)


@blueprint.post("/orders/<number>/decline")
@require(Permission.FULFIL)
def decline_part(number: str) -> ResponseReturnValue:
    part = _own(number)[1]
    form = parse(DeclineForm, request.form)
    if form.model is None:
        return _page(number, form), 422
    reason = form.model.reason
    said = _("已说明无法供货，货款和运费正在退给买家。")
    done(lambda session: accept_order.decline(session, mine(), part.id, reason=reason), said)
    return redirect(url_for("cooperative.order", number=number), code=303)


@blueprint.post("/orders/<number>/pack")
@require(Permission.FULFIL)
def pack_part(number: str) -> ResponseReturnValue:
    """Close the box from the lots that were really taken."""
    part = _own(number)[1]
    try:
        picks = _read_picks(part)
        write(lambda session: accept_order.pack(session, mine(), [part.id], picks))
    except Refusal as refusal:
        form = blank(**{name: request.form[name] for name in request.form if name.startswith("lot-")})
        form.refuse(refusal)
        return _page(number, form), refusal.status
    return redirect(url_for("cooperative.orders", state=FulfilmentState.PACKED, part=part.id), code=303)


def _own(number: str) -> tuple[Order, Fulfilment]:
    """Return an order and the cooperative's part of it by the part's number, in five statements.

    Refuses (UnknownFulfilment, UnknownOrder) a stranger's part like one that does not exist.
    """
    whole = orders.get_order_by_number(read(), number.rpartition("-")[0])
    part = next((one for one in whole.fulfilments if one.number == number), None)
    if part is None or part.state is FulfilmentState.AWAITING_PAYMENT:
        raise UnknownFulfilment
    guard.check(Permission.FULFIL, part.cooperative_id)
    return whole, part


def _page(number: str, form: Form[FormModel] | Form[DeclineForm]) -> str:
    whole, part = _own(number)
    packing = part.state is FulfilmentState.ACCEPTED
    return render_template(
        "cooperative/order.html",
        part=part,
        row=parts.part_rows(read(), [part])[0],
        address=whole.address if part.state in UNSENT and part.warehouse_id is None else None,
        choices=_lot_choices(read(), part) if packing else {},
        steps=steps.of_part(part),
        form=form,
        printable=part.state in parts.PRINTABLE,
    )


def _lot_choices(session: Session, part: Fulfilment) -> LotChoices:
    """Return, line by line, the open lots of its offer with packs to spare, first expired first."""
    lots = catalogue.lots_of_offers(session, {line.offer_id for line in part.lines})
    held = stock.lots_by_id(session, [lot.id for found in lots.values() for lot in found])
    return {line.id: tuple(_choices_of(line, lots, held)) for line in part.lines}


def _choices_of(
    line: OrderLine, lots: Mapping[OfferId, tuple[Lot, ...]], held: Mapping[LotId, LotStock]
) -> list[LotChoice]:
    proposed = {pick.lot_id: pick.quantity for pick in line.picks}
    found = []
    for lot in lots[line.offer_id]:
        mine_already = proposed.get(lot.id, 0)
        spare = held[lot.id].available if lot.id in held and lot.status is LotStatus.OPEN else 0
        if mine_already + spare:
            most = min(mine_already + spare, line.refundable_quantity)
            found.append(LotChoice(field=_field(line.id, lot.id), lot=lot, proposed=mine_already, most=most))
    return found


def _field(line_id: OrderLineId, lot_id: LotId) -> str:
    return f"lot-{line_id}-{lot_id}"


def _read_picks(part: Fulfilment) -> Picks:
    """Read how many packs of which lot were taken for each line; what was left empty is none."""
    picks: dict[OrderLineId, tuple[Pick, ...]] = {}
    for line_id, choices in _lot_choices(read(), part).items():
        taken = [
            Pick(lot_id=one.lot.id, quantity=int(request.form[one.field]))
            for one in choices
            if request.form.get(one.field, "").isdecimal()
        ]
        if taken:
            picks[line_id] = tuple(pick for pick in taken if pick.quantity)
    return picks
