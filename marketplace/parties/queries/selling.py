"""Reads of who may sell and who is to be verified again."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, and_, exists, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from marketplace.kernel import journal, time
from marketplace.kernel.paging import ANY, Listing, Page, Sought, in_order, read_page
from marketplace.kernel.waiting import Queue, queue
from marketplace.parties.models import MembershipRow, PartyRow, VerificationRow
from marketplace.parties.queries.parties import party_from_row
from marketplace.parties.rules import WARN_BEFORE
from marketplace.parties.types import (
    Party,
    PartyId,
    PartyKind,
    PartyStatus,
    PersonId,
    SellerDue,
    SellerQueue,
    Verification,
    VerificationId,
    VerificationState,
)


def sells(party_id: InstrumentedAttribute[int], day: date | ColumnElement[date]) -> ColumnElement[bool]:
    """Say in SQL what ``rules.may_sell`` says of a party: for statements that choose among offers."""
    return exists(
        select(PartyRow.id).where(
            PartyRow.id == party_id,
            PartyRow.kind == PartyKind.COOPERATIVE,
            PartyRow.status == PartyStatus.ACTIVE,
            PartyRow.verified_until >= day,
        )
    )


def list_sellers_due(
    session: Session,
    queue: SellerQueue,
    *,
    sought: Sought = ANY,
    page: int = 1,
    per_page: int = 30,
) -> Page[SellerDue]:
    """Return sellers to be verified again, the first to end first."""
    open_question = and_(
        VerificationRow.party_id == PartyRow.id, VerificationRow.state == VerificationState.ASKED
    )
    statement = select(PartyRow, VerificationRow).outerjoin(VerificationRow, open_question)
    where, order = _queue(queue, time.today()), in_order(_ORDERS, sought)
    found = read_page(session, Listing(statement, PartyRow.id, where, order), page, per_page)
    return found.of(
        [
            SellerDue(party=party_from_row(party), asked=_verification(asked) if asked is not None else None)
            for party, asked, *_ in found.rows
        ]
    )


_ORDERS = {
    "ends": (PartyRow.verified_until, PartyRow.id),
    "code": (PartyRow.code,),
}


def verifications_asked() -> Queue:
    """Sellers who have asked to be verified again."""
    return queue(VerificationRow.asked_at, VerificationRow.state == VerificationState.ASKED)


def verifications_of(session: Session, party_id: PartyId, *, limit: int = 20) -> list[Verification]:
    """Return a party's verifications, newest first."""
    rows = session.scalars(
        select(VerificationRow)
        .where(VerificationRow.party_id == party_id)
        .order_by(VerificationRow.id.desc())
        .limit(limit)
    )
    return [_verification(row) for row in rows]


def suspended_of(session: Session, person_id: PersonId) -> list[tuple[Party, str]]:
    """Return the suspended parties somebody belongs to, each with the reason last given."""
    rows = session.scalars(
        select(PartyRow)
        .where(
            PartyRow.status == PartyStatus.SUSPENDED,
            PartyRow.id.in_(
                select(MembershipRow.party_id).where(
                    MembershipRow.person_id == person_id, MembershipRow.ended_at.is_(None)
                )
            ),
        )
        .order_by(PartyRow.id)
    )
    return [(party_from_row(row), _reason(session, row.id)) for row in rows]


def _reason(session: Session, party_id: int) -> str:
    entries = journal.history(session, "party", party_id)
    found = next((one for one in entries if one.action == PartyStatus.SUSPENDED), None)
    return str(found.detail.get("reason", "")) if found else ""


def _queue(queue: SellerQueue, day: date) -> Sequence[ColumnElement[bool]]:
    if queue is SellerQueue.ASKED:
        asked = select(VerificationRow.party_id).where(VerificationRow.state == VerificationState.ASKED)
        return (PartyRow.id.in_(asked),)
    if queue is SellerQueue.LAPSED:
        return (PartyRow.verified_until < day,)
    return (PartyRow.verified_until >= day, PartyRow.verified_until <= day + WARN_BEFORE)


def _verification(row: VerificationRow) -> Verification:
    return Verification(
        id=VerificationId(row.id),
        party_id=PartyId(row.party_id),
        state=VerificationState(row.state),
        note=row.note,
        against=row.against,
        reason=row.reason,
        asked_at=row.asked_at,
        decided_at=row.decided_at,
        valid_until=row.valid_until,
    )
