"""Everything that a product's page shows, gathered in a fixed number of statements."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup
from sqlalchemy.orm import Session

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue import rules
from marketplace.catalogue.rules.returns import is_perishable
from marketplace.catalogue.types import (
    Allergen,
    Brand,
    Certificate,
    OfferId,
    Product,
    ProductId,
    Reference,
    StorageClass,
    Variant,
    VariantId,
)
from marketplace.kernel import time
from marketplace.kernel.message import Message, Name
from marketplace.parties.types import Party, PartyId
from marketplace.places import queries as places
from marketplace.places.types import Division
from marketplace.reviews import queries as reviews
from marketplace.reviews.types import Rating, Review
from marketplace.routing import queries as routing
from marketplace.routing.refusals import explain
from marketplace.routing.rules import best_of
from marketplace.routing.types import LineProblem, PriceWithFreight
from marketplace.search.beside import Beside
from marketplace.search.types import SearchRequest
from marketplace.web import delivery, edition_words
from marketplace.web.goods_words import ALLERGENS
from marketplace.web.storefront import maps, pairing_words, sellers
from marketplace.web.storefront.cards import badge_names, goods_of, pair_label, picture_url, picture_urls
from marketplace.web.storefront.certificate_views import Proof, proofs
from marketplace.web.storefront.fragments import card_pieces
from marketplace.web.storefront.routes import search_engine

ALIKE = 4
_VARIANTS = Beside(catalogue.variants_of)
_PRODUCERS = Beside(catalogue.producers_beside)
_BRANDS = Beside(catalogue.brands_beside)


@dataclass(frozen=True, slots=True, kw_only=True)
class PackChoice:
    """One pack to choose: what it costs delivered to the visitor's city; None where nobody offers it."""

    variant: Variant
    priced: PriceWithFreight | None
    is_chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Seller:
    """A cooperative that offers the chosen pack; ``is_default`` where routing would choose it.

    ``producer`` grew or made the goods where that is another.
    """

    cooperative: Party
    producer: Party | None
    brands: Sequence[Brand]
    offer_id: OfferId
    priced: PriceWithFreight
    badges: list[Proof]
    is_default: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductPage:
    product: Product
    picture_url: str
    pictures: Sequence[str]
    allergens: Sequence[Message]
    county: Division
    prefecture: Division
    pair_label: str | None
    counted: Message
    packs: Sequence[PackChoice]
    chosen: PackChoice | None
    problem: Message | None
    sellers: Sequence[Seller]
    badges: Sequence[Name]
    proofs: Sequence[Proof]
    edition_year: int | None
    edition_mark: str | None
    origin: Markup
    storage: StorageClass
    season_months: tuple[int, ...]
    this_month: int
    is_in_season: bool
    is_perishable: bool
    reference: Reference
    rating: Rating | None
    reviews: Sequence[Review]
    alike: Sequence[Markup]
    alike_counted: Sequence[tuple[Name, Message]]


def gather(session: Session, product: Product, pack_code: str | None) -> ProductPage:
    """Gather the page for the visitor's city and the chosen pack: three statements, eleven for new goods."""
    city, today, now = delivery.chosen_city(), time.today(), time.now()
    atlas, reference = places.atlas(session), catalogue.reference(session)
    priced_packs, offers = routing.shelf_prices(session, [product.id], city.code, today)
    variants = _VARIANTS.get(search_engine(), session, [product.id]).get(product.id, ())
    packs = _packs(variants, priced_packs, pack_code)
    chosen = next((one for one in packs if one.is_chosen), None)
    alike, pictures = _alike(session, product), picture_urls(product)
    goods = goods_of(session, [product.id, *alike])
    valid = [one for one in goods[product.id].certificates if rules.is_valid(one, now)]
    producers = _PRODUCERS.get(search_engine(), session, [product.id]).get(product.id, {})
    brands = [
        (brand, use)
        for brand, use in _BRANDS.get(search_engine(), session, [product.id]).get(product.id, ())
        if rules.may_use(brand, use, today)
    ]
    cooperatives = sellers.BY_ID.get(
        session, {one.cooperative_id for one in offers.values()} | set(producers.values())
    )
    priced = chosen.priced if chosen else None
    listed = catalogue.listed_in(session)
    rating, said = reviews.opinions(session, product.id)
    return ProductPage(
        product=product,
        picture_url=pictures[0] if pictures else picture_url(product),
        pictures=pictures,
        allergens=[ALLERGENS[Allergen(one)] for one in product.allergens],
        county=atlas.division(product.county_code),
        prefecture=atlas.division(atlas.prefecture_of(product.county_code)),
        pair_label=pair_label(atlas, city.code, product.county_code),
        counted=pairing_words.explain(atlas, city.code, product.county_code, today),
        packs=packs,
        chosen=chosen,
        problem=None if priced is None or priced.problem is None else _problem(priced),
        sellers=[
            replace(one, brands=[brand for brand, use in brands if use.user_id == one.cooperative.id])
            for one in _sellers(chosen, offers, (cooperatives, producers), valid, reference)
        ],
        badges=badge_names(valid, reference),
        proofs=proofs(valid, reference, now),
        edition_year=listed.year if listed is not None else None,
        edition_mark=edition_words.mark_of(listed, product),
        origin=maps.origin(atlas, product.county_code),
        storage=reference.storage_classes[product.storage_code],
        season_months=rules.season_months(product.harvest_months, product.sale_months),
        this_month=today.month,
        is_in_season=rules.in_season(product, today),
        is_perishable=is_perishable(product.storage_kind, product.shelf_life_days),
        reference=reference,
        rating=rating,
        reviews=said,
        alike=card_pieces(session, alike, first_screen=0),
        alike_counted=[
            (one.name, pairing_words.explain(atlas, city.code, one.county_code, today))
            for one in (goods[key].product for key in alike if key in goods)
            if pair_label(atlas, city.code, one.county_code) is None
        ],
    )


def _alike(session: Session, product: Product) -> list[ProductId]:
    """Return the same kind of goods from elsewhere, by the word that both go by."""
    word = next((one for one in product.keywords if one in product.name.hans), None)
    if word is None:
        word = product.keywords[0] if product.keywords else product.name.hans
    asked = SearchRequest(at=time.now(), q=word, per_page=ALIKE + 1)
    found = search_engine().search(session, asked, with_facets=False)
    return [one for one in found.product_ids if one != product.id][:ALIKE]


def _packs(
    variants: Sequence[Variant], priced: Mapping[VariantId, PriceWithFreight], pack_code: str | None
) -> list[PackChoice]:
    """Return the packs with the chosen one: the one asked for, else the one that the card shows."""
    on_sale = [priced[one.id] for one in variants if one.id in priced]
    asked = next((one.id for one in variants if one.code == pack_code), None)
    chosen = asked or (best_of(on_sale).variant_id if on_sale else None)
    return [
        PackChoice(variant=one, priced=priced.get(one.id), is_chosen=one.id == chosen) for one in variants
    ]


def _problem(priced: PriceWithFreight) -> Message:
    assert priced.problem is not None
    return explain(LineProblem(line_no=1, reason=priced.problem, minimum=priced.quantity))


def _sellers(
    chosen: PackChoice | None,
    offers: Mapping[OfferId, PriceWithFreight],
    known: tuple[Mapping[PartyId, Party], Mapping[OfferId, PartyId]],
    valid: Sequence[Certificate],
    reference: Reference,
) -> list[Seller]:
    """Return who offers the chosen pack: routing's choice first, then the cheapest delivered."""
    if chosen is None or chosen.priced is None:
        return []
    default = chosen.priced.offer_id
    cooperatives, producers = known
    found = [
        Seller(
            cooperative=cooperatives[one.cooperative_id],
            brands=(),
            producer=cooperatives[producers[offer_id]] if offer_id in producers else None,
            offer_id=offer_id,
            priced=one,
            badges=proofs(
                [held for held in valid if held.holder_id == one.cooperative_id], reference, time.now()
            ),
            is_default=offer_id == default,
        )
        for offer_id, one in offers.items()
        if one.variant_id == chosen.variant.id
    ]
    return sorted(
        found, key=lambda one: (not one.is_default, one.priced.problem is not None, one.priced.total_fen)
    )
