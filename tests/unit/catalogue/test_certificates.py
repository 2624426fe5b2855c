"""When a certificate stands behind goods, and which goods."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.catalogue import rules
from marketplace.catalogue.types import (
    CertificateProof,
    CertificateState,
    Period,
    ProductId,
    SchemeLevel,
    SchemeStatus,
)
from marketplace.kernel import time
from marketplace.parties.types import PartyId
from tests.factories.catalogue import certificate_in_memory, offer_in_memory, scheme_in_memory

LAST_INSTANT = datetime(2026, 12, 31, 15, 59, 59, 999999, tzinfo=UTC)  # before midnight in Shanghai
MIDNIGHT = datetime(2026, 12, 31, 16, 0, tzinfo=UTC)
FIRST_INSTANT = datetime(2025, 12, 31, 16, 0, tzinfo=UTC)

EARLY = datetime(2025, 11, 1, tzinfo=UTC)
instants = st.integers(0, 460 * 24 * 60).map(lambda minutes: EARLY + timedelta(minutes=minutes))


def test_certificate_expires_at_midnight_in_shanghai() -> None:
    certificate = certificate_in_memory()
    assert rules.is_valid(certificate, LAST_INSTANT)
    assert not rules.is_valid(certificate, MIDNIGHT)
    assert rules.is_valid(certificate, FIRST_INSTANT)
    assert not rules.is_valid(certificate, FIRST_INSTANT - timedelta(microseconds=1))


def test_the_schemes_own_issuer_has_a_name_in_each_language_another_stays_as_on_the_paper() -> None:
    scheme = scheme_in_memory()
    assert rules.issuer_name(certificate_in_memory().issuer, scheme) == scheme.issuer
    assert rules.issuer_name("另一家机构", scheme) == "另一家机构"


def test_nothing_stands_behind_goods_before_it_was_verified_here() -> None:
    verified_at = datetime(2026, 3, 1, tzinfo=UTC)
    certificate = certificate_in_memory(verified_at=verified_at)
    assert not rules.is_valid(certificate, verified_at - timedelta(seconds=1))
    assert rules.is_valid(certificate, verified_at)
    assert rules.validity(certificate_in_memory(verified_at=None, state=CertificateState.SUBMITTED)) == ()


def test_revocation_ends_it_at_that_instant_and_leaves_the_past() -> None:
    revoked_at = datetime(2026, 6, 1, 3, 0, tzinfo=UTC)
    certificate = certificate_in_memory(revoked_at=revoked_at, state=CertificateState.REVOKED)
    assert rules.is_valid(certificate, revoked_at - timedelta(microseconds=1))
    assert not rules.is_valid(certificate, revoked_at)
    assert not rules.is_valid(certificate, LAST_INSTANT)


def test_suspension_interrupts() -> None:
    pause = Period(datetime(2026, 4, 1, tzinfo=UTC), datetime(2026, 5, 1, tzinfo=UTC))
    certificate = certificate_in_memory(suspensions=(pause,))
    assert rules.is_valid(certificate, datetime(2026, 3, 31, 23, 0, tzinfo=UTC))
    assert not rules.is_valid(certificate, datetime(2026, 4, 1, tzinfo=UTC))
    assert rules.is_valid(certificate, datetime(2026, 5, 1, tzinfo=UTC))
    standing = certificate_in_memory(suspensions=(Period(datetime(2026, 4, 1, tzinfo=UTC)),))
    assert not rules.is_valid(standing, LAST_INSTANT)


@given(
    instant=instants,
    verified_at=instants,
    revoked_at=st.none() | instants,
    pauses=st.lists(st.tuples(instants, st.none() | instants), max_size=3),
    days=st.tuples(st.integers(0, 400), st.none() | st.integers(0, 400)),
)
def test_validity_is_what_each_condition_says_alone(
    instant: datetime,
    verified_at: datetime,
    revoked_at: datetime | None,
    pauses: list[tuple[datetime, datetime | None]],
    days: tuple[int, int | None],
) -> None:
    valid_from = date(2025, 12, 1) + timedelta(days=days[0])
    valid_to = None if days[1] is None else valid_from + timedelta(days=days[1])
    suspensions = tuple(
        Period(begin, None if end is None else max(begin, end))
        for begin, end in sorted(pauses, key=lambda p: p[0])
    )
    certificate = certificate_in_memory(
        verified_at=verified_at,
        revoked_at=revoked_at,
        suspensions=suspensions,
        valid_from=valid_from,
        valid_to=valid_to,
    )
    day = time.business_day(instant)
    expected = (
        verified_at <= instant
        and valid_from <= day
        and (valid_to is None or day <= valid_to)
        and (revoked_at is None or instant < revoked_at)
        and not any(
            one.from_at <= instant and (one.to_at is None or instant < one.to_at) for one in suspensions
        )
    )
    assert rules.is_valid(certificate, instant) is expected


def test_product_certificate_covers_what_its_holder_sells_or_produces() -> None:
    certificate, scheme = certificate_in_memory(), scheme_in_memory()
    assert rules.covers_offer(certificate, scheme, offer_in_memory())
    assert rules.covers_offer(certificate, scheme, offer_in_memory(cooperative_id=PartyId(2)))
    stranger = offer_in_memory(cooperative_id=PartyId(2), producer_id=PartyId(2))
    assert not rules.covers_offer(certificate, scheme, stranger)
    assert not rules.covers_offer(certificate, scheme, offer_in_memory(product_id=ProductId(2)))


@pytest.mark.parametrize(
    ("level", "named", "own", "expected"),
    [
        (SchemeLevel.PRODUCT, True, True, True),
        (SchemeLevel.PRODUCT, True, False, False),
        (SchemeLevel.BASE, True, True, True),
        (SchemeLevel.BASE, True, False, False),
        (SchemeLevel.BRAND, True, False, True),
        (SchemeLevel.BRAND, False, True, False),
        (SchemeLevel.ENTERPRISE, True, True, True),
        (SchemeLevel.ENTERPRISE, False, True, False),
        (SchemeLevel.LOT, True, True, False),
    ],
)
def test_level_decides_what_is_covered(level: SchemeLevel, named: bool, own: bool, expected: bool) -> None:
    certificate = certificate_in_memory(product_ids=frozenset({ProductId(1 if named else 2)}))
    sellers = {PartyId(1 if own else 2)}
    assert rules.covers(certificate, scheme_in_memory(level=level), ProductId(1), sellers) is expected


def test_enterprise_certificate_that_names_nothing_covers_all_its_goods() -> None:
    certificate = certificate_in_memory(product_ids=frozenset())
    enterprise = scheme_in_memory(level=SchemeLevel.ENTERPRISE)
    assert rules.covers(certificate, enterprise, ProductId(7), {PartyId(1)})
    assert not rules.covers(certificate, enterprise, ProductId(7), {PartyId(2)})
    assert not rules.covers(certificate, scheme_in_memory(), ProductId(7), {PartyId(1)})


def test_number_fits_the_scheme_or_is_a_demonstration_number() -> None:
    scheme = scheme_in_memory(number_pattern=r"^LB-\d{2}-\d{10,11}A{1,2}$", demo_prefix="DEMO-LB-")
    assert rules.number_problem(scheme, "LB-00-0000000000A") is None
    assert rules.number_problem(scheme, "DEMO-LB-000123") is None
    assert rules.number_problem(scheme, "LB-0-1A") is not None
    assert rules.number_problem(scheme, "DEMO-ZP-000123") is not None
    assert rules.number_problem(scheme_in_memory(), "") is not None
    planned = scheme_in_memory(status=SchemeStatus.PLANNED)
    assert rules.number_problem(planned, "2026-001") is not None
    assert rules.number_problem(planned, "DEMO-ZP-000001") is None


def test_number_is_looked_up_however_it_is_written() -> None:
    assert rules.normal_number(" demo－zp-000001 ") == "DEMO-ZP-000001"
    assert rules.normal_number("2006年第39号") == "2006年第39号"


def test_term_fits_the_scheme() -> None:
    three_years = scheme_in_memory(validity_months=36)
    begin = date(2024, 1, 1)
    assert rules.term_problem(three_years, begin, date(2026, 12, 31)) is None
    assert rules.term_problem(three_years, begin, date(2027, 1, 1)) is None
    assert rules.term_problem(three_years, begin, date(2027, 1, 2)) is not None
    assert rules.term_problem(three_years, begin, None) is not None
    assert rules.term_problem(scheme_in_memory(), begin, None) is not None
    assert rules.term_problem(scheme_in_memory(level=SchemeLevel.BRAND), begin, None) is None
    assert rules.term_problem(scheme_in_memory(), begin, date(2023, 12, 31)) is not None


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 12, 1), 1, date(2025, 1, 1)),
        (date(2024, 5, 31), 120, date(2034, 5, 31)),
    ],
)
def test_months_are_calendar_months(day: date, months: int, expected: date) -> None:
    assert rules.add_months(day, months) == expected


def test_renewal_is_due_before_the_end() -> None:
    certificate = certificate_in_memory(valid_to=date(2026, 11, 23))
    calendar = scheme_in_memory(renewal_days_before=60)
    assert rules.renewal_due_on(certificate, calendar) == date(2026, 9, 24)
    business = scheme_in_memory(renewal_days_before=5, renewal_in_business_days=True)
    assert rules.renewal_due_on(certificate, business) == date(2026, 11, 16)  # Monday back to Monday
    assert rules.renewal_due_on(certificate_in_memory(valid_to=None), calendar) is None


def test_proof_survives_being_kept_as_json() -> None:
    proof = rules.proof(certificate_in_memory(), scheme_in_memory())
    assert CertificateProof.from_json(proof.as_json()) == proof
    assert proof.scheme_name.hans == "圳品"


def test_every_state_says_what_may_follow() -> None:
    assert set(rules.TRANSITIONS) == set(CertificateState)
    assert rules.TRANSITIONS[CertificateState.REVOKED] == frozenset()
