"""Where goods come from: the schematic map of the counties, and a page for each."""

from collections import defaultdict

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from marketplace.kernel import time
from marketplace.kernel.refusals import NotFound
from marketplace.places import queries as places
from marketplace.places.atlas import Atlas
from marketplace.places.types import Division, Level, Side
from marketplace.search.types import Facet, SearchRequest, Sort
from marketplace.web import delivery
from marketplace.web.database import read
from marketplace.web.guard import public
from marketplace.web.language import gettext as _
from marketplace.web.page_cache import cacheable
from marketplace.web.storefront import maps, pairing_words, stories
from marketplace.web.storefront.cards import make_cards, pair_label
from marketplace.web.storefront.routes import blueprint, search_engine


@blueprint.get("/counties")
@cacheable
@public
def counties() -> ResponseReturnValue:
    """Show all counties, or one prefecture's, shaded by how many products each has on the shelf."""
    session, atlas = read(), places.atlas(read())
    counts = listed_by_county(session)
    prefecture = next((one for one in atlas.prefectures if one.code == request.args.get("prefecture")), None)
    return render_template(
        "storefront/counties.html",
        prefecture=prefecture,
        tiles=maps.county_tiles(
            atlas,
            levels=maps.steps_of(counts),
            value_text=lambda code: _("%(count)s 件", count=counts.get(code, 0)),
            href=lambda code: url_for("storefront.county", code=code),
        ),
        groups=maps.prefecture_groups(atlas, lambda code: url_for("storefront.counties", prefecture=code)),
        steps=maps.step_texts(counts.values()),
        counts=counts,
        by_prefecture=_by_prefecture(atlas, prefecture),
        pair_labels=_pair_labels(atlas),
    )


@blueprint.get("/counties/<code>")
@cacheable
@public
def county(code: str) -> ResponseReturnValue:
    """Show a county: on the map, how it stands to the visitor's city, and what it sells."""
    session, atlas = read(), places.atlas(read())
    found, city = atlas.find(code), delivery.chosen_city()
    if found is None or found.level is not Level.COUNTY or found.side is not Side.GUIZHOU:
        raise NotFound
    asked = SearchRequest(at=time.now(), chosen={Facet.COUNTY: (code,)}, sort=Sort.SEASON, per_page=48)
    page = search_engine().search(session, asked)
    return render_template(
        "storefront/county.html",
        county=found,
        prefecture=atlas.division(atlas.prefecture_of(code)),
        tiles=maps.county_tiles(
            atlas,
            levels=maps.neighbours(atlas, found.code),
            href=lambda one: None if one == code else url_for("storefront.county", code=one),
        ),
        pair_label=pair_label(atlas, city.code, found.code),
        counted=pairing_words.explain(atlas, city.code, found.code, time.today()),
        total=page.total,
        cards=make_cards(session, page.product_ids),
        told=stories.of_county(session, code),
    )


def listed_by_county(session: Session) -> dict[str, int]:
    """Return how many products of each county are on the shelf, as the search counts them."""
    counted = search_engine().search(session, SearchRequest(at=time.now(), per_page=1))
    return {one.value: one.count for one in counted.facets[Facet.COUNTY]}


def _by_prefecture(atlas: Atlas, only: Division | None) -> list[tuple[Division, list[Division]]]:
    found: dict[str, list[Division]] = defaultdict(list)
    for one in atlas.counties:
        found[atlas.prefecture_of(one.code)].append(one)
    shown = [only] if only else list(atlas.prefectures)
    return [(one, found[one.code]) for one in shown]


def _pair_labels(atlas: Atlas) -> dict[str, str]:
    """Return the label of each prefecture that is paired with the visitor's city today."""
    city = delivery.chosen_city().code
    found = {}
    for one in atlas.prefectures:
        first = next(county for county in atlas.counties if atlas.prefecture_of(county.code) == one.code)
        label = pair_label(atlas, city, first.code)
        if label is not None:
            found[str(one.code)] = label
    return found
