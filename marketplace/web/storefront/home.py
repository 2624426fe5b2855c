"""The front of the shop: what is in season, the aisles, key counties, certified goods."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from flask import render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue.types import Aisle, Product, ProductId
from marketplace.kernel import time
from marketplace.kernel.message import Name
from marketplace.places import queries as places
from marketplace.places.atlas import Atlas
from marketplace.routing import queries as routing
from marketplace.search.facets import YES
from marketplace.search.types import Facet, SearchPage, SearchRequest, Sort
from marketplace.web import delivery
from marketplace.web.assets import static_url
from marketplace.web.database import read
from marketplace.web.guard import public
from marketplace.web.page_cache import cacheable
from marketplace.web.present import month_name
from marketplace.web.storefront.cards import pair_label, products_by_id
from marketplace.web.storefront.fragments import card_pieces
from marketplace.web.storefront.origins import listed_by_county
from marketplace.web.storefront.routes import blueprint, search_engine

SEASON_CARDS = 8
CHOICE = 6  # many goods never go to Hong Kong and Macao, or are too old for the way
CERTIFIED_CARDS = 8
ROW = 4
COUNTIES = 8

# What stands for an aisle in the row of round pictures.
_AISLE_PICTURES = {
    "fruit": "kiwifruit_red",
    "vegetable": "chili_fresh",
    "meat_egg": "beef",
    "aquatic": "fish_fresh",
    "grain": "rice_glutinous",
    "fungi_dry": "bamboo_fungus",
    "tea": "green_tea",
    "condiment": "sour_soup",
    "tonic": "dendrobium",
    "snack": "cili_dried",
    "craft": "bamboo_ware",
}


@dataclass(frozen=True, slots=True)
class AisleLink:
    code: str
    name: Name
    picture_url: str


@dataclass(frozen=True, slots=True)
class CountyLink:
    code: str
    name: Name
    pair_label: str | None
    count: int


@dataclass(frozen=True, slots=True)
class SchemeLink:
    code: str
    name: Name
    count: int


@blueprint.get("/")
@cacheable
@public
def home() -> ResponseReturnValue:
    session, atlas = read(), places.atlas(read())
    season = _find(session, SEASON_CARDS * CHOICE, {Facet.IN_SEASON: (YES,), Facet.IN_STOCK: (YES,)})
    schemes = _schemes(session)
    certified = _certified(session, schemes)
    products = products_by_id(session, list({*season.product_ids, *certified}))
    arriving = _arriving(session, products)
    first = within_reach(
        [products[one] for one in season.product_ids if one in products], arriving, SEASON_CARDS
    )
    taken = {one.id for one in first}
    others = [products[one] for one in certified if one in products and one not in taken]
    second = within_reach(others, arriving, CERTIFIED_CARDS)
    cards = card_pieces(session, [one.id for one in (*first, *second)])
    return render_template(
        "storefront/home.html",
        month=month_name(time.today()),
        season=cards[: len(first)],
        season_total=season.total,
        aisles=[_aisle(one) for one in catalogue.reference(session).aisles.values()],
        counties=_key_counties(atlas, listed_by_county(session)),
        key_county_total=sum(county.key_county for county in atlas.counties),
        schemes=schemes,
        certified=cards[len(first) :],
    )


def _find(session: Session, count: int, chosen: Mapping[Facet, tuple[str, ...]]) -> SearchPage:
    asked = SearchRequest(at=time.now(), chosen=chosen, sort=Sort.SALES, per_page=count)
    return search_engine().search(session, asked, with_facets=False)


def _schemes(session: Session) -> list[SchemeLink]:
    """Return the schemes that stand behind goods in stock today and are shown as a badge."""
    known = catalogue.reference(session).schemes
    asked = SearchRequest(at=time.now(), chosen={Facet.IN_STOCK: (YES,)}, per_page=1)
    counted = search_engine().search(session, asked).facets[Facet.CERTIFICATION]
    shown = [one for one in counted if one.value in known and known[one.value].shows_badge]
    shown.sort(key=lambda one: known[one.value].order_no)
    return [SchemeLink(one.value, known[one.value].short_name, one.count) for one in shown]


def _certified(session: Session, schemes: Sequence[SchemeLink]) -> Sequence[ProductId]:
    """Return certified goods in stock to choose from."""
    if not schemes:
        return ()
    codes = tuple(one.code for one in schemes)
    chosen = {Facet.CERTIFICATION: codes, Facet.IN_STOCK: (YES,)}
    return _find(session, CERTIFIED_CARDS * CHOICE, chosen).product_ids


def _arriving(session: Session, product_ids: Collection[ProductId]) -> set[ProductId]:
    """Return those that can be ordered to the visitor's city now."""
    packs = routing.variant_prices(session, product_ids, delivery.chosen_city().code, time.today())
    return {one.product_id for one in packs.values() if one.problem is None}


def within_reach(products: Sequence[Product], arriving: Collection[ProductId], count: int) -> list[Product]:
    """Choose what arrives in the visitor's city; the rest fills up only where that is less than a row."""
    here = varied([one for one in products if one.id in arriving], count)
    if len(here) >= ROW:
        return here
    return here + varied([one for one in products if one.id not in arriving], ROW - len(here))


def varied(products: Sequence[Product], count: int) -> list[Product]:
    """Choose from products in their order so that each kind of picture comes once before any comes twice."""
    seen: Counter[str] = Counter()
    turns: list[tuple[int, int]] = []
    for place, one in enumerate(products):
        turns.append((seen[one.picture_kind], place))
        seen[one.picture_kind] += 1
    return [products[place] for _turn, place in sorted(turns)[:count]]


def _aisle(one: Aisle) -> AisleLink:
    picture = _AISLE_PICTURES.get(one.code, one.code)
    return AisleLink(one.code, one.name, static_url(f"img/kinds/{picture}.svg"))


def _key_counties(atlas: Atlas, counts: Mapping[str, int]) -> list[CountyLink]:
    """Return key counties with goods, those paired with the visitor's city first, then by goods."""
    city = delivery.chosen_city().code
    links = [
        CountyLink(one.code, one.name, pair_label(atlas, city, one.code), counts[one.code])
        for one in atlas.counties
        if one.key_county and counts.get(one.code)
    ]
    links.sort(key=lambda one: (one.pair_label is None, -one.count, one.code))
    return links[:COUNTIES]
