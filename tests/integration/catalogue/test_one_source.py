"""One source: at any instant badge, facet, register and order snapshot say what the certificates say."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from marketplace.catalogue import queries, rules, service
from marketplace.catalogue.refusals import CertificateExists, CertificateWrong, StatusMovedOn
from marketplace.catalogue.types import (
    Base,
    Certificate,
    CertificateDraft,
    Offer,
    Product,
    SchemeLevel,
    Standing,
)
from marketplace.flow import watch_certificates
from marketplace.kernel.time import FixedClock
from marketplace.parties.types import Party
from marketplace.search import moment, tables
from marketplace.search import queries as search
from marketplace.search.selection import Selection
from marketplace.search.types import Facet, SearchRequest
from tests.conftest import IS_DEEP
from tests.factories.catalogue import (
    SEEN,
    make_offer,
    make_product,
    make_reference,
    make_variant,
)
from tests.factories.parties import make_party
from tests.factories.search import make_row

EARLY = datetime(2026, 11, 1, tzinfo=UTC)
SCHEMES = ("zhenpin", "gap", "green_food_gf", "regional_public_brand")
HOURS = 24 * 45
_STANDING = {Standing.VALID, Standing.EXPIRING}

steps = st.lists(
    st.tuples(
        st.sampled_from(SCHEMES),
        st.sampled_from(["submit", "verify", "suspend", "reinstate", "revoke", "lapse"]),
        st.integers(0, 24 * 8),
        st.integers(-3, 12),
    ),
    min_size=4,
    max_size=14,
)


class World:
    """Goods that one cooperative grows and another resells, and the certificates that come and go."""

    def __init__(self, session: Session, clock: FixedClock) -> None:
        self.session, self.clock = session, clock
        self.product: Product = make_product(session)
        grower, agent, league = make_party(session), make_party(session), make_party(session)
        variant = make_variant(session, self.product)
        self.offers: tuple[Offer, ...] = (
            make_offer(session, variant, grower),
            make_offer(session, variant, agent, producer_id=grower.id),
            make_offer(session, make_variant(session, self.product), agent),
        )
        self.holders: Mapping[str, Party] = {
            "zhenpin": agent,
            "gap": grower,
            "green_food_gf": agent,
            "regional_public_brand": league,
        }
        self.numbers: dict[str, str] = {}

    def take(self, scheme: str, action: str, hours: int, days: int) -> None:
        """Take a step, or none where the certificate's state does not allow it."""
        self.clock.advance(timedelta(hours=hours))
        moves: Mapping[str, Callable[[Certificate], object]] = {
            "verify": lambda one: service.verify_certificate(self.session, one.id, SEEN),
            "suspend": lambda one: service.suspend_certificate(self.session, one.id, "试"),
            "reinstate": lambda one: service.reinstate_certificate(self.session, one.id, "试"),
            "revoke": lambda one: service.revoke_certificate(self.session, one.id, "试"),
        }
        try:
            if action == "lapse":
                watch_certificates.lapse(self.session)
            elif action == "submit":
                self._submit(scheme, days)
            else:
                for one in self.certificates(scheme):
                    moves[action](one)
        except (CertificateExists, CertificateWrong, StatusMovedOn):
            return

    def certificates(self, *schemes: str) -> list[Certificate]:
        return [
            one
            for scheme in schemes or SCHEMES
            if scheme in self.numbers
            for one in queries.find_certificates(self.session, self.numbers[scheme])
        ]

    def _submit(self, scheme_code: str, days: int) -> None:
        """Hand in a first term, or the next one that begins where the last one ends."""
        scheme = queries.reference(self.session).schemes[scheme_code]
        self.numbers.setdefault(scheme_code, f"{scheme.demo_prefix}{len(self.numbers) + 700000}")
        ends = [one.valid_to for one in self.certificates(scheme_code) if one.valid_to is not None]
        begins = max(ends, default=self.clock.instant.date()) + timedelta(days=min(days, 3))
        whole = scheme.level is SchemeLevel.ENTERPRISE
        base = Base(name="演示基地（演示）", county_code=self.product.county_code)
        service.submit_certificate(
            self.session,
            CertificateDraft(
                scheme_code=scheme_code,
                number=self.numbers[scheme_code],
                holder_id=self.holders[scheme_code].id,
                valid_from=begins,
                valid_to=begins + timedelta(days=max(days, 0)),
                product_ids=frozenset() if whole else frozenset({self.product.id}),
                base=base if scheme.level is SchemeLevel.BASE else None,
            ),
        )

    def facet(self, at: datetime) -> set[str]:
        """Return the certifications that the search counts for the product at an instant."""
        document = next(search.documents(self.session, [self.product.id]))
        here = moment.at_instant(tables.build([make_row(document, slot=0)]), at)
        counted = Selection(here, SearchRequest(at=at), None).facets()[Facet.CERTIFICATION]
        return {str(name) for name, count in zip(counted.values, counted.counts, strict=True) if count}


@pytest.fixture
def reference(session: Session, clock: FixedClock) -> Session:
    make_reference(session)
    return session


@settings(
    max_examples=2_000 if IS_DEEP else 12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=steps, asked=st.lists(st.integers(0, HOURS), min_size=3, max_size=6))
def test_badge_facet_register_and_order_snapshot_agree_with_the_certificates(
    reference: Session, clock: FixedClock, steps: list[tuple[str, str, int, int]], asked: list[int]
) -> None:
    savepoint = reference.begin_nested()
    try:
        clock.instant = EARLY
        world = World(reference, clock)
        for step in steps:
            world.take(*step)
        clock.instant = max(clock.instant, EARLY + timedelta(days=50))
        for hour in asked:
            _compare(world, EARLY + timedelta(hours=hour))
    finally:
        savepoint.rollback()


def _compare(world: World, at: datetime) -> None:
    schemes, product_id = queries.reference(world.session).schemes, world.product.id
    certificates = world.certificates()
    valid = [one for one in certificates if rules.is_valid(one, at)]
    truth = {
        offer.id: {
            (one.scheme_code, one.number, one.valid_from)
            for one in valid
            if rules.covers_offer(one, schemes[one.scheme_code], offer)
        }
        for offer in world.offers
    }
    of_product = {code for found in truth.values() for code, _number, _day in found}
    ever = queries.certificates_ever(world.session, [product_id])[product_id]
    assert {one.scheme_code for one in ever if rules.is_valid(one, at)} == of_product
    now = queries.valid_certificates(world.session, [product_id], at)[product_id]
    assert {one.scheme_code for one in now} == of_product
    assert world.facet(at) == of_product
    proofs = queries.proofs_of_offers(world.session, list(truth), at)
    assert {
        offer_id: {(one.scheme_code, one.number, one.valid_from) for one in found}
        for offer_id, found in proofs.items()
    } == truth
    assert "gap" not in {code for code, _number, _day in truth[world.offers[2].id]}
    kept = {(one.scheme_code, one.number) for one in certificates}
    today = queries.standings_now(world.session, kept, world.clock.instant)
    stands = {key for key, standing in today.items() if standing in _STANDING}
    assert stands == {
        (one.scheme_code, one.number) for one in certificates if rules.is_valid(one, world.clock.instant)
    }


def test_a_days_last_second_belongs_to_the_certificate(reference: Session, clock: FixedClock) -> None:
    clock.instant = EARLY
    world = World(reference, clock)
    for action in ("submit", "verify"):
        world.take("zhenpin", action, 0, 3)
    ends = world.certificates()[0].valid_to
    assert ends == date(2026, 11, 7)
    midnight = datetime(2026, 11, 7, 16, tzinfo=UTC)
    for at, is_there in ((midnight - timedelta(seconds=1), True), (midnight, False)):
        _compare(world, at)
        assert ("zhenpin" in world.facet(at)) is is_there
