"""Stock of an offer: a harvest comes in as a new lot, more packs of a lot, a lot is counted."""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue.types import LotId, OfferId
from marketplace.flow import receive_stock
from marketplace.flow.receive_stock import Arrival
from marketplace.parties.types import Permission
from marketplace.web import guard
from marketplace.web.cooperative.forms import CountForm, HarvestForm, MorePacksForm
from marketplace.web.cooperative.offers import ONE, lot_papers, offer_page, saved, seller_of
from marketplace.web.cooperative.routes import blueprint
from marketplace.web.database import read
from marketplace.web.forms import parse
from marketplace.web.guard import require
from marketplace.web.language import gettext as _

LOT = f"{ONE}/lots/<int(max=9223372036854775807):lot_id>"
PAPER_MAX = 80


@blueprint.post(f"{ONE}/lots")
@require(Permission.MANAGE_OFFERS, party_from=seller_of)
def receive_harvest(offer_id: int) -> ResponseReturnValue:
    form = parse(HarvestForm, request.form)
    form.typed = {**form.typed, **paper_fields()}
    sent = form.model
    if sent is None:
        return offer_page(offer_id, form), 422
    arrival = Arrival(
        code=sent.code,
        harvested_on=sent.harvested_on,
        expires_on=sent.expires_on,
        packs=sent.packs,
        papers=papers_sent(read(), OfferId(offer_id)),
    )
    person = guard.actor().person
    return saved(
        offer_id,
        form,
        lambda session: receive_stock.receive_harvest(
            session,
            OfferId(offer_id),
            arrival,
            person_id=person.id,
            key=sent.key,
            promised_by=person if sent.promise else None,
        ),
        _("批次 %(code)s 已入库 %(packs)s 件。", code=sent.code, packs=sent.packs),
    )


@blueprint.post(f"{LOT}/receive")
@require(Permission.MANAGE_OFFERS, party_from=seller_of)
def receive_more(offer_id: int, lot_id: int) -> ResponseReturnValue:
    form = parse(MorePacksForm, request.form)
    sent = form.model
    if sent is None:
        return _no_number(offer_id)
    person_id = guard.actor().person.id
    return saved(
        offer_id,
        form,
        lambda session: receive_stock.receive_more(
            session, OfferId(offer_id), LotId(lot_id), sent.packs, person_id=person_id, key=sent.key
        ),
        _("已入库 %(packs)s 件。", packs=sent.packs),
    )


@blueprint.post(f"{LOT}/count")
@require(Permission.MANAGE_OFFERS, party_from=seller_of)
def count_lot(offer_id: int, lot_id: int) -> ResponseReturnValue:
    form = parse(CountForm, request.form)
    sent = form.model
    if sent is None:
        return _no_number(offer_id)
    person_id = guard.actor().person.id
    return saved(
        offer_id,
        form,
        lambda session: receive_stock.count_lot(
            session, OfferId(offer_id), LotId(lot_id), sent.counted, person_id=person_id
        ),
        _("盘点已记录：%(packs)s 件。", packs=sent.counted),
    )


def _no_number(offer_id: int) -> ResponseReturnValue:
    flash(_("请填写整数的件数。"), "stop")
    return redirect(url_for("cooperative.offer", offer_id=offer_id), code=303)


def papers_sent(session: Session, offer_id: OfferId) -> dict[str, str]:
    """Read the numbers of the papers that such goods' lots carry; what was left empty was not shown."""
    product = catalogue.get_product(session, catalogue.get_offer(session, offer_id).product_id)
    sent = {
        paper.code: request.form.get(f"paper-{paper.code}", "")
        for paper in lot_papers(session, product.product_form)
    }
    return {code: number.strip()[:PAPER_MAX] for code, number in sent.items() if number.strip()}


def paper_fields() -> dict[str, str]:
    """Return what was typed of papers, for the form to show again."""
    return {name: value for name, value in request.form.items() if name.startswith("paper-")}
