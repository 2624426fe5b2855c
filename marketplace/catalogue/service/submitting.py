"""Certificates handed in for review: what fits the scheme, the base and what was verified before."""

from collections.abc import Collection

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from marketplace.catalogue import rules
from marketplace.catalogue.models import CertificateProductRow, CertificateRow
from marketplace.catalogue.queries.certificates import find_certificates
from marketplace.catalogue.queries.goods import products_by_id
from marketplace.catalogue.queries.reference import reference
from marketplace.catalogue.refusals import CertificateExists, CertificateWrong, ProductNotFound
from marketplace.catalogue.service.certificates import changed, verified_for_others
from marketplace.catalogue.types import (
    Certificate,
    CertificateDraft,
    CertificateState,
    Product,
    Scheme,
    SchemeLevel,
)
from marketplace.kernel import time
from marketplace.kernel.message import msg
from marketplace.parties import queries as parties
from marketplace.places import queries as places
from marketplace.places.types import Level, Side


def submit_certificate(session: Session, draft: CertificateDraft) -> Certificate:
    """Take in a holder's certificate for review; one with a number it holds already is its next term.

    Refuses (CertificateWrong) what does not fit the scheme or the base, and (CertificateExists) the same one
    submitted twice, or a number verified for somebody else. A demonstration's holder has demonstration
    numbers and nobody else.
    """
    scheme = reference(session).schemes.get(draft.scheme_code)
    if scheme is None:
        raise CertificateWrong(msg("没有这种认证。"), field="scheme_code")
    number = rules.normal_number(draft.number)
    _check(session, draft, scheme, number)
    former = _former(session, draft, number)
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
            base_name=draft.base.name.strip() if draft.base else "",
            base_county_code=draft.base.county_code if draft.base else None,
            renews_id=None if former is None else former.id,
            check_note="",
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
    return changed(session, certificate_id, "submitted", renews=former is not None)


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
    products = products_by_id(session, draft.product_ids)
    if len(products) < len(draft.product_ids):
        raise ProductNotFound
    _check_base(session, draft, scheme, list(products.values()))
    holder = parties.get_party(session, draft.holder_id)
    if holder.is_demo is not rules.is_demo_number(scheme, number):
        raise CertificateWrong(msg("演示主体只能使用演示证书编号，其他主体不能使用。"), field="number")


def _check_base(
    session: Session, draft: CertificateDraft, scheme: Scheme, products: Collection[Product]
) -> None:
    """Hold a base to a county of Guizhou, and the goods it certifies to that county."""
    atlas, base = places.atlas(session), draft.base
    if base is not None and scheme.level is SchemeLevel.BASE:
        county = atlas.find(base.county_code)
        if county is None or county.side is not Side.GUIZHOU or county.level is not Level.COUNTY:
            raise CertificateWrong(msg("请选择基地所在的县（市、区）。"), field="base_county")
    under = {
        one.county_code
        for one in products
        if base is not None and atlas.within(one.county_code, base.county_code)
    }
    problem = rules.base_problem(scheme, base, products, under)
    if problem is not None:
        is_scope = base is not None and scheme.level is SchemeLevel.BASE and bool(base.name.strip())
        raise CertificateWrong(problem, field="product_ids" if is_scope else "base_name")


def _former(session: Session, draft: CertificateDraft, number: str) -> Certificate | None:
    """Return the holder's newest term under the number; refuses one that nothing can follow."""
    if verified_for_others(session, draft.scheme_code, number, draft.holder_id):
        raise CertificateExists(number)
    found = [
        one
        for one in find_certificates(session, number)
        if one.scheme_code == draft.scheme_code and one.holder_id == draft.holder_id
    ]
    if not found:
        return None
    if any(one.state is CertificateState.SUBMITTED for one in found):
        raise CertificateExists(number)
    former = max(found, key=lambda one: (one.valid_from, one.id))
    problem = rules.renewal_problem(former, draft)
    if problem is not None:
        raise CertificateWrong(problem, field="number")
    return former
