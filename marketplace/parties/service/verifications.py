"""Writes of verifications: asked for, decided, and what the days make of them."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from marketplace.kernel import changes, journal, time
from marketplace.kernel.locking import locked_one
from marketplace.parties import rules
from marketplace.parties.models import PartyRow, VerificationRow
from marketplace.parties.queries import party_from_row
from marketplace.parties.refusals import (
    PartyNotFound,
    VerificationAsked,
    VerificationNotAsked,
    VerificationNotDue,
)
from marketplace.parties.types import Party, PartyId, PartyKind, VerificationState


def ask_verification(session: Session, party_id: PartyId, note: str) -> None:
    """Let a cooperative say that its papers stand, or what changed, so that the operator looks again.

    Refuses (VerificationNotDue) earlier than 30 days before the end, and (VerificationAsked) twice.
    """
    party = _locked(session, party_id)
    if not rules.is_verification_due(party_from_row(party), time.today()):
        raise VerificationNotDue
    made = session.scalar(
        insert(VerificationRow)
        .values(
            party_id=party_id,
            state=VerificationState.ASKED,
            note=note,
            against="",
            reason="",
            asked_at=time.now(),
        )
        .on_conflict_do_nothing()
        .returning(VerificationRow.id)
    )
    if made is None:
        raise VerificationAsked
    journal.write(session, "party", party_id, "verification_asked", note=note)
    session.flush()


def verify_party(session: Session, party_id: PartyId, against: str) -> Party:
    """Verify a cooperative as of today, whether it has asked or not: it sells for half a year more."""
    party = _locked(session, party_id)
    today = time.today()
    row = _open_question(session, party_id)
    if row is None:
        row = VerificationRow(party_id=party_id, note="", reason="", asked_at=time.now())
        session.add(row)
    row.state, row.against = VerificationState.VERIFIED, against
    row.decided_at, row.valid_until = time.now(), rules.verified_until(today)
    party.verified_until = row.valid_until
    session.flush()
    journal.write(session, "party", party_id, "verified", against=against, until=str(row.valid_until))
    changes.record(session, "party", [party_id])
    return party_from_row(party)


def refuse_verification(session: Session, party_id: PartyId, reason: str) -> Party:
    """Turn a question down: what stood before runs to its end. Refuses (VerificationNotAsked)."""
    party = _locked(session, party_id)
    row = _open_question(session, party_id)
    if row is None:
        raise VerificationNotAsked
    row.state, row.reason, row.decided_at = VerificationState.REFUSED, reason, time.now()
    session.flush()
    journal.write(session, "party", party_id, "verification_refused", reason=reason)
    return party_from_row(party)


def note_due(session: Session) -> list[Party]:
    """Return the sellers to be warned that their verification ends soon, each once for each verification."""
    day = time.today()
    return _noted(session, first=day, last=day + rules.WARN_BEFORE, is_lapse=False)


def note_lapsed(session: Session) -> list[Party]:
    """Return the sellers whose verification is over, each once; what shows their goods is told.

    That they sell no more follows from the day itself and never waits for this.
    """
    found = _noted(session, first=None, last=time.today(), is_lapse=True)
    changes.record(session, "party", [one.id for one in found])
    for one in found:
        journal.write(session, "party", one.id, "verification_lapsed")
    session.flush()
    return found


def _noted(session: Session, *, first: date | None, last: date, is_lapse: bool) -> list[Party]:
    noted = VerificationRow.lapsed_at if is_lapse else VerificationRow.warned_at
    statement = (
        select(VerificationRow, PartyRow)
        .join(PartyRow, PartyRow.id == VerificationRow.party_id)
        .where(
            VerificationRow.state == VerificationState.VERIFIED,
            VerificationRow.valid_until == PartyRow.verified_until,
            noted.is_(None),
            PartyRow.verified_until < last if is_lapse else PartyRow.verified_until <= last,
        )
        .order_by(VerificationRow.id)
        .with_for_update(of=VerificationRow)
    )
    if first is not None:
        statement = statement.where(PartyRow.verified_until >= first)
    found: dict[int, Party] = {}
    for row, party in session.execute(statement):
        if is_lapse:
            row.lapsed_at = time.now()
        else:
            row.warned_at = time.now()
        found[party.id] = party_from_row(party)
    session.flush()
    return list(found.values())


def _open_question(session: Session, party_id: PartyId) -> VerificationRow | None:
    return session.scalars(
        select(VerificationRow).where(
            VerificationRow.party_id == party_id, VerificationRow.state == VerificationState.ASKED
        )
    ).one_or_none()


def _locked(session: Session, party_id: PartyId) -> PartyRow:
    row = locked_one(session, PartyRow, party_id, PartyNotFound)
    if row.kind != PartyKind.COOPERATIVE:
        raise PartyNotFound
    return row
