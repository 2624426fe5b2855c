"""Certificates over time: how one is checked, what follows it, where it waits, when its holder is told."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta

from marketplace.catalogue.rules.certificates import is_valid, renewal_due_on
from marketplace.catalogue.types import (
    Base,
    Certificate,
    CertificateDraft,
    CertificateQueue,
    CertificateState,
    Check,
    CheckedAgainst,
    Product,
    Scheme,
    SchemeLevel,
)
from marketplace.kernel.message import Message, msg
from marketplace.places.types import DivisionCode

SOON = timedelta(days=30)
LATER = timedelta(days=60)
STANDING = frozenset({CertificateState.VERIFIED, CertificateState.SUSPENDED})
"""The states in which a certificate is the marketplace's to watch: it stands, or stands aside for a while."""

_ENDING = STANDING | {CertificateState.LAPSED}
_ELSEWHERE = frozenset({CheckedAgainst.REGISTER, CheckedAgainst.ISSUER})


def check_problem(check: Check) -> Message | None:
    """Say what a check does not say: what was asked elsewhere can be asked again by its address or office."""
    if check.against in _ELSEWHERE and not check.note.strip():
        return msg("请写明查询的网址，或核实的单位和联系方式，别人才能再查一遍。")
    return None


def base_problem(
    scheme: Scheme, base: Base | None, products: Collection[Product], under: Collection[DivisionCode]
) -> Message | None:
    """Say why a base certificate cannot speak about these goods; ``under``: the counties that the base is in.

    A base certifies what grows in it and nothing else (T/GDNB 148-2022): goods of another county never.
    """
    if scheme.level is not SchemeLevel.BASE:
        return None if base is None else msg("%(scheme)s不认定基地，不填基地。", scheme=scheme.name)
    if base is None or not base.name.strip():
        return msg("请填写%(scheme)s所认定的基地名称和所在的县。", scheme=scheme.name)
    foreign = next((one for one in products if one.county_code not in under), None)
    if foreign is not None:
        return msg("%(product)s不产在基地所在的县，不在这张证书的范围内。", product=foreign.name)
    return None


def renewal_problem(former: Certificate, draft: CertificateDraft) -> Message | None:
    """Say why nothing, or not this, can follow a certificate under its number."""
    if former.state is CertificateState.REVOKED:
        return msg("编号%(number)s已被撤销，不能续期。", number=former.number)
    ends_later = former.valid_to is not None and (draft.valid_to is None or draft.valid_to > former.valid_to)
    if not ends_later or draft.valid_from <= former.valid_from:
        return msg("编号%(number)s的证书已经登记过；续期的起止日期应晚于原来的一期。", number=former.number)
    return None


def term_at(terms: Sequence[Certificate], at: datetime) -> Certificate:
    """Return the term that speaks at an instant: the valid one that ends last, else the newest there is."""
    valid = [one for one in terms if is_valid(one, at)]
    return max(valid or terms, key=lambda one: (one.valid_to or date.max, one.valid_from, one.id))


def lost(
    found: Collection[Certificate], schemes: Mapping[str, Scheme], since: datetime, at: datetime
) -> tuple[Certificate, ...]:
    """Return the certificates with a badge that goods had at one instant and no longer have at a later one.

    A scheme of which another certificate stands behind the same goods is not lost.
    """
    now = {one.scheme_code for one in found if is_valid(one, at)}
    gone = {
        one.scheme_code: one
        for one in found
        if schemes[one.scheme_code].shows_badge and one.scheme_code not in now and is_valid(one, since)
    }
    return tuple(gone.values())


def queue_of(
    certificate: Certificate, scheme: Scheme, day: date, *, is_followed: bool
) -> CertificateQueue | None:
    """Say where a certificate waits on a day; ``is_followed``: its next term is handed in or verified."""
    if certificate.state is CertificateState.SUBMITTED:
        return CertificateQueue.TO_VERIFY
    if is_followed or certificate.valid_to is None or certificate.state not in _ENDING:
        return None
    if certificate.valid_to < day:
        return CertificateQueue.LAPSED
    if certificate.valid_to <= day + SOON:
        return CertificateQueue.LAPSING_30
    due = renewal_due_on(certificate, scheme)
    is_due = scheme.renewal_days_before is not None and due is not None and due <= day
    return CertificateQueue.LAPSING_60 if is_due or certificate.valid_to <= day + LATER else None


def reminder_days(certificate: Certificate, scheme: Scheme) -> tuple[date, ...]:
    """Return the days on which its holder is told that a certificate ends, in order: renewal due, 60, 30."""
    if certificate.valid_to is None:
        return ()
    days = {certificate.valid_to - LATER, certificate.valid_to - SOON}
    due = renewal_due_on(certificate, scheme)
    if scheme.renewal_days_before is not None and due is not None:
        days.add(due)
    return tuple(sorted(days))


def is_reminder_due(certificate: Certificate, scheme: Scheme, reminded_on: date | None, day: date) -> bool:
    """Tell whether the holder is to be told on a day: one of the days came since the last word, no end yet.

    A certificate verified late, with several of its days gone by, is spoken of once.
    """
    if certificate.state not in STANDING or certificate.valid_to is None or certificate.valid_to < day:
        return False
    return any(
        one <= day and (reminded_on is None or reminded_on < one)
        for one in reminder_days(certificate, scheme)
    )
