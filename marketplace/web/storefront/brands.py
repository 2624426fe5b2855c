"""Brands in public: the three kinds, who holds each, who may use it on what."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue import rules
from marketplace.catalogue.types import BrandFilter, BrandKind, BrandState
from marketplace.kernel import time
from marketplace.kernel.refusals import NotFound
from marketplace.places import queries as places
from marketplace.web import brand_views
from marketplace.web.database import read
from marketplace.web.guard import public
from marketplace.web.page_cache import cacheable
from marketplace.web.paging import page_address, page_number
from marketplace.web.storefront.routes import blueprint

PER_PAGE = 30


@blueprint.get("/brands")
@cacheable
@public
def brands() -> ResponseReturnValue:
    asked = request.args.get("kind", "")
    kind = BrandKind(asked) if asked in set(BrandKind) else None
    wanted = BrandFilter(states=frozenset({BrandState.LISTED}), kind=kind)
    found = catalogue.list_brands(read(), wanted, page=page_number(), per_page=PER_PAGE)
    return render_template(
        "storefront/brands.html",
        found=found,
        views=brand_views.brand_views(read(), found.items),
        kind=kind,
        kinds=brand_views.KINDS,
        page_url=page_address,
    )


@blueprint.get("/brands/<int(max=9223372036854775807):brand_id>")
@cacheable
@public
def brand(brand_id: int) -> ResponseReturnValue:
    session, today = read(), time.today()
    found = catalogue.get_brand(session, brand_id)
    if found.state not in {BrandState.LISTED, BrandState.ENDED}:
        raise NotFound
    uses = catalogue.uses_of_brand(session, found.id, page=page_number(), per_page=PER_PAGE)
    standing = [one for one in uses.items if rules.may_use(found, one, today)]
    atlas = places.atlas(session)
    return render_template(
        "storefront/brand.html",
        view=brand_views.brand_views(session, [found])[0],
        place=atlas.find(found.division_code) if found.division_code else None,
        uses=uses,
        views=brand_views.use_views(session, standing),
        page_url=page_address,
    )
