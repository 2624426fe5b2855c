"""销售条件 of an offer: ladder, shipping days, cities, free freight, and a harvest sold before it is in."""

from datetime import date
from typing import Annotated

from flask import request
from flask.typing import ResponseReturnValue
from pydantic import Field

from marketplace.catalogue import service as goods
from marketplace.catalogue.types import OfferId, Presale, SellingTerms, Step
from marketplace.flow import presale
from marketplace.flow.presale import Harvest
from marketplace.kernel.money import Fen, parse_yuan
from marketplace.parties.types import Permission
from marketplace.web import guard
from marketplace.web.cooperative import selling_view, stock
from marketplace.web.cooperative.forms import PACKS_MAX
from marketplace.web.cooperative.offers import ONE, offer_page, saved, seller_of
from marketplace.web.cooperative.routes import blueprint
from marketplace.web.database import read
from marketplace.web.forms import Form, FormModel, parse
from marketplace.web.guard import require
from marketplace.web.language import gettext as _

_Line = Annotated[str, Field(max_length=20)]
_Lines = Annotated[tuple[_Line, ...], Field(max_length=selling_view.STEPS_SHOWN)]
_Code = Annotated[str, Field(max_length=20)]


class SellingForm(FormModel):
    """Steps stand beside one another, an empty one is none; every city ticked is the same as none."""

    step_quantity: _Lines = ()
    step_price: _Lines = ()
    weekday: Annotated[tuple[int, ...], Field(max_length=7)] = ()
    city: Annotated[tuple[_Code, ...], Field(max_length=40)] = ()
    free_freight: _Line = ""


class PresaleForm(FormModel):
    harvest_on: date
    cap: Annotated[int, Field(ge=1, le=PACKS_MAX)]
    key: Annotated[str, Field(min_length=8, max_length=100)]


class PresaleHarvestForm(FormModel):
    picked_on: date
    picked: Annotated[int, Field(ge=0, le=PACKS_MAX)]


@blueprint.post(f"{ONE}/selling")
@require(Permission.MANAGE_OFFERS, party_from=seller_of)
def change_selling(offer_id: int) -> ResponseReturnValue:
    form = parse(SellingForm, request.form)
    terms = None if form.model is None else _terms(form, form.model)
    if terms is None:
        return offer_page(offer_id, form), 422
    return saved(
        offer_id,
        form,
        lambda session: goods.change_selling(session, OfferId(offer_id), terms),
        _("销售条件已更新，从下一笔订单起生效。"),
    )


@blueprint.post(f"{ONE}/presale")
@require(Permission.MANAGE_OFFERS, party_from=seller_of)
def open_presale(offer_id: int) -> ResponseReturnValue:
    form = parse(PresaleForm, request.form)
    sent, person_id = form.model, guard.actor().person.id
    if sent is None:
        return offer_page(offer_id, form), 422
    return saved(
        offer_id,
        form,
        lambda session: presale.open_presale(
            session, OfferId(offer_id), Presale(sent.harvest_on, sent.cap), person_id=person_id, key=sent.key
        ),
        _("预售已开，买家现在就能订，采收后发货。"),
    )


@blueprint.post(f"{ONE}/presale/harvest")
@require(Permission.MANAGE_OFFERS, party_from=seller_of)
def harvest_presale(offer_id: int) -> ResponseReturnValue:
    form = parse(PresaleHarvestForm, request.form)
    form.typed = {**form.typed, **stock.paper_fields()}
    sent, person_id = form.model, guard.actor().person.id
    if sent is None:
        return offer_page(offer_id, form), 422
    harvest = Harvest(
        harvested_on=sent.picked_on,
        packs=sent.picked,
        papers=stock.papers_sent(read(), OfferId(offer_id)),
    )
    return saved(
        offer_id,
        form,
        lambda session: presale.bring_in(session, OfferId(offer_id), harvest, person_id=person_id),
        _("预售的货已采收 %(packs)s 件，可以装箱了。", packs=sent.picked),
    )


def _terms(form: Form[SellingForm], sent: SellingForm) -> SellingTerms | None:
    """Read what was typed; None with the error in its place where a number is none."""
    ladder: list[Step] = []
    for quantity, price in zip(sent.step_quantity, sent.step_price, strict=False):
        if not quantity and not price:
            continue
        fen = parse_yuan(price)
        if fen is None or not (quantity.isascii() and quantity.isdigit()):
            form.errors["ladder"] = _("阶梯价要写满从几件起和每件多少元，例如 3 件 46.00 元。")
            return None
        ladder.append(Step(int(quantity), fen))
    free = parse_yuan(sent.free_freight) if sent.free_freight else None
    if sent.free_freight and free is None:
        form.errors["free_freight"] = _("请填写金额，例如 86.00。")
        return None
    every = len(sent.city) == len(selling_view.mainland_cities(read()))
    return SellingTerms(
        ladder=tuple(ladder),
        ship_weekdays=tuple(sorted(set(sent.weekday))),
        served_cities=() if every else tuple(sorted(set(sent.city))),
        free_freight_fen=None if free is None else Fen(free),
    )
