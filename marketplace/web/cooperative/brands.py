"""Brands of a cooperative: its own, those it may use by their holders' word, and who asks for its own."""

from typing import Annotated, Literal

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import Field

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue import service as goods
from marketplace.catalogue.types import (
    BrandDraft,
    BrandFilter,
    BrandId,
    BrandKind,
    BrandState,
    BrandUseId,
    ProductId,
)
from marketplace.kernel.message import Name
from marketplace.kernel.refusals import NotFound, Refusal
from marketplace.parties import queries as parties
from marketplace.parties.types import Permission
from marketplace.web import brand_views
from marketplace.web.cooperative.forms import Identifier
from marketplace.web.cooperative.routes import acting_for, blueprint
from marketplace.web.database import read, write
from marketplace.web.forms import Form, FormModel, M, blank, parse
from marketplace.web.guard import require
from marketplace.web.language import gettext as _
from marketplace.web.paging import page_number

PER_PAGE = 30
MOST = 100


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
        return _page(form), 422
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
        return _page(form), refusal.status
    flash(_("品牌已提交，平台审核后可以用在商品上。"), "good")
    return redirect(url_for("cooperative.brands"), code=303)


@blueprint.post("/brands/uses")
@require(Permission.MANAGE_OFFERS)
def ask_brand() -> ResponseReturnValue:
    form, party_id = parse(AskForm, request.form), acting_for()
    if form.model is None:
        return _page(form), 422
    sent = form.model
    chosen = frozenset(map(ProductId, sent.product))
    try:
        write(lambda session: goods.ask_use(session, BrandId(sent.brand), party_id, chosen, sent.note))
    except NotFound:
        raise
    except Refusal as refusal:
        form.refuse(refusal)
        return _page(form), refusal.status
    flash(_("已申请，等品牌持有人答复。"), "good")
    return redirect(url_for("cooperative.brands"), code=303)


@blueprint.post(
    "/brands/uses/<int(max=9223372036854775807):use_id>/<any(authorise, refuse, withdraw):decision>"
)
@require(Permission.MANAGE_OFFERS)
def decide_brand_use(use_id: int, decision: str) -> ResponseReturnValue:
    wrong = brand_views.decide(BrandUseId(use_id), acting_for(), decision)
    if wrong is not None:
        return _page(wrong), 422
    return redirect(url_for("cooperative.brands"), code=303)


def _page(form: Form[M]) -> str:
    session, party_id = read(), acting_for()
    own = catalogue.list_brands(session, BrandFilter(holder_id=party_id), per_page=MOST)
    asked = catalogue.uses_by(session, party_id, page=page_number(), per_page=PER_PAGE)
    to_decide = [
        one for one in catalogue.uses_to_decide(session, [party_id]).items if one.user_id != party_id
    ]
    listed = BrandFilter(states=frozenset({BrandState.LISTED}))
    offers = catalogue.offers_of_cooperative(session, party_id, per_page=MOST).items
    every = catalogue.list_brands(session, listed, per_page=MOST).items
    brands_shown, views = brand_views.views(session, [*own.items, *every], [*asked.items, *to_decide])
    return render_template(
        "cooperative/brands.html",
        own=brands_shown[: len(own.items)],
        asked=asked,
        asked_views=views[: len(asked.items)],
        deciding=views[len(asked.items) :],
        listed=brands_shown[len(own.items) :],
        products=list(catalogue.products_by_id(session, {one.product_id for one in offers}).values()),
        kinds=brand_views.KINDS,
        form=form,
    )
