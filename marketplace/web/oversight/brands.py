"""A public body's word on who may use the brands that it holds."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue.types import BrandFilter, BrandUseId
from marketplace.parties.types import PartyId, Permission, Role
from marketplace.web import brand_views, guard
from marketplace.web.database import read
from marketplace.web.forms import Form, M, blank
from marketplace.web.oversight.routes import blueprint
from marketplace.web.paging import page_number

PER_PAGE = 30


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
        return _page(wrong), 422
    return redirect(url_for("oversight.brands"), code=303)


def _holder() -> PartyId:
    """Return the public body for which the official acts."""
    return guard.actor().party_ids(Role.OFFICIAL)[0]


def _page(form: Form[M]) -> str:
    session, holder = read(), _holder()
    found = catalogue.uses_to_decide(session, [holder], page=page_number(), per_page=PER_PAGE)
    own = catalogue.list_brands(session, BrandFilter(holder_id=holder), per_page=100)
    return render_template(
        "oversight/brands.html",
        found=found,
        views=brand_views.use_views(session, found.items),
        own=brand_views.brand_views(session, own.items),
        form=form,
    )
