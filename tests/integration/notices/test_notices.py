"""Notices in PostgreSQL: written with their job, read in any language, wiped when they are secret."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from marketplace.kernel.message import Message, Name, msg
from marketplace.kernel.time import FixedClock
from marketplace.notices import queries, rules, service
from marketplace.notices.refusals import NoticeNotFound
from marketplace.notices.types import NoticeId, NoticeKind, NoticeState
from tests.factories.notices import make_notice
from tests.factories.parties import make_person, new_phone

pytestmark = pytest.mark.usefixtures("clock")


def _jobs(session: Session) -> list[int]:
    rows = session.execute(
        text("SELECT args ->> 'notice_id' FROM procrastinate_jobs WHERE task_name = :name ORDER BY id"),
        {"name": service.DELIVER},
    )
    return [int(row[0]) for row in rows]


def test_a_notice_and_its_job_are_one(session: Session) -> None:
    kept = make_notice(session)
    with session.begin_nested() as attempt:
        make_notice(session)
        attempt.rollback()
    assert _jobs(session) == [kept]
    assert queries.inbox(session).total == 1


def test_what_is_written_is_read_with_its_parameters(session: Session, clock: FixedClock) -> None:
    message = msg("%(city)s 的 %(count)s 件", city=Name("佛山", "佛山", "Foshan"), count=3)
    notice = queries.get_notice(session, make_notice(session, message=message))
    assert notice.message == message
    assert notice.state is NoticeState.WAITING
    assert notice.created_at == clock.now()


def test_an_inbox_shows_one_s_own_newest_first(session: Session) -> None:
    person = make_person(session)
    assert person.phone is not None
    make_notice(session)
    by_phone = make_notice(session, to_phone=person.phone)
    by_id = service.send(
        session, kind=NoticeKind.PAIRING, to_person_id=person.id, message=Message("已确认。")
    )
    code = make_notice(session, NoticeKind.CODE, to_phone=person.phone)
    own = queries.inbox(session, phone=person.phone, person_id=person.id)
    assert [one.id for one in own.items] == [code, by_id, by_phone]
    without = queries.inbox(session, phone=person.phone, person_id=person.id, with_codes=False)
    assert [one.id for one in without.items] == [by_id, by_phone]
    assert queries.inbox(session, phone=person.phone).total == 2
    everybody = queries.inbox(session, page=2, per_page=3)
    assert (everybody.total, len(everybody.items)) == (4, 1)


@pytest.mark.parametrize("keep_text", [True, False])
@pytest.mark.parametrize("kind", [NoticeKind.CODE, NoticeKind.ORDER])
def test_a_delivered_code_can_be_read_nowhere_unless_the_channel_shows_it(
    session: Session, keep_text: bool, kind: NoticeKind
) -> None:
    notice_id = make_notice(session, kind, message=msg("验证码 %(code)s", code="246810"))
    service.mark_delivered(session, notice_id, keep_text=keep_text)
    notice = queries.get_notice(session, notice_id)
    assert notice.state is NoticeState.DELIVERED
    assert notice.delivered_at is not None
    readable = keep_text or kind is not NoticeKind.CODE
    assert str(notice.message) == ("验证码 246810" if readable else f"验证码 {rules.WIPED}")


def test_a_delivery_reported_twice_counts_once(session: Session, clock: FixedClock) -> None:
    del clock
    notice_id = make_notice(session)
    service.mark_delivered(session, notice_id, keep_text=True)
    first = queries.get_notice(session, notice_id)
    service.mark_delivered(session, notice_id, keep_text=True)
    assert service.mark_failed(session, notice_id) is NoticeState.DELIVERED
    assert queries.get_notice(session, notice_id) == first


def test_a_notice_is_given_up_after_five_failures_and_a_code_wiped(session: Session) -> None:
    notice_id = make_notice(session, NoticeKind.CODE, message=msg("验证码 %(code)s", code="246810"))
    states = [service.mark_failed(session, notice_id) for _number in range(5)]
    assert states == [NoticeState.WAITING] * 4 + [NoticeState.FAILED]
    assert "246810" not in str(queries.get_notice(session, notice_id).message)


@pytest.mark.parametrize("link", ["https://evil.example", "//evil.example", "orders", "/\\evil.example"])
def test_a_link_stays_on_this_site(session: Session, link: str) -> None:
    with pytest.raises(IntegrityError), session.begin_nested():
        make_notice(session, link=link)


def test_nothing_goes_to_nobody(session: Session) -> None:
    with pytest.raises(IntegrityError), session.begin_nested():
        service.send(session, kind=NoticeKind.ORDER, message=Message("给谁？"))
    with pytest.raises(NoticeNotFound):
        queries.get_notice(session, 10**12)
    with pytest.raises(NoticeNotFound):
        service.mark_failed(session, NoticeId(10**12))
    assert queries.inbox(session, phone=new_phone()).items == []
