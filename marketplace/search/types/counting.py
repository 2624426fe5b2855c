"""What is counted of searches."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Outcome(StrEnum):
    """How a search without any filter was answered."""

    FOUND = "found"
    RELAXED = "relaxed"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class AskedKey:
    """What is counted of a search: nothing in it says by whom. ``on`` is a Shanghai day."""

    on: date
    query: str
    language: str
    outcome: Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedCount:
    """How often a query was asked in a period and in the one before of the same length."""

    query: str
    language: str
    times: int
    times_before: int
    last_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedFilter:
    """Which questions a list shows: answered so, in the last days up to one."""

    outcome: Outcome
    today: date
    days: int
