"""The browser tests' ground: the shop served over HTTP with its jobs, and a real Chromium at phone width."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect, sync_playwright
from sqlalchemy.orm import Session
from werkzeug.serving import WSGIRequestHandler, make_server

from marketplace.custody.types import WaybillEventKind
from marketplace.factory import create_app
from marketplace.flow import deliver
from marketplace.flow.refund import RefundWish, refund
from marketplace.kernel.settings import Mode
from marketplace.kernel.time import Clock, FixedClock, clock_in_force
from marketplace.notices import queries as notices
from marketplace.orders import queries as orders
from marketplace.parties import queries as parties
from marketplace.parties import service as register
from marketplace.parties.types import PartyId, Role
from tests.browser.install import find_chromium
from tests.conftest import NOON
from tests.web.conftest import _close, copy_shop, filled_shop, follow_search
from tests.web.shop import PEOPLE, SWEET_RICE

__all__ = ["copy_shop", "filled_shop"]

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}
_MEANT = (403, 404, 409, 422)  # pages that say no, and mean it: the browser tells each on its console
_FOLDED = ("assistance.fold", "settlement.fold", "search.fold_sales")
_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@dataclass(frozen=True, slots=True)
class Site:
    """A served shop: where it is, and its database for looking behind the pages."""

    app: Flask
    url: str
    clock: FixedClock

    def session(self) -> Session:
        opened: Session = self.app.extensions["sessions"]()
        return opened

    def sign_in(self, page: Page, name: str) -> None:
        """Sign in by the phone's one-time code, read from the demonstration's inbox page."""
        self.sign_in_by_phone(page, PEOPLE[name][0])

    def sign_in_by_phone(self, page: Page, phone: str) -> None:
        page.goto(f"{self.url}/sign-in")
        page.get_by_label("手机号码").fill(phone.removeprefix("+86"))
        page.get_by_role("button", name="获取验证码").click()
        page.get_by_label("验证码", exact=True).fill(self.code_for(phone))
        page.get_by_role("button", name="登录", exact=True).click()
        page.wait_for_load_state()

    def sign_in_as_member_of(self, page: Page, party_id: int) -> None:
        """Sign in as somebody of a party; a cooperative without anybody gets a member first."""
        phone = f"+86139{party_id:08}"
        with self.session() as session:
            if parties.find_person_by_phone(session, phone) is None:
                person = register.register_person(
                    session, phone=phone, display_name="社员（演示）", is_demo=True
                )
                register.add_member(session, person.id, PartyId(party_id), Role.COOPERATIVE_MEMBER)
                session.commit()
        self.sign_in_by_phone(page, phone)

    def report(self, number: str) -> None:
        """Let the courier report 揽收 and, a day later, 签收."""
        for kind in WaybillEventKind:
            self.clock.advance(timedelta(hours=8))
            with self.session() as session:
                deliver.report(session, number, kind, self.clock.now())
                session.commit()

    def settle(self, number: str) -> None:
        """Let an operator pay back what the buyer asked for where the rule did not do so at once."""
        with self.session() as session:
            order = orders.get_order_by_number(session, number)
            if order.refunded_fen == 0:
                line = next(one for one in order.lines if one.product_slug == SWEET_RICE)
                wish = RefundWish(quantities={line.id: 1}, reason="破袋（演示）")
                refund(session, order.id, wish, f"operator-{number}")
                session.commit()

    def code_for(self, phone: str) -> str:
        """Return the newest code that went to a phone."""
        with self.session() as session:
            return str(notices.inbox(session, phone=phone).items[0].message.parameters["code"])


class _Quiet(WSGIRequestHandler):
    def log(self, *_: object) -> None:
        """Say nothing: a failing test shows the page, not the traffic."""


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    found = find_chromium()
    assert found, "python -m tests.browser.install says what to install"
    expect.set_options(timeout=15_000)  # an answer comes late where others work on the same machine
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=list(_FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium: Browser) -> Iterator[Callable[..., Page]]:
    """Open a page in a browser of its own; an error on its console fails the test."""
    contexts, faults = [], []

    def make(size: dict[str, int] = PHONE, *, language: str | None = None, url: str = "") -> Page:
        context = chromium.new_context(viewport=size, locale="zh-CN", accept_downloads=True)  # type: ignore[arg-type]  # ViewportSize
        contexts.append(context)
        if language:
            context.add_cookies([{"name": "lang", "value": language, "url": url}])
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: faults.append(str(error)))
        return page

    yield make
    for context in contexts:
        context.close()
    assert [fault for fault in faults if not any(f"status of {code}" in fault for code in _MEANT)] == []


@pytest.fixture
def site(
    copy_shop: Callable[[str, Path], Flask], clock: FixedClock, worker_id: str, tmp_path: Path
) -> Iterator[Site]:
    """Serve a shop of its own over HTTP, with the jobs a worker would do, all by the test's clock."""
    with served(copy_shop(f"browser_{worker_id}", tmp_path), clock) as opened:
        yield opened


@pytest.fixture(scope="module")
def shared_site(
    copy_shop: Callable[[str, Path], Flask], worker_id: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """Serve one shop for all tests of a file: each adds to it and counts on nothing another may change."""
    clock = FixedClock(NOON)
    with clock_in_force(clock):
        built = copy_shop(f"browser_shared_{worker_id}", tmp_path_factory.mktemp("shop"))
    with served(built, clock) as opened:
        yield opened


@contextmanager
def served(built: Flask, clock: FixedClock) -> Iterator[Site]:
    """Serve a built shop over HTTP on a free port, its jobs done beside it, until the block ends."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    settings = replace(built.config["SETTINGS"], mode=Mode.DEMO, port=port, public_url=url, page_cache=True)
    app = create_app(settings)
    follow_search(app)

    asked = _Asked()

    def by_the_clock(environ: WSGIEnvironment, start: StartResponse) -> object:
        with asked, clock_in_force(clock):
            return app.wsgi_app(environ, start)

    server = make_server("127.0.0.1", port, by_the_clock, threaded=True, request_handler=_Quiet)  # type: ignore[arg-type]  # own WSGI
    stopping = threading.Event()
    serving = threading.Thread(target=server.serve_forever, daemon=True)
    working = threading.Thread(target=_work, args=(app, clock, stopping), daemon=True)
    serving.start()
    working.start()
    yield Site(app, url, clock)
    stopping.set()
    working.join(30)  # first: a job under way may still ask the processor, which this server is
    server.shutdown()
    serving.join(10)
    asked.wait(30)  # a page that was left may still be on its way, with a connection of its own
    _close(app)
    _close(built)


class _Asked:
    """The requests under way."""

    def __init__(self) -> None:
        self._count = 0
        self._changed = threading.Condition()

    def __enter__(self) -> None:
        with self._changed:
            self._count += 1

    def __exit__(self, *_error: object) -> None:
        with self._changed:
            self._count -= 1
            self._changed.notify_all()

    def wait(self, seconds: float) -> None:
        """Wait until none is."""
        with self._changed:
            self._changed.wait_for(lambda: not self._count, seconds)


def _work(app: Flask, clock: Clock, stopping: threading.Event) -> None:
    with clock_in_force(clock):
        while not stopping.wait(0.2):
            app.extensions["drain"]()
            for name in _FOLDED:
                app.extensions["run_scheduled"](name)
