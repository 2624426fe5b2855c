"""Reads of certificates that wait for review, and since when."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.catalogue.models import CertificateRow
from marketplace.catalogue.types import CertificateId, CertificateState
from marketplace.kernel.waiting import Waiting


def certificates_to_review(session: Session) -> Waiting:
    """Count the certificates that holders have submitted and nobody has verified or rejected."""
    count, since = session.execute(
        select(func.count(), func.min(CertificateRow.submitted_at)).where(
            CertificateRow.state == CertificateState.SUBMITTED
        )
    ).one()
    return Waiting(count, since)


def submitted_at(
    session: Session, certificate_ids: Collection[CertificateId]
) -> Mapping[CertificateId, datetime]:
    """Return when each certificate was handed in."""
    rows = session.execute(
        select(CertificateRow.id, CertificateRow.submitted_at).where(CertificateRow.id.in_(certificate_ids))
    )
    return {CertificateId(one): at for one, at in rows}
