"""Brands in work: what cooperatives submit, what is registered, and uses decided on holders' papers."""

from collections.abc import Callable, Mapping
from typing import Annotated

from flask import flash, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import Field
from sqlalchemy.orm import Session

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue import service
from marketplace.catalogue.named import BrandWrong
from marketplace.catalogue.types import (
    Brand,
    BrandDraft,
    BrandFilter,
    BrandId,
    BrandKind,
    BrandState,
    BrandUse,
    BrandUseId,
)
from marketplace.kernel.message import Message, Name, msg
from marketplace.kernel.paging import Page
from marketplace.kernel.refusals import Refusal
from marketplace.parties import queries as parties
from marketplace.parties.types import PartyId, Permission
from marketplace.places import queries as places
from marketplace.places.types import DivisionCode
from marketplace.web import brand_views, history, list_words, listing
from marketplace.web.database import read, write
from marketplace.web.forms import Form, FormModel, M, blank, parse
from marketplace.web.guard import require
from marketplace.web.language import gettext as _
from marketplace.web.language import render
from marketplace.web.operator.forms import ReasonForm
from marketplace.web.operator.routes import blueprint
from marketplace.web.outcome import done

PER_PAGE = 30
USES = "uses"
ONE = "/brands/<int(max=9223372036854775807):brand_id>"
Decide = Callable[[Session, BrandId, str], Brand]
DECISIONS: Mapping[str, tuple[Decide, Message]] = {
    "list": (lambda session, one, _reason: service.list_brand(session, one), msg("品牌已登记。")),
    "refuse": (service.refuse_brand, msg("已退回，原因会显示给持有人。")),
    "end": (service.end_brand, msg("品牌已停用，商品上马上不再标。")),
}


class BrandForm(FormModel):
    """``holder`` is the number of a party here; without one, who holds it is only a name."""

    kind: BrandKind
    name: Annotated[str, Field(min_length=1, max_length=40)]
    name_en: Annotated[str, Field(max_length=80)] = ""
    holder: Annotated[str, Field(max_length=40)] = ""
    holder_name: Annotated[str, Field(max_length=80)] = ""
    division: Annotated[str, Field(max_length=20)] = ""
    registration: Annotated[str, Field(max_length=80)] = ""


@blueprint.get("/brands", endpoint="brands")
@require(Permission.REVIEW_CATALOGUE)
def list_brands() -> ResponseReturnValue:
    return _page(blank())


@blueprint.post("/brands")
@require(Permission.REVIEW_CATALOGUE)
def register_brand() -> ResponseReturnValue:
    form = parse(BrandForm, request.form)
    if form.model is None:
        return make_response(_page(form), 422)
    sent = form.model
    try:
        write(lambda session: service.submit_brand(session, _draft(session, sent), is_checked=True))
    except Refusal as refusal:
        form.refuse(refusal)
        return make_response(_page(form), refusal.status)
    flash(_("品牌已登记。"), "good")
    return redirect(url_for("operator.brands"), code=303)


@blueprint.post(f"{ONE}/<any(list, refuse, end):decision>")
@require(Permission.REVIEW_CATALOGUE)
def decide_brand(brand_id: int, decision: str) -> ResponseReturnValue:
    form = parse(ReasonForm, request.form)
    if form.model is None and decision != "list":
        return make_response(_page(form), 422)
    reason = form.model.reason if form.model else ""
    act, said = DECISIONS[decision]
    done(lambda session: act(session, BrandId(brand_id), reason), render(said))
    return redirect(url_for("operator.brands"), code=303)


@blueprint.post(
    "/brands/uses/<int(max=9223372036854775807):use_id>/<any(authorise, refuse, withdraw):decision>"
)
@require(Permission.REVIEW_CATALOGUE)
def decide_brand_use(use_id: int, decision: str) -> ResponseReturnValue:
    """Decide for a holder without an account, on its letter."""
    wrong = brand_views.decide(BrandUseId(use_id), None, decision)
    if wrong is not None:
        return make_response(_page(wrong, USES), 422)
    return redirect(url_for("operator.brands", state=USES), code=303)


def _draft(session: Session, sent: BrandForm) -> BrandDraft:
    holder = parties.find_party_by_code(session, sent.holder.upper()) if sent.holder else None
    if sent.holder and holder is None:
        raise BrandWrong(msg("没有这个编号的主体。"), field="holder")
    return BrandDraft(
        kind=sent.kind,
        name=Name(sent.name, "", sent.name_en or sent.name),
        holder_id=PartyId(holder.id) if holder else None,
        holder_name=holder.name.hans if holder else sent.holder_name,
        division_code=DivisionCode(sent.division) if sent.division else None,
        registration=sent.registration,
    )


def _page(form: Form[M], shown: str | None = None) -> ResponseReturnValue:
    session, atlas = read(), places.atlas(read())
    asked = shown or request.args.get("state", "")
    states = frozenset({BrandState(asked)}) if asked in set(BrandState) else None
    orders, words = (
        (list_words.ANSWERS, list_words.BRAND_OR_GOODS)
        if asked == USES
        else (list_words.BRANDS, list_words.NAME)
    )
    tools = listing.asked(orders, PER_PAGE, search=words, address=url_for("operator.brands"))
    brands: Page[Brand] = Page([], 0, 1, PER_PAGE)
    uses: Page[BrandUse] = Page([], 0, 1, PER_PAGE)
    if asked == USES:
        uses = catalogue.uses_to_decide(
            session, None, sought=tools.sought, page=tools.page, per_page=tools.per_page
        )
    else:
        brands = catalogue.list_brands(
            session,
            BrandFilter(states=states),
            sought=tools.sought,
            page=tools.page,
            per_page=tools.per_page,
        )
    views, uses_shown = brand_views.views(session, brands.items, uses.items)
    past = (
        ("brand_use", [one.id for one in uses.items])
        if asked == USES
        else ("brand", [one.id for one in brands.items])
    )
    return listing.answer(
        "operator/brands.html",
        tools,
        uses if asked == USES else brands,
        views=views,
        uses_shown=uses_shown,
        past_of={} if tools.is_sheet else history.of_each(session, *past),
        state=asked if states or asked == USES else "all",
        words=brand_views,
        regions=[(one.code, one.name) for one in (*atlas.prefectures, *atlas.counties)],
        form=form,
    )
