"""Which offers freight to Guangzhou weighs on too much: for the cooperative that makes them."""

from collections.abc import Mapping, Sequence

from sqlalchemy.orm import Session

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue.types import Offer, OfferId, Product, ProductId, Variant
from marketplace.freight import queries as freight
from marketplace.freight.book import RateBook
from marketplace.kernel.money import Fen
from marketplace.places import queries as places
from marketplace.places.types import DivisionCode
from marketplace.routing.rules.burden import Burden, burden, cheapest_fee

GUANGZHOU = DivisionCode("440100")


def burdens(
    session: Session, offers: Sequence[Offer], known: Mapping[ProductId, Product] | None = None
) -> Mapping[OfferId, Burden]:
    """Return the offers among these that freight weighs on too much; products that are known are not read."""
    product_ids = {one.product_id for one in offers}
    products = catalogue.products_by_id(session, product_ids) if known is None else known
    packs = catalogue.variants_of(session, product_ids)
    book, atlas = freight.rate_book(session), places.atlas(session)
    found: dict[OfferId, Burden] = {}
    for offer in offers:
        product = products[offer.product_id]
        origin = atlas.prefecture_of(product.county_code)
        one = _burden(offer, product, packs[offer.product_id], book, origin)
        if one is not None:
            found[offer.id] = one
    return found


def _burden(
    offer: Offer, product: Product, packs: Sequence[Variant], book: RateBook, origin: DivisionCode
) -> Burden | None:
    variant = next(one for one in packs if one.id == offer.variant_id)

    def fee(weight_g: int) -> Fen | None:
        return cheapest_fee(book, origin, GUANGZHOU, product.storage_kind, weight_g)

    def amount(quantity: int) -> Fen:
        steps = [one.price_fen for one in offer.selling.ladder if quantity >= one.quantity]
        return Fen(min([offer.price_fen, *steps]) * quantity)

    return burden(amount, offer.minimum, fee, variant, packs)
