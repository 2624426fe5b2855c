"""Reads of nominations for an edition in work: who put what forward, what the provinces said, what fits."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlalchemy.orm import Session

from marketplace.catalogue import rules
from marketplace.catalogue.models import NominationRow, ProductRow, ReviewRow
from marketplace.catalogue.queries.certificates import valid_certificates
from marketplace.catalogue.queries.naming import bears
from marketplace.catalogue.refusals import NominationNotFound
from marketplace.catalogue.types import (
    Certificate,
    Criterion,
    EditionId,
    Finding,
    HeldCertificate,
    Nomination,
    NominationFilter,
    NominationId,
    NominationState,
    Product,
    ProductId,
    Review,
    Verdict,
)
from marketplace.kernel import time
from marketplace.kernel.paging import ANY, Listing, Page, Sought, in_order, read_page
from marketplace.parties.types import PersonId
from marketplace.places import queries as places
from marketplace.places.types import DivisionCode, Side


def list_nominations(
    session: Session, wanted: NominationFilter, *, sought: Sought = ANY, page: int = 1, per_page: int = 50
) -> Page[Nomination]:
    """Return one page of an edition's nominations by county, with their reviews, in two statements."""
    conditions: list[ColumnElement[bool]] = [NominationRow.edition_id == wanted.edition_id]
    if wanted.county_codes is not None:
        conditions.append(NominationRow.county_code.in_(wanted.county_codes))
    if wanted.undecided_by is not None:
        conditions += _waits_for(wanted.undecided_by)
    if sought.text:
        is_named = bears(ProductRow, sought.text)
        conditions.append(exists().where(ProductRow.id == NominationRow.product_id, is_named))
    row = NominationRow
    statement = select(row).execution_options(populate_existing=True)
    listing = Listing(statement, row.id, conditions, in_order(_ORDERS, sought))
    found = read_page(session, listing, page, per_page)
    return found.of(_with_reviews(session, [one for one, *_ in found.rows]))


def every_nomination(session: Session, edition_id: EditionId) -> list[Nomination]:
    """Return all nominations of an edition in the order in which they were made."""
    wanted = select(NominationRow).where(NominationRow.edition_id == edition_id)
    return _nominations(session, wanted.order_by(NominationRow.id))


def nominations_by_id(session: Session, nomination_ids: Collection[NominationId]) -> list[Nomination]:
    """Return the nominations that exist among some ids, by id."""
    wanted = select(NominationRow).where(NominationRow.id.in_(set(nomination_ids)))
    return _nominations(session, wanted.order_by(NominationRow.id))


def get_nomination(session: Session, nomination_id: NominationId) -> Nomination:
    """Return a nomination with its reviews; refuses (NominationNotFound)."""
    found = nominations_by_id(session, [nomination_id])
    if not found:
        raise NominationNotFound
    return found[0]


def nomination_counts(session: Session, edition_id: EditionId) -> Mapping[NominationState, int]:
    rows = session.execute(
        select(NominationRow.state, func.count())
        .where(NominationRow.edition_id == edition_id)
        .group_by(NominationRow.state)
    )
    return {NominationState(state): count for state, count in rows}


def count_waiting(session: Session, edition_id: EditionId) -> Mapping[Side, int]:
    """Count the nominations that wait for each province's word, in one statement."""
    waits = [func.count().filter(*_waits_for(side)) for side in rules.SIDES]
    counted = session.execute(select(*waits).where(NominationRow.edition_id == edition_id)).one()
    return dict(zip(rules.SIDES, counted, strict=True))


def nominated_products(session: Session, edition_id: EditionId) -> Mapping[ProductId, NominationState]:
    """Return where the latest nomination of each product stands, in one statement."""
    rows = session.execute(
        select(NominationRow.product_id, NominationRow.state)
        .where(NominationRow.edition_id == edition_id)
        .order_by(NominationRow.id)
    )
    return {ProductId(product_id): NominationState(state) for product_id, state in rows}


def findings_of(
    session: Session, criteria: Iterable[Criterion], products: Collection[Product]
) -> Mapping[ProductId, tuple[Finding, ...]]:
    """Hold products against criteria by the certificates valid now, in two statements however many."""
    atlas, criteria = places.atlas(session), tuple(criteria)
    valid = valid_certificates(session, [one.id for one in products], time.now())
    return {
        one.id: rules.findings(
            criteria,
            one,
            atlas.division(one.county_code),
            {certificate.scheme_code for certificate in valid[one.id]},
        )
        for one in products
    }


def counting_certificates(
    criteria: Iterable[Criterion], certificates: Iterable[Certificate]
) -> tuple[HeldCertificate, ...]:
    """Return of valid certificates those that some criterion asks for, as an entry keeps them."""
    asked = {code for one in criteria for code in one.scheme_codes}
    return tuple(
        HeldCertificate(scheme_code=one.scheme_code, number=one.number)
        for one in certificates
        if one.scheme_code in asked
    )


_ORDERS = {
    "county": (NominationRow.county_code, NominationRow.id),
    "newest": (NominationRow.id.desc(),),
    "oldest": (NominationRow.id,),
}


def _nominations(session: Session, statement: Select[Any]) -> list[Nomination]:
    return _with_reviews(session, session.scalars(statement.execution_options(populate_existing=True)).all())


def _with_reviews(session: Session, rows: Sequence[NominationRow]) -> list[Nomination]:
    reviews: dict[int, list[Review]] = defaultdict(list)
    found = select(ReviewRow).where(ReviewRow.nomination_id.in_([row.id for row in rows]))
    for one in session.scalars(found.order_by(ReviewRow.at)):
        reviews[one.nomination_id].append(_review(one))
    return [_nomination(row, reviews[row.id]) for row in rows]


def _nomination(row: NominationRow, reviews: Iterable[Review]) -> Nomination:
    return Nomination(
        id=NominationId(row.id),
        edition_id=EditionId(row.edition_id),
        product_id=ProductId(row.product_id),
        county_code=DivisionCode(row.county_code),
        state=NominationState(row.state),
        reason=row.reason,
        on_behalf=row.on_behalf,
        nominated_at=row.nominated_at,
        reviews=tuple(reviews),
    )


def _review(row: ReviewRow) -> Review:
    return Review(
        side=Side(row.side),
        verdict=Verdict(row.verdict),
        reason=row.reason,
        person_id=PersonId(row.person_id),
        at=row.at,
    )


def _waits_for(side: Side) -> list[ColumnElement[bool]]:
    said = select(ReviewRow.side).where(ReviewRow.nomination_id == NominationRow.id, ReviewRow.side == side)
    return [NominationRow.state == NominationState.NOMINATED, ~said.exists()]
