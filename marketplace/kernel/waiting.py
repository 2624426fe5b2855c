"""Queues that wait for a person: how many, and since when the oldest."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Waiting:
    """A queue in one line; ``since`` is None where nothing waits."""

    count: int
    since: datetime | None
