"""Goods that the catalogue knows come to a cooperative's shelf: chosen by county, priced pack by pack."""

from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue import rules
from marketplace.catalogue.refusals import ProductNotFound
from marketplace.catalogue.types import (
    OfferStatus,
    Paper,
    Product,
    ProductFilter,
    ProductOrder,
    ProductStatus,
    Variant,
)
from marketplace.flow import bring_goods
from marketplace.kernel.message import Message
from marketplace.kernel.refusals import NotFound, Refusal
from marketplace.parties import queries as parties
from marketplace.parties.types import Permission
from marketplace.places import queries as places
from marketplace.web import list_words, listing
from marketplace.web.cooperative import goods_page
from marketplace.web.cooperative.goods_forms import FirstOffersForm, first_offers
from marketplace.web.cooperative.producers import producer_typed
from marketplace.web.cooperative.routes import acting_for, blueprint
from marketplace.web.database import read, write
from marketplace.web.forms import Form, FormModel, M, blank, parse
from marketplace.web.guard import require
from marketplace.web.language import gettext as _

PER_PAGE = 30
STANDING = frozenset({OfferStatus.LISTED, OfferStatus.PAUSED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Offerable:
    """Goods with the packs that the cooperative does not offer yet; ``barred`` says why none may be."""

    product: Product
    variants: tuple[Variant, ...]
    barred: Message | None
    to_declare: tuple[Paper, ...]
    to_certify: tuple[Paper, ...]


@blueprint.get("/offers/new")
@require(Permission.MANAGE_OFFERS)
def choose_goods() -> ResponseReturnValue:
    """Show what the catalogue knows of a county: the cooperative's own where none is asked for."""
    session = read()
    own = parties.get_party(session, acting_for()).division_code
    county = places.atlas(session).find(request.args.get("county") or own)
    codes = frozenset() if county is None else frozenset({county.code})
    tools = listing.asked(list_words.CHOICE, PER_PAGE, search=list_words.GOODS_NAME)
    wanted = ProductFilter(
        county_codes=codes,
        open_to=acting_for(),
        text=tools.sought.text,
        order=ProductOrder(tools.sought.order),
    )
    return listing.answer(
        "cooperative/offers_new.html",
        tools,
        catalogue.list_products(session, wanted, tools.page, tools.per_page),
        county=county,
        counties=goods_page.choices(session)["county_code"],
    )


@blueprint.get("/offers/new/<slug>")
@require(Permission.MANAGE_OFFERS)
def new_offer(slug: str) -> ResponseReturnValue:
    return _page(_product(read(), slug), blank())


@blueprint.post("/offers/new/<slug>")
@require(Permission.MANAGE_OFFERS)
def make_offers(slug: str) -> ResponseReturnValue:
    product, form = _product(read(), slug), parse(FirstOffersForm, request.form)
    if form.model is None:
        return _page(product, form), 422
    sent, seller = form.model, acting_for()
    first = first_offers(sent, catalogue.variants_of(read(), [product.id])[product.id])
    if first is None:
        form.errors["price"] = _("至少为一种规格填写价格，例如 86.00。")
        return _page(product, form), 422
    try:
        write(
            lambda session: bring_goods.offer_packs(
                session, seller, first, producer_typed(session, sent.producer) if sent.producer else None
            )
        )
    except NotFound:
        raise
    except Refusal as refusal:
        form.refuse(refusal)
        return _page(product, form), refusal.status
    flash(_("已上架。登记库存后买家就能下单。"), "good")
    return redirect(url_for("cooperative.offers"), code=303)


def _product(session: Session, slug: str) -> Product:
    """Return goods that anybody may offer, or the cooperative's own; refuses (ProductNotFound) others."""
    found = catalogue.get_product_by_slug(session, slug)
    if found.status is not ProductStatus.LISTED or found.owner_id not in {None, acting_for()}:
        raise ProductNotFound
    return found


def _offerable(session: Session, product: Product) -> Offerable:
    offered = {
        one.variant_id
        for one in catalogue.offers_of(session, [product.id], STANDING)[product.id]
        if one.cooperative_id == acting_for()
    }
    papers = catalogue.papers_for(session, product.product_form)
    held = catalogue.held_papers(session, product, {acting_for()}, ())
    declared = bring_goods.papers_to_declare(session, product.product_form)
    missing = rules.missing_papers(papers, {*held, *(one.code for one in declared)})
    return Offerable(
        product=product,
        variants=tuple(
            one for one in catalogue.variants_of(session, [product.id])[product.id] if one.id not in offered
        ),
        barred=rules.barred(product, papers),
        to_declare=declared,
        to_certify=missing,
    )


def _page(product: Product, form: Form[M] | Form[FormModel]) -> str:
    return render_template("cooperative/offer_new.html", page=_offerable(read(), product), form=form)
