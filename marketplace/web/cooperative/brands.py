"""Brands of a cooperative: its own, those it may use by their holders' word, and who asks for its own."""

from collections.abc import Mapping
from typing import Annotated, Literal

from flask import flash, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import Field
from sqlalchemy.orm import Session

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue import service as goods
from marketplace.catalogue.types import (
    Brand,
    BrandDraft,
    BrandFilter,
    BrandId,
    BrandKind,
    BrandState,
    BrandUse,
    BrandUseId,
    ProductId,
)
from marketplace.kernel.message import Message, Name, msg
from marketplace.kernel.paging import Page
from marketplace.kernel.refusals import NotFound, Refusal
from marketplace.parties import queries as parties
from marketplace.parties.types import Permission
from marketplace.web import brand_views, history, list_words, listing
from marketplace.web.cooperative.forms import Identifier
from marketplace.web.cooperative.routes import acting_for, blueprint
from marketplace.web.database import read, write
from marketplace.web.forms import Form, FormModel, M, blank, parse
from marketplace.web.guard import require
from marketplace.web.language import gettext as _

PER_PAGE = 30
MOST = 100
LISTS: Mapping[str, Message] = {
    "asked": msg("我们能用的和申请过的"),
    "others": msg("别人要用我们的"),
    "own": msg("我们自己的"),
}


class AskForm(FormModel):
    brand: Identifier
    product: Annotated[tuple[Identifier, ...], Field(max_length=MOST)] = ()
    note: Annotated[str, Field(max_length=200)] = ""


class OwnBrandForm(FormModel):
    """A cooperative registers what is its own; a place's brand is registered by the operator."""

    kind: Literal[BrandKind.ENTERPRISE, BrandKind.PRODUCT]
    name: Annotated[str, Field(min_length=1, max_length=40)]
    name_en: Annotated[str, Field(max_length=80)] = ""
    registration: Annotated[str, Field(max_length=80)] = ""


@blueprint.get("/brands")
@require(Permission.MANAGE_OFFERS)
def brands() -> ResponseReturnValue:
    return _page(blank())


@blueprint.post("/brands")
@require(Permission.MANAGE_OFFERS)
def register_brand() -> ResponseReturnValue:
    form, party_id = parse(OwnBrandForm, request.form), acting_for()
    if form.model is None:
        return make_response(_page(form), 422)
    sent, party = form.model, parties.get_party(read(), acting_for())
    draft = BrandDraft(
        kind=sent.kind,
        name=Name(sent.name, "", sent.name_en or sent.name),
        holder_id=party_id,
        holder_name=party.name.hans,
        division_code=None,
        registration=sent.registration,
    )
    try:
        write(lambda session: goods.submit_brand(session, draft))
    except Refusal as refusal:
        form.refuse(refusal)
        return make_response(_page(form), refusal.status)
    flash(_("品牌已提交，平台审核后可以用在商品上。"), "good")
    return redirect(url_for("cooperative.brands", list="own"), code=303)


@blueprint.post("/brands/uses")
@require(Permission.MANAGE_OFFERS)
def ask_brand() -> ResponseReturnValue:
    form, party_id = parse(AskForm, request.form), acting_for()
    if form.model is None:
        return make_response(_page(form), 422)
    sent = form.model
    chosen = frozenset(map(ProductId, sent.product))
    try:
        write(lambda session: goods.ask_use(session, BrandId(sent.brand), party_id, chosen, sent.note))
    except NotFound:
        raise
    except Refusal as refusal:
        form.refuse(refusal)
        return make_response(_page(form), refusal.status)
    flash(_("已申请，等品牌持有人答复。"), "good")
    return redirect(url_for("cooperative.brands"), code=303)


@blueprint.post(
    "/brands/uses/<int(max=9223372036854775807):use_id>/<any(authorise, refuse, withdraw):decision>"
)
@require(Permission.MANAGE_OFFERS)
def decide_brand_use(use_id: int, decision: str) -> ResponseReturnValue:
    wrong = brand_views.decide(BrandUseId(use_id), acting_for(), decision)
    if wrong is not None:
        return make_response(_page(wrong, "others"), 422)
    return redirect(url_for("cooperative.brands", list="others"), code=303)


def _page(form: Form[M], shown: str | None = None) -> ResponseReturnValue:
    session, party_id = read(), acting_for()
    asked = shown or request.args.get("list", "")
    shown = asked if asked in LISTS else "asked"
    orders, words = (
        (list_words.BRANDS, list_words.NAME)
        if shown == "own"
        else (list_words.ANSWERS, list_words.BRAND_OR_GOODS)
    )
    tools = listing.asked(orders, PER_PAGE, search=words, address=url_for("cooperative.brands"))
    listed = BrandFilter(states=frozenset({BrandState.LISTED}))
    every = catalogue.list_brands(session, listed, per_page=MOST).items
    offers = catalogue.offers_of_cooperative(session, party_id, per_page=MOST).items
    own, uses = _found(session, shown, tools)
    brands_shown, views = brand_views.views(session, [*own.items, *every], uses.items)
    subject, ids = (
        ("brand", [one.id for one in own.items])
        if shown == "own"
        else ("brand_use", [one.id for one in uses.items])
    )
    return listing.answer(
        "cooperative/brands.html",
        tools,
        own if shown == "own" else uses,
        shown=shown,
        lists=LISTS,
        waiting=catalogue.count_uses_asked(session, party_id),
        own=brands_shown[: len(own.items)],
        views=views,
        past_of={} if tools.is_sheet else history.of_each(session, subject, ids),
        listed=brands_shown[len(own.items) :],
        products=list(catalogue.products_by_id(session, {one.product_id for one in offers}).values()),
        kinds=brand_views.KINDS,
        form=form,
    )


def _found(session: Session, shown: str, tools: listing.Tools) -> tuple[Page[Brand], Page[BrandUse]]:
    """Return the page of the list that is shown; the other kind is empty."""
    party_id, sought = acting_for(), tools.sought
    brands: Page[Brand] = Page([], 0, 1, tools.per_page)
    uses: Page[BrandUse] = Page([], 0, 1, tools.per_page)
    if shown == "own":
        wanted = BrandFilter(holder_id=party_id)
        brands = catalogue.list_brands(
            session, wanted, sought=sought, page=tools.page, per_page=tools.per_page
        )
    elif shown == "others":
        uses = catalogue.uses_to_decide(
            session, [party_id], by_others=True, sought=sought, page=tools.page, per_page=tools.per_page
        )
    else:
        uses = catalogue.uses_by(session, party_id, sought=sought, page=tools.page, per_page=tools.per_page)
    return brands, uses
