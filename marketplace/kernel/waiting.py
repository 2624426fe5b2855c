"""Queues that wait for a person: how many, and since when the oldest."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal, select, union_all
from sqlalchemy.orm import InstrumentedAttribute, Session

from marketplace.kernel.paging import MOST_COUNTED

Queue = Select[tuple[int, datetime | None]]
"""A statement that counts what waits and tells the oldest's time."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A queue in one line; ``since`` is None where nothing waits, ``is_more``: more wait than counted."""

    count: int
    since: datetime | None
    is_more: bool = False


def queue(since: InstrumentedAttribute[Any], *where: ColumnElement[bool]) -> Queue:
    """Describe a queue: the rows that wait, and the column that says since when; counted within bounds."""
    waits = select(since.label("since")).where(*where).order_by(since).limit(MOST_COUNTED + 1).subquery()
    return select(func.count(), func.min(waits.c.since))


def look(session: Session, queues: Mapping[str, Queue]) -> Mapping[str, Waiting]:
    """Look at several queues in one statement."""
    parts = [one.add_columns(literal(name)) for name, one in queues.items()]
    rows = session.execute(union_all(*parts))
    return {
        name: Waiting(min(count, MOST_COUNTED), since, is_more=count > MOST_COUNTED)
        for count, since, name in rows
    }
