"""Counts of what was asked: added up by day, popular when many found it, forgotten in the end."""

from datetime import date, timedelta

from sqlalchemy.orm import Session

from marketplace.search import asked_queries, service
from marketplace.search.types import AskedFilter, AskedKey, Outcome

TODAY = date(2026, 11, 23)
LAST_WEEK = AskedFilter(outcome=Outcome.NOTHING, today=TODAY, days=7)


def count(
    session: Session, query: str, times: int, *, ago: int = 0, outcome: Outcome = Outcome.FOUND
) -> None:
    key = AskedKey(TODAY - timedelta(days=ago), query, "zh-Hans", outcome)
    service.count_asked(session, {key: times})


def test_popular_is_what_many_found_in_the_last_week(session: Session) -> None:
    count(session, "茶", 2)
    count(session, "茶", 3, ago=6)
    count(session, "猕猴桃", 4)
    count(session, "刺梨", 2)
    count(session, "天麻", 90, ago=7)
    count(session, "手机", 90, outcome=Outcome.NOTHING)
    found = asked_queries.popular(session, ("zh-Hans", "zh-Hant-HK"), TODAY, limit=8)
    assert found == ("茶", "猕猴桃")
    assert asked_queries.popular(session, ("en",), TODAY, limit=8) == ()
    assert asked_queries.popular(session, ("zh-Hans",), TODAY, limit=1) == ("茶",)


def test_what_nobody_found_is_listed_with_its_trend(session: Session) -> None:
    count(session, "榴莲", 5, outcome=Outcome.NOTHING)
    count(session, "榴莲", 1, ago=1, outcome=Outcome.NOTHING)
    count(session, "榴莲", 4, ago=8, outcome=Outcome.NOTHING)
    count(session, "车厘子", 7, outcome=Outcome.NOTHING)
    count(session, "荔枝", 9, ago=8, outcome=Outcome.NOTHING)
    count(session, "茶", 9)
    page = asked_queries.list_asked(session, LAST_WEEK)
    assert [(one.query, one.times, one.times_before) for one in page.items] == [
        ("车厘子", 7, 0),
        ("榴莲", 6, 4),
    ]
    assert page.total == 2
    assert page.items[1].last_on == TODAY
    second = asked_queries.list_asked(session, LAST_WEEK, page=2, per_page=1)
    assert [one.query for one in second.items] == ["榴莲"]
    assert second.total == 2


def test_counts_are_forgotten_after_their_time(session: Session) -> None:
    count(session, "茶", 3, ago=91)
    count(session, "茶", 3, ago=90)
    assert service.forget_asked(session, TODAY - timedelta(days=90)) == 1
    assert service.forget_asked(session, TODAY - timedelta(days=90)) == 0
