"""The terms of listed offers, lean and in one statement: asked for every card of every page."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import ARRAY, BigInteger, Date, Select, any_, bindparam, select
from sqlalchemy.orm import Session

from marketplace.catalogue.models import OfferRow, ProductRow, VariantRow
from marketplace.catalogue.types import OfferStatus, ProductId, VariantId
from marketplace.catalogue.types.terms import OfferTerms
from marketplace.kernel import time
from marketplace.parties.queries import sells

_DAY = bindparam("day", type_=Date)
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
    .where(OfferRow.status == OfferStatus.LISTED, sells(OfferRow.cooperative_id, _DAY))
    .order_by(OfferRow.id)
)


# One text however many are asked for, so that the server keeps its plan.
_ASKED = any_(bindparam("asked", type_=ARRAY(BigInteger)))
_OF_PRODUCTS = _TERMS.where(OfferRow.product_id == _ASKED)
_OF_VARIANTS = _TERMS.where(OfferRow.variant_id == _ASKED)


def terms_of_products(session: Session, product_ids: Collection[ProductId]) -> list[OfferTerms]:
    """Return the listed offers of products whose seller may sell, in the order in which they were made."""
    return _terms(session, _OF_PRODUCTS, product_ids)


def terms_of_variants(session: Session, variant_ids: Collection[VariantId]) -> list[OfferTerms]:
    """Return the listed offers of packs whose seller may sell, in the order in which they were made."""
    return _terms(session, _OF_VARIANTS, variant_ids)


def _terms(session: Session, statement: Select[Any], asked: Collection[int]) -> list[OfferTerms]:
    rows = session.execute(statement, {"asked": list(asked), "day": time.today()})
    return [OfferTerms._make(row) for row in rows]
