"""The public register: a standing is found where the rule says it, numbers by their beginning."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.orm import Session

from marketplace.catalogue import queries, rules, service
from marketplace.catalogue.types import Certificate, RegisterSearch, Standing
from marketplace.kernel import time
from marketplace.kernel.time import FixedClock
from marketplace.parties import queries as parties
from tests.conftest import NOON
from tests.factories.catalogue import make_certificate, make_offer, make_product, make_reference
from tests.factories.parties import make_party

Certify = Callable[..., Certificate]

PER_PAGE = 100
days = st.integers(-40, 140)


@pytest.fixture
def reference(session: Session, clock: FixedClock) -> Session:
    make_reference(session)
    return session


@pytest.fixture
def certify(reference: Session) -> Certify:
    """Give the same holder certificates of the same goods."""
    offer = make_offer(reference)
    holder = parties.get_party(reference, queries.get_offer(reference, offer.id).cooperative_id)

    def make(**overrides: Any) -> Certificate:
        return make_certificate(reference, holder, product_ids=(offer.product_id,), **overrides)

    return make


def numbers(session: Session, **wanted: Any) -> list[str]:
    search = RegisterSearch(at=time.now(), **wanted)
    found = queries.search_register(session, search, per_page=PER_PAGE)
    assert found.total == len(found.items)
    return [one.number for one in found.items]


def test_a_number_is_found_whole_and_by_its_beginning(reference: Session, certify: Certify) -> None:
    for number in ("DEMO-ZP-000012", "DEMO-ZP-000123", "DEMO-ZP-000124"):
        certify(number=number)
    assert numbers(reference, number_start="DEMO-ZP-00012") == ["DEMO-ZP-000123", "DEMO-ZP-000124"]
    assert numbers(reference, number_start="DEMO-ZP-000123") == ["DEMO-ZP-000123"]
    assert numbers(reference, number_start="ZP-000123") == []
    assert numbers(reference, number_start="DEMO_ZP") == []
    assert numbers(reference, number_start="%") == []


def test_a_holder_or_a_number_is_meant(reference: Session, certify: Certify) -> None:
    mine, product = certify(number="DEMO-ZP-000777"), make_product(reference)
    other = make_certificate(
        reference, make_party(reference), number="DEMO-ZP-000778", product_ids=(product.id,)
    )
    held = frozenset({mine.holder_id})
    assert numbers(reference, number_start="NOTHING", holder_ids=held) == [mine.number]
    assert numbers(reference, number_start=other.number, holder_ids=held) == [mine.number, other.number]
    assert numbers(reference, number_start="NOTHING", holder_ids=frozenset()) == []


def test_a_page_behind_the_last_is_the_last(reference: Session, certify: Certify) -> None:
    for serial in range(5):
        certify(number=f"DEMO-ZP-0009{serial:02}")
    wanted = RegisterSearch(at=time.now(), number_start="DEMO-ZP-0009")
    page = queries.search_register(reference, wanted, 10**9, 2)
    assert (page.page, page.pages, page.total, len(page.items)) == (3, 3, 5, 1)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    term=st.tuples(days, st.integers(0, 60)),
    asked=days,
    fate=st.sampled_from(("kept", "suspended", "reinstated", "revoked")),
)
def test_the_search_finds_a_certificate_where_the_rule_says_it_stands(
    reference: Session, certify: Certify, clock: FixedClock, term: tuple[int, int], asked: int, fate: str
) -> None:
    clock.instant = NOON
    begins = NOON.date() + timedelta(days=term[0])
    made = certify(valid_from=begins, valid_to=begins + timedelta(days=term[1]))
    if fate in {"suspended", "reinstated"}:
        service.suspend_certificate(reference, made.id, "演示")
    if fate == "reinstated":
        clock.advance(timedelta(days=1))
        service.reinstate_certificate(reference, made.id)
    if fate == "revoked":
        service.revoke_certificate(reference, made.id, "演示")
    clock.instant = max(clock.instant, NOON + timedelta(days=asked))
    one = queries.get_certificate(reference, made.id)
    scheme = queries.reference(reference).schemes[one.scheme_code]
    found = {
        standing
        for standing in Standing
        if numbers(reference, number_start=one.number, standing=standing) == [one.number]
    }
    assert found == {rules.standing(one, scheme, time.now())}


def test_a_beginning_goes_by_the_index_and_not_through_the_table(reference: Session) -> None:
    offer = make_offer(reference)
    holder = queries.get_offer(reference, offer.id).cooperative_id
    reference.execute(
        text(
            "INSERT INTO catalogue_certificate (scheme_code, number, holder_id, issuer, valid_from, state,"
            " submitted_at, verified_at, checked_against, reason, base_name, check_note)"
            " SELECT 'zhenpin', 'DEMO-ZP-' || lpad(n::text, 8, '0'), :holder, '', '2026-01-01', 'verified',"
            " '2026-01-01Z', '2026-01-01Z', 'original', '', '', '' FROM generate_series(1, 20000) n"
        ),
        {"holder": holder},
    )
    reference.execute(text("ANALYZE catalogue_certificate"))
    plan = "\n".join(
        reference.scalars(
            text(
                "EXPLAIN SELECT * FROM catalogue_certificate"
                " WHERE number LIKE :start ORDER BY number LIMIT 24"
            ),
            {"start": "DEMO-ZP-000012%"},
        )
    )
    assert "ix_catalogue_certificate_number" in plan
    assert "Seq Scan" not in plan
    assert len(numbers(reference, number_start="DEMO-ZP-0000123")) == 10
