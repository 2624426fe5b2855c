"""Reads of who produces what others sell."""

from collections.abc import Collection, Mapping

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session

from marketplace.catalogue.models import OfferRow, ProducerClaimRow, ProductRow
from marketplace.catalogue.named import ClaimNotFound
from marketplace.catalogue.queries.naming import bears
from marketplace.catalogue.types import (
    ClaimId,
    ClaimState,
    OfferId,
    OfferStatus,
    ProducerClaim,
    ProductId,
)
from marketplace.kernel.paging import ANY, Listing, Page, Sought, in_order, read_page
from marketplace.parties.types import PartyId


def get_claim(session: Session, claim_id: int) -> ProducerClaim:
    """Return a claim; refuses (ClaimNotFound)."""
    row = session.get(ProducerClaimRow, claim_id)
    if row is None:
        raise ClaimNotFound
    return claim_from_row(row)


def claims_naming(
    session: Session, producer_id: PartyId, *, sought: Sought = ANY, page: int = 1, per_page: int = 30
) -> Page[ProducerClaim]:
    """Return who says that a party produced what they sell; what waits for its answer first."""
    return _claims(session, ProducerClaimRow.producer_id == producer_id, sought, page, per_page)


def claims_by(
    session: Session, seller_id: PartyId, *, sought: Sought = ANY, page: int = 1, per_page: int = 30
) -> Page[ProducerClaim]:
    """Return whom a seller names as producers; what waits for an answer first."""
    return _claims(session, ProducerClaimRow.seller_id == seller_id, sought, page, per_page)


def count_unanswered(session: Session, producer_id: PartyId) -> int:
    """Count what others say of a producer that it has not answered."""
    return (
        session.scalar(
            select(func.count())
            .select_from(ProducerClaimRow)
            .where(ProducerClaimRow.producer_id == producer_id, ProducerClaimRow.state == ClaimState.NAMED)
        )
        or 0
    )


def is_denied(session: Session, producer_id: PartyId, seller_id: PartyId, product_id: ProductId) -> bool:
    """Tell whether a producer has denied that a seller's product is its own."""
    state = session.scalar(
        select(ProducerClaimRow.state).where(
            ProducerClaimRow.producer_id == producer_id,
            ProducerClaimRow.seller_id == seller_id,
            ProducerClaimRow.product_id == product_id,
        )
    )
    return state == ClaimState.DENIED


def producers_beside(
    session: Session, product_ids: Collection[ProductId]
) -> Mapping[ProductId, Mapping[OfferId, PartyId]]:
    """Return the producers of listed offers whose seller is another, by product and offer."""
    found: dict[ProductId, dict[OfferId, PartyId]] = {one: {} for one in product_ids}
    rows = session.execute(
        select(OfferRow.product_id, OfferRow.id, OfferRow.producer_id).where(
            OfferRow.product_id.in_(set(product_ids)),
            OfferRow.status == OfferStatus.LISTED,
            OfferRow.producer_id != OfferRow.cooperative_id,
        )
    )
    for product_id, offer_id, producer_id in rows:
        found[ProductId(product_id)][OfferId(offer_id)] = PartyId(producer_id)
    return found


# The states' names happen to stand in this order, backwards: named, denied, confirmed.
_ORDERS = {
    "waiting": (ProducerClaimRow.state.desc(), ProducerClaimRow.id.desc()),
    "newest": (ProducerClaimRow.id.desc(),),
    "oldest": (ProducerClaimRow.id,),
}


def _claims(
    session: Session, which: ColumnElement[bool], sought: Sought, page: int, per_page: int
) -> Page[ProducerClaim]:
    row, where = ProducerClaimRow, [which]
    if sought.text:
        where.append(exists().where(ProductRow.id == row.product_id, bears(ProductRow, sought.text)))
    listing = Listing(select(row), row.id, where, in_order(_ORDERS, sought))
    found = read_page(session, listing, page, per_page)
    return found.of([claim_from_row(one) for one, *_ in found.rows])


def claim_from_row(row: ProducerClaimRow) -> ProducerClaim:
    return ProducerClaim(
        id=ClaimId(row.id),
        producer_id=PartyId(row.producer_id),
        seller_id=PartyId(row.seller_id),
        product_id=ProductId(row.product_id),
        state=ClaimState(row.state),
        reason=row.reason,
        named_at=row.named_at,
        answered_at=row.answered_at,
    )
