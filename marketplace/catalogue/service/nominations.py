"""Writes of nominations: a county puts goods forward, each province says its word once."""

from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from marketplace.catalogue import rules
from marketplace.catalogue.models import EditionRow, NominationRow, ReviewerRow, ReviewRow
from marketplace.catalogue.queries.editions import get_edition
from marketplace.catalogue.queries.goods import get_product, products_by_id
from marketplace.catalogue.queries.nominations import findings_of, get_nomination, nominations_by_id
from marketplace.catalogue.refusals import (
    AlreadyNominated,
    AlreadyReviewed,
    EditionMovedOn,
    EditionNotFound,
    NominationNotFound,
    NominationUnfit,
    NotTheirReview,
    OtherSideReviewer,
    ProductNotFound,
    ReasonMissing,
    StatusMovedOn,
)
from marketplace.catalogue.types import (
    EditionId,
    EditionState,
    Nomination,
    NominationId,
    NominationState,
    ProductId,
    Verdict,
)
from marketplace.kernel import journal, time
from marketplace.kernel.locking import locked
from marketplace.parties.rules import may
from marketplace.parties.types import Actor, Permission
from marketplace.places import queries as places
from marketplace.places.types import Side


def nominate(
    session: Session, edition_id: EditionId, product_id: ProductId, by: Actor, reason: str
) -> Nomination:
    """Put goods forward for an edition, as the official of their county or as the operator for the county.

    Refuses (ProductNotFound) another county's goods, (EditionMovedOn) once nominations are closed,
    (NominationUnfit) goods that do not meet what can be checked, and (AlreadyNominated).
    """
    lock_edition(session, edition_id, EditionState.NOMINATING, shared=True)
    product = get_product(session, product_id)
    if not _speaks_for(session, by, product.county_code):
        raise ProductNotFound
    edition = get_edition(session, edition_id)
    criterion = rules.unmet(findings_of(session, edition.criteria, [product])[product.id])
    if criterion is not None:
        raise NominationUnfit(product.name, criterion.text)
    on_behalf = not _is_of_county(session, by, product.county_code)
    nomination_id = session.scalar(
        insert(NominationRow)
        .values(
            edition_id=edition_id,
            product_id=product_id,
            county_code=product.county_code,
            state=NominationState.NOMINATED,
            reason=reason,
            on_behalf=on_behalf,
            nominated_by=by.person.id,
            nominated_at=time.now(),
        )
        .on_conflict_do_nothing()
        .returning(NominationRow.id)
    )
    if nomination_id is None:
        raise AlreadyNominated(product.name)
    journal.write(session, "nomination", nomination_id, "nominated", on_behalf=on_behalf, reason=reason)
    return get_nomination(session, NominationId(nomination_id))


def withdraw_nomination(session: Session, nomination_id: NominationId, by: Actor) -> Nomination:
    """Take a nomination back while counties nominate; the goods may be put forward anew.

    What the provinces review is fixed: it changes only where the operator reopens the nominations. Refuses as
    ``nominate`` does.
    """
    _lock_edition_of(session, [nomination_id], EditionState.NOMINATING)
    (row,) = _lock(session, [nomination_id])
    if not _speaks_for(session, by, row.county_code):
        raise NominationNotFound
    _move(row, NominationState.WITHDRAWN)
    session.flush()
    journal.write(session, "nomination", row.id, "withdrawn")
    return get_nomination(session, nomination_id)


def approve_nominations(
    session: Session, nomination_ids: Collection[NominationId], by: Actor, side: Side
) -> int:
    """Say a province's yes to nominations of one edition; returns how many both provinces now approve.

    Refuses as ``refuse_nomination`` does, and (NominationUnfit) goods that meanwhile stopped to fit; one
    refusal undoes all. Asks the same few statements however many there are.
    """
    reviewed = _review(session, nomination_ids, by, side, Verdict.APPROVE, "")
    return sum(one.state is NominationState.APPROVED for one in reviewed)


def refuse_nomination(
    session: Session, nomination_id: NominationId, by: Actor, side: Side, reason: str
) -> Nomination:
    """Say a province's no, which decides; the reason is published where the goods leave the catalogue.

    Refuses (ReasonMissing), (NotTheirReview) who is no official of that province, (OtherSideReviewer) who
    already spoke for the other one in this edition, (EditionMovedOn) outside the review, (AlreadyReviewed).
    """
    if not reason:
        raise ReasonMissing
    (refused,) = _review(session, [nomination_id], by, side, Verdict.REFUSE, reason)
    return refused


def lock_edition(
    session: Session, edition_id: EditionId, *states: EditionState, shared: bool = False
) -> EditionRow:
    """Hold an edition in one of some states to the end of the transaction; refuses (EditionMovedOn).

    Nominations and reviews share it; what moves its state has it alone.
    """
    row = session.scalars(
        select(EditionRow)
        .where(EditionRow.id == edition_id)
        .with_for_update(read=shared)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        raise EditionNotFound
    if EditionState(row.state) not in states:
        raise EditionMovedOn
    return row


def _review(
    session: Session,
    nomination_ids: Collection[NominationId],
    by: Actor,
    side: Side,
    verdict: Verdict,
    reason: str,
) -> list[Nomination]:
    """Add a province's word to nominations and move those that it decides."""
    edition_id = _lock_edition_of(session, nomination_ids, EditionState.REVIEWING)
    _be_reviewer(session, edition_id, by, side)
    rows = _lock(session, nomination_ids)
    before = nominations_by_id(session, nomination_ids)
    if any(one.state is not NominationState.NOMINATED or one.review_of(side) for one in before):
        raise AlreadyReviewed
    if verdict is Verdict.APPROVE:
        _ask_fit(session, edition_id, before)
    said = {"side": side, "person_id": by.person.id, "verdict": verdict, "reason": reason, "at": time.now()}
    session.execute(
        insert(ReviewRow), [{"nomination_id": row.id, "edition_id": edition_id, **said} for row in rows]
    )
    after = nominations_by_id(session, nomination_ids)
    for row, one in zip(rows, after, strict=True):
        state = rules.state_after(one.reviews)
        if state is not NominationState.NOMINATED:
            _move(row, state)
        journal.write(session, "nomination", row.id, str(verdict), side=str(side), reason=reason)
    session.flush()
    return nominations_by_id(session, nomination_ids)


def _be_reviewer(session: Session, edition_id: EditionId, by: Actor, side: Side) -> None:
    """Write down for which province somebody reviews the edition; nobody ever does for both."""
    atlas = places.atlas(session)
    if side not in {rules.reviewing_side(scope, atlas) for scope in by.scopes}:
        raise NotTheirReview
    session.execute(
        insert(ReviewerRow)
        .values(edition_id=edition_id, person_id=by.person.id, side=side)
        .on_conflict_do_nothing()
    )
    held = session.scalar(
        select(ReviewerRow.side).where(
            ReviewerRow.edition_id == edition_id, ReviewerRow.person_id == by.person.id
        )
    )
    if held != side:
        raise OtherSideReviewer


def _ask_fit(session: Session, edition_id: EditionId, nominations: Collection[Nomination]) -> None:
    products = products_by_id(session, [one.product_id for one in nominations])
    findings = findings_of(session, get_edition(session, edition_id).criteria, list(products.values()))
    for product in products.values():
        criterion = rules.unmet(findings[product.id])
        if criterion is not None:
            raise NominationUnfit(product.name, criterion.text)


def _speaks_for(session: Session, by: Actor, county_code: str) -> bool:
    return may(by, Permission.PUBLISH_EDITION) or _is_of_county(session, by, county_code)


def _is_of_county(session: Session, by: Actor, county_code: str) -> bool:
    atlas = places.atlas(session)
    return any(rules.nominating_county(scope, atlas) == county_code for scope in by.scopes)


def _lock_edition_of(
    session: Session, nomination_ids: Collection[NominationId], *states: EditionState
) -> EditionId:
    """Hold the one edition of nominations before they are held themselves: all take them in this order."""
    asked = select(NominationRow.edition_id).where(NominationRow.id.in_(nomination_ids))
    found = session.scalars(asked.distinct()).all()
    if len(found) != 1:
        raise NominationNotFound
    return EditionId(lock_edition(session, EditionId(found[0]), *states, shared=True).id)


def _lock(session: Session, nomination_ids: Collection[NominationId]) -> Sequence[NominationRow]:
    """Hold nominations, in the order of their ids; refuses (NominationNotFound) where one is not there."""
    return list(locked(session, NominationRow, nomination_ids, NominationNotFound).values())


def _move(row: NominationRow, wanted: NominationState) -> None:
    if wanted not in rules.NOMINATION_TRANSITIONS[NominationState(row.state)]:
        raise StatusMovedOn
    row.state = wanted
