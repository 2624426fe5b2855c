"""Reads of certificates: those valid at an instant, and the register in which anybody may look one up."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session, aliased

from marketplace.catalogue import rules
from marketplace.catalogue.models import (
    CertificateProductRow,
    CertificateRow,
    CertificateSuspensionRow,
    OfferRow,
    SchemeRow,
)
from marketplace.catalogue.queries.certificate_rows import (
    CERTIFICATE_ORDERS,
    certificate_from_row,
    is_numbered,
    read_certificates,
    select_certificates,
)
from marketplace.catalogue.queries.goods import offers_by_id
from marketplace.catalogue.queries.reference import reference
from marketplace.catalogue.refusals import CertificateNotFound
from marketplace.catalogue.types import (
    Certificate,
    CertificateFilter,
    CertificateId,
    CertificateProof,
    CertificateState,
    Offer,
    OfferId,
    OfferStatus,
    ProductId,
    SchemeLevel,
)
from marketplace.kernel import time
from marketplace.kernel.paging import ANY, Page, Sought, in_order
from marketplace.parties.queries import sells
from marketplace.parties.types import PartyId


def valid_certificates(
    session: Session, product_ids: Collection[ProductId], at: datetime
) -> Mapping[ProductId, tuple[Certificate, ...]]:
    """Return the certificates that stand behind products on sale at an instant, in two statements.

    A holder's certificate counts for a product only while the holder sells or produces a listed offer of it;
    a brand counts for the product of the place (``rules.covers``).
    """
    return _by_product(session, product_ids, is_valid_at(at))


def certificates_ever(
    session: Session, product_ids: Collection[ProductId]
) -> Mapping[ProductId, tuple[Certificate, ...]]:
    """Return every verified certificate of products on sale, whatever its days: for an index with dates."""
    return _by_product(session, product_ids, CertificateRow.verified_at.is_not(None))


def certificates_for(
    session: Session, product_ids: Collection[ProductId], offers: Collection[Offer]
) -> Mapping[ProductId, tuple[Certificate, ...]]:
    """Return every verified certificate, whatever its days, of products on sale or in these offers.

    The offers may be paused: what stood behind them is still known.
    """
    ever = CertificateRow.verified_at.is_not(None)
    return _by_product(session, product_ids, ever, offers)


def certificates_of_offers(
    session: Session, offer_ids: Collection[OfferId], at: datetime
) -> Mapping[OfferId, tuple[Certificate, ...]]:
    """Return the certificates that cover exactly these offers at an instant."""
    offers = offers_by_id(session, offer_ids)
    schemes = reference(session).schemes
    parties = {party for one in offers.values() for party in (one.cooperative_id, one.producer_id)}
    found = _covering(session, {one.product_id for one in offers.values()}, parties, is_valid_at(at))
    return {
        offer_id: tuple(
            one
            for one in found
            if offer_id in offers and rules.covers_offer(one, schemes[one.scheme_code], offers[offer_id])
        )
        for offer_id in offer_ids
    }


def certificates_of_sellers(
    session: Session, product_ids: Collection[ProductId], holder_ids: Collection[PartyId], at: datetime
) -> list[Certificate]:
    """Return what is valid at an instant and names one of the products or all goods of one of the holders."""
    return _covering(session, product_ids, holder_ids, is_valid_at(at))


def proofs_of_offers(
    session: Session, offer_ids: Collection[OfferId], at: datetime
) -> Mapping[OfferId, tuple[CertificateProof, ...]]:
    """Return what order lines of these offers keep of the certificates valid when they are ordered."""
    schemes = reference(session).schemes
    return {
        offer_id: tuple(rules.proof(one, schemes[one.scheme_code]) for one in found)
        for offer_id, found in certificates_of_offers(session, offer_ids, at).items()
    }


def find_certificates(session: Session, number: str) -> list[Certificate]:
    """Return the certificates that bear a number, however it is written; rejected ones never existed."""
    return _certificates(
        session,
        CertificateRow.number == rules.normal_number(number),
        CertificateRow.state != CertificateState.REJECTED,
    )


def certificates_by_id(
    session: Session, certificate_ids: Collection[CertificateId]
) -> Mapping[CertificateId, Certificate]:
    found = _certificates(session, CertificateRow.id.in_(set(certificate_ids)))
    return {one.id: one for one in found}


def get_certificate(session: Session, certificate_id: CertificateId) -> Certificate:
    found = certificates_by_id(session, [certificate_id])
    if certificate_id not in found:
        raise CertificateNotFound
    return found[certificate_id]


def list_certificates(
    session: Session,
    wanted: CertificateFilter,
    page: int = 1,
    per_page: int = 50,
    *,
    sought: Sought = ANY,
) -> Page[Certificate]:
    """Return one page of the register, in one statement."""
    conditions = _conditions(wanted)
    if sought.text:
        conditions.append(is_numbered(sought.text))
    return read_certificates(session, conditions, in_order(CERTIFICATE_ORDERS, sought), page, per_page)


def _conditions(wanted: CertificateFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [CertificateRow.state.in_(set(wanted.states))]
    if wanted.scheme_code is not None:
        conditions.append(CertificateRow.scheme_code == wanted.scheme_code)
    if wanted.holder_id is not None:
        conditions.append(CertificateRow.holder_id == wanted.holder_id)
    if wanted.holder_ids is not None:
        conditions.append(CertificateRow.holder_id.in_(wanted.holder_ids))
    if wanted.product_id is not None:
        conditions.append(_names({wanted.product_id}))
    if wanted.valid_at is not None:
        conditions.append(is_valid_at(wanted.valid_at))
    if wanted.ends_before is not None:
        conditions.append(CertificateRow.valid_to < wanted.ends_before)
    return conditions


def is_valid_at(at: datetime) -> ColumnElement[bool]:
    """Say ``rules.is_valid`` in SQL; a property test holds the two together."""
    day = time.business_day(at)
    pause = CertificateSuspensionRow
    suspended = (
        select(pause.id)
        .where(
            pause.certificate_id == CertificateRow.id,
            pause.from_at <= at,
            or_(pause.to_at.is_(None), pause.to_at > at),
        )
        .exists()
    )
    return and_(
        CertificateRow.verified_at <= at,
        CertificateRow.valid_from <= day,
        or_(CertificateRow.valid_to.is_(None), CertificateRow.valid_to >= day),
        or_(CertificateRow.revoked_at.is_(None), CertificateRow.revoked_at > at),
        ~suspended,
    )


def _names(product_ids: Collection[ProductId]) -> ColumnElement[bool]:
    link = CertificateProductRow
    return (
        select(link.product_id)
        .where(link.certificate_id == CertificateRow.id, link.product_id.in_(product_ids))
        .exists()
    )


def _by_product(
    session: Session,
    product_ids: Collection[ProductId],
    which: ColumnElement[bool],
    offers: Collection[Offer] = (),
) -> Mapping[ProductId, tuple[Certificate, ...]]:
    schemes = reference(session).schemes
    sellers, producers = _sellers(session, product_ids)
    for offer in offers:
        sellers[offer.product_id] |= {offer.cooperative_id, offer.producer_id}
        producers[offer.product_id].add(offer.producer_id)
    found = _covering(session, product_ids, set().union(*sellers.values()), which)
    candidates = _candidates(found)
    return {
        product_id: tuple(
            one
            for one in candidates(product_id, sellers[product_id])
            if rules.covers(
                one, schemes[one.scheme_code], product_id, sellers[product_id], producers[product_id]
            )
        )
        for product_id in product_ids
    }


def _candidates(
    found: Sequence[Certificate],
) -> Callable[[ProductId, Collection[PartyId]], Iterator[Certificate]]:
    """Return what looks up which certificates name a product or are a seller's for all goods, in their order.

    Holding every product of a thousand against every certificate of theirs would be a million questions.
    """
    naming: dict[ProductId, list[int]] = defaultdict(list)
    held: dict[PartyId, list[int]] = defaultdict(list)
    for place, one in enumerate(found):
        for product_id in one.product_ids:
            naming[product_id].append(place)
        if not one.product_ids:
            held[one.holder_id].append(place)

    def of(product_id: ProductId, sellers: Collection[PartyId]) -> Iterator[Certificate]:
        places = set(naming.get(product_id, ())).union(*(held.get(seller, ()) for seller in sellers))
        return (found[place] for place in sorted(places))

    return of


def _sellers(
    session: Session, product_ids: Collection[ProductId]
) -> tuple[dict[ProductId, set[PartyId]], dict[ProductId, set[PartyId]]]:
    """Return who sells or produces the listed offers of products, and who of them produces."""
    sellers: dict[ProductId, set[PartyId]] = defaultdict(set)
    producers: dict[ProductId, set[PartyId]] = defaultdict(set)
    rows = session.execute(
        select(OfferRow.product_id, OfferRow.cooperative_id, OfferRow.producer_id)
        .where(
            OfferRow.product_id.in_(set(product_ids)),
            OfferRow.status == OfferStatus.LISTED,
            sells(OfferRow.cooperative_id, time.today()),
        )
        .distinct()
    )
    for product_id, cooperative_id, producer_id in rows:
        sellers[ProductId(product_id)] |= {PartyId(cooperative_id), PartyId(producer_id)}
        producers[ProductId(product_id)].add(PartyId(producer_id))
    return sellers, producers


def _covering(
    session: Session,
    product_ids: Collection[ProductId],
    holder_ids: Collection[PartyId],
    which: ColumnElement[bool],
) -> list[Certificate]:
    """Return the certificates that name one of the products, or all goods of one of the holders."""
    link, held = CertificateProductRow, aliased(CertificateRow)
    naming = select(link.certificate_id).where(link.product_id.in_(set(product_ids)))
    naming_none = (
        select(held.id)
        .join(SchemeRow, SchemeRow.code == held.scheme_code)
        .where(
            held.holder_id.in_(set(holder_ids)),
            SchemeRow.level == SchemeLevel.ENTERPRISE,
            ~select(link.product_id).where(link.certificate_id == held.id).exists(),
        )
    )
    found = _certificates(session, which, CertificateRow.id.in_(naming.union_all(naming_none)))
    return rules.in_shown_order(found, reference(session).schemes)


def _certificates(session: Session, *conditions: ColumnElement[bool]) -> list[Certificate]:
    rows = session.execute(select_certificates().where(*conditions).order_by(CertificateRow.id))
    return [certificate_from_row(*row) for row in rows]
