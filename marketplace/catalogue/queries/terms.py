"""The terms of listed offers, lean and in one statement: asked for every card of every page."""

from collections.abc import Collection

from sqlalchemy import ARRAY, BigInteger, any_, bindparam, select
from sqlalchemy.orm import Session

from marketplace.catalogue.models import OfferRow, ProductRow, VariantRow
from marketplace.catalogue.types import OfferStatus, ProductId, VariantId
from marketplace.catalogue.types.terms import OfferTerms

_TERMS = (
    select(
        OfferRow.id,
        OfferRow.variant_id,
        OfferRow.product_id,
        OfferRow.cooperative_id,
        OfferRow.price_fen,
        OfferRow.minimum,
        OfferRow.lead_days,
        OfferRow.daily_capacity,
        OfferRow.cut_off_hour,
        OfferRow.serves_hong_kong_macao,
        VariantRow.net_weight_g,
        ProductRow.county_code,
        ProductRow.storage_code,
        ProductRow.min_milli_c,
        ProductRow.max_milli_c,
        ProductRow.shelf_life_days,
        OfferRow.ladder_from,
        OfferRow.ladder_fen,
        OfferRow.ship_weekdays,
        OfferRow.served_cities,
        OfferRow.free_freight_fen,
        OfferRow.presale_on,
    )
    .join(VariantRow, VariantRow.id == OfferRow.variant_id)
    .join(ProductRow, ProductRow.id == OfferRow.product_id)
    .where(OfferRow.status == OfferStatus.LISTED)
    .order_by(OfferRow.id)
)


# One text however many are asked for, so that the server keeps its plan.
_ASKED = any_(bindparam("asked", type_=ARRAY(BigInteger)))
_OF_PRODUCTS = _TERMS.where(OfferRow.product_id == _ASKED)
_OF_VARIANTS = _TERMS.where(OfferRow.variant_id == _ASKED)


def terms_of_products(session: Session, product_ids: Collection[ProductId]) -> list[OfferTerms]:
    """Return the listed offers of products, in the order in which they were made."""
    return [OfferTerms._make(row) for row in session.execute(_OF_PRODUCTS, {"asked": list(product_ids)})]


def terms_of_variants(session: Session, variant_ids: Collection[VariantId]) -> list[OfferTerms]:
    """Return the listed offers of packs, in the order in which they were made."""
    return [OfferTerms._make(row) for row in session.execute(_OF_VARIANTS, {"asked": list(variant_ids)})]
