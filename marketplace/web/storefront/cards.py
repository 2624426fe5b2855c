"""Products as they stand on a shelf: what decides, gathered for a page in a fixed number of statements."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from flask import url_for
from sqlalchemy.orm import Session

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue import rules
from marketplace.catalogue.refusals import ProductNotFound
from marketplace.catalogue.types import (
    Certificate,
    Product,
    ProductId,
    ProductStatus,
    Reference,
    VariantId,
)
from marketplace.kernel import time
from marketplace.kernel.message import Name
from marketplace.places import queries as places
from marketplace.places.atlas import Atlas
from marketplace.places.types import DivisionCode, PairingState
from marketplace.routing import queries as routing
from marketplace.routing.rules import best_of
from marketplace.routing.types import PriceWithFreight, Reason
from marketplace.search.beside import Beside
from marketplace.web import delivery, edition_words
from marketplace.web.assets import static_url
from marketplace.web.language import gettext as _
from marketplace.web.language import name_in_language
from marketplace.web.present import day as day_text
from marketplace.web.storefront.routes import search_engine


@dataclass(frozen=True, slots=True)
class Goods:
    """What is shown of a product wherever it stands; certificates whatever their days."""

    product: Product
    certificates: tuple[Certificate, ...]


def _read_goods(session: Session, product_ids: Collection[ProductId]) -> Mapping[ProductId, Goods]:
    ever = catalogue.certificates_ever(session, product_ids)
    found = catalogue.products_by_id(session, product_ids)
    return {key: Goods(one, ever[key]) for key, one in found.items()}


_GOODS = Beside(_read_goods)
_MOST_ADDRESSES = 20_000
_ADDRESSES: WeakKeyDictionary[object, dict[str, ProductId]] = WeakKeyDictionary()
"""Which product stands at an address, of each installation that this process serves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One product on a shelf, as ``components/card.html`` reads it; in fen, None where nobody offers it."""

    slug: str
    name: Name
    county_code: DivisionCode
    county_name: Name
    pair_label: str | None
    picture_url: str
    is_illustration: bool
    badges: list[Name]
    edition_mark: str | None
    in_season: bool
    priced: PriceWithFreight | None

    @property
    def price_fen(self) -> int | None:
        return self.priced.price_fen * self.priced.quantity if self.priced else None

    @property
    def price_with_freight_fen(self) -> int | None:
        return self.priced.total_fen if self.priced and self.priced.problem is None else None

    @property
    def unit_price_fen_per_500g(self) -> int | None:
        return self.priced.unit_price_fen_per_500g if self.priced else None

    @property
    def arrives_label(self) -> str:
        return arrival(self.priced) if self.priced else ""

    @property
    def sold_out(self) -> bool:
        return self.priced is None or self.priced.sold_out


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """What cards of some products need beside the products themselves, read together."""

    city_code: DivisionCode
    packs: Mapping[VariantId, PriceWithFreight]
    certificates: Mapping[ProductId, tuple[Certificate, ...]]

    @classmethod
    def of(
        cls,
        session: Session,
        product_ids: Sequence[ProductId],
        city_code: DivisionCode,
        packs: Mapping[VariantId, PriceWithFreight],
    ) -> "Shelf":
        """Put the valid certificates beside prices that are known; no statement for goods shown before."""
        now, goods = time.now(), _GOODS.get(search_engine(), session, product_ids)
        valid = {
            one: tuple(held for held in goods[one].certificates if rules.is_valid(held, now))
            if one in goods
            else ()
            for one in product_ids
        }
        return cls(city_code=city_code, packs=packs, certificates=valid)

    def cards(self, session: Session, products: Iterable[Product]) -> list[Card]:
        """Return the cards of products in their order."""
        atlas, reference = places.atlas(session), catalogue.reference(session)
        listed = catalogue.listed_in(session)
        return [
            Card(
                slug=product.slug,
                name=product.name,
                county_code=product.county_code,
                county_name=atlas.division(product.county_code).short_name,
                pair_label=pair_label(atlas, self.city_code, product.county_code),
                picture_url=picture_url(product),
                is_illustration=product.photo_digest is None,
                badges=badge_names(self.certificates[product.id], reference),
                edition_mark=edition_words.mark_of(listed, product),
                in_season=rules.in_season(product, time.today()),
                priced=self._price(product.id),
            )
            for product in products
        ]

    def _price(self, product_id: ProductId) -> PriceWithFreight | None:
        found = [one for one in self.packs.values() if one.product_id == product_id]
        return best_of(found) if found else None


def make_cards(session: Session, product_ids: Sequence[ProductId]) -> list[Card]:
    """Return cards in the order of the ids, for the visitor's city: in two statements, five for new goods."""
    return cards_of(session, list(products_by_id(session, product_ids).values())) if product_ids else []


def goods_of(session: Session, product_ids: Sequence[ProductId]) -> Mapping[ProductId, Goods]:
    """Return what is shown of products; each is another object once the search saw its product change."""
    return _GOODS.get(search_engine(), session, product_ids)


def product_at(session: Session, slug: str) -> Product:
    """Return a listed product by its address, as it was shown before where nothing changed.

    Refuses (ProductNotFound) what is not on the shelf.
    """
    engine = search_engine()
    addresses = _ADDRESSES.setdefault(engine, {})
    product_id = addresses.get(slug) or catalogue.find_listed_id(session, slug)
    goods = _GOODS.get(engine, session, [product_id]).get(product_id) if product_id else None
    if product_id is None or goods is None or goods.product.status is not ProductStatus.LISTED:
        raise ProductNotFound
    if len(addresses) >= _MOST_ADDRESSES:
        addresses.clear()
    addresses[slug] = product_id
    return goods.product


def products_by_id(session: Session, product_ids: Sequence[ProductId]) -> Mapping[ProductId, Product]:
    """Return listed products in the order of the ids, as they were shown before where nothing changed."""
    found = _GOODS.get(search_engine(), session, product_ids)
    return {one: goods.product for one, goods in found.items()}


def cards_of(session: Session, products: Sequence[Product]) -> list[Card]:
    """Return cards of products for the visitor's city, in two statements, four for new goods."""
    ids, city_code = [one.id for one in products], delivery.chosen_city().code
    packs = routing.variant_prices(session, ids, city_code, time.today())
    return Shelf.of(session, ids, city_code, packs).cards(session, products)


def pair_label(atlas: Atlas, city_code: DivisionCode, county_code: DivisionCode) -> str | None:
    """Return 「佛山结对」 for goods of a county paired with the city today."""
    verdict = atlas.verdict(city_code, county_code, time.today())
    if verdict.state is not PairingState.PAIRED:
        return None
    return _("%(city)s结对", city=name_in_language(atlas.division(verdict.city_code).short_name))


def picture_url(product: Product) -> str:
    """Return the seller's photo, or the drawing of its kind."""
    if product.photo_digest is not None:
        return url_for("storefront.photo", slug=product.slug, size="small", v=product.photo_digest[:12])
    return static_url(f"img/kinds/{product.picture_kind}.svg")


def picture_urls(product: Product) -> list[str]:
    """Return the seller's pictures as large as they are kept, the first one first; none of drawn goods."""
    return [
        url_for("storefront.picture", slug=product.slug, digest=digest) for digest in product.picture_digests
    ]


def badge_names(certificates: Collection[Certificate], reference: Reference) -> list[Name]:
    """Return each valid scheme once, in the shown order, of those that are shown as a badge."""
    schemes = dict.fromkeys(one.scheme_code for one in certificates)
    return [reference.schemes[code].short_name for code in schemes if reference.schemes[code].shows_badge]


def arrival(priced: PriceWithFreight) -> str:
    """Say in a few words when goods arrive, or why they do not."""
    if priced.arrives_on is not None:
        when = _("%(day)s到", day=day_text(priced.arrives_on))
        if priced.quantity > 1:
            return _("%(count)s件起 · %(when)s", count=priced.quantity, when=when)
        return when
    if priced.problem in {Reason.NOT_SERVED, Reason.NO_CARRIER, Reason.TOO_SLOW}:
        return _("送不到所选城市")
    return ""
