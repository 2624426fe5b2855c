"""A certificate from its rows, with the products it names and the times it was suspended."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ARRAY, BigInteger, ColumnElement, DateTime, Select, func, select
from sqlalchemy.orm import Session

from marketplace.catalogue import rules
from marketplace.catalogue.models import CertificateProductRow, CertificateRow, CertificateSuspensionRow
from marketplace.catalogue.types import (
    Base,
    Certificate,
    CertificateId,
    CertificateState,
    Check,
    CheckedAgainst,
    Period,
    ProductId,
)
from marketplace.kernel.paging import Listing, Page, read_page
from marketplace.parties.types import PartyId, PersonId
from marketplace.places.types import DivisionCode


def select_certificates() -> Select[Any]:
    """Select certificates with their products and suspensions in one statement."""
    link, pause = CertificateProductRow, CertificateSuspensionRow
    products = select(link.product_id).where(link.certificate_id == CertificateRow.id)
    pauses = pause.certificate_id == CertificateRow.id
    return select(
        CertificateRow,
        func.array(products.scalar_subquery(), type_=ARRAY(BigInteger)),
        func.array(
            select(pause.from_at).where(pauses).order_by(pause.from_at).scalar_subquery(),
            type_=ARRAY(DateTime(timezone=True)),
        ),
        func.array(
            select(pause.to_at).where(pauses).order_by(pause.from_at).scalar_subquery(),
            type_=ARRAY(DateTime(timezone=True)),
        ),
    )


def read_certificates(
    session: Session,
    where: Sequence[ColumnElement[bool]],
    order: Sequence[Any],
    page: int,
    per_page: int,
) -> Page[Certificate]:
    """Return one page of certificates, in one statement."""
    found = read_page(
        session, Listing(select_certificates(), CertificateRow.id, where, order), page, per_page
    )
    return found.of([certificate_from_row(*row[:-1]) for row in found.rows])


def is_numbered(text: str) -> ColumnElement[bool]:
    """Match the certificates whose number begins so, however it was typed."""
    return CertificateRow.number.startswith(rules.normal_number(text), autoescape=True)


CERTIFICATE_ORDERS: Mapping[str, Sequence[Any]] = {
    "newest": (CertificateRow.id.desc(),),
    "ends": (CertificateRow.valid_to, CertificateRow.id),
    "number": (CertificateRow.number, CertificateRow.id),
}


def certificate_from_row(
    row: CertificateRow, product_ids: list[int], from_at: list[datetime], to_at: list[datetime | None]
) -> Certificate:
    return Certificate(
        id=CertificateId(row.id),
        scheme_code=row.scheme_code,
        number=row.number,
        holder_id=PartyId(row.holder_id),
        issuer=row.issuer,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        state=CertificateState(row.state),
        product_ids=frozenset(map(ProductId, product_ids)),
        verified_at=row.verified_at,
        revoked_at=row.revoked_at,
        suspensions=tuple(Period(*one) for one in zip(from_at, to_at, strict=True)),
        evidence_digest=row.evidence_digest,
        base=Base(name=row.base_name, county_code=DivisionCode(row.base_county_code))
        if row.base_county_code
        else None,
        renews_id=None if row.renews_id is None else CertificateId(row.renews_id),
        check=Check(against=CheckedAgainst(row.checked_against), note=row.check_note)
        if row.checked_against
        else None,
        checked_by=None if row.checked_by is None else PersonId(row.checked_by),
    )
