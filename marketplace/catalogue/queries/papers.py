"""Reads of papers: which ones somebody holds for goods, and which offers may not be sold for want of one."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from marketplace.catalogue import rules
from marketplace.catalogue.models import OfferRow
from marketplace.catalogue.queries.certificates import certificates_of_sellers
from marketplace.catalogue.queries.goods import products_by_id
from marketplace.catalogue.queries.reference import papers_for, reference
from marketplace.catalogue.queries.rows import offer_from_row
from marketplace.catalogue.types import Certificate, OfferId, OfferStatus, Product, ProductId
from marketplace.kernel import time
from marketplace.kernel.message import Message
from marketplace.parties.types import PartyId


def held_papers(
    session: Session, product: Product, sellers: Collection[PartyId], declared: Collection[str]
) -> frozenset[str]:
    """Return the codes of papers that sellers hold for a product now: declared, or kept as certificates."""
    valid = certificates_of_sellers(session, [product.id], sellers, time.now())
    return _held(session, product, sellers, declared, valid)


def offers_barred(
    session: Session, offer_ids: Collection[OfferId], at: datetime
) -> Mapping[OfferId, Message]:
    """Return the offers that may not be sold at an instant for want of a paper, each with the reason.

    A licence that expired at midnight stops its goods at midnight, whoever has looked at the offer since.
    """
    rows = session.scalars(select(OfferRow).where(OfferRow.id.in_(set(offer_ids)))).all()
    products = products_by_id(session, {ProductId(row.product_id) for row in rows})
    return barred_among(session, rows, products, at)


def barred_among(
    session: Session, rows: Collection[OfferRow], products: Mapping[ProductId, Product], at: datetime
) -> Mapping[OfferId, Message]:
    """Say the same of offers and goods that were read already."""
    offers = {row.id: (offer_from_row(row), row.declared_papers) for row in rows}
    everybody = {party for one, _ in offers.values() for party in (one.cooperative_id, one.producer_id)}
    valid = certificates_of_sellers(session, products, everybody, at)
    barred: dict[OfferId, Message] = {}
    for offer, declared in offers.values():
        product = products[offer.product_id]
        held = _held(session, product, {offer.cooperative_id, offer.producer_id}, declared, valid)
        problem = rules.sellable(product, papers_for(session, product.product_form), held)
        if problem is not None:
            barred[offer.id] = problem
    return barred


def product_ids_of(session: Session, party_id: PartyId, limit: int = 500) -> list[ProductId]:
    """Return the products that a party sells or produces, in the order in which they were first offered."""
    rows = session.execute(
        select(OfferRow.product_id, func.min(OfferRow.id))
        .where(
            or_(OfferRow.cooperative_id == party_id, OfferRow.producer_id == party_id),
            OfferRow.status != OfferStatus.WITHDRAWN,
        )
        .group_by(OfferRow.product_id)
        .order_by(func.min(OfferRow.id))
        .limit(limit)
    )
    return [ProductId(product_id) for product_id, _first in rows]


def _held(
    session: Session,
    product: Product,
    sellers: Collection[PartyId],
    declared: Collection[str],
    valid: Collection[Certificate],
) -> frozenset[str]:
    schemes = reference(session).schemes
    covering = {
        one.scheme_code for one in valid if rules.covers(one, schemes[one.scheme_code], product.id, sellers)
    }
    return frozenset(
        paper.code
        for paper in papers_for(session, product.product_form)
        if (paper.code in declared if paper.scheme_code is None else paper.scheme_code in covering)
    )
