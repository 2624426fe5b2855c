"""Lists of products: what a search found, with everything that narrows, orders and explains it."""

from collections.abc import Sequence

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue.types import ProductId
from marketplace.kernel.message import Message, Name
from marketplace.kernel.refusals import NotFound
from marketplace.search.types import Outcome, Relaxation, SearchPage
from marketplace.web import asked as popular_searches
from marketplace.web.database import read
from marketplace.web.guard import public
from marketplace.web.language import in_script
from marketplace.web.page_cache import cacheable
from marketplace.web.searching import BadSearch, SearchParameters, read_parameters
from marketplace.web.storefront import facets
from marketplace.web.storefront.fragments import card_pieces
from marketplace.web.storefront.routes import blueprint, search_engine
from marketplace.web.storefront.suggesting import looks_like_number

_INSTEAD = 8
# Where these stand, something matches everything that was typed.
_WHOLE = frozenset({Relaxation.NONE, Relaxation.FILLED_UP})


@blueprint.get("/search")
@cacheable
@public
def search() -> ResponseReturnValue:
    asked, ignored = asked_in_address()
    return _shelf(asked, ignored=ignored)


@blueprint.get("/aisles/<code>")
@cacheable
@public
def aisle(code: str) -> ResponseReturnValue:
    """Show one aisle; narrowing it further leads to the search page."""
    found = catalogue.reference(read()).aisles.get(code)
    if found is None:
        raise NotFound
    asked, ignored = asked_in_address()
    return _shelf(asked.model_copy(update={"aisle": (code,)}), title=found.name, ignored=ignored)


def asked_in_address() -> tuple[SearchParameters, Message | None]:
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
    found = _found(session, asked)
    instead, shown = _instead(session, asked, found), found.product_ids
    _count(asked, found)
    href = facets.link(base, asked)
    labels = facets.labels_for(session, found)
    first = (found.page - 1) * found.per_page
    return render_template(
        "storefront/search.html",
        asked=asked,
        found=found,
        dropped=[in_script(one) for one in found.dropped],
        corrected=None if found.corrected is None else in_script(found.corrected),
        price=None if found.price is None else in_script(found.price.typed),
        title=title,
        ignored=ignored,
        first=first + 1,
        last=first + len(shown),
        cards=card_pieces(session, shown or instead),
        instead=bool(instead),
        popular=popular_searches.asked().popular(session) if instead else (),
        number=asked.q if looks_like_number(asked.q) else None,
        groups=facets.groups(found, asked, labels),
        chips=facets.chips(asked, labels, href),
        orders=facets.orders(asked, href),
        page_url=lambda number: href(page=number),
        clear_href=facets.link(base, SearchParameters(q=asked.q))(),
    )


def _found(session: Session, asked: SearchParameters) -> SearchPage:
    """Search; a page behind the last one is the last one, never an empty list with a total."""
    found = search_engine().search(session, asked.request())
    if found.product_ids or not found.total:
        return found
    return search_engine().search(session, asked.model_copy(update={"page": found.pages}).request())


def _count(asked: SearchParameters, found: SearchPage) -> None:
    """Count what was asked in words and nothing else: a filter or a further page is the same question."""
    if not asked.q or asked.page > 1 or asked.is_narrowed:
        return
    whole = not found.dropped and not found.corrected and found.relaxation in _WHOLE
    outcome = Outcome.FOUND if whole else Outcome.RELAXED
    popular_searches.note(asked.q, outcome if found.total else Outcome.NOTHING)


def _instead(session: Session, asked: SearchParameters, found: SearchPage) -> Sequence[ProductId]:
    """Return what to show where nothing was found: the words without the filters, else what is in season."""
    if found.total:
        return ()
    for wider in (SearchParameters(q=asked.q), SearchParameters(in_season=True, in_stock=True)):
        wider_found = search_engine().search(session, wider.request())
        if wider_found.total:
            return wider_found.product_ids[:_INSTEAD]
    return ()
