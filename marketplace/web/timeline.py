"""What ``components/timeline.html`` shows of one event: a step of a way, a journal's line, a hand-off."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """``at`` is missing while it is still to come; ``state`` is done, now, todo, stop or wait."""

    title: str
    at: datetime | None
    detail: str | None = None
    state: str = "done"
    href: str | None = None
