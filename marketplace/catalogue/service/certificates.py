"""Writes of certificates: submitted by the holder, verified or rejected, suspended, revoked, lapsed."""

from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from marketplace.catalogue import rules
from marketplace.catalogue.models import CertificateProductRow, CertificateRow, CertificateSuspensionRow
from marketplace.catalogue.queries.certificates import get_certificate
from marketplace.catalogue.queries.goods import products_by_id
from marketplace.catalogue.queries.reference import reference
from marketplace.catalogue.refusals import (
    CertificateExists,
    CertificateNotFound,
    CertificateWrong,
    ProductNotFound,
    StatusMovedOn,
)
from marketplace.catalogue.service.offers import pause_uncovered
from marketplace.catalogue.types import (
    Certificate,
    CertificateDraft,
    CertificateId,
    CertificateState,
    Scheme,
)
from marketplace.kernel import changes, journal, time
from marketplace.kernel.message import msg
from marketplace.parties import queries as parties
from marketplace.parties.types import PartyId


def submit_certificate(session: Session, draft: CertificateDraft) -> Certificate:
    """Take in a holder's certificate for review.

    Refuses (CertificateWrong) what does not fit the scheme, and (CertificateExists) the same one submitted
    twice. A demonstration's holder has demonstration numbers and nobody else.
    """
    scheme = reference(session).schemes.get(draft.scheme_code)
    if scheme is None:
        raise CertificateWrong(msg("没有这种认证。"), field="scheme_code")
    number = rules.normal_number(draft.number)
    _check(session, draft, scheme, number)
    certificate_id = session.scalar(
        insert(CertificateRow)
        .values(
            scheme_code=scheme.code,
            number=number,
            holder_id=draft.holder_id,
            issuer=draft.issuer or scheme.issuer.hans,
            valid_from=draft.valid_from,
            valid_to=draft.valid_to,
            state=CertificateState.SUBMITTED,
            submitted_at=time.now(),
            reason="",
            evidence_digest=draft.evidence_digest,
        )
        .on_conflict_do_nothing()
        .returning(CertificateRow.id)
    )
    if certificate_id is None:
        raise CertificateExists(number)
    session.add_all(
        CertificateProductRow(certificate_id=certificate_id, product_id=product_id)
        for product_id in sorted(draft.product_ids)
    )
    return _changed(session, certificate_id, "submitted")


def verify_certificate(session: Session, certificate_id: CertificateId) -> Certificate:
    """Accept a submitted certificate: from now on it may stand behind goods."""
    row = _moved(session, certificate_id, CertificateState.VERIFIED, CertificateState.SUBMITTED)
    row.verified_at = time.now()
    return _changed(session, row.id, "verified")


def reject_certificate(session: Session, certificate_id: CertificateId, reason: str) -> Certificate:
    """Turn a submitted certificate down; the holder may submit it again, corrected."""
    row = _moved(session, certificate_id, CertificateState.REJECTED)
    row.reason = reason
    return _changed(session, row.id, "rejected", reason=reason)


def suspend_certificate(session: Session, certificate_id: CertificateId, reason: str) -> Certificate:
    """Stop a certificate from standing behind goods until it is reinstated."""
    row = _moved(session, certificate_id, CertificateState.SUSPENDED)
    row.reason = reason
    session.add(
        CertificateSuspensionRow(certificate_id=row.id, from_at=time.now(), to_at=None, reason=reason)
    )
    return _stopped(session, row, "suspended", reason)


def reinstate_certificate(session: Session, certificate_id: CertificateId) -> Certificate:
    """End a suspension; offers paused by it are resumed by their cooperative."""
    row = _moved(session, certificate_id, CertificateState.VERIFIED, CertificateState.SUSPENDED)
    pause = CertificateSuspensionRow
    session.execute(
        update(pause)
        .where(pause.certificate_id == row.id, pause.to_at.is_(None))
        .values(to_at=time.now())
        .execution_options(synchronize_session=False)
    )
    row.reason = ""
    return _changed(session, row.id, "reinstated")


def revoke_certificate(session: Session, certificate_id: CertificateId, reason: str) -> Certificate:
    """Take a certificate away for good, from this instant; orders placed before keep their proof."""
    row = _moved(session, certificate_id, CertificateState.REVOKED)
    row.revoked_at, row.reason = time.now(), reason
    return _stopped(session, row, "revoked", reason)


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
    pause_uncovered(session, {PartyId(row.holder_id) for row in rows})
    return [CertificateId(row.id) for row in rows]


def _check(session: Session, draft: CertificateDraft, scheme: Scheme, number: str) -> None:
    problem = rules.number_problem(scheme, number)
    if problem is not None:
        raise CertificateWrong(problem, field="number")
    problem = rules.term_problem(scheme, draft.valid_from, draft.valid_to)
    if problem is not None:
        raise CertificateWrong(problem, field="valid_to")
    problem = rules.scope_problem(scheme, draft.product_ids)
    if problem is not None:
        raise CertificateWrong(problem, field="product_ids")
    if len(products_by_id(session, draft.product_ids)) < len(draft.product_ids):
        raise ProductNotFound
    holder = parties.get_party(session, draft.holder_id)
    if holder.is_demo is not rules.is_demo_number(scheme, number):
        raise CertificateWrong(msg("演示主体只能使用演示证书编号，其他主体不能使用。"), field="number")


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
    state = CertificateState(row.state)
    if wanted not in rules.TRANSITIONS[state] or (former is not None and state is not former):
        raise StatusMovedOn
    row.state = wanted
    return row


def _stopped(session: Session, row: CertificateRow, action: str, reason: str) -> Certificate:
    certificate = _changed(session, row.id, action, reason=reason)
    pause_uncovered(session, [certificate.holder_id])
    return certificate


def _changed(session: Session, certificate_id: int, action: str, **detail: Any) -> Certificate:
    session.flush()
    journal.write(session, "certificate", certificate_id, action, **detail)
    changes.record(session, "certificate", [certificate_id])
    return get_certificate(session, CertificateId(certificate_id))
