"""Offers: what is on sale at what price and on which terms, paused and resumed."""

from collections.abc import Callable

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue import service as goods
from marketplace.catalogue.types import OfferId, OfferStatus, OfferTerms, Paper
from marketplace.kernel import ids, time
from marketplace.kernel.refusals import NotFound, Refusal
from marketplace.parties.types import PartyId, Permission
from marketplace.routing.burden import burdens
from marketplace.stock import queries as stock
from marketplace.web import list_words, listing, wording
from marketplace.web.cooperative import sellable, selling_view, shelf
from marketplace.web.cooperative.forms import PriceForm, TermsForm
from marketplace.web.cooperative.routes import acting_for, blueprint
from marketplace.web.database import read, write
from marketplace.web.forms import Form, FormModel, M, blank, parse
from marketplace.web.guard import require
from marketplace.web.language import gettext as _
from marketplace.web.outcome import done

PER_PAGE = 50
ON_SHELF = (OfferStatus.LISTED, OfferStatus.PAUSED)
ONE = "/offers/<int(max=9223372036854775807):offer_id>"


def seller_of(session: Session, offer_id: int, **_rest: object) -> PartyId:
    """Say whose an offer is, for the guard. Refuses (OfferNotFound)."""
    return catalogue.get_offer(session, OfferId(offer_id)).cooperative_id


@blueprint.get("/offers", endpoint="offers")
@require(Permission.MANAGE_OFFERS)
def list_offers() -> ResponseReturnValue:
    asked = request.args.get("state", "")
    state = OfferStatus(asked) if asked in ON_SHELF else None
    tools = listing.asked(list_words.OFFERS, PER_PAGE, search=list_words.NAME)
    found = catalogue.offers_of_cooperative(
        read(),
        acting_for(),
        tools.page,
        tools.per_page,
        ON_SHELF if state is None else {state},
        sought=tools.sought,
    )
    return listing.answer(
        "cooperative/offers.html",
        tools,
        found,
        state=state,
        states={one: wording.OFFER_STATES[one] for one in ON_SHELF},
        rows=shelf.offer_rows(read(), found.items),
        heavy=burdens(read(), found.items),
    )


@blueprint.get(ONE)
@require(Permission.MANAGE_OFFERS, party_from=seller_of)
def offer(offer_id: int) -> ResponseReturnValue:
    return offer_page(offer_id, blank())


@blueprint.post(f"{ONE}/price")
@require(Permission.MANAGE_OFFERS, party_from=seller_of)
def change_price(offer_id: int) -> ResponseReturnValue:
    form = parse(PriceForm, request.form)
    fen = form.model.fen if form.model is not None else None
    if fen is None:
        form.errors["price"] = _("请填写金额，例如 86.00。")
        return offer_page(offer_id, form), 422
    return saved(
        offer_id,
        form,
        lambda session: goods.change_price(session, OfferId(offer_id), fen),
        _("新价格从下一笔订单起生效。"),
    )


@blueprint.post(f"{ONE}/terms")
@require(Permission.MANAGE_OFFERS, party_from=seller_of)
def change_terms(offer_id: int) -> ResponseReturnValue:
    form = parse(TermsForm, request.form)
    if form.model is None:
        return offer_page(offer_id, form), 422
    terms = OfferTerms(**form.model.model_dump())
    return saved(
        offer_id,
        form,
        lambda session: goods.change_terms(session, OfferId(offer_id), terms),
        _("供货条件已更新。"),
    )


@blueprint.post(f"{ONE}/pause")
@require(Permission.MANAGE_OFFERS, party_from=seller_of)
def pause(offer_id: int) -> ResponseReturnValue:
    said = _("已暂停销售，已下的订单照常供货。")
    done(lambda session: goods.pause_offer(session, OfferId(offer_id), "cooperative"), said)
    return redirect(url_for("cooperative.offer", offer_id=offer_id), code=303)


@blueprint.post(f"{ONE}/resume")
@require(Permission.MANAGE_OFFERS, party_from=seller_of)
def resume(offer_id: int) -> ResponseReturnValue:
    done(lambda session: goods.resume_offer(session, OfferId(offer_id)), _("已恢复销售。"))
    return redirect(url_for("cooperative.offer", offer_id=offer_id), code=303)


@blueprint.post(f"{ONE}/papers")
@require(Permission.MANAGE_OFFERS, party_from=seller_of)
def declare_papers(offer_id: int) -> ResponseReturnValue:
    """Take the cooperative's word for papers that no register knows, such as the label on each pack."""
    codes = frozenset(request.form.getlist("paper"))
    done(
        lambda session: goods.declare_papers(session, OfferId(offer_id), codes),
        _("已记下。买家和市场监管部门可以据此追究责任。"),
    )
    return redirect(url_for("cooperative.offer", offer_id=offer_id), code=303)


def saved(
    offer_id: int, form: Form[M], use_case: Callable[[Session], object], said: str
) -> ResponseReturnValue:
    """Run what an offer's form asks for and come back to the offer; a refusal stands on the form."""
    try:
        write(use_case)
    except NotFound:
        raise
    except Refusal as refusal:
        form.refuse(refusal)
        return offer_page(offer_id, form), refusal.status
    flash(said, "good")
    return redirect(url_for("cooperative.offer", offer_id=offer_id), code=303)


def offer_page(offer_id: int, form: Form[M] | Form[FormModel]) -> str:
    session = read()
    found = catalogue.get_offer(session, OfferId(offer_id))
    product = catalogue.get_product(session, found.product_id)
    variant = catalogue.get_variant(session, found.variant_id)
    lots = catalogue.lots_of_offer(session, found.id)
    held = stock.lots_by_id(session, [lot.id for lot in lots])
    return render_template(
        "cooperative/offer.html",
        offer=found,
        product=product,
        variant=variant,
        row=shelf.offer_row(found, product, variant, shelf.lot_rows(lots, held)),
        papers=lot_papers(session, product.product_form),
        selling=selling_view.view(session, found, product, form),
        sale=sellable.look(session, found, product, [one.lot_id for one in held.values() if one.on_hand]),
        form=form,
        key=ids.new_token(),
        today=time.today(),
    )


def lot_papers(session: Session, product_form: str) -> tuple[Paper, ...]:
    """Return the papers that a lot of such goods must or may carry, the required ones first."""
    return catalogue.lot_papers(session, product_form)
