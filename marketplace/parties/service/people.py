"""People: registering, what they say about themselves, passwords."""

from typing import TypedDict, Unpack

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from marketplace.kernel import journal, time
from marketplace.kernel.locking import locked_one
from marketplace.parties import passwords, rules
from marketplace.parties.models import FailedSignInRow, PersonRow
from marketplace.parties.queries import person_from_row
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
from marketplace.parties.types import Language, Person, PersonId, SignIn

NAME_MAX = 40


class PersonTerms(TypedDict, total=False):
    email: str
    language: Language
    is_demo: bool


def register_person(
    session: Session, *, phone: str | None, display_name: str, **terms: Unpack[PersonTerms]
) -> Person:
    """Register somebody who will sign in; without a name they appear by their masked number.

    Refuses (PhoneUnknown, PhoneTaken, EmailWrong, EmailTaken).
    """
    number = None if phone is None else rules.parse_phone(phone)
    if phone is not None and number is None:
        raise PhoneUnknown
    if number is not None and _holder(session, PersonRow.phone == number) is not None:
        raise PhoneTaken
    row = PersonRow(
        phone=number,
        display_name=_shown(display_name, number),
        language=terms.get("language"),
        email=_free_email(session, terms["email"]) if "email" in terms else None,
        session_epoch=1,
        is_demo=terms.get("is_demo", False),
        registered_at=time.now(),
    )
    session.add(row)
    session.flush()
    journal.write(session, "person", row.id, "registered")
    return person_from_row(row)


def rename_person(session: Session, person_id: PersonId, display_name: str) -> Person:
    row = _locked(session, person_id)
    row.display_name = _shown(display_name, row.phone)
    journal.write(session, "person", row.id, "renamed")
    session.flush()
    return person_from_row(row)


def set_language(session: Session, person_id: PersonId, language: Language) -> Person:
    """Remember the language somebody reads in, also for notices."""
    row = _locked(session, person_id)
    if row.language != language:
        row.language = language
        journal.write(session, "person", row.id, "language_set", language=language)
        session.flush()
    return person_from_row(row)


def set_email(session: Session, person_id: PersonId, email: str | None) -> Person:
    """Set or clear the e-mail address; refuses (EmailWrong, EmailTaken)."""
    row = _locked(session, person_id)
    address = None if email is None else _free_email(session, email, row.id)
    if address is None and row.phone is None:
        raise EmailWrong
    if row.email != address:
        row.email = address
        journal.write(session, "person", row.id, "email_set" if address else "email_cleared")
        session.flush()
    return person_from_row(row)


def set_password(session: Session, person_id: PersonId, password: str) -> Person:
    """Set a password and end every session opened before; refuses (PasswordWeak)."""
    row = _locked(session, person_id)
    problem = rules.password_problem(password, row.phone, row.email)
    if problem is not None:
        raise PasswordWeak(problem)
    row.password_hash = passwords.hashed(password)
    row.session_epoch += 1
    journal.write(session, "person", row.id, "password_set")
    session.flush()
    return person_from_row(row)


def end_sessions(session: Session, person_id: PersonId) -> None:
    """Sign somebody out everywhere."""
    row = _locked(session, person_id)
    row.session_epoch += 1
    journal.write(session, "person", row.id, "sessions_ended")
    session.flush()


def sign_in_with_password(session: Session, login: str, password: str) -> SignIn:
    """Check a phone number or e-mail address with its password; failed tries are counted per account."""
    number, address = rules.parse_phone(login), rules.parse_email(login)
    wanted = PersonRow.phone == number if number else PersonRow.email == (address or "")
    row = session.scalars(
        select(PersonRow).where(wanted).with_for_update().execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        passwords.matches(None, password)
        return SignIn(refusal=PasswordWrong())
    return _check_password(session, row, password)


def confirm_password(session: Session, person_id: PersonId, password: str) -> SignIn:
    """Check the password of somebody who is signed in already, counting the try."""
    return _check_password(session, _locked(session, person_id), password)


def _check_password(session: Session, row: PersonRow, password: str) -> SignIn:
    """Compare a password with the locked account's, count the try, and keep the hash up to date."""
    now = time.now()
    longest = max(span for span, _most in rules.PASSWORD_LIMITS)
    failed = session.scalars(
        select(FailedSignInRow.at).where(
            FailedSignInRow.person_id == row.id, FailedSignInRow.at > now - longest
        )
    ).all()
    wait = rules.next_allowed(failed, now, rules.PASSWORD_LIMITS)
    if wait is not None:
        return SignIn(refusal=TooManySignIns(rules.minutes_until(wait, now)))
    if not passwords.matches(row.password_hash, password):
        session.add(FailedSignInRow(person_id=row.id, at=now))
        journal.write(session, "person", row.id, "sign_in_failed", way="password")
        return SignIn(refusal=PasswordWrong())
    if row.password_hash is not None and passwords.is_outdated(row.password_hash):
        row.password_hash = passwords.hashed(password)
    journal.write(session, "person", row.id, "signed_in", way="password")
    session.flush()
    return SignIn(person=person_from_row(row))


def _locked(session: Session, person_id: int) -> PersonRow:
    return locked_one(session, PersonRow, person_id, PersonNotFound)


def _holder(session: Session, wanted: ColumnElement[bool]) -> int | None:
    return session.scalar(select(PersonRow.id).where(wanted))


def _free_email(session: Session, text: str, own_id: int | None = None) -> str:
    address = rules.parse_email(text)
    if address is None:
        raise EmailWrong
    if _holder(session, PersonRow.email == address) not in {None, own_id}:
        raise EmailTaken
    return address


def _shown(display_name: str, phone: str | None) -> str:
    return display_name.strip()[:NAME_MAX] or (rules.mask_phone(phone) if phone else "")
