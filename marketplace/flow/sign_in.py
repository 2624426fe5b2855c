"""Signing in: a code is asked for and sent, then confirmed; or a password is given instead."""

from sqlalchemy.orm import Session

from marketplace.kernel.message import msg
from marketplace.notices import service as notices
from marketplace.notices.types import NoticeKind
from marketplace.parties import rules
from marketplace.parties import service as parties
from marketplace.parties.refusals import PhoneUnknown
from marketplace.parties.types import CodePurpose, Person, PersonId, SignIn

_MINUTES = int(rules.CODE_LIFE.total_seconds() // 60)


def send_code(session: Session, phone: str, purpose: CodePurpose = CodePurpose.SIGN_IN) -> str:
    """Make a one-time code and send it to the phone; returns the number in E.164.

    Refuses (PhoneUnknown) what is no mobile number and (TooManyCodes) more than five an hour, ten a day.
    """
    number = rules.parse_phone(phone)
    if number is None:
        raise PhoneUnknown
    code = parties.issue_code(session, number, purpose)
    notices.send(
        session,
        kind=NoticeKind.CODE,
        to_phone=number,
        message=msg(
            "您的验证码是 %(code)s，%(minutes)s 分钟内有效。请勿告诉他人。", code=code, minutes=_MINUTES
        ),
    )
    return number


def confirm_code(
    session: Session, phone: str, code: str, purpose: CodePurpose = CodePurpose.SIGN_IN
) -> SignIn:
    """Check the code a phone received; the right one gives the person, registered on first use.

    A wrong code is a value, not an exception: commit, so that the try counts, then show ``refusal``.
    """
    return parties.confirm_code(session, phone, code, purpose)


def with_password(session: Session, login: str, password: str) -> SignIn:
    """Check a phone number or e-mail address with its password; a wrong one is a value as well."""
    return parties.sign_in_with_password(session, login, password)


def change_profile(session: Session, person_id: PersonId, display_name: str, email: str) -> Person:
    """Keep what somebody says about themselves; refuses (EmailWrong, EmailTaken)."""
    parties.set_email(session, person_id, email or None)
    return parties.rename_person(session, person_id, display_name)


def change_password(session: Session, person_id: PersonId, new: str, current: str | None) -> SignIn:
    """Set a password; where ``current`` is given it must be the old one, and a wrong one counts as a try.

    Refuses (PasswordWeak) what is too easily guessed. Ends every session opened before.
    """
    if current is not None:
        outcome = parties.confirm_password(session, person_id, current)
        if outcome.refusal is not None:
            return outcome
    return SignIn(person=parties.set_password(session, person_id, new))
