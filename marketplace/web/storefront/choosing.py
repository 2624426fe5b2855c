"""All values of one facet on a page of their own: filtered by a word, sixty at a time, several chosen."""

from collections.abc import Mapping, Sequence

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from marketplace.kernel.paging import Page, offset
from marketplace.kernel.refusals import NotFound
from marketplace.search.language import normalise
from marketplace.search.types import Facet, FacetValue
from marketplace.web.database import read
from marketplace.web.guard import public
from marketplace.web.page_cache import cacheable
from marketplace.web.paging import page_address, page_number
from marketplace.web.present import text
from marketplace.web.searching import SearchParameters, as_query, printable
from marketplace.web.storefront import facets
from marketplace.web.storefront.facets import CHOSEN_APART, GROUPS, Labels, Option
from marketplace.web.storefront.routes import blueprint, search_engine
from marketplace.web.storefront.shelves import asked_in_address

PER_PAGE = 60
_MOST_TYPED = 40


@blueprint.get("/search/by/<facet>")
@cacheable
@public
def choose(facet: str) -> ResponseReturnValue:
    """Show every value of a facet that the search at hand still leaves, those chosen first."""
    if facet not in {one.value for one in CHOSEN_APART}:
        raise NotFound
    chosen_by, session = Facet(facet), read()
    asked, _ignored = asked_in_address()
    asked = asked.model_copy(update={"page": 1})
    typed = printable(request.args.get("find", ""))[:_MOST_TYPED]
    options = _options(session, chosen_by, asked)
    wanted = normalise(typed)
    found = [one for one in options if wanted in normalise(one.label) or one.value == typed]
    page = _page(found, page_number())
    here = {one.value for one in page.items}
    return render_template(
        "storefront/choose.html",
        facet=facet,
        label=text(GROUPS[chosen_by]),
        typed=typed,
        page=page,
        kept=_fields(asked, without=facet),
        elsewhere=[one.value for one in options if one.selected and one.value not in here],
        chosen=[one.value for one in options if one.selected],
        page_url=page_address,
        back_href=facets.link(url_for("storefront.search"), asked)(),
    )


def _options(session: Session, facet: Facet, asked: SearchParameters) -> list[Option]:
    values = _values(session, facet, asked)
    labels = Labels(session, [one.value for one in values] if facet is Facet.COOPERATIVE else ())
    return [
        Option(value=one.value, label=labels.of(facet, one.value), count=one.count, selected=one.selected)
        for one in labels.offered(facet, values)
    ]


def _values(session: Session, facet: Facet, asked: SearchParameters) -> list[FacetValue]:
    return facets.ordered(search_engine().search(session, asked.request()).facets[facet])


def _page(found: Sequence[Option], number: int) -> Page[Option]:
    last = max(1, -(-len(found) // PER_PAGE))
    number = min(number, last)
    first = offset(number, PER_PAGE)
    return Page(found[first : first + PER_PAGE], len(found), number, PER_PAGE)


def _fields(asked: SearchParameters, without: str) -> list[tuple[str, object]]:
    """Return everything else that was asked as fields of a form."""
    query: Mapping[str, object] = as_query(asked)
    return [
        (name, one)
        for name, value in query.items()
        if name not in {without, "page"}
        for one in (value if isinstance(value, list) else [value])
    ]
