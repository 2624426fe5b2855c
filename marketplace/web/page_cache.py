"""Pages for people without a session, answered before Flask from bytes of this process.

A view marked ``@cacheable`` holds no token and nothing personal. What it shows depends only on the address,
the language, the city, the catalogue's state and the hour (cut-off hours move the day of arrival), and these
are the key. One look a second at the change rows tells whether the catalogue's state moved.
"""

import hashlib
import threading
import time as wall
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import wraps
from http.cookies import CookieError, SimpleCookie
from typing import Any, ParamSpec
from urllib.parse import parse_qsl, urlencode

from flask import Flask, Response, make_response
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from marketplace.kernel import changes, time
from marketplace.kernel.settings import Settings
from marketplace.web import delivery, language

MARK = "X-Page-Cache"
_BOUND_BYTES = 64 * 2**20
_PAGE_BYTES = 2 * 2**20
_LOOK_SECONDS = 1.0
P = ParamSpec("P")
Start = Callable[..., Callable[[bytes], object]]
Environment = dict[str, Any]


def cacheable(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
    """Mark a public page that is the same for everybody in a language and city."""

    @wraps(view)
    def marked(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        response = make_response(view(*args, **kwargs))
        response.headers[MARK] = "1"
        return response

    return marked


@dataclass(frozen=True, slots=True)
class _Page:
    headers: tuple[tuple[str, str], ...]
    body: bytes
    etag: str


class PageCache:
    """WSGI middleware; bounded in bytes, the least used page thrown away first."""

    def __init__(self, wsgi: Callable[[Environment, Start], Iterable[bytes]], app: Flask) -> None:
        self._wsgi = wsgi
        self._sessions = app.extensions["sessions"]
        self._session_cookies = (str(app.config["SESSION_COOKIE_NAME"]), "remember_token")
        self._pages: OrderedDict[tuple[str, ...], _Page] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()
        self._looked = 0.0
        self._position = ""

    def __call__(self, environment: Environment, start: Start) -> Iterable[bytes]:
        key = self._key(environment)
        if key is None:
            return self._wsgi(environment, _without_mark(start))
        page = self._find(key) or self._render(key, environment)
        if isinstance(page, _Page):
            return _answer(page, environment, start)
        status, headers, body = page
        start(status, headers)
        return [body]

    def _key(self, environment: Environment) -> tuple[str, ...] | None:
        """Return what the page depends on, or None where it may be personal or changes something."""
        if environment.get("REQUEST_METHOD") != "GET":
            return None
        cookies = _cookies(str(environment.get("HTTP_COOKIE", "")))
        if cookies is None or any(name in cookies for name in self._session_cookies):
            return None
        query = urlencode(sorted(parse_qsl(str(environment.get("QUERY_STRING", "")))))
        return (
            str(environment.get("PATH_INFO", "")),
            query,
            _language(cookies, str(environment.get("HTTP_ACCEPT_LANGUAGE", ""))),
            cookies.get(delivery.COOKIE, ""),
            str(environment.get("HTTP_HX_REQUEST", "")),
            f"{time.now().astimezone(time.SHANGHAI):%Y%m%d%H}",
            self._state(),
        )

    def _state(self) -> str:
        """Name the catalogue's state: where the settled change rows end."""
        if wall.monotonic() - self._looked >= _LOOK_SECONDS:
            with self._sessions() as session:
                position = changes.latest(session)
            self._position = f"{position.transaction_id}.{position.change_id}"
            self._looked = wall.monotonic()
        return self._position

    def _find(self, key: tuple[str, ...]) -> _Page | None:
        with self._lock:
            page = self._pages.get(key)
            if page is not None:
                self._pages.move_to_end(key)
            return page

    def _render(
        self, key: tuple[str, ...], environment: Environment
    ) -> _Page | tuple[str, list[tuple[str, str]], bytes]:
        """Let the application answer; keep the page where its view allows."""
        answered: list[tuple[str, list[tuple[str, str]]]] = []

        def start(status: str, headers: list[tuple[str, str]], *_rest: object) -> Callable[[bytes], object]:
            answered.append((status, headers))
            return lambda _data: None

        chunks = self._wsgi(environment, start)
        try:
            body = b"".join(chunks)
        finally:
            close = getattr(chunks, "close", None)
            if close is not None:
                close()
        status, headers = answered[-1]
        names = {name.lower() for name, _ in headers}
        headers = [(name, value) for name, value in headers if name != MARK]
        if (
            MARK.lower() not in names
            or "set-cookie" in names
            or status != "200 OK"
            or len(body) > _PAGE_BYTES
        ):
            return status, headers, body
        page = _Page(
            tuple(
                one for one in headers if one[0] not in {"X-Request-Id", "Content-Length", "Cache-Control"}
            ),
            body,
            f'"{hashlib.sha256(body).hexdigest()[:24]}"',
        )
        self._keep(key, page)
        return page

    def _keep(self, key: tuple[str, ...], page: _Page) -> None:
        with self._lock:
            if key not in self._pages:
                self._bytes += len(page.body)
            self._pages[key] = page
            while self._bytes > _BOUND_BYTES and self._pages:
                _, dropped = self._pages.popitem(last=False)
                self._bytes -= len(dropped.body)


def install(app: Flask, settings: Settings) -> None:
    if settings.page_cache:
        setattr(app, "wsgi_app", PageCache(app.wsgi_app, app))  # noqa: B010 - Flask's own way in
    else:
        app.after_request(_drop_mark)


def _drop_mark(response: Response) -> Response:
    response.headers.pop(MARK, None)
    return response


def _answer(page: _Page, environment: Environment, start: Start) -> Iterable[bytes]:
    headers = [*page.headers, ("ETag", page.etag), ("Cache-Control", "private, no-cache"), ("Vary", "Cookie")]
    if page.etag in str(environment.get("HTTP_IF_NONE_MATCH", "")):
        start("304 Not Modified", [one for one in headers if one[0] != "Content-Type"])
        return []
    start("200 OK", [*headers, ("Content-Length", str(len(page.body)))])
    return [page.body]


def _without_mark(start: Start) -> Start:
    def begin(status: str, headers: list[tuple[str, str]], *rest: object) -> Callable[[bytes], object]:
        return start(status, [one for one in headers if one[0] != MARK], *rest)

    return begin


def _cookies(header: str) -> dict[str, str] | None:
    try:
        return {name: morsel.value for name, morsel in SimpleCookie(header).items()}
    except CookieError:
        return None


def _language(cookies: dict[str, str], accepted: str) -> str:
    return language.choose(cookies.get(language.COOKIE, ""), parse_accept_header(accepted, LanguageAccept))
