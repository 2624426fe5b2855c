"""People, passwords and sessions in PostgreSQL."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from marketplace.kernel import journal
from marketplace.kernel.time import FixedClock
from marketplace.parties import queries, service
from marketplace.parties.refusals import (
    EmailTaken,
    EmailWrong,
    PasswordWeak,
    PasswordWrong,
    PersonNotFound,
    PhoneTaken,
    PhoneUnknown,
    TooManySignIns,
)
from marketplace.parties.types import Language, Person, PersonId
from tests.factories.parties import make_person, new_phone

PASSWORD = "correct horse battery"


@pytest.fixture
def person(session: Session, clock: FixedClock) -> Person:
    del clock
    made = make_person(session)
    service.set_email(session, made.id, "Ming@Example.com")
    return service.set_password(session, made.id, PASSWORD)


def test_signing_in_by_phone_or_email(session: Session, person: Person) -> None:
    assert person.phone is not None
    for login in (person.phone, person.phone.removeprefix("+86"), "ming@example.com", " MING@example.com "):
        assert service.sign_in_with_password(session, login, PASSWORD).person == person


@pytest.mark.parametrize("login", ["", "nobody@example.com", "+8613800000000", "not a login"])
def test_unknown_logins_answer_like_wrong_passwords(session: Session, person: Person, login: str) -> None:
    assert person.has_password
    outcome = service.sign_in_with_password(session, login, PASSWORD)
    assert outcome.person is None
    assert isinstance(outcome.refusal, PasswordWrong)


def test_somebody_without_a_password_or_phone_is_nobody_to_a_password(
    session: Session, clock: FixedClock
) -> None:
    del clock
    service.register_person(session, phone=None, display_name="只有邮箱（演示）", email="only@example.com")
    for login in ("only@example.com", "", "电话"):
        assert service.sign_in_with_password(session, login, "").person is None
        assert service.sign_in_with_password(session, login, "nobody's password").person is None


def test_five_wrong_passwords_close_the_door_for_a_quarter_of_an_hour(
    session: Session, person: Person, clock: FixedClock
) -> None:
    for _number in range(5):
        outcome = service.sign_in_with_password(session, "ming@example.com", "wrong")
        assert isinstance(outcome.refusal, PasswordWrong)
    closed = service.sign_in_with_password(session, "ming@example.com", PASSWORD)
    assert isinstance(closed.refusal, TooManySignIns)
    assert closed.refusal.message.parameters == {"minutes": 15}
    clock.advance(timedelta(minutes=15))
    assert service.sign_in_with_password(session, "ming@example.com", PASSWORD).person == person


def test_a_code_still_opens_when_passwords_are_closed(session: Session, person: Person) -> None:
    assert person.phone is not None
    for _number in range(6):
        service.sign_in_with_password(session, person.phone, "wrong")
    outcome = service.confirm_code(session, person.phone, service.issue_code(session, person.phone))
    assert outcome.person == person


@pytest.mark.parametrize("password", ["short", "aaaaaaaaaaaa", "ming-ming-ming"])
def test_weak_passwords_are_refused(session: Session, person: Person, password: str) -> None:
    with pytest.raises(PasswordWeak):
        service.set_password(session, person.id, password)
    assert service.sign_in_with_password(session, "ming@example.com", PASSWORD).person is not None


def test_a_new_password_ends_every_earlier_session(session: Session, person: Person) -> None:
    epoch = queries.session_epoch(session, person.id)
    assert queries.find_actor(session, person.id, epoch=epoch) is not None
    service.set_password(session, person.id, "another good password")
    assert queries.find_actor(session, person.id, epoch=epoch) is None
    epoch = queries.session_epoch(session, person.id)
    service.end_sessions(session, person.id)
    assert queries.find_actor(session, person.id, epoch=epoch) is None


def test_no_password_is_ever_written_down(session: Session, person: Person) -> None:
    stored = session.execute(
        text("SELECT to_jsonb(p)::text FROM parties_person p WHERE id = :id"), {"id": person.id}
    ).scalar_one()
    told = str(journal.history(session, "person", person.id))
    assert PASSWORD not in stored + told
    assert (person.phone or "") not in told


def test_phones_and_emails_belong_to_one_person(session: Session, person: Person) -> None:
    other = make_person(session)
    with pytest.raises(EmailTaken):
        service.set_email(session, other.id, "MING@example.com")
    with pytest.raises(EmailWrong):
        service.set_email(session, other.id, "ming")
    with pytest.raises(PhoneTaken):
        make_person(session, phone=person.phone)
    with pytest.raises(PhoneUnknown):
        make_person(session, phone="12345")
    assert service.set_email(session, person.id, "ming@example.com").email == "ming@example.com"
    assert service.set_email(session, person.id, None).email is None


def test_somebody_stays_reachable(session: Session, clock: FixedClock) -> None:
    del clock
    only = service.register_person(session, phone=None, display_name="邮箱（演示）", email="o@example.com")
    with pytest.raises(EmailWrong):
        service.set_email(session, only.id, None)
    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(text("UPDATE parties_person SET email = NULL WHERE id = :id"), {"id": only.id})


def test_name_and_language_are_kept(session: Session, person: Person) -> None:
    assert service.rename_person(session, person.id, "  李梅（演示） ").display_name == "李梅（演示）"
    assert service.rename_person(session, person.id, " ").display_name.startswith("+86 139")
    assert service.set_language(session, person.id, Language.HANT).language is Language.HANT
    assert queries.get_person(session, person.id).language is Language.HANT


def test_nobody_is_found_under_a_wrong_id(session: Session) -> None:
    assert queries.find_person(session, 10**12) is None
    assert queries.find_person_by_phone(session, new_phone()) is None
    assert queries.find_actor(session, 10**12) is None
    for ask in (queries.get_person, queries.actor, queries.session_epoch):
        with pytest.raises(PersonNotFound):
            ask(session, 10**12)
    with pytest.raises(PersonNotFound):
        service.rename_person(session, PersonId(10**12), "x")
