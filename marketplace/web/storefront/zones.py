"""The policy's two places of closer cooperation with their goods: 横琴—正安 (art. 14), 黎从榕 (art. 17)."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue.types import Edition, EntryFilter
from marketplace.kernel import time
from marketplace.kernel.message import Message, msg
from marketplace.kernel.refusals import NotFound
from marketplace.places import queries as places
from marketplace.places.types import DivisionCode
from marketplace.search.types import Facet, SearchRequest, Sort
from marketplace.web import edition_words
from marketplace.web.database import read
from marketplace.web.guard import public
from marketplace.web.page_cache import cacheable
from marketplace.web.storefront import edition_rows, maps
from marketplace.web.storefront.cards import make_cards
from marketplace.web.storefront.routes import blueprint, search_engine

GOODS = 48
MOST_ENTRIES = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """One place of closer cooperation; ``partner_code`` is the division that helps, where one is named."""

    slug: str
    name: Message
    about: Message
    article: Message
    counties: tuple[DivisionCode, ...]
    partner_code: DivisionCode | None


ZONES: Mapping[str, Zone] = {
    one.slug: one
    for one in (
        Zone(
            slug="hengqin-zhengan",
            name=msg("横琴—正安"),
            about=msg("横琴粤澳深度合作区帮扶正安县，打造特色协作示范。"),
            article=msg("黔府发〔2022〕12号第十四条"),
            counties=(DivisionCode("520324"),),
            partner_code=DivisionCode("X-HENGQIN"),
        ),
        Zone(
            slug="li-cong-rong",
            name=msg("黎从榕"),
            about=msg("黔东南州黎平、从江、榕江三县，打造对接融入粤港澳大湾区的“桥头堡”。"),
            article=msg("黔府发〔2022〕12号第十七条"),
            counties=(DivisionCode("522631"), DivisionCode("522633"), DivisionCode("522632")),
            partner_code=None,
        ),
    )
}


@blueprint.get("/cooperation/<slug>")
@cacheable
@public
def zone(slug: str) -> ResponseReturnValue:
    """Show one of the two: its counties, what they sell today, what of it is in the newest edition."""
    found = ZONES.get(slug)
    if found is None:
        raise NotFound
    session, atlas = read(), places.atlas(read())
    asked = SearchRequest(
        at=time.now(), chosen={Facet.COUNTY: found.counties}, sort=Sort.SEASON, per_page=GOODS
    )
    page = search_engine().search(session, asked)
    listed = catalogue.listed_in(session)
    edition = catalogue.get_published(session, listed.year) if listed is not None else None
    return render_template(
        "storefront/zone.html",
        zone=found,
        others=[one for one in ZONES.values() if one is not found],
        counties=[atlas.division(code) for code in found.counties],
        partner=atlas.division(found.partner_code) if found.partner_code else None,
        tiles=maps.county_tiles(
            atlas,
            levels=dict.fromkeys(found.counties, maps.STEPS),
            href=lambda code: url_for("storefront.county", code=code),
        ),
        prefecture=atlas.division(atlas.prefecture_of(found.counties[0])),
        edition=edition,
        rows=_entries(session, found, edition),
        total=page.total,
        cards=make_cards(session, page.product_ids),
        words=edition_words,
    )


def _entries(session: Session, found: Zone, edition: Edition | None) -> list[edition_rows.EntryView]:
    if edition is None:
        return []
    wanted = EntryFilter(county_codes=frozenset(found.counties))
    page = catalogue.list_entries(session, edition.id, wanted, 1, MOST_ENTRIES)
    return edition_rows.entry_views(session, page.items)
