"""Pages for people without a session, answered before Flask from bytes of this process.

A view marked ``@cacheable`` holds no token and nothing personal. What it shows depends only on the address,
the language, the city, the catalogue's state and the hour (cut-off hours move the day of arrival), and these
are the key. One look a second at the change rows tells whether something that pages show moved: a price, a
text, a certificate, a pairing, an offer in stock or sold out.
"""

import hashlib
import threading
import time as wall
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache, wraps
from typing import Any, ParamSpec
from urllib.parse import parse_qsl, urlencode

from flask import Flask, Response, make_response
from flask.typing import ResponseReturnValue
from prometheus_client import Counter
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header, parse_cookie

from marketplace.kernel import changes, time
from marketplace.kernel.changes import Position
from marketplace.kernel.settings import Settings
from marketplace.web import delivery, headers, language
from marketplace.web.asked import COUNTED, Asked, Counted

MARK = "X-Page-Cache"
_ATTRIBUTE = "is_cacheable"
OLDEST_SECONDS = 60.0
SETTLING_SECONDS = 3.0
_BOUND_BYTES = 64 * 2**20
_PAGE_BYTES = 2 * 2**20
_PAGE_COST = 2_000
_LOOK_SECONDS = 1.0
_MANY_CHANGES = 1000
_NOT_SHOWN = frozenset({"sales"})
"""Topics that only move orders of lists: a page may be a minute behind them."""

_OWN_HEADERS = frozenset({"x-request-id", "content-length", "cache-control", "vary", "etag", MARK.lower()})
_VARIES = ("Vary", "Accept-Language, Cookie, HX-Request")
ANSWERS = Counter("marketplace_page_cache_total", "Anonymous pages, by where they came from", ["origin"])
_KEPT, _UNCHANGED, _RENDERED = (ANSWERS.labels(origin) for origin in ("kept", "unchanged", "rendered"))

P = ParamSpec("P")
Start = Callable[..., Callable[[bytes], object]]
Environment = dict[str, Any]
Headers = list[tuple[str, str]]


def cacheable(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
    """Mark a public page that is the same for everybody in a language and city."""

    @wraps(view)
    def marked(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        response = make_response(view(*args, **kwargs))
        response.headers[MARK] = "1"
        return response

    setattr(marked, _ATTRIBUTE, True)
    return marked


def is_cacheable(view: Callable[..., object]) -> bool:
    return bool(getattr(view, _ATTRIBUTE, False))


@dataclass(frozen=True, slots=True)
class _Page:
    headers: tuple[tuple[str, str], ...]
    body: bytes
    etag: str
    good_until: float
    counted: Counted | None


@dataclass(frozen=True, slots=True)
class _State:
    """What the change rows say so far: how often something shown moved, and when it last did."""

    position: Position
    generation: int
    moved_at: float
    looked_at: float


class PageCache:
    """WSGI middleware; bounded in bytes, the least used page thrown away first.

    A page is never older than a minute. One rendered while other parts of the process may still catch up with
    a change (the search's side tables look once a second) is kept for a second only.
    """

    def __init__(self, wsgi: Callable[[Environment, Start], Iterable[bytes]], app: Flask) -> None:
        self._wsgi = wsgi
        self._sessions = app.extensions["sessions"]
        self._asked: Asked = app.extensions["asked"]
        self._session_cookies = (str(app.config["SESSION_COOKIE_NAME"]), "remember_token")
        self._pages: OrderedDict[tuple[object, ...], _Page] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()
        self._looking = threading.Lock()
        self._state: _State | None = None

    @property
    def kept_bytes(self) -> int:
        """Return about how much memory the pages hold."""
        return self._bytes

    def __call__(self, environment: Environment, start: Start) -> Iterable[bytes]:
        key = self._key(environment)
        if key is None:
            return self._wsgi(environment, _without_mark(start))
        found = self._find(key)
        if found is not None:
            if found.counted is not None:
                self._asked.note(found.counted, environment.get("REMOTE_ADDR", ""))
            return _answer(found, environment, start, _KEPT)
        page = self._render(key, environment)
        if isinstance(page, _Page):
            return _answer(page, environment, start, _RENDERED)
        status, sent, body = page
        start(status, sent)
        return [body]

    def _key(self, environment: Environment) -> tuple[object, ...] | None:
        """Return what the page depends on, or None where it may be personal or changes something."""
        if environment.get("REQUEST_METHOD") != "GET":
            return None
        # Anywhere in the header, however it is written: whoever might be signed in never shares a page.
        if any(name in environment.get("HTTP_COOKIE", "") for name in self._session_cookies):
            return None
        cookies = parse_cookie(environment)
        state = self._look()
        if state is None:
            return None
        return (
            environment.get("wsgi.url_scheme"),
            environment.get("HTTP_HOST"),
            environment.get("PATH_INFO"),
            _canonical(environment.get("QUERY_STRING", "")),
            _language(cookies.get(language.COOKIE, ""), environment.get("HTTP_ACCEPT_LANGUAGE", "")),
            cookies.get(delivery.COOKIE, ""),
            environment.get("HTTP_HX_REQUEST"),
            int(time.now().timestamp()) // 3600,  # Shanghai's hours begin with UTC's
            state.generation,
        )

    def _look(self) -> _State | None:
        """Look at the change rows, at most once a second; None where the database is away."""
        state = self._state
        if state is not None and wall.monotonic() - state.looked_at < _LOOK_SECONDS:
            return state
        if not self._looking.acquire(blocking=state is None):
            return state
        try:
            self._state = self._next(self._state)
        except SQLAlchemyError:
            return None
        finally:
            self._looking.release()
        return self._state

    def _next(self, state: _State | None) -> _State:
        now = wall.monotonic()
        with self._sessions() as session:
            if state is None:
                return _State(changes.latest(session), 1, float("-inf"), now)
            found = changes.since(session, state.position, limit=_MANY_CHANGES)
            many = len(found) == _MANY_CHANGES
            position = changes.latest(session) if many else found[-1].position if found else state.position
        if many or any(one.topic not in _NOT_SHOWN for one in found):
            return _State(position, state.generation + 1, now, now)
        return _State(position, state.generation, state.moved_at, now)

    def _find(self, key: tuple[object, ...]) -> _Page | None:
        with self._lock:
            page = self._pages.get(key)
            if page is None or page.good_until < wall.monotonic():
                return None
            self._pages.move_to_end(key)
            return page

    def _render(
        self, key: tuple[object, ...], environment: Environment
    ) -> _Page | tuple[str, Headers, bytes]:
        """Let the application answer; keep the page where its view allows."""
        answered: list[tuple[str, Headers]] = []

        def start(status: str, sent: Headers, *_rest: object) -> Callable[[bytes], object]:
            answered.append((status, sent))
            return lambda _data: None

        began = wall.monotonic()
        chunks = self._wsgi(environment, start)
        try:
            body = b"".join(chunks)
        finally:
            close = getattr(chunks, "close", None)
            if close is not None:
                close()
        status, sent = answered[-1]
        names = {name.lower() for name, _ in sent}
        if (
            MARK.lower() not in names
            or "set-cookie" in names
            or status != "200 OK"
            or len(body) > _PAGE_BYTES
        ):
            return status, [one for one in sent if one[0] != MARK], body
        page = _Page(
            tuple(one for one in sent if one[0].lower() not in _OWN_HEADERS),
            body,
            f'"{hashlib.sha256(body).hexdigest()[:24]}"',
            self._good_until(began),
            environment.get(COUNTED),
        )
        self._keep(key, page)
        return page

    def _good_until(self, began: float) -> float:
        state = self._state
        settled = state is not None and began - state.moved_at > SETTLING_SECONDS
        return began + (OLDEST_SECONDS if settled else _LOOK_SECONDS)

    def _keep(self, key: tuple[object, ...], page: _Page) -> None:
        with self._lock:
            before = self._pages.pop(key, None)
            self._bytes += _cost(page) - (_cost(before) if before else 0)
            self._pages[key] = page
            while self._bytes > _BOUND_BYTES:
                _, dropped = self._pages.popitem(last=False)
                self._bytes -= _cost(dropped)


def install(app: Flask, settings: Settings) -> None:
    if settings.page_cache:
        setattr(app, "wsgi_app", PageCache(app.wsgi_app, app))  # noqa: B010 - Flask's own way in
    else:
        app.after_request(_drop_mark)


def _drop_mark(response: Response) -> Response:
    response.headers.pop(MARK, None)
    return response


def _answer(page: _Page, environment: Environment, start: Start, counter: Counter) -> Iterable[bytes]:
    sent = [
        *page.headers,
        ("ETag", page.etag),
        ("Cache-Control", "private, no-cache"),
        _VARIES,
        ("X-Request-Id", headers.request_id(environment.get("HTTP_X_REQUEST_ID", ""))),
    ]
    if page.etag in environment.get("HTTP_IF_NONE_MATCH", ""):
        _UNCHANGED.inc()
        start("304 Not Modified", [one for one in sent if one[0] != "Content-Type"])
        return []
    counter.inc()
    start("200 OK", [*sent, ("Content-Length", str(len(page.body)))])
    return [page.body]


def _without_mark(start: Start) -> Start:
    def begin(status: str, sent: Headers, *rest: object) -> Callable[[bytes], object]:
        return start(status, [one for one in sent if one[0] != MARK], *rest)

    return begin


def _cost(page: _Page) -> int:
    return len(page.body) + _PAGE_COST


def _canonical(query: str) -> str:
    """Order parameters by name; several values of one name stay in the order in which they were sent."""
    return (
        urlencode(sorted(parse_qsl(query, keep_blank_values=True), key=lambda one: one[0])) if query else ""
    )


@lru_cache(maxsize=1000)
def _language(cookie: str, accepted: str) -> str:
    return language.choose(cookie, parse_accept_header(accepted, LanguageAccept))
