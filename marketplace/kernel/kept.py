"""Small tables kept in memory: asked on nearly every page, changed a few times a year.

A value is kept per engine (a test's own connection has its own) and read again when it is half a minute old.
A transaction that changes the tables reads its own value; only its commit makes the process read again.
"""

import threading
import time as wall
from collections.abc import Callable
from typing import Any, Generic, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import event
from sqlalchemy.orm import Session

FRESH_SECONDS = 30.0

T = TypeVar("T")


class Kept(Generic[T]):
    """Keeps what one function reads from the database; the value must be immutable, threads share it."""

    def __init__(self, name: str, read: Callable[[Session], T]) -> None:
        self._own = f"{name}.own"
        self._listening = f"{name}.listening"
        self._read = read
        self._kept: WeakKeyDictionary[Any, tuple[T, float]] = WeakKeyDictionary()
        self._lock = threading.Lock()

    def get(self, session: Session) -> T:
        """Return the transaction's own value or the process's, reading it where none is fresh enough."""
        if self._own in session.info:
            own: T | None = session.info[self._own]
            if own is None:
                own = session.info[self._own] = self._read(session)
            return own
        bind = session.get_bind()
        found = self._kept.get(bind)
        if found is not None and wall.monotonic() - found[1] < FRESH_SECONDS:
            return found[0]
        value = self._read(session)
        with self._lock:
            self._kept[bind] = (value, wall.monotonic())
        return value

    def forget(self, session: Session) -> None:
        """Say that this transaction changed the tables: others see it once it commits."""
        if not session.info.setdefault(self._listening, False):
            event.listen(session, "after_commit", self._committed)
            event.listen(session, "after_rollback", self._rolled_back)
            session.info[self._listening] = True
        session.info[self._own] = None

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
