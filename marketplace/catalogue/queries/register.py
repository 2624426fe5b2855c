"""The public register of certificates, by number or its beginning, by holder, scheme and standing."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, and_, false, func, or_
from sqlalchemy.orm import Session

from marketplace.catalogue import rules
from marketplace.catalogue.models import CertificateRow
from marketplace.catalogue.queries.certificate_rows import (
    certificate_from_row,
    read_certificates,
    select_certificates,
)
from marketplace.catalogue.queries.certificates import is_valid_at
from marketplace.catalogue.queries.reference import reference
from marketplace.catalogue.types import Certificate, CertificateState, RegisterSearch, Scheme, Standing
from marketplace.kernel import time
from marketplace.kernel.paging import Page

# Submitted papers are nobody's business yet, rejected ones never existed.
_PUBLIC = (
    CertificateState.VERIFIED,
    CertificateState.SUSPENDED,
    CertificateState.REVOKED,
    CertificateState.LAPSED,
)


def search_register(
    session: Session, wanted: RegisterSearch, page: int = 1, per_page: int = 50
) -> Page[Certificate]:
    """Return one page, in one statement; a page behind the last one is the last one.

    By number where something was typed, else the newest first.
    """
    conditions = [CertificateRow.state.in_(_PUBLIC), *_conditions(session, wanted)]
    order = (
        (CertificateRow.id.desc(),)
        if wanted.number_start is None and wanted.holder_ids is None
        else (CertificateRow.number, CertificateRow.id)
    )
    return read_certificates(session, conditions, order, page, per_page)


def standings_now(
    session: Session, kept: Iterable[tuple[str, str]], at: datetime
) -> Mapping[tuple[str, str], Standing]:
    """Say where certificates stand at an instant that orders kept by scheme and number, in one statement."""
    wanted = set(kept)
    if not wanted:
        return {}
    rows = session.execute(
        select_certificates()
        .where(CertificateRow.number.in_({number for _, number in wanted}), CertificateRow.state.in_(_PUBLIC))
        .order_by(CertificateRow.valid_from, CertificateRow.id)
    )
    terms: dict[tuple[str, str], list[Certificate]] = {}
    for row in rows:
        one = certificate_from_row(*row)
        terms.setdefault((one.scheme_code, one.number), []).append(one)
    schemes = reference(session).schemes
    return {
        key: rules.standing(rules.term_at(found, at), schemes[key[0]], at)
        for key, found in terms.items()
        if key in wanted
    }


def _conditions(session: Session, wanted: RegisterSearch) -> list[ColumnElement[bool]]:
    conditions = []
    named = _named(wanted)
    if named is not None:
        conditions.append(named)
    if wanted.scheme_code is not None:
        conditions.append(CertificateRow.scheme_code == wanted.scheme_code)
    if wanted.standing is not None:
        conditions.append(_stands(wanted.standing, wanted.at, reference(session).schemes))
    return conditions


def _named(wanted: RegisterSearch) -> ColumnElement[bool] | None:
    """Say who or which number is meant; each of the two has its index."""
    by_number = (
        CertificateRow.number.startswith(wanted.number_start, autoescape=True)
        if wanted.number_start is not None
        else None
    )
    if not wanted.holder_ids:
        return by_number
    by_holder = CertificateRow.holder_id.in_(wanted.holder_ids)
    return by_holder if by_number is None else or_(by_number, by_holder)


def _stands(standing: Standing, at: datetime, schemes: Mapping[str, Scheme]) -> ColumnElement[bool]:
    """Say ``rules.standing`` in SQL; a property test holds the two together."""
    day, valid = time.business_day(at), is_valid_at(at)
    row = CertificateRow
    if standing in {Standing.VALID, Standing.EXPIRING}:
        due = or_(
            *(
                and_(row.scheme_code == one.code, row.valid_to <= rules.last_day_due(one, day))
                for one in schemes.values()
            )
        )
        return and_(valid, due if standing is Standing.EXPIRING else ~func.coalesce(due, false()))
    if standing is Standing.REVOKED:
        return and_(row.state == CertificateState.REVOKED, ~valid)
    if standing is Standing.SUSPENDED:
        return and_(row.state == CertificateState.SUSPENDED, ~valid)
    over = func.coalesce(row.valid_to < day, false())
    others = row.state.not_in((CertificateState.REVOKED, CertificateState.SUSPENDED))
    return and_(others, over if standing is Standing.EXPIRED else ~over, ~valid)
