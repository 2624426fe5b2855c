"""Small tables kept in memory: asked on nearly every page, changed a few times a year.

A value is kept per engine (a test's own connection has its own). When it is half a minute old, one statement
looks at the tables of every kept value at once; only a value whose tables changed is read again. A
transaction that changes the tables reads its own value; only its commit makes the process read again.
"""

import threading
import time as wall
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import event, text
from sqlalchemy.orm import Session

from marketplace.kernel.database import Base

FRESH_SECONDS = 30.0

T = TypeVar("T")
Mark = tuple[int, int]
"""How many rows a table has, and the transaction that wrote the newest of them."""


@dataclass(frozen=True, slots=True)
class _Look:
    """What all tables looked like at a moment."""

    marks: Mapping[str, Mark]
    at: float


class Kept(Generic[T]):
    """Keeps what one function reads from the database; the value must be immutable, threads share it."""

    _tables: ClassVar[set[str]] = set()
    _looks: ClassVar[WeakKeyDictionary[Any, _Look]] = WeakKeyDictionary()
    _lock: ClassVar[threading.Lock] = threading.Lock()

    def __init__(self, name: str, read: Callable[[Session], T], tables: Sequence[type[Base] | str]) -> None:
        """``tables`` are all that the value is made of: rows, or names of another room's tables."""
        self._own = f"{name}.own"
        self._listening = f"{name}.listening"
        self._read = read
        self.tables = tuple(one if isinstance(one, str) else one.__tablename__ for one in tables)
        self._tables.update(self.tables)
        self._kept: WeakKeyDictionary[Any, tuple[T, Mapping[str, Mark]]] = WeakKeyDictionary()

    def get(self, session: Session) -> T:
        """Return the transaction's own value or the process's, reading it where its tables have changed."""
        if self._own in session.info:
            own: T | None = session.info[self._own]
            if own is None:
                own = session.info[self._own] = self._read(session)
            return own
        marks = self._look(session)
        bind = session.get_bind()
        found = self._kept.get(bind)
        if found is not None and (found[1] is marks or self._is_same(found[1], marks)):
            return found[0]
        value = self._read(session)
        with self._lock:
            self._kept[bind] = (value, marks)
        return value

    def forget(self, session: Session) -> None:
        """Say that this transaction changed the tables: others see it once it commits."""
        if not session.info.setdefault(self._listening, False):
            event.listen(session, "after_commit", self._committed)
            event.listen(session, "after_rollback", self._rolled_back)
            session.info[self._listening] = True
        session.info[self._own] = None

    def _look(self, session: Session) -> Mapping[str, Mark]:
        """Return what the tables looked like at most half a minute ago."""
        bind = session.get_bind()
        last = self._looks.get(bind)
        now = wall.monotonic()
        if last is not None and now - last.at < FRESH_SECONDS:
            return last.marks
        rows = session.execute(text(_marks_of(sorted(self._tables)))).all()
        marks: Mapping[str, Mark] = {name: (count, newest) for name, count, newest in rows}
        with self._lock:
            self._looks[bind] = _Look(marks, now)
        return marks

    def _is_same(self, before: Mapping[str, Mark], now: Mapping[str, Mark]) -> bool:
        return all(before.get(table) == now.get(table) for table in self.tables)

    def _committed(self, session: Session) -> None:
        if self._own in session.info and not session.in_nested_transaction():
            del session.info[self._own]
            with self._lock:
                self._kept.pop(session.get_bind(), None)

    def _rolled_back(self, session: Session) -> None:
        if self._own in session.info:
            session.info[self._own] = None
            if not session.in_nested_transaction():
                del session.info[self._own]


def _marks_of(tables: Sequence[str]) -> str:
    """Write the statement that looks at small tables whole: insert, update and delete all move a mark."""
    return " UNION ALL ".join(
        f"SELECT '{table}', count(*), coalesce(max(xmin::text::bigint), 0) FROM {table}"  # noqa: S608 - own names
        for table in tables
    )
