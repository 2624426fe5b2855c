"""What of the catalogue waits for somebody of the operator's, and since when."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.catalogue.models import BrandRow, BrandUseRow, CertificateRow, EditionRow, LotHoldRow
from marketplace.catalogue.types import CertificateId, CertificateState, EditionState, UseState
from marketplace.kernel.waiting import Queue, queue


def certificates_to_review() -> Queue:
    """Certificates that holders have handed in and nobody has verified or rejected."""
    return queue(CertificateRow.submitted_at, CertificateRow.state == CertificateState.SUBMITTED)


def editions_waiting() -> Queue:
    """Editions whose nominations are in: they wait for both provinces' word, or to be published."""
    return queue(EditionRow.closed_at, EditionRow.state == EditionState.REVIEWING)


def lots_held() -> Queue:
    """Lots that are out of sale until somebody has found out why."""
    return queue(LotHoldRow.held_at, LotHoldRow.released_at.is_(None))


def brand_uses_asked() -> Queue:
    """Uses asked of brands whose holders have no account: the operator answers on their letters."""
    row = BrandUseRow
    held_by_none = select(BrandRow.id).where(BrandRow.holder_id.is_(None))
    return queue(row.asked_at, row.state == UseState.ASKED, row.brand_id.in_(held_by_none))


def submitted_at(
    session: Session, certificate_ids: Collection[CertificateId]
) -> Mapping[CertificateId, datetime]:
    """Return when each certificate was handed in."""
    rows = session.execute(
        select(CertificateRow.id, CertificateRow.submitted_at).where(CertificateRow.id.in_(certificate_ids))
    )
    return {CertificateId(one): at for one, at in rows}
