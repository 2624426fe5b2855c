"""What search builds its documents from, read batch by batch in a constant number of statements each."""

from collections.abc import Collection, Iterator, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.catalogue import rules
from marketplace.catalogue.models import (
    CertificateProductRow,
    CertificateRow,
    OfferRow,
    ProductRow,
    SchemeRow,
)
from marketplace.catalogue.queries.certificates import certificates_ever
from marketplace.catalogue.queries.goods import offers_of, variants_of
from marketplace.catalogue.queries.reference import reference
from marketplace.catalogue.queries.rows import product_from_row
from marketplace.catalogue.types import (
    Certificate,
    CertifiedPeriod,
    Offer,
    Product,
    ProductId,
    ProductSource,
    ProductStatus,
    SchemeLevel,
)
from marketplace.kernel.message import Name
from marketplace.parties import queries as parties
from marketplace.parties.types import Party, PartyId
from marketplace.places import queries as places

BATCH = 1000


def documents_source(
    session: Session, product_ids: Collection[ProductId] | None = None
) -> Iterator[ProductSource]:
    """Yield what documents say of listed products, all of them or the named ones, in the order of their ids.

    A named product that is not listed any more is left out: the index drops it.
    """
    after = 0
    while True:
        statement = (
            select(ProductRow)
            .where(ProductRow.status == ProductStatus.LISTED, ProductRow.id > after)
            .order_by(ProductRow.id)
            .limit(BATCH)
        )
        if product_ids is not None:
            statement = statement.where(ProductRow.id.in_(set(product_ids)))
        kept = reference(session)
        batch = [product_from_row(row, kept) for row in session.scalars(statement)]
        if not batch:
            return
        yield from _sources(session, batch)
        after = batch[-1].id


def listed_product_ids(session: Session) -> Iterator[ProductId]:
    """Yield the ids of listed products in order."""
    statement = select(ProductRow.id).where(ProductRow.status == ProductStatus.LISTED).order_by(ProductRow.id)
    yield from map(ProductId, session.scalars(statement.execution_options(yield_per=10_000)))


def products_touched(session: Session, topic: str, subject_ids: Collection[int]) -> frozenset[ProductId]:
    """Return the products that a change row of a topic (product, offer, party, certificate) speaks about.

    An enterprise's certificate that names no product touches everything its holder offers.
    """
    wanted = set(subject_ids)
    if topic == "product":
        return frozenset(map(ProductId, wanted))
    if topic == "offer":
        rows = session.scalars(select(OfferRow.product_id).where(OfferRow.id.in_(wanted)))
        return frozenset(map(ProductId, rows))
    if topic == "party":
        rows = session.scalars(select(OfferRow.product_id).where(OfferRow.cooperative_id.in_(wanted)))
        return frozenset(map(ProductId, rows))
    if topic != "certificate":
        return frozenset()
    named = select(CertificateProductRow.product_id).where(CertificateProductRow.certificate_id.in_(wanted))
    held = (
        select(OfferRow.product_id)
        .join(
            CertificateRow,
            CertificateRow.holder_id.in_([OfferRow.cooperative_id, OfferRow.producer_id]),
        )
        .join(SchemeRow, SchemeRow.code == CertificateRow.scheme_code)
        .where(CertificateRow.id.in_(wanted), SchemeRow.level == SchemeLevel.ENTERPRISE)
    )
    return frozenset(map(ProductId, session.scalars(named.union(held))))


def _sources(session: Session, batch: list[Product]) -> Iterator[ProductSource]:
    ids = [one.id for one in batch]
    kept, atlas = reference(session), places.atlas(session)
    variants, offers = variants_of(session, ids), offers_of(session, ids)
    certificates = certificates_ever(session, ids)
    sellers = parties.parties_by_id(
        session, {one.cooperative_id for found in offers.values() for one in found}
    )
    for one in batch:
        yield ProductSource(
            product=one,
            county=atlas.division(one.county_code),
            prefecture=atlas.division(atlas.prefecture_of(one.county_code)),
            aisle=kept.aisles[one.aisle_code],
            industry=kept.industries[one.industry_code] if one.industry_code else None,
            packs=tuple(variant.pack for variant in variants[one.id]),
            cooperatives=_cooperatives(offers[one.id], sellers),
            certified=_certified(certificates[one.id]),
            certificate_numbers=tuple(certificate.number for certificate in certificates[one.id]),
            season_months=rules.season_months(one.harvest_months, one.sale_months),
            min_price_fen=min((offer.price_fen for offer in offers[one.id]), default=None),
        )


def _cooperatives(
    offers: Collection[Offer], sellers: Mapping[PartyId, Party]
) -> tuple[tuple[PartyId, Name], ...]:
    return tuple(
        (party_id, sellers[party_id].name) for party_id in sorted({o.cooperative_id for o in offers})
    )


def _certified(certificates: Collection[Certificate]) -> tuple[CertifiedPeriod, ...]:
    return tuple(
        CertifiedPeriod(scheme_code=one.scheme_code, number=one.number, period=period)
        for one in certificates
        for period in rules.validity(one)
    )
