"""A product's page: what it is and costs delivered, what proves it, where it comes from, who supplies it."""

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from marketplace.catalogue import queries as catalogue
from marketplace.kernel.refusals import NotFound
from marketplace.web import stored_pictures
from marketplace.web.database import read
from marketplace.web.guard import public
from marketplace.web.page_cache import cacheable
from marketplace.web.storefront import product_page
from marketplace.web.storefront.cards import product_at
from marketplace.web.storefront.linked_data import product_data
from marketplace.web.storefront.routes import blueprint


@blueprint.get("/products/<slug>")
@cacheable
@public
def product(slug: str) -> ResponseReturnValue:
    session = read()
    page = product_page.gather(session, product_at(session, slug), request.args.get("pack"))
    return render_template("storefront/product.html", page=page, linked_data=product_data(page))


@blueprint.get("/products/<slug>/photo")
@public
def photo(slug: str) -> ResponseReturnValue:
    """Answer the seller's photo, whose address changes with it; other stored files stay out of reach."""
    return _picture(slug, None)


@blueprint.get("/products/<slug>/pictures/<digest>")
@public
def picture(slug: str, digest: str) -> ResponseReturnValue:
    """Answer one of the seller's pictures of listed goods; any other digest is not there."""
    return _picture(slug, digest)


def _picture(slug: str, digest: str | None) -> Response:
    """Find a picture of listed goods, by default the first; one from before there were sizes has one."""
    session = read()
    product = catalogue.get_product_by_slug(session, slug)
    wanted = digest or product.photo_digest
    if wanted is None or wanted not in {product.photo_digest, *product.picture_digests}:
        raise NotFound
    if stored_pictures.asked_for_small():
        found = catalogue.pictures_by_digest(session, [wanted]).get(wanted)
        wanted = found.small_digest if found is not None else wanted
    return stored_pictures.answer(wanted, is_public=True)
