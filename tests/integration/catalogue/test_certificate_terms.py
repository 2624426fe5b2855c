"""A certificate through its years: whose number it is, what it is renewed by, who is told when it ends."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from marketplace.catalogue import queries, rules, service
from marketplace.catalogue.models import CertificateRow
from marketplace.catalogue.refusals import CertificateExists, CertificateWrong, OwnCertificate
from marketplace.catalogue.types import (
    Base,
    Certificate,
    CertificateDraft,
    CertificateQueue,
    CertificateState,
    Check,
    CheckedAgainst,
    Product,
)
from marketplace.flow import decide_certificate, watch_certificates
from marketplace.kernel import journal, time
from marketplace.kernel.time import FixedClock
from marketplace.notices import queries as notices
from marketplace.parties import service as parties
from marketplace.parties.types import Party, Person, Role
from marketplace.places.types import DivisionCode
from tests.conftest import NOON
from tests.factories.catalogue import (
    SEEN,
    make_certificate,
    make_offer,
    make_product,
    make_reference,
    make_variant,
)
from tests.factories.parties import make_party, make_person
from tests.factories.places import CONGJIANG, ZHENGAN

Submit = Callable[..., Certificate]


@pytest.fixture
def reference(session: Session, clock: FixedClock) -> Session:
    make_reference(session)
    return session


@pytest.fixture
def product(reference: Session) -> Product:
    return make_product(reference)


@pytest.fixture
def holder(reference: Session) -> Party:
    return make_party(reference)


@pytest.fixture
def submit(reference: Session, product: Product) -> Submit:
    def make(holder: Party, **overrides: Any) -> Certificate:
        draft = CertificateDraft(
            scheme_code="zhenpin",
            number="DEMO-ZP-000500",
            holder_id=holder.id,
            valid_from=date(2026, 1, 1),
            valid_to=date(2026, 12, 31),
            product_ids=frozenset({product.id}),
        )
        return service.submit_certificate(reference, replace(draft, **overrides))

    return make


def member_of(session: Session, party: Party) -> Person:
    person = make_person(session)
    parties.add_member(session, person.id, party.id, Role.COOPERATIVE_MEMBER)
    return person


def told(session: Session, person: Person) -> list[str]:
    return [str(one.message) for one in notices.inbox(session, person_id=person.id).items]


def test_two_may_claim_a_number_but_only_one_is_ever_verified_under_it(
    reference: Session, submit: Submit, holder: Party
) -> None:
    other = make_party(reference)
    true, false = submit(holder), submit(other)
    service.verify_certificate(reference, true.id, SEEN)
    with pytest.raises(CertificateExists):
        service.verify_certificate(reference, false.id, SEEN)
    with pytest.raises(CertificateExists):
        submit(make_party(reference))
    row = reference.scalars(select(CertificateRow).where(CertificateRow.id == false.id)).one()
    row.state, row.verified_at = CertificateState.VERIFIED, time.now()
    row.checked_against = CheckedAgainst.ORIGINAL
    with pytest.raises(IntegrityError, match="uq_catalogue_certificate_verified"):
        reference.flush()


def test_a_check_says_against_what_and_is_not_the_holders_own(
    reference: Session, submit: Submit, holder: Party
) -> None:
    one, own = submit(holder), member_of(reference, holder)
    with pytest.raises(CertificateWrong, match="再查一遍"):
        service.verify_certificate(reference, one.id, Check(against=CheckedAgainst.REGISTER, note=" "))
    checker = make_person(reference)
    former = journal.acting_person.set(own.id)
    try:
        with pytest.raises(OwnCertificate):
            service.verify_certificate(reference, one.id, SEEN)
        journal.acting_person.set(checker.id)
        check = Check(against=CheckedAgainst.REGISTER, note="https://register.example/1")
        verified = service.verify_certificate(reference, one.id, check)
    finally:
        journal.acting_person.reset(former)
    assert (verified.check, verified.checked_by, verified.verified_at) == (check, checker.id, NOON)
    said = journal.history(reference, "certificate", one.id)[0]
    assert (said.action, said.person_id, said.detail["against"]) == ("verified", checker.id, "register")


def test_the_next_term_follows_under_the_same_number(
    reference: Session, submit: Submit, holder: Party, clock: FixedClock
) -> None:
    first = service.verify_certificate(reference, submit(holder).id, SEEN)
    with pytest.raises(CertificateWrong, match="晚于原来的一期"):
        submit(holder)
    following = submit(holder, valid_from=date(2027, 1, 1), valid_to=date(2027, 12, 31))
    assert following.renews_id == first.id
    with pytest.raises(CertificateExists):
        submit(holder, valid_from=date(2027, 1, 1), valid_to=date(2027, 12, 31))
    service.verify_certificate(reference, following.id, SEEN)
    terms = queries.find_certificates(reference, first.number)
    midnight = datetime(2026, 12, 31, 16, tzinfo=UTC)
    for at in (midnight - timedelta(seconds=1), midnight, midnight + timedelta(days=364)):
        assert sum(rules.is_valid(one, at) for one in terms) == 1
    service.revoke_certificate(reference, first.id, "试")
    assert {one.state for one in queries.find_certificates(reference, first.number)} == {
        CertificateState.REVOKED
    }
    with pytest.raises(CertificateWrong, match="不能续期"):
        submit(holder, valid_from=date(2028, 1, 1), valid_to=date(2028, 12, 31))


def base_of(county: str = CONGJIANG) -> Base:
    return Base(name="加榜梯田基地（演示）", county_code=DivisionCode(county))


@pytest.mark.parametrize(
    ("overrides", "field"),
    [
        ({"base": None}, "base_name"),
        ({"base": base_of("440300")}, "base_county"),
        ({"base": base_of(ZHENGAN)}, "product_ids"),
        ({"scheme_code": "zhenpin", "base": base_of(), "number": "DEMO-ZP-000501"}, "base_name"),
    ],
    ids=["no base", "not in Guizhou", "goods of another county", "no base scheme"],
)
def test_a_base_is_named_and_certifies_only_what_grows_in_its_county(
    submit: Submit, holder: Party, overrides: dict[str, Any], field: str
) -> None:
    wanted: dict[str, Any] = {"scheme_code": "gap", "number": "DEMO-GAP-000500", "base": base_of()}
    with pytest.raises(CertificateWrong) as refused:
        submit(holder, **(wanted | overrides))
    assert refused.value.field == field


def test_a_base_certifies_what_its_holder_grows_and_not_what_it_only_sells(
    reference: Session, product: Product, holder: Party
) -> None:
    make_certificate(reference, holder, "gap", (product.id,))
    variant, grower = make_variant(reference, product), make_party(reference)
    resold = make_offer(reference, variant, holder, producer_id=grower.id)
    found = queries.certificates_of_offers(reference, [resold.id], time.now())
    assert found[resold.id] == ()
    assert queries.valid_certificates(reference, [product.id], time.now())[product.id] == ()
    own = make_offer(reference, make_variant(reference, product), holder)
    found = queries.certificates_of_offers(reference, [resold.id, own.id], time.now())
    assert [len(found[one]) for one in (resold.id, own.id)] == [0, 1]


def test_queues_are_where_the_rule_says_a_certificate_waits(
    reference: Session, product: Product, holder: Party, submit: Submit
) -> None:
    today = time.today()
    for days in (-40, -1, 0, 29, 30, 31, 60, 61, 89, 90, 91, 200):
        for code in ("zhenpin", "green_food_lb", "gba_cailanzi_base"):
            ends = today + timedelta(days=days)
            made = make_certificate(
                reference, holder, code, (product.id,), valid_from=ends - timedelta(days=300), valid_to=ends
            )
            if days in {29, 61}:
                service.suspend_certificate(reference, made.id, "试")
    service.lapse_certificates(reference)
    submit(holder)
    ends = today + timedelta(days=10)
    renewed = make_certificate(reference, holder, "zhenpin", (product.id,), valid_to=ends)
    submit(
        holder,
        number=renewed.number,
        valid_from=ends + timedelta(days=1),
        valid_to=ends + timedelta(days=365),
    )
    every = [
        one
        for number in reference.scalars(select(CertificateRow.number).distinct())
        for one in queries.find_certificates(reference, number)
    ]
    schemes = queries.reference(reference).schemes
    followed = queries.followed(reference, every)
    assert followed == {renewed.id}
    counted = queries.count_queues(reference, today, county_codes={holder.division_code})
    for queue in CertificateQueue:
        expected = {
            one.id
            for one in every
            if rules.queue_of(one, schemes[one.scheme_code], today, is_followed=one.id in followed) is queue
        }
        listed = queries.list_queue(reference, queries.QueueFilter(queue=queue, day=today), per_page=100)
        assert {one.id for one in listed.items} == expected
        assert listed.total == counted[queue] == len(expected)
        assert expected
    nobody = queries.count_queues(reference, today, county_codes=frozenset())
    assert set(nobody.values()) == {0}


def test_a_holder_is_told_sixty_and_thirty_days_before_and_once_when_it_has_ended(
    reference: Session, product: Product, holder: Party, clock: FixedClock
) -> None:
    person = member_of(reference, holder)
    base = make_certificate(reference, holder, "gba_cailanzi_base", (product.id,), valid_to=date(2027, 3, 1))
    for day, sent in ((date(2026, 12, 30), 0), (date(2026, 12, 31), 1), (date(2027, 1, 1), 1)):
        watch_certificates.remind(reference, day)
        assert len(told(reference, person)) == sent
    assert told(reference, person) == [
        f"湾区菜篮子 {base.number}将于 2027-03-01到期，续期申请应在 2026-12-31之前提出。"
    ]
    watch_certificates.remind(reference, date(2027, 1, 30))
    watch_certificates.remind(reference, date(2027, 2, 20))
    assert len(told(reference, person)) == 2
    clock.instant = datetime(2027, 3, 1, 16, 1, tzinfo=UTC)
    assert watch_certificates.lapse(reference) == [base.id]
    assert watch_certificates.lapse(reference) == []
    assert told(reference, person)[0].endswith("已到期，商品上的标志已撤下。")
    assert len(told(reference, person)) == 3


def test_the_operators_word_reaches_the_holder_with_its_reason(
    reference: Session, submit: Submit, holder: Party
) -> None:
    person, one = member_of(reference, holder), submit(holder)
    decide_certificate.verify(reference, one.id, SEEN)
    decide_certificate.suspend(reference, one.id, "抽检不合格")
    decide_certificate.reinstate(reference, one.id, "复检合格")
    decide_certificate.revoke(reference, one.id, "转让证书")
    said = told(reference, person)
    assert [text.rpartition("：")[2] for text in said if "：" in text] == ["转让证书", "抽检不合格"]
    assert len(said) == 4
