"""Reads of offers by name alone, for lines that only say which is meant."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from marketplace.catalogue.models import OfferRow, ProductRow, VariantRow
from marketplace.catalogue.types import OfferId, OfferStatus, ProductId
from marketplace.kernel.message import Name
from marketplace.parties.types import PartyId


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferTitle:
    product: Name
    pack: Name


def offers_on_sale(cooperative_id: PartyId) -> Select[tuple[int, int, int]]:
    """Choose what a cooperative has listed, with the least of an order and the packs of a day."""
    return select(OfferRow.id, OfferRow.minimum, OfferRow.daily_capacity).where(
        OfferRow.cooperative_id == cooperative_id, OfferRow.status == OfferStatus.LISTED
    )


def product_ids_by_number(session: Session, numbers: Collection[str]) -> Mapping[str, ProductId]:
    """Return which product each number that is taken belongs to."""
    rows = session.execute(select(ProductRow.number, ProductRow.id).where(ProductRow.number.in_(numbers)))
    return {number: ProductId(key) for number, key in rows}


def offer_titles(session: Session, offer_ids: Collection[OfferId]) -> Mapping[OfferId, OfferTitle]:
    """Return what offers are called, in one statement."""
    product, pack = ProductRow, VariantRow
    rows = session.execute(
        select(
            OfferRow.id,
            product.name_zh,
            product.name_zh_hant,
            product.name_en,
            pack.pack_zh,
            pack.pack_zh_hant,
            pack.pack_en,
        )
        .join(product, product.id == OfferRow.product_id)
        .join(pack, pack.id == OfferRow.variant_id)
        .where(OfferRow.id.in_(offer_ids))
    )
    return {OfferId(key): OfferTitle(product=Name(*names[:3]), pack=Name(*names[3:])) for key, *names in rows}
