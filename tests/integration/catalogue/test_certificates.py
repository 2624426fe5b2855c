"""Certificates on PostgreSQL: the badge at an instant is exactly what the rule says, and offers follow."""

from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from marketplace.catalogue import queries, rules, service
from marketplace.catalogue.refusals import (
    CertificateExists,
    CertificateWrong,
    NotSellable,
    StatusMovedOn,
)
from marketplace.catalogue.types import (
    Certificate,
    CertificateDraft,
    CertificateFilter,
    CertificateState,
    OfferStatus,
    ProductId,
)
from marketplace.kernel import time
from marketplace.kernel.message import Name
from marketplace.kernel.time import FixedClock
from marketplace.parties import service as parties
from marketplace.parties.types import Party, PartyKind
from tests.factories.catalogue import (
    SEEN,
    make_certificate,
    make_offer,
    make_product,
    make_reference,
    make_variant,
)
from tests.factories.parties import make_party
from tests.factories.places import CONGJIANG


@pytest.fixture
def reference(session: Session, clock: FixedClock) -> Session:
    make_reference(session)
    return session


def badges(session: Session, product_id: ProductId, at: datetime | None = None) -> list[str]:
    found = queries.valid_certificates(session, [product_id], at or time.now())
    return [one.scheme_code for one in found[product_id]]


def test_badge_comes_with_verification_and_goes_at_midnight(reference: Session, clock: FixedClock) -> None:
    offer = make_offer(reference)
    holder = queries.get_offer(reference, offer.id).cooperative_id
    draft = CertificateDraft(
        scheme_code="zhenpin",
        number="demo-zp-000077",
        holder_id=holder,
        valid_from=date(2026, 11, 1),
        valid_to=date(2026, 11, 23),
        product_ids=frozenset({offer.product_id}),
    )
    submitted = service.submit_certificate(reference, draft)
    assert submitted.number == "DEMO-ZP-000077"
    assert badges(reference, offer.product_id) == []
    service.verify_certificate(reference, submitted.id, SEEN)
    assert badges(reference, offer.product_id) == ["zhenpin"]
    clock.instant = datetime(2026, 11, 23, 15, 59, 59, tzinfo=UTC)
    assert badges(reference, offer.product_id) == ["zhenpin"]
    clock.advance(timedelta(seconds=1))
    assert badges(reference, offer.product_id) == []
    assert service.lapse_certificates(reference) == [submitted.id]
    assert queries.get_certificate(reference, submitted.id).state is CertificateState.LAPSED
    assert service.lapse_certificates(reference) == []


def test_holders_certificate_needs_the_holders_offer(reference: Session) -> None:
    product = make_product(reference)
    variant = make_variant(reference, product)
    certified, other = make_party(reference), make_party(reference)
    make_certificate(reference, certified, "zhenpin", (product.id,))
    make_certificate(reference, certified, "regional_public_brand", (product.id,))
    plain = make_offer(reference, variant, other)
    assert badges(reference, product.id) == ["regional_public_brand"]
    own = make_offer(reference, variant, certified)
    assert badges(reference, product.id) == ["zhenpin", "regional_public_brand"]
    of_offers = queries.certificates_of_offers(reference, [plain.id, own.id], time.now())
    assert [one.scheme_code for one in of_offers[plain.id]] == ["regional_public_brand"]
    assert [one.scheme_code for one in of_offers[own.id]] == ["zhenpin", "regional_public_brand"]
    service.pause_offer(reference, own.id)
    assert badges(reference, product.id) == ["regional_public_brand"]
    proof = queries.proofs_of_offers(reference, [own.id], time.now())[own.id][0]
    assert (proof.scheme_name.hans, proof.number[:8]) == ("圳品", "DEMO-ZP-")


def test_suspension_and_revocation_stop_badge_and_offer(reference: Session, clock: FixedClock) -> None:
    product = make_product(reference, product_form="prepackaged")
    offer = make_offer(reference, make_variant(reference, product))
    licence = queries.list_certificates(reference, CertificateFilter(scheme_code="sc_license")).items[0]
    before = time.now()
    assert badges(reference, product.id) == ["sc_license"]
    clock.advance(timedelta(hours=1))
    service.suspend_certificate(reference, licence.id, "抽检不合格")
    assert badges(reference, product.id) == []
    assert queries.get_offer(reference, offer.id).status is OfferStatus.PAUSED
    with pytest.raises(NotSellable, match="食品生产许可证"):
        service.resume_offer(reference, offer.id)
    clock.advance(timedelta(hours=1))
    service.reinstate_certificate(reference, licence.id)
    service.resume_offer(reference, offer.id)
    assert badges(reference, product.id) == ["sc_license"]
    clock.advance(timedelta(hours=1))
    service.revoke_certificate(reference, licence.id, "吊销")
    assert queries.get_offer(reference, offer.id).status is OfferStatus.PAUSED
    assert queries.offers_barred(reference, [offer.id], time.now()).keys() == {offer.id}
    assert queries.offers_barred(reference, [offer.id], before) == {}
    with pytest.raises(StatusMovedOn):
        service.reinstate_certificate(reference, licence.id)
    at_its_time = queries.certificates_of_offers(reference, [offer.id], before)[offer.id]
    assert [one.id for one in at_its_time] == [licence.id]


def test_licence_that_lapsed_at_midnight_bars_its_goods_before_any_job_ran(
    reference: Session, clock: FixedClock
) -> None:
    product = make_product(reference, product_form="tea")
    cooperative = make_party(reference)
    make_certificate(reference, cooperative, "sc_license", valid_to=date(2026, 11, 23))
    offer = make_offer(reference, make_variant(reference, product), cooperative)
    assert queries.offers_barred(reference, [offer.id], time.now()) == {}
    clock.instant = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)
    barred = queries.offers_barred(reference, [offer.id], time.now())
    assert str(barred[offer.id]).endswith("缺少食品生产许可证，不能上架。")
    service.lapse_certificates(reference)
    assert queries.get_offer(reference, offer.id).status is OfferStatus.PAUSED


def draft_of(holder: Party, product_id: ProductId, **overrides: object) -> CertificateDraft:
    values: dict[str, object] = {
        "scheme_code": "zhenpin",
        "number": "DEMO-ZP-000001",
        "holder_id": holder.id,
        "valid_from": date(2026, 1, 1),
        "valid_to": date(2026, 12, 31),
        "product_ids": frozenset({product_id}),
    }
    return CertificateDraft(**(values | overrides))  # type: ignore[arg-type]  # checked by what it makes


@pytest.mark.parametrize(
    ("overrides", "field"),
    [
        ({"scheme_code": "unheard_of"}, "scheme_code"),
        ({"number": "ZP-1"}, "number"),
        ({"scheme_code": "green_food_lb", "number": "LB-1"}, "number"),
        ({"valid_to": None}, "valid_to"),
        ({"valid_to": date(2025, 12, 31)}, "valid_to"),
        (
            {"scheme_code": "organic_cert", "number": "DEMO-OP-000001", "valid_to": date(2027, 1, 2)},
            "valid_to",
        ),
        ({"product_ids": frozenset()}, "product_ids"),
        ({"scheme_code": "commitment_cert", "number": "DEMO-CN-000001"}, "product_ids"),
    ],
)
def test_what_does_not_fit_the_scheme_is_refused(
    reference: Session, overrides: dict[str, object], field: str
) -> None:
    product = make_product(reference)
    with pytest.raises(CertificateWrong) as refused:
        service.submit_certificate(reference, draft_of(make_party(reference), product.id, **overrides))
    assert refused.value.field == field


def test_demonstration_numbers_belong_to_the_demonstration(reference: Session) -> None:
    product = make_product(reference)
    name = Name("真实合作社", "真實合作社", "Real cooperative")
    real = parties.register_party(
        reference, kind=PartyKind.COOPERATIVE, name=name, division_code=CONGJIANG, is_demo=False
    )
    with pytest.raises(CertificateWrong, match="演示"):
        service.submit_certificate(reference, draft_of(real, product.id))


def test_same_certificate_is_not_submitted_twice_unless_rejected(reference: Session) -> None:
    product, holder = make_product(reference), make_party(reference)
    first = service.submit_certificate(reference, draft_of(holder, product.id))
    with pytest.raises(CertificateExists):
        service.submit_certificate(reference, draft_of(holder, product.id, number=" demo-zp-000001"))
    service.reject_certificate(reference, first.id, "看不清")
    assert queries.find_certificates(reference, "DEMO-ZP-000001") == []
    again = service.submit_certificate(reference, draft_of(holder, product.id))
    assert [one.id for one in queries.find_certificates(reference, "demo-zp-000001")] == [again.id]


def test_register_is_listed_by_what_one_asks(reference: Session) -> None:
    offer = make_offer(reference)
    holder = make_party(reference)
    own = make_certificate(reference, holder, "zhenpin", (offer.product_id,))
    make_certificate(
        reference, make_party(reference), "gap", (offer.product_id,), valid_to=date(2026, 11, 30)
    )
    asked = partial(queries.list_certificates, reference)
    assert asked(CertificateFilter(holder_id=holder.id)).items == [own]
    assert asked(CertificateFilter(product_id=offer.product_id)).total == 2
    assert asked(CertificateFilter(ends_before=date(2026, 12, 31))).total == 1
    assert asked(CertificateFilter(valid_at=time.now())).total == 2
    assert asked(CertificateFilter(valid_at=time.now() + timedelta(days=30))).items == [own]
    assert asked(CertificateFilter(states=frozenset({CertificateState.REVOKED}))).total == 0


hours = st.integers(0, 24 * 40)
EARLY = datetime(2026, 11, 1, tzinfo=UTC)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(st.sampled_from(["suspend", "reinstate", "revoke", "lapse"]), max_size=4),
    gaps=st.lists(st.integers(1, 24 * 9), min_size=6, max_size=6),
    term=st.tuples(st.integers(-5, 20), st.none() | st.integers(0, 30)),
    asked=st.lists(hours, min_size=3, max_size=8),
)
def test_badge_agrees_with_the_rule_at_any_instant(
    reference: Session,
    clock: FixedClock,
    steps: list[str],
    gaps: list[int],
    term: tuple[int, int | None],
    asked: list[int],
) -> None:
    savepoint = reference.begin_nested()
    try:
        certificate, product_id = live(reference, clock, steps, gaps, term)
        for hour in asked:
            at = EARLY + timedelta(hours=hour)
            assert bool(badges(reference, product_id, at)) is rules.is_valid(certificate, at)
            register = CertificateFilter(valid_at=at, product_id=product_id)
            listed = queries.list_certificates(reference, register)
            assert bool(listed.total) is rules.is_valid(certificate, at)
    finally:
        savepoint.rollback()


def live(
    session: Session,
    clock: FixedClock,
    steps: list[str],
    gaps: list[int],
    term: tuple[int, int | None],
) -> tuple[Certificate, ProductId]:
    """Let a certificate live through its steps and return it as it then stands."""
    clock.instant = EARLY + timedelta(hours=gaps[0])
    valid_from = date(2026, 11, 1) + timedelta(days=term[0])
    cooperative = make_party(session)
    offer = make_offer(session, cooperative=cooperative)
    certificate = make_certificate(
        session,
        cooperative,
        "regional_public_brand",
        (offer.product_id,),
        valid_from=valid_from,
        valid_to=None if term[1] is None else valid_from + timedelta(days=term[1]),
    )
    for step, gap in zip(steps, gaps[1:], strict=False):
        clock.advance(timedelta(hours=gap))
        walk(session, certificate, step)
    return queries.get_certificate(session, certificate.id), offer.product_id


def walk(session: Session, certificate: Certificate, step: str) -> None:
    """Take a step, or none where the certificate's state does not allow it."""
    if step == "lapse":
        service.lapse_certificates(session)
        return
    move = {
        "suspend": lambda: service.suspend_certificate(session, certificate.id, "试"),
        "reinstate": lambda: service.reinstate_certificate(session, certificate.id),
        "revoke": lambda: service.revoke_certificate(session, certificate.id, "试"),
    }[step]
    try:
        move()
    except StatusMovedOn:
        return
