"""What becomes of certificates: verified or rejected, suspended and reinstated, revoked, lapsed.

Every change goes into the journal with its author and reason, and into the change rows that badge, facet,
search text and kept pages follow.
"""

from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from marketplace.catalogue import rules
from marketplace.catalogue.models import CertificateRow, CertificateSuspensionRow
from marketplace.catalogue.queries.certificates import get_certificate
from marketplace.catalogue.refusals import (
    CertificateExists,
    CertificateNotFound,
    CertificateWrong,
    OwnCertificate,
    StatusMovedOn,
)
from marketplace.catalogue.service.offers import pause_uncovered
from marketplace.catalogue.types import (
    Certificate,
    CertificateId,
    CertificateState,
    Check,
)
from marketplace.kernel import changes, journal, time
from marketplace.parties import queries as parties
from marketplace.parties.types import PartyId


def verify_certificate(session: Session, certificate_id: CertificateId, check: Check) -> Certificate:
    """Accept a submitted certificate: from now on it may stand behind goods.

    ``check`` says what it was laid beside; who did so is the acting person. Refuses (CertificateWrong) a
    check that nobody could repeat, (OwnCertificate) one's own, (CertificateExists) a number that was verified
    for another holder.
    """
    problem = rules.check_problem(check)
    if problem is not None:
        raise CertificateWrong(problem, field="note")
    found, person = get_certificate(session, certificate_id), journal.acting_person.get()
    if person is not None and any(
        one.id == person for one, _ in parties.members_of(session, found.holder_id)
    ):
        raise OwnCertificate
    if verified_for_others(session, found.scheme_code, found.number, found.holder_id):
        raise CertificateExists(found.number)
    row = _moved(session, certificate_id, CertificateState.VERIFIED, CertificateState.SUBMITTED)
    row.verified_at, row.checked_by = time.now(), person
    row.checked_against, row.check_note = check.against, check.note.strip()
    return changed(session, row.id, "verified", against=check.against.value, note=row.check_note)


def reject_certificate(session: Session, certificate_id: CertificateId, reason: str) -> Certificate:
    """Turn a submitted certificate down; the holder may submit it again, corrected."""
    row = _moved(session, certificate_id, CertificateState.REJECTED)
    row.reason = reason
    return changed(session, row.id, "rejected", reason=reason)


def suspend_certificate(session: Session, certificate_id: CertificateId, reason: str) -> Certificate:
    """Stop a certificate, all its terms, from standing behind goods until it is reinstated."""
    rows = _moved_terms(session, certificate_id, CertificateState.SUSPENDED)
    for row in rows:
        row.reason = reason
        session.add(
            CertificateSuspensionRow(certificate_id=row.id, from_at=time.now(), to_at=None, reason=reason)
        )
    return _stopped(session, rows, "suspended", reason)


def reinstate_certificate(session: Session, certificate_id: CertificateId, reason: str = "") -> Certificate:
    """End a suspension; offers paused by it are resumed by their cooperative."""
    rows = _moved_terms(session, certificate_id, CertificateState.VERIFIED, CertificateState.SUSPENDED)
    pause = CertificateSuspensionRow
    session.execute(
        update(pause)
        .where(pause.certificate_id.in_([row.id for row in rows]), pause.to_at.is_(None))
        .values(to_at=time.now())
        .execution_options(synchronize_session=False)
    )
    for row in rows:
        row.reason = ""
    changed_terms = [changed(session, row.id, "reinstated", reason=reason) for row in rows]
    return changed_terms[0]


def revoke_certificate(session: Session, certificate_id: CertificateId, reason: str) -> Certificate:
    """Take a certificate away for good, all its terms, from this instant; orders before keep their proof."""
    rows = _moved_terms(session, certificate_id, CertificateState.REVOKED)
    for row in rows:
        row.revoked_at, row.reason = time.now(), reason
    return _stopped(session, rows, "revoked", reason)


def note_reminded(session: Session, certificate_ids: Collection[CertificateId], day: date) -> None:
    """Remember that the holders were told today when their certificates end."""
    session.execute(
        update(CertificateRow)
        .where(CertificateRow.id.in_(certificate_ids))
        .values(reminded_on=day)
        .execution_options(synchronize_session=False)
    )


def lapse_certificates(session: Session) -> list[CertificateId]:
    """Mark the certificates whose last day is over, and pause the offers that needed them; returns them.

    Validity itself follows the dates and never waits for this.
    """
    rows = session.scalars(
        select(CertificateRow)
        .where(
            CertificateRow.state.in_([CertificateState.VERIFIED, CertificateState.SUSPENDED]),
            CertificateRow.valid_to < time.today(),
        )
        .order_by(CertificateRow.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    for row in rows:
        row.state = CertificateState.LAPSED
        journal.write(session, "certificate", row.id, "lapsed")
    session.flush()
    changes.record(session, "certificate", [row.id for row in rows])
    pause_uncovered(session, {PartyId(row.holder_id) for row in rows}, {row.scheme_code for row in rows})
    return [CertificateId(row.id) for row in rows]


def verified_for_others(session: Session, scheme_code: str, number: str, holder_id: int) -> bool:
    """Tell whether a number of a scheme was ever verified for another holder."""
    found = session.scalar(
        select(CertificateRow.id)
        .where(
            CertificateRow.scheme_code == scheme_code,
            CertificateRow.number == number,
            CertificateRow.holder_id != holder_id,
            CertificateRow.verified_at.is_not(None),
        )
        .limit(1)
    )
    return found is not None


def _moved_terms(
    session: Session,
    certificate_id: CertificateId,
    wanted: CertificateState,
    former: CertificateState | None = None,
) -> list[CertificateRow]:
    """Move a term, and with it every other standing term of the same certificate that can move."""
    named = get_certificate(session, certificate_id)
    rows = session.scalars(
        select(CertificateRow)
        .where(
            CertificateRow.scheme_code == named.scheme_code,
            CertificateRow.number == named.number,
            CertificateRow.holder_id == named.holder_id,
            or_(CertificateRow.id == named.id, CertificateRow.state.in_(rules.STANDING)),
        )
        .order_by(CertificateRow.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    first = next(row for row in rows if row.id == named.id)
    others = [row for row in rows if row is not first and _may_move(row, wanted, former)]
    if not _may_move(first, wanted, former):
        raise StatusMovedOn
    for row in (first, *others):
        row.state = wanted
    return [first, *others]


def _may_move(row: CertificateRow, wanted: CertificateState, former: CertificateState | None) -> bool:
    state = CertificateState(row.state)
    return wanted in rules.TRANSITIONS[state] and (former is None or state is former)


def _moved(
    session: Session,
    certificate_id: CertificateId,
    wanted: CertificateState,
    former: CertificateState | None = None,
) -> CertificateRow:
    """Lock a certificate and bring it to a state, from one certain state where that is named."""
    row = session.scalars(
        select(CertificateRow)
        .where(CertificateRow.id == certificate_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        raise CertificateNotFound
    if not _may_move(row, wanted, former):
        raise StatusMovedOn
    row.state = wanted
    return row


def _stopped(session: Session, rows: list[CertificateRow], action: str, reason: str) -> Certificate:
    stopped = [changed(session, row.id, action, reason=reason) for row in rows]
    pause_uncovered(session, [stopped[0].holder_id], {one.scheme_code for one in stopped})
    return stopped[0]


def changed(session: Session, certificate_id: int, action: str, **detail: Any) -> Certificate:
    """Write a change down, for people and for whatever follows certificates; return what it made."""
    session.flush()
    journal.write(session, "certificate", certificate_id, action, **detail)
    changes.record(session, "certificate", [certificate_id])
    return get_certificate(session, CertificateId(certificate_id))
