"""Time: aware UTC instants in the database, Asia/Shanghai for every business day, month and deadline."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


class Clock(Protocol):
    """Tells the instant at which a fact happens; the demonstration moves it through a year."""

    def now(self) -> datetime: ...


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


class FixedClock:
    """Stands at one instant until it is moved."""

    def __init__(self, instant: datetime) -> None:
        self.instant = _aware(instant)

    def now(self) -> datetime:
        return self.instant

    def advance(self, by: timedelta) -> None:
        self.instant += by


_current: ContextVar[Clock] = ContextVar("clock")
_SYSTEM = SystemClock()


def now() -> datetime:
    """Return the current instant of the clock in force, in UTC."""
    return _current.get(_SYSTEM).now().astimezone(UTC)


def today() -> date:
    """Return the business day in Asia/Shanghai."""
    return business_day(now())


@contextmanager
def clock_in_force(clock: Clock) -> Iterator[Clock]:
    """Let another clock tell the time within the block."""
    token = _current.set(clock)
    try:
        yield clock
    finally:
        _current.reset(token)


def business_day(instant: datetime) -> date:
    return _aware(instant).astimezone(SHANGHAI).date()


def month_of(instant: datetime) -> date:
    """Return the first day of the instant's month in Asia/Shanghai."""
    return business_day(instant).replace(day=1)


def start_of_day(day: date) -> datetime:
    """Return the instant at which the day begins in Asia/Shanghai, in UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=SHANGHAI).astimezone(UTC)


def end_of_day(day: date) -> datetime:
    """Return the instant at which the day ends, which no longer belongs to it."""
    return start_of_day(day + timedelta(days=1))


def next_month(month: date) -> date:
    return (month.replace(day=1) + timedelta(days=32)).replace(day=1)


def _aware(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    return instant
