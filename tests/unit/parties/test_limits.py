"""How often codes are sent and passwords tried."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from marketplace.parties.rules import CODE_LIMITS, minutes_until, next_allowed

START = datetime(2026, 11, 23, tzinfo=UTC)
GAPS = st.lists(st.integers(min_value=0, max_value=4 * 3600), max_size=80)
LIMITS = st.lists(
    st.tuples(
        st.integers(min_value=1, max_value=86_400).map(lambda seconds: timedelta(seconds=seconds)),
        st.integers(min_value=1, max_value=8),
    ),
    min_size=1,
    max_size=3,
)


def _moments(gaps: list[int]) -> list[datetime]:
    moments, at = [], START
    for gap in gaps:
        at += timedelta(seconds=gap)
        moments.append(at)
    return moments


@given(gaps=GAPS, limits=LIMITS)
def test_no_span_ever_holds_more_than_its_limit(gaps: list[int], limits: list[tuple[timedelta, int]]) -> None:
    accepted: list[datetime] = []
    for now in _moments(gaps):
        wait = next_allowed(accepted, now, limits)
        if wait is None:
            accepted.append(now)
        else:
            assert wait > now
            assert any(sum(1 for one in accepted if one > now - span) >= most for span, most in limits), (
                "refused although every span had room"
            )
    for span, most in limits:
        for end in accepted:
            assert sum(1 for one in accepted if end - span < one <= end) <= most


@given(gaps=GAPS, limits=LIMITS)
def test_whoever_waits_as_long_as_told_is_let_through(
    gaps: list[int], limits: list[tuple[timedelta, int]]
) -> None:
    before = _moments(gaps)
    now = before[-1] if before else START
    wait = next_allowed(before, now, limits)
    if wait is not None:
        assert next_allowed(before, wait, limits) is None
        assert next_allowed(before, wait - timedelta(microseconds=1), limits) is not None


@given(gaps=GAPS)
def test_the_order_of_what_was_before_does_not_matter(gaps: list[int]) -> None:
    before = _moments(gaps)
    now = START + timedelta(hours=3)
    assert next_allowed(before, now, CODE_LIMITS) == next_allowed(before[::-1], now, CODE_LIMITS)


def test_five_codes_an_hour_and_ten_a_day() -> None:
    five = [START + timedelta(minutes=number) for number in range(5)]
    assert next_allowed(five, START + timedelta(minutes=10), CODE_LIMITS) == START + timedelta(hours=1)
    ten = [START + timedelta(hours=2 * number) for number in range(10)]
    assert next_allowed(ten, START + timedelta(hours=20), CODE_LIMITS) == START + timedelta(days=1)


def test_a_wait_is_told_in_whole_minutes() -> None:
    assert minutes_until(START + timedelta(seconds=1), START) == 1
    assert minutes_until(START + timedelta(seconds=61), START) == 2
    assert minutes_until(START, START) == 1
