"""Lists of products: what a search found, with everything that narrows, orders and explains it."""

from collections.abc import Sequence

from flask import jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue.types import ProductId
from marketplace.kernel.message import Message, Name, msg
from marketplace.kernel.refusals import NotFound
from marketplace.search.types import SearchPage, Suggestion, SuggestionKind
from marketplace.web.database import read
from marketplace.web.guard import public
from marketplace.web.page_cache import cacheable
from marketplace.web.present import text
from marketplace.web.searching import BadSearch, SearchParameters, read_parameters
from marketplace.web.storefront import facets
from marketplace.web.storefront.cards import make_cards
from marketplace.web.storefront.routes import blueprint, search_engine

_MOST_TYPED = 60
_INSTEAD = 8
_KINDS = {
    SuggestionKind.PRODUCT: msg("商品"),
    SuggestionKind.COUNTY: msg("产地"),
    SuggestionKind.COOPERATIVE: msg("合作社"),
    SuggestionKind.CERTIFICATION: msg("认证"),
}


@blueprint.get("/search")
@cacheable
@public
def search() -> ResponseReturnValue:
    asked, ignored = _asked()
    return _shelf(asked, ignored=ignored)


@blueprint.get("/aisles/<code>")
@cacheable
@public
def aisle(code: str) -> ResponseReturnValue:
    """Show one aisle; narrowing it further leads to the search page."""
    found = catalogue.reference(read()).aisles.get(code)
    if found is None:
        raise NotFound
    asked, ignored = _asked()
    return _shelf(asked.model_copy(update={"aisle": (code,)}), title=found.name, ignored=ignored)


@blueprint.get("/search/suggest")
@public
def suggest() -> ResponseReturnValue:
    """Answer what the typed beginning may become, each with where it leads."""
    typed = request.args.get("q", "")[:_MOST_TYPED]
    found = search_engine().suggest(read(), typed)
    return jsonify(suggestions=[_suggestion(one) for one in found])


def _asked() -> tuple[SearchParameters, Message | None]:
    """Read the address; what cannot be understood is left out and said, a list is shown all the same."""
    sent, ignored = request.args.copy(), None
    for _parameter in range(len(sent)):
        try:
            return read_parameters(sent), ignored
        except BadSearch as bad:
            ignored = bad.message
            sent.poplist(bad.field or "")
    return SearchParameters(), ignored


def _shelf(asked: SearchParameters, *, title: Name | None = None, ignored: Message | None) -> str:
    session, base = read(), url_for("storefront.search")
    found = search_engine().search(session, asked.request())
    instead, shown = _instead(session, asked, found), found.product_ids
    cards = make_cards(session, [*shown, *instead]) if shown else make_cards(session, instead)
    labels, href = facets.labels_for(session, found), facets.link(base, asked)
    return render_template(
        "storefront/search.html",
        asked=asked,
        found=found,
        title=title,
        ignored=ignored,
        cards=cards,
        instead=bool(instead),
        groups=facets.groups(found, asked, labels),
        chips=facets.chips(asked, labels, href),
        orders=facets.orders(asked, href),
        page_url=lambda number: href(page=number),
        clear_href=facets.link(base, SearchParameters(q=asked.q))(),
    )


def _instead(session: Session, asked: SearchParameters, found: SearchPage) -> Sequence[ProductId]:
    """Return what to show where nothing was found: the words without the filters, else what is in season."""
    if found.total:
        return ()
    for wider in (SearchParameters(q=asked.q), SearchParameters(in_season=True, in_stock=True)):
        wider_found = search_engine().search(session, wider.request())
        if wider_found.total:
            return wider_found.product_ids[:_INSTEAD]
    return ()


def _suggestion(one: Suggestion) -> dict[str, str]:
    href = {
        SuggestionKind.PRODUCT: lambda: url_for("storefront.product", slug=one.key),
        SuggestionKind.COUNTY: lambda: url_for("storefront.county", code=one.key),
        SuggestionKind.COOPERATIVE: lambda: url_for("storefront.cooperative", code=one.key),
        SuggestionKind.CERTIFICATION: lambda: url_for("storefront.search", certification=one.key),
    }[one.kind]()
    return {"text": text(one.name), "note": text(_KINDS[one.kind]), "href": href}
