"""Reads of certificates that wait for review, and since when."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.catalogue.models import CertificateRow
from marketplace.catalogue.types import CertificateId, CertificateState
from marketplace.kernel.waiting import Queue, queue


def certificates_to_review() -> Queue:
    """Certificates that holders have handed in and nobody has verified or rejected."""
    return queue(CertificateRow.submitted_at, CertificateRow.state == CertificateState.SUBMITTED)


def submitted_at(
    session: Session, certificate_ids: Collection[CertificateId]
) -> Mapping[CertificateId, datetime]:
    """Return when each certificate was handed in."""
    rows = session.execute(
        select(CertificateRow.id, CertificateRow.submitted_at).where(CertificateRow.id.in_(certificate_ids))
    )
    return {CertificateId(one): at for one, at in rows}
