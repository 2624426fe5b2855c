"""One-time codes: six digits to a phone, good for five minutes and five tries, kept as hashes."""

import secrets
from datetime import timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from marketplace.kernel import journal, time
from marketplace.parties import passwords, rules
from marketplace.parties.models import CodeRow, FailedSignInRow, PersonRow
from marketplace.parties.queries import person_from_row
from marketplace.parties.refusals import CodeGone, CodeWrong, PhoneUnknown, TooManyCodes
from marketplace.parties.types import CodePurpose, SignIn

KEPT = timedelta(days=2)  # longer than the longest limit looks back


def issue_code(session: Session, phone: str, purpose: CodePurpose = CodePurpose.SIGN_IN) -> str:
    """Make a code for a phone and return it to be sent; a former one of that purpose is void at once.

    Refuses (PhoneUnknown) what is no mobile number and (TooManyCodes) more than five an hour, ten a day.
    """
    number = rules.parse_phone(phone)
    if number is None:
        raise PhoneUnknown
    # Two requests for one phone wait for each other here, so that the count below is exact.
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(number, 0))))
    now = time.now()
    longest = max(span for span, _most in rules.CODE_LIMITS)
    sent = session.scalars(
        select(CodeRow.issued_at).where(CodeRow.phone == number, CodeRow.issued_at > now - longest)
    ).all()
    wait = rules.next_allowed(sent, now, rules.CODE_LIMITS)
    if wait is not None:
        raise TooManyCodes(rules.minutes_until(wait, now))
    session.execute(
        update(CodeRow)
        .where(CodeRow.phone == number, CodeRow.purpose == purpose, CodeRow.closed_at.is_(None))
        .values(closed_at=now)
    )
    code = f"{secrets.randbelow(10**rules.CODE_DIGITS):0{rules.CODE_DIGITS}d}"
    session.add(
        CodeRow(
            phone=number,
            purpose=purpose,
            code_hash=passwords.hashed(code),
            issued_at=now,
            expires_at=now + rules.CODE_LIFE,
            tries=0,
        )
    )
    session.flush()
    return code


def confirm_code(
    session: Session, phone: str, code: str, purpose: CodePurpose = CodePurpose.SIGN_IN
) -> SignIn:
    """Check a code; the right one is used up and gives the person, who is registered on first use.

    A wrong one is counted and answered as a value: the caller commits, then shows the refusal.
    """
    number = rules.parse_phone(phone)
    row = session.scalars(
        select(CodeRow)
        .where(CodeRow.phone == number, CodeRow.purpose == purpose, CodeRow.closed_at.is_(None))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    now = time.now()
    if number is None or row is None or row.closed_at is not None:
        return SignIn(refusal=CodeGone())
    if now >= row.expires_at:
        row.closed_at = now
        session.flush()
        return SignIn(refusal=CodeGone())
    if not passwords.matches(row.code_hash, code.strip()):
        row.tries += 1
        left = rules.CODE_TRIES - row.tries
        if left == 0:
            row.closed_at = now
        session.flush()
        return SignIn(refusal=CodeWrong(left) if left else CodeGone())
    row.closed_at = now
    return _person_of(session, number)


def forget_old_tries(session: Session) -> int:
    """Delete codes and failed tries that no limit looks at any more; returns how many."""
    before = time.now() - KEPT
    codes = session.execute(delete(CodeRow).where(CodeRow.issued_at < before).returning(CodeRow.id)).all()
    tries = session.execute(
        delete(FailedSignInRow).where(FailedSignInRow.at < before).returning(FailedSignInRow.id)
    ).all()
    return len(codes) + len(tries)


def _person_of(session: Session, phone: str) -> SignIn:
    """Find the person of a proven phone, or register them; two at once end with the same person."""
    new_id = session.scalar(
        insert(PersonRow)
        .values(
            phone=phone,
            display_name=rules.mask_phone(phone),
            session_epoch=1,
            is_demo=False,
            registered_at=time.now(),
        )
        .on_conflict_do_nothing(index_elements=[PersonRow.phone])
        .returning(PersonRow.id)
    )
    row = session.scalars(select(PersonRow).where(PersonRow.phone == phone)).one()
    if new_id is not None:
        journal.write(session, "person", row.id, "registered")
    journal.write(session, "person", row.id, "signed_in", way="code")
    session.flush()
    return SignIn(person=person_from_row(row), is_new=new_id is not None)
