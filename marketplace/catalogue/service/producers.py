"""Writes of producers: named by who sells, told at once, confirmed or denied by themselves.

Seller and producer are kept apart: the seller ships and is paid, origin and producer are those of the goods.
"""

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from marketplace.catalogue.models import OfferRow, ProducerClaimRow
from marketplace.catalogue.named import ClaimAnswered, ClaimNotFound, ProducerDenied
from marketplace.catalogue.queries.goods import get_product
from marketplace.catalogue.queries.producers import claim_from_row, is_denied
from marketplace.catalogue.types import (
    ClaimId,
    ClaimState,
    OfferId,
    OfferStatus,
    ProducerClaim,
    ProductId,
)
from marketplace.kernel import changes, journal, time
from marketplace.kernel.message import Message, msg
from marketplace.notices import service as notices
from marketplace.notices.types import NoticeKind
from marketplace.parties import queries as parties
from marketplace.parties.types import PartyId, Role

LINK = "/cooperative/producers"
LINK_OF_SELLER = f"{LINK}?list=named"
_TOLD = frozenset({Role.COOPERATIVE_MANAGER, Role.COOPERATIVE_MEMBER})


def refuse_denied(session: Session, producer_id: PartyId, seller_id: PartyId, product_id: ProductId) -> None:
    """Refuse (ProducerDenied) goods that their alleged producer says are not its own."""
    if producer_id != seller_id and is_denied(session, producer_id, seller_id, product_id):
        raise ProducerDenied(
            parties.get_party(session, producer_id).name, get_product(session, product_id).name
        )


def name_producer(session: Session, producer_id: PartyId, seller_id: PartyId, product_id: ProductId) -> None:
    """Note that a seller names a producer, and tell the producer the first time."""
    if producer_id == seller_id:
        return
    claim_id = session.scalar(
        insert(ProducerClaimRow)
        .values(
            producer_id=producer_id,
            seller_id=seller_id,
            product_id=product_id,
            state=ClaimState.NAMED,
            reason="",
            named_at=time.now(),
        )
        .on_conflict_do_nothing()
        .returning(ProducerClaimRow.id)
    )
    if claim_id is None:
        return
    journal.write(session, "producer_claim", claim_id, "named", seller=seller_id)
    message = msg(
        "%(seller)s说它卖的%(product)s是您生产的。不是的话，请来否认。",
        seller=parties.get_party(session, seller_id).name,
        product=get_product(session, product_id).name,
    )
    _tell(session, producer_id, message, LINK)


def confirm_claim(session: Session, claim_id: ClaimId, producer_id: PartyId) -> ProducerClaim:
    """Let a producer say that it is so. Refuses (ClaimNotFound) what is said of others."""
    row = _locked(session, claim_id, producer_id)
    return _answer(session, row, ClaimState.CONFIRMED, "")


def deny_claim(session: Session, claim_id: ClaimId, producer_id: PartyId, reason: str) -> ProducerClaim:
    """Let a producer say that it is not so: the seller's offers of these goods are off sale at once.

    Orders already placed stand. Refuses (ClaimNotFound) what is said of others.
    """
    row = _locked(session, claim_id, producer_id)
    answered = _answer(session, row, ClaimState.DENIED, reason)
    offers = session.scalars(
        select(OfferRow)
        .where(
            OfferRow.producer_id == row.producer_id,
            OfferRow.cooperative_id == row.seller_id,
            OfferRow.product_id == row.product_id,
            OfferRow.status == OfferStatus.LISTED,
        )
        .order_by(OfferRow.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    for offer in offers:
        offer.status = OfferStatus.PAUSED
        journal.write(session, "offer", offer.id, "paused", reason="producer denied")
    session.flush()
    changes.record(session, "offer", [OfferId(offer.id) for offer in offers])
    message = msg(
        "%(producer)s否认生产了您卖的%(product)s，这件商品已暂停销售：%(reason)s",
        producer=parties.get_party(session, producer_id).name,
        product=get_product(session, ProductId(row.product_id)).name,
        reason=reason,
    )
    _tell(session, PartyId(row.seller_id), message, LINK_OF_SELLER)
    return answered


def _answer(session: Session, row: ProducerClaimRow, state: ClaimState, reason: str) -> ProducerClaim:
    if row.state == state:
        raise ClaimAnswered
    row.state, row.reason, row.answered_at = state, reason, time.now()
    session.flush()
    journal.write(session, "producer_claim", row.id, state, reason=reason)
    return claim_from_row(row)


def _locked(session: Session, claim_id: ClaimId, producer_id: PartyId) -> ProducerClaimRow:
    row = session.scalars(
        select(ProducerClaimRow)
        .where(ProducerClaimRow.id == claim_id, ProducerClaimRow.producer_id == producer_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        raise ClaimNotFound
    return row


def _tell(session: Session, party_id: PartyId, message: Message, link: str) -> None:
    for person, membership in parties.members_of(session, party_id):
        if membership.role in _TOLD:
            notices.send(session, kind=NoticeKind.ACCOUNT, to_person_id=person.id, message=message, link=link)
