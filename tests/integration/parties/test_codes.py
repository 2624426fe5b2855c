"""One-time codes in PostgreSQL: used once, dead in time, counted exactly, also in a race."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from marketplace.kernel import journal, unit_of_work
from marketplace.kernel.time import FixedClock, clock_in_force
from marketplace.parties import rules, service
from marketplace.parties.models import CodeRow, PersonRow
from marketplace.parties.refusals import CodeGone, CodeWrong, PhoneUnknown, TooManyCodes
from marketplace.parties.types import CodePurpose, SignIn
from tests.conftest import NOON
from tests.factories.parties import make_person, new_phone


def _wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06d}"


def test_the_right_code_signs_in_and_registers_on_first_use(session: Session, clock: FixedClock) -> None:
    phone = new_phone()
    first = service.confirm_code(session, phone, service.issue_code(session, phone))
    assert first.person is not None
    assert first.is_new
    assert first.person.phone == phone
    assert first.person.display_name == rules.mask_phone(phone)
    clock.advance(timedelta(minutes=1))
    again = service.confirm_code(session, phone, service.issue_code(session, phone))
    assert again.person == first.person
    assert not again.is_new
    actions = [entry.action for entry in journal.history(session, "person", first.person.id)]
    assert actions == ["signed_in", "signed_in", "registered"]


def test_a_known_person_keeps_their_name(session: Session, clock: FixedClock) -> None:
    del clock
    person = make_person(session)
    assert person.phone is not None
    outcome = service.confirm_code(session, person.phone, service.issue_code(session, person.phone))
    assert outcome.person == person


def test_a_code_is_used_up(session: Session, clock: FixedClock) -> None:
    del clock
    phone = new_phone()
    code = service.issue_code(session, phone)
    assert service.confirm_code(session, phone, code).person is not None
    assert isinstance(service.confirm_code(session, phone, code).refusal, CodeGone)


def test_a_code_dies_after_five_minutes(session: Session, clock: FixedClock) -> None:
    phone = new_phone()
    code = service.issue_code(session, phone)
    clock.advance(timedelta(minutes=5) - timedelta(microseconds=1))
    assert service.confirm_code(session, phone, code).person is not None
    code = service.issue_code(session, phone)
    clock.advance(timedelta(minutes=5))
    assert isinstance(service.confirm_code(session, phone, code).refusal, CodeGone)


def test_five_tries_and_no_sixth(session: Session, clock: FixedClock) -> None:
    del clock
    phone = new_phone()
    code = service.issue_code(session, phone)
    for left in (4, 3, 2, 1):
        refusal = service.confirm_code(session, phone, _wrong(code)).refusal
        assert isinstance(refusal, CodeWrong)
        assert refusal.message.parameters == {"left": left}
    assert isinstance(service.confirm_code(session, phone, _wrong(code)).refusal, CodeGone)
    assert isinstance(service.confirm_code(session, phone, code).refusal, CodeGone)


def test_a_newer_code_replaces_the_older(session: Session, clock: FixedClock) -> None:
    del clock
    phone = new_phone()
    older, newer = service.issue_code(session, phone), service.issue_code(session, phone)
    if older != newer:
        assert isinstance(service.confirm_code(session, phone, older).refusal, CodeWrong)
    assert service.confirm_code(session, phone, newer).person is not None


def test_codes_of_other_phones_and_purposes_do_not_fit(session: Session, clock: FixedClock) -> None:
    del clock
    phone, other = new_phone(), new_phone()
    code = service.issue_code(session, phone)
    service.issue_code(session, phone, CodePurpose.GUEST_ORDER)
    assert isinstance(service.confirm_code(session, other, code).refusal, CodeGone)
    assert isinstance(service.confirm_code(session, "no number", code).refusal, CodeGone)
    if service.confirm_code(session, phone, code, CodePurpose.GUEST_ORDER).person is None:
        assert service.confirm_code(session, phone, code).person is not None


def test_codes_are_kept_as_hashes_only(session: Session, clock: FixedClock) -> None:
    del clock
    phone = new_phone()
    code = service.issue_code(session, phone)
    row = session.scalars(select(CodeRow).where(CodeRow.phone == phone)).one()
    assert len(code) == 6
    assert code.isdigit()
    assert row.code_hash.startswith("$argon2id$")
    assert code not in row.code_hash


def test_five_codes_an_hour_ten_a_day(session: Session, clock: FixedClock) -> None:
    phone = new_phone()
    for _number in range(5):
        service.issue_code(session, phone)
        clock.advance(timedelta(minutes=1))
    with pytest.raises(TooManyCodes) as refused:
        service.issue_code(session, phone)
    assert refused.value.message.parameters == {"minutes": 55}
    service.issue_code(session, new_phone())
    clock.advance(timedelta(minutes=55))
    for _number in range(5):
        service.issue_code(session, phone)
        clock.advance(timedelta(minutes=13))
    with pytest.raises(TooManyCodes):
        service.issue_code(session, phone)
    clock.advance(timedelta(days=1))
    service.issue_code(session, phone)


@pytest.mark.parametrize("phone", ["", "12345", "+16502530000", "075512345678"])
def test_no_code_goes_where_no_mobile_phone_is(session: Session, phone: str) -> None:
    with pytest.raises(PhoneUnknown):
        service.issue_code(session, phone)


def test_old_codes_are_forgotten_when_no_limit_looks_back(session: Session, clock: FixedClock) -> None:
    phone = new_phone()
    service.issue_code(session, phone)
    assert service.forget_old_tries(session) == 0
    clock.advance(timedelta(days=2, seconds=1))
    assert service.forget_old_tries(session) == 1


def _together(engine: Engine, count: int, act: Callable[[Session], object]) -> list[object]:
    """Run the same act on so many connections at the same moment; what is refused is returned as well."""
    start = threading.Barrier(count)

    def one(_number: int) -> object:
        with clock_in_force(FixedClock(NOON)), Session(engine, expire_on_commit=False) as session:
            start.wait()
            try:
                return unit_of_work.commit(session, act)
            except TooManyCodes as refusal:
                return refusal

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


def test_two_confirmations_at_once_sign_in_once(engine: Engine) -> None:
    phone = new_phone()
    with clock_in_force(FixedClock(NOON)), Session(engine) as session:
        code = unit_of_work.commit(session, lambda s: service.issue_code(s, phone))
    outcomes = _together(engine, 6, lambda s: service.confirm_code(s, phone, code))
    signed_in = [one for one in outcomes if isinstance(one, SignIn) and one.person is not None]
    assert len(signed_in) == 1
    assert all(
        isinstance(one, SignIn) and isinstance(one.refusal, CodeGone)
        for one in outcomes
        if one not in signed_in
    )


def test_wrong_tries_at_once_are_all_counted(engine: Engine) -> None:
    phone = new_phone()
    with clock_in_force(FixedClock(NOON)), Session(engine) as session:
        code = unit_of_work.commit(session, lambda s: service.issue_code(s, phone))
    outcomes = _together(engine, 8, lambda s: service.confirm_code(s, phone, _wrong(code)))
    wrong = [one for one in outcomes if isinstance(one, SignIn) and isinstance(one.refusal, CodeWrong)]
    assert len(wrong) == 4
    with Session(engine) as session:
        assert session.scalar(select(CodeRow.tries).where(CodeRow.phone == phone)) == 5


def test_requests_at_once_get_no_more_codes_than_the_limit(engine: Engine) -> None:
    phone = new_phone()
    outcomes = _together(engine, 9, lambda s: service.issue_code(s, phone))
    assert sum(isinstance(one, str) for one in outcomes) == 5
    with Session(engine) as session:
        open_codes = select(func.count()).select_from(CodeRow).where(CodeRow.closed_at.is_(None))
        assert session.scalar(open_codes) == 1


def test_first_sign_ins_at_once_register_one_person(engine: Engine) -> None:
    phone = new_phone()
    codes: dict[CodePurpose, str] = {}
    with clock_in_force(FixedClock(NOON)), Session(engine) as session:
        for purpose in CodePurpose:
            codes[purpose] = unit_of_work.commit(
                session, lambda s, wanted=purpose: service.issue_code(s, phone, wanted)
            )
    waiting = list(codes.items())
    lock = threading.Lock()

    def confirm(session: Session) -> SignIn:
        with lock:
            purpose, code = waiting.pop()
        return service.confirm_code(session, phone, code, purpose)

    outcomes = _together(engine, 2, confirm)
    people = {one.person for one in outcomes if isinstance(one, SignIn)}
    assert len(people) == 1
    assert None not in people
    with Session(engine) as session:
        assert session.scalar(select(func.count()).select_from(PersonRow)) == 1
