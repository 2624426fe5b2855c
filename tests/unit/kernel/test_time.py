"""A business day is Shanghai's, whatever the server's clock is set to."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.kernel import time

seconds = st.integers(1_577_836_800, 2_208_988_800)  # 2020 to 2040
instants = seconds.map(lambda second: datetime.fromtimestamp(second, UTC))


@given(instants)
def test_an_instant_lies_within_its_business_day(instant: datetime) -> None:
    day = time.business_day(instant)
    assert time.start_of_day(day) <= instant < time.end_of_day(day)


def test_midnight_in_shanghai_is_four_in_the_afternoon_in_london() -> None:
    assert time.start_of_day(date(2026, 11, 23)) == datetime(2026, 11, 22, 16, tzinfo=UTC)


def test_a_moved_clock_tells_the_time_only_within_its_block() -> None:
    fixed = time.FixedClock(datetime(2026, 1, 1, tzinfo=UTC))
    with time.clock_in_force(fixed):
        fixed.advance(timedelta(days=31))
        assert time.today() == date(2026, 2, 1)
    assert time.now() != fixed.now()


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        time.business_day(datetime(2026, 1, 1))  # noqa: DTZ001 - the mistake is meant


@pytest.mark.parametrize(
    ("month", "following"), [(date(2026, 12, 1), date(2027, 1, 1)), (date(2028, 1, 31), date(2028, 2, 1))]
)
def test_the_next_month_begins_on_its_first_day(month: date, following: date) -> None:
    assert time.next_month(month) == following
