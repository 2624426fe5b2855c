"""A public body's word on who may use the brands that it holds."""

from flask import make_response, redirect, url_for
from flask.typing import ResponseReturnValue

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue.types import BrandFilter, BrandUseId
from marketplace.parties.types import PartyId, Permission, Role
from marketplace.web import brand_views, guard, history, list_words, listing
from marketplace.web.database import read
from marketplace.web.forms import Form, M, blank
from marketplace.web.oversight.routes import blueprint

PER_PAGE = 30
MOST = 100


@blueprint.get("/brands")
@guard.require(Permission.RECOMMEND_COOPERATIVE)
def brands() -> ResponseReturnValue:
    return _page(blank())


@blueprint.post(
    "/brands/uses/<int(max=9223372036854775807):use_id>/<any(authorise, refuse, withdraw):decision>"
)
@guard.require(Permission.RECOMMEND_COOPERATIVE)
def decide_brand_use(use_id: int, decision: str) -> ResponseReturnValue:
    wrong = brand_views.decide(BrandUseId(use_id), _holder(), decision)
    if wrong is not None:
        return make_response(_page(wrong), 422)
    return redirect(url_for("oversight.brands"), code=303)


def _holder() -> PartyId:
    """Return the public body for which the official acts."""
    return guard.actor().party_ids(Role.OFFICIAL)[0]


def _page(form: Form[M]) -> ResponseReturnValue:
    session, holder = read(), _holder()
    tools = listing.asked(
        list_words.ANSWERS,
        PER_PAGE,
        search=list_words.BRAND_OR_GOODS,
        address=url_for("oversight.brands"),
    )
    found = catalogue.uses_to_decide(
        session, [holder], sought=tools.sought, page=tools.page, per_page=tools.per_page
    )
    held = catalogue.list_brands(session, BrandFilter(holder_id=holder), per_page=MOST)
    own, views = brand_views.views(session, held.items, found.items)
    ids = [] if tools.is_sheet else [one.id for one in found.items]
    return listing.answer(
        "oversight/brands.html",
        tools,
        found,
        views=views,
        own=own,
        past_of=history.of_each(session, "brand_use", ids),
        past_of_own=history.of_each(session, "brand", [one.id for one in held.items]),
        form=form,
    )
