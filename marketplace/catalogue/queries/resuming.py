"""Which paused offers may not be put on sale again, and why."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from marketplace.catalogue.models import OfferRow, ProducerClaimRow
from marketplace.catalogue.named import ProducerDenied
from marketplace.catalogue.queries.goods import products_by_id
from marketplace.catalogue.queries.papers import barred_among
from marketplace.catalogue.queries.rows import offer_from_row
from marketplace.catalogue.refusals import NotSellable
from marketplace.catalogue.types import ClaimState, Offer, OfferId, ProductStatus
from marketplace.kernel.message import msg
from marketplace.kernel.refusals import Refusal
from marketplace.parties import queries as parties


def resume_problems(
    session: Session, offer_ids: Collection[OfferId], at: datetime
) -> Mapping[OfferId, Refusal]:
    """Return the offers among these that may not be on sale at an instant, each with what would be refused.

    However many there are, it asks a handful of questions: a spreadsheet may resume twenty thousand.
    """
    if not offer_ids:
        return {}
    rows = session.scalars(select(OfferRow).where(OfferRow.id.in_(set(offer_ids)))).all()
    offers = [offer_from_row(row) for row in rows]
    products = products_by_id(session, {one.product_id for one in offers})
    found: dict[OfferId, Refusal] = {
        offer_id: NotSellable(why) for offer_id, why in barred_among(session, rows, products, at).items()
    }
    for one in offers:
        product = products[one.product_id]
        if one.id not in found and product.status is not ProductStatus.LISTED:
            found[one.id] = NotSellable(msg("%(product)s已下架，暂不能报价。", product=product.name))
    denied = _denied(session, offers)
    if not denied:
        return found
    producers = parties.parties_by_id(session, {one.producer_id for one in denied})
    found |= {
        one.id: ProducerDenied(producers[one.producer_id].name, products[one.product_id].name)
        for one in denied
    }
    return found


def _denied(session: Session, offers: Collection[Offer]) -> list[Offer]:
    """Return the offers whose alleged producer says that the goods are not its own."""
    beside = {
        (one.producer_id, one.cooperative_id, one.product_id)
        for one in offers
        if one.producer_id != one.cooperative_id
    }
    if not beside:
        return []
    claim = (ProducerClaimRow.producer_id, ProducerClaimRow.seller_id, ProducerClaimRow.product_id)
    rows = session.execute(
        select(*claim).where(tuple_(*claim).in_(beside), ProducerClaimRow.state == ClaimState.DENIED)
    )
    denied = {tuple(row) for row in rows}
    return [one for one in offers if (one.producer_id, one.cooperative_id, one.product_id) in denied]
