"""The atlas kept per process: asked on nearly every page, changed a few times a year.

It is kept per engine (a test's own connection has its own) and read again at most every half minute. A
transaction that changes places reads its own atlas fresh, and only its commit makes the process read again.
"""

import threading
import time as wall
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import event
from sqlalchemy.orm import Session

from marketplace.places.atlas import Atlas

FRESH_SECONDS = 30.0
_OWN = "places.atlas"
_LISTENING = "places.listening"


@dataclass(frozen=True, slots=True)
class _Kept:
    atlas: Atlas
    at: float


_kept: WeakKeyDictionary[Any, _Kept] = WeakKeyDictionary()
_lock = threading.Lock()


def kept_or_read(session: Session, read: Callable[[Session], Atlas]) -> Atlas:
    """Return the atlas of this session's transaction or process, reading it where none is fresh enough."""
    if _OWN in session.info:
        own: Atlas | None = session.info[_OWN]
        if own is None:
            own = session.info[_OWN] = read(session)
        return own
    bind = session.get_bind()
    kept = _kept.get(bind)
    if kept is not None and wall.monotonic() - kept.at < FRESH_SECONDS:
        return kept.atlas
    atlas = read(session)
    with _lock:
        _kept[bind] = _Kept(atlas, wall.monotonic())
    return atlas


def forget(session: Session) -> None:
    """Say that this transaction changed places: it sees its own changes, the process those that commit."""
    if not session.info.setdefault(_LISTENING, False):
        event.listen(session, "after_commit", _committed)
        event.listen(session, "after_rollback", _rolled_back)
        session.info[_LISTENING] = True
    session.info[_OWN] = None


def _committed(session: Session) -> None:
    if _OWN in session.info and not session.in_nested_transaction():
        del session.info[_OWN]
        with _lock:
            _kept.pop(session.get_bind(), None)


def _rolled_back(session: Session) -> None:
    if _OWN in session.info:
        session.info[_OWN] = None
        if not session.in_nested_transaction():
            del session.info[_OWN]
