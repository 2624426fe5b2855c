"""What readers ask of the search: counted in this process, written outside their requests, shown as popular.

A request never writes: it counts in memory, and a thread of its own adds the counts to the day's rows ten
seconds after the first of them. What a killed process had not written is lost, and may be: it is a tally.
"""

import threading
import time as wall
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from flask import Flask, current_app, request
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from marketplace.kernel import time, unit_of_work
from marketplace.kernel.logging import logger
from marketplace.kernel.settings import Mode, Settings
from marketplace.search import asked_queries, service
from marketplace.search.asked import AskedBuffer, countable
from marketplace.search.types import Outcome
from marketplace.web import language

COUNTED = "marketplace.asked"
"""Where a request says what it counted, so that the same page from the page cache counts as well."""

POPULAR = 8
_WRITE_AFTER_SECONDS = 10.0
_POPULAR_SECONDS = 60.0
# Both Chinese scripts ask the same words: they are counted folded and shown in the reader's own.
_TOGETHER: Mapping[str, tuple[str, ...]] = {
    "zh-Hans": ("zh-Hans", "zh-Hant-HK"),
    "zh-Hant-HK": ("zh-Hans", "zh-Hant-HK"),
    "en": ("en",),
}
_log = logger(__name__)


@dataclass(frozen=True, slots=True)
class Counted:
    """What one search counts, whoever asks it."""

    query: str
    language: str
    outcome: Outcome


class Asked:
    """The tally of one process; ``writes_itself`` is off where tests write it when they want to."""

    def __init__(self, sessions: sessionmaker[Session], *, writes_itself: bool) -> None:
        self._sessions = sessions
        self._writes_itself = writes_itself
        self._buffer = AskedBuffer()
        self._timer: threading.Timer | None = None
        self._popular: dict[tuple[str, ...], tuple[float, tuple[str, ...]]] = {}

    def note(self, counted: Counted, reader: str) -> None:
        is_first = self._buffer.note(counted.query, counted.language, counted.outcome, reader=reader)
        if is_first and self._writes_itself:
            self._timer = threading.Timer(_WRITE_AFTER_SECONDS, self.write)
            self._timer.daemon = True
            self._timer.start()

    def write(self) -> None:
        """Add what was counted to the database in one short transaction; without a database it is lost."""
        counts = self._buffer.take()
        if not counts:
            return
        try:
            with self._sessions() as session:
                unit_of_work.commit(session, lambda one: service.count_asked(one, counts))
        except SQLAlchemyError as error:
            _log.warning("asked_not_written", queries=len(counts), error=type(error).__name__)

    def close(self) -> None:
        """Write what is counted now, and nothing more: the application lets go of its database."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer.join()
        self.write()

    def popular(self, session: Session) -> tuple[str, ...]:
        """Return what many ask and find these days, in the reader's script; a minute old at most."""
        reader = language.current()
        together = _TOGETHER[reader]
        until, found = self._popular.get(together, (0.0, ()))
        if until < wall.monotonic():
            found = asked_queries.popular(session, together, time.today(), limit=POPULAR)
            self._popular[together] = (wall.monotonic() + _POPULAR_SECONDS, found)
        if reader == "en":
            return tuple(one for one in found if one.isascii())
        return tuple(map(language.in_script, found))

    def forget_popular(self) -> None:
        """Read what is popular anew at the next question."""
        self._popular.clear()


def install(app: Flask, settings: Settings) -> None:
    app.extensions["asked"] = Asked(app.extensions["sessions"], writes_itself=settings.mode is not Mode.TEST)


def asked() -> Asked:
    return cast("Asked", current_app.extensions["asked"])


def note(typed: str, outcome: Outcome) -> None:
    """Count the search of this request; nothing that may be about a person is counted."""
    query = countable(typed)
    if query is None:
        return
    counted = Counted(query, language.current(), outcome)
    request.environ[COUNTED] = counted
    asked().note(counted, request.remote_addr or "")
