"""A product's page: what it is and costs delivered, what proves it, where it comes from, who supplies it."""

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from marketplace.catalogue import queries as catalogue
from marketplace.kernel.refusals import NotFound
from marketplace.web.database import read
from marketplace.web.guard import public
from marketplace.web.page_cache import cacheable
from marketplace.web.storefront import product_page
from marketplace.web.storefront.cards import product_at
from marketplace.web.storefront.linked_data import product_data
from marketplace.web.storefront.routes import blueprint, ports

_YEAR_SECONDS = 31_536_000
_IMAGES = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG": "image/png", b"RIFF": "image/webp"}


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
    digest = catalogue.get_product_by_slug(read(), slug).photo_digest
    content = ports().files.find(digest) if digest else None
    kind = next((kind for start, kind in _IMAGES.items() if content and content.startswith(start)), None)
    if content is None or kind is None:
        raise NotFound
    answer = Response(content, mimetype=kind)
    answer.cache_control.public = True
    answer.cache_control.max_age = _YEAR_SECONDS
    return answer
