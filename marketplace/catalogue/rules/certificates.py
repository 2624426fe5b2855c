"""Certificates: when one is valid, which goods it covers, whether its number and term fit its scheme."""

import re
import unicodedata
from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta

from marketplace.catalogue.types import (
    Certificate,
    CertificateProof,
    CertificateState,
    Offer,
    Period,
    ProductId,
    Scheme,
    SchemeLevel,
    SchemeStatus,
    Standing,
)
from marketplace.kernel import time
from marketplace.kernel.message import Message, Name, msg
from marketplace.parties.types import PartyId

TRANSITIONS: Mapping[CertificateState, frozenset[CertificateState]] = {
    CertificateState.SUBMITTED: frozenset({CertificateState.VERIFIED, CertificateState.REJECTED}),
    CertificateState.VERIFIED: frozenset(
        {CertificateState.SUSPENDED, CertificateState.REVOKED, CertificateState.LAPSED}
    ),
    CertificateState.SUSPENDED: frozenset(
        {CertificateState.VERIFIED, CertificateState.REVOKED, CertificateState.LAPSED}
    ),
    CertificateState.REVOKED: frozenset(),
    CertificateState.LAPSED: frozenset({CertificateState.REVOKED}),
    CertificateState.REJECTED: frozenset(),
}

# 圳品 publishes no general term, but each of its certificates has an end: one without would never lapse.
_LEVELS_WITH_END = frozenset({SchemeLevel.PRODUCT, SchemeLevel.BASE})
_MONTHS_A_YEAR = 12
_STOPPED = {
    CertificateState.REVOKED: Standing.REVOKED,
    CertificateState.SUSPENDED: Standing.SUSPENDED,
}
_DEMO_SERIAL = re.compile(r"\d{4,10}")


def validity(certificate: Certificate) -> tuple[Period, ...]:
    """Return the periods in which a certificate is valid, in order, none of them empty.

    It begins with its first day in Shanghai but never before it was verified here, ends at the midnight after
    its last day or at its revocation, and is interrupted by its suspensions.
    """
    if certificate.verified_at is None:
        return ()
    begins = max(time.start_of_day(certificate.valid_from), certificate.verified_at)
    ends = _earliest(
        time.end_of_day(certificate.valid_to) if certificate.valid_to else None, certificate.revoked_at
    )
    periods: list[Period] = []
    for pause in sorted(certificate.suspensions, key=lambda one: one.from_at):
        periods.append(Period(begins, _earliest(pause.from_at, ends)))
        if pause.to_at is None:
            return _not_empty(periods)
        begins = max(begins, pause.to_at)
    periods.append(Period(begins, ends))
    return _not_empty(periods)


def is_valid(certificate: Certificate, instant: datetime) -> bool:
    """Tell whether a certificate may stand behind goods at an instant: badge, facet and order alike."""
    return any(
        period.from_at <= instant and (period.to_at is None or instant < period.to_at)
        for period in validity(certificate)
    )


def standing(certificate: Certificate, scheme: Scheme, instant: datetime) -> Standing:
    """Say where a certificate stands at an instant, as pages and the register name it."""
    day = time.business_day(instant)
    if is_valid(certificate, instant):
        due = renewal_due_on(certificate, scheme)
        return Standing.EXPIRING if due is not None and due <= day else Standing.VALID
    if certificate.state in _STOPPED:
        return _STOPPED[certificate.state]
    over = certificate.valid_to is not None and certificate.valid_to < day
    return Standing.EXPIRED if over else Standing.NOT_YET


def covers(
    certificate: Certificate,
    scheme: Scheme,
    product_id: ProductId,
    sellers: Collection[PartyId],
    producers: Collection[PartyId] | None = None,
) -> bool:
    """Tell whether a certificate speaks about a product as these parties sell or produce it.

    A brand (地理标志, 区域公用品牌) belongs to the product of a place, whoever sells it. A base certifies
    what its holder grows, never what it only sells: ``producers`` are those of ``sellers`` who produce, all
    where not named. Any other one covers what its holder sells or produces, of the products it names; an
    enterprise's certificate that names none covers all of them. A lot's paper is no property of the product.
    """
    named = product_id in certificate.product_ids
    if scheme.level is SchemeLevel.LOT:
        return False
    if scheme.level is SchemeLevel.BRAND:
        return named
    if scheme.level is SchemeLevel.BASE:
        sellers = sellers if producers is None else producers
    if certificate.holder_id not in sellers:
        return False
    return named or (scheme.level is SchemeLevel.ENTERPRISE and not certificate.product_ids)


def covers_offer(certificate: Certificate, scheme: Scheme, offer: Offer) -> bool:
    """Tell whether a certificate speaks about the goods of one offer."""
    sellers = {offer.cooperative_id, offer.producer_id}
    return covers(certificate, scheme, offer.product_id, sellers, {offer.producer_id})


def normal_number(text: str) -> str:
    """Bring a number to the form in which it is kept and looked up: NFKC, upper case, no spaces."""
    return "".join(unicodedata.normalize("NFKC", text).upper().split())


def is_demo_number(scheme: Scheme, number: str) -> bool:
    return number.startswith(scheme.demo_prefix) and bool(
        _DEMO_SERIAL.fullmatch(number.removeprefix(scheme.demo_prefix))
    )


def number_problem(scheme: Scheme, number: str) -> Message | None:
    """Say why a number cannot be one of the scheme's; a demonstration number always can.

    Numbers of schemes that publish no pattern are taken as they are, of planned schemes not at all.
    """
    if is_demo_number(scheme, number):
        return None
    if scheme.status is SchemeStatus.PLANNED:
        return msg("%(scheme)s尚未发证，暂不能登记证书。", scheme=scheme.name)
    if not number:
        return msg("请填写证书编号。")
    if scheme.number_pattern and not re.fullmatch(scheme.number_pattern, number):
        return msg("编号%(number)s不符合%(scheme)s的编号规则。", number=number, scheme=scheme.name)
    return None


def term_problem(scheme: Scheme, valid_from: date, valid_to: date | None) -> Message | None:
    """Say why a certificate of the scheme cannot have this term; both days belong to it."""
    if valid_to is None:
        if scheme.validity_months or scheme.level in _LEVELS_WITH_END:
            return msg("%(scheme)s有有效期，请填写截止日期。", scheme=scheme.name)
        return None
    if valid_to < valid_from:
        return msg("有效期的截止日期早于起始日期。")
    if scheme.validity_months and valid_to > add_months(valid_from, scheme.validity_months):
        return msg(
            "%(scheme)s的有效期不超过%(months)d个月。", scheme=scheme.name, months=scheme.validity_months
        )
    return None


def scope_problem(scheme: Scheme, product_ids: Collection[ProductId]) -> Message | None:
    """Say why a certificate of the scheme cannot speak about these products."""
    if scheme.level is SchemeLevel.LOT:
        return msg("%(scheme)s随批次登记，不作为证书登记。", scheme=scheme.name)
    if not product_ids and scheme.level is not SchemeLevel.ENTERPRISE:
        return msg("请选择%(scheme)s所涵盖的商品。", scheme=scheme.name)
    return None


def renewal_due_on(certificate: Certificate, scheme: Scheme) -> date | None:
    """Return the day by which renewal is to be asked for; None where the certificate does not end.

    Working days are counted as Monday to Friday; public holidays only make the true day earlier by days.
    """
    return None if certificate.valid_to is None else _due_on(certificate.valid_to, scheme)


def last_day_due(scheme: Scheme, day: date) -> date:
    """Return the latest last day of certificates of a scheme whose renewal is to be asked for by a day."""
    last = day + timedelta(days=scheme.renewal_days_before or 0)
    while _due_on(last + timedelta(days=1), scheme) <= day:
        last += timedelta(days=1)
    return last


def _due_on(valid_to: date, scheme: Scheme) -> date:
    before = scheme.renewal_days_before or 0
    if not scheme.renewal_in_business_days:
        return valid_to - timedelta(days=before)
    due = valid_to
    while before:
        due -= timedelta(days=1)
        before -= due.isoweekday() <= 5  # noqa: PLR2004 - Friday
    return due


def proof(certificate: Certificate, scheme: Scheme) -> CertificateProof:
    """Copy what an order line keeps of a certificate."""
    return CertificateProof(
        scheme_code=scheme.code,
        scheme_name=scheme.name,
        number=certificate.number,
        issuer=certificate.issuer,
        valid_from=certificate.valid_from,
        valid_to=certificate.valid_to,
    )


def issuer_name(issuer: str, scheme: Scheme) -> Name | str:
    """Return who issued a certificate: by the scheme's own name in each language, else as its paper says."""
    return scheme.issuer if issuer == scheme.issuer.hans else issuer


def in_shown_order(certificates: Collection[Certificate], schemes: Mapping[str, Scheme]) -> list[Certificate]:
    """Order certificates as pages show them: by scheme, then number."""
    return sorted(certificates, key=lambda one: (schemes[one.scheme_code].order_no, one.number, one.id))


def add_months(day: date, months: int) -> date:
    """Move a day by whole months; a day the month does not have becomes its last one."""
    year, month = divmod(day.year * _MONTHS_A_YEAR + day.month - 1 + months, _MONTHS_A_YEAR)
    first = date(year, month + 1, 1)
    last = time.next_month(first) - timedelta(days=1)
    return first.replace(day=min(day.day, last.day))


def _earliest(*instants: datetime | None) -> datetime | None:
    return min((instant for instant in instants if instant is not None), default=None)


def _not_empty(periods: list[Period]) -> tuple[Period, ...]:
    return tuple(one for one in periods if one.to_at is None or one.from_at < one.to_at)
