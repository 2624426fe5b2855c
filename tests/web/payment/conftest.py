"""A shop that is really served: two processes' worth of HTTP on the loopback, one clock."""

import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import requests
from flask import Flask, request
from sqlalchemy import text
from sqlalchemy.orm import Session
from werkzeug.serving import make_server

from marketplace.factory import create_app
from marketplace.flow.start_payment import start_payment
from marketplace.jobs.registry import all_jobs
from marketplace.jobs.worker import run_now
from marketplace.kernel import time, unit_of_work
from marketplace.kernel.time import FixedClock, clock_in_force
from marketplace.orders.types import Order
from marketplace.payment.types import Attempt, Processor, Redirect
from tests.factories.orders import make_placed
from tests.web.shop import RED_KIWI, Shop

_OPEN = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
    "AND state LIKE 'idle in transaction%' AND pid <> pg_backend_pid()"
)


@dataclass
class Served:
    """The running shop and a browser's way to it."""

    app: Flask
    url: str
    browser: requests.Session
    open_while_asked: list[int]
    """For each request that the processor's API got: how many transactions of ours stood open meanwhile."""

    def write(self, use_case: Callable[[Session], Any]) -> Any:
        with self.app.extensions["sessions"]() as session:
            return unit_of_work.commit(session, use_case)

    def place(self, processor: Processor = Processor.SANDBOX) -> tuple[Order, Attempt]:
        def use_case(session: Session) -> tuple[Order, Attempt]:
            placed = make_placed(session, Shop(session).offer(RED_KIWI), processor=processor)
            return placed.order, placed.attempt

        placed: tuple[Order, Attempt] = self.write(use_case)
        return placed

    def start(self, attempt: Attempt) -> str:
        """Open the pay page over HTTP; returns its address."""
        answer = start_payment(self.write, self.app.extensions["ports"].payments, attempt.id)
        assert isinstance(answer, Redirect)
        return answer.url

    def press(self, page: str, decision: str) -> requests.Response:
        """Press a button of the pay page, as a browser would; redirects are not followed."""
        shown = self.browser.get(page)
        assert shown.status_code == 200
        token = shown.text.split('name="csrf_token" value="')[1].split('"')[0]
        return self.browser.post(
            page, data={"decision": decision, "csrf_token": token}, allow_redirects=False
        )

    def run_jobs(self) -> list[str]:
        """Run what the queue holds for payments and is due."""
        ran: list[str] = []
        while found := self.write(_take_job):
            run_now(self.app, all_jobs()[found[0]], **found[1])
            ran.append(found[0])
        return ran


def _take_job(session: Session) -> tuple[str, dict[str, int]] | None:
    row = session.execute(
        text(
            "UPDATE procrastinate_jobs SET status = 'doing' WHERE id = (SELECT id FROM procrastinate_jobs "
            "WHERE status = 'todo' AND queue_name = 'payment' "
            "AND (scheduled_at IS NULL OR scheduled_at <= :now) ORDER BY id LIMIT 1) "
            "RETURNING task_name, args"
        ),
        {"now": time.now()},
    ).first()
    return (row.task_name, row.args) if row else None


@pytest.fixture
def served(own_app: Flask, clock: FixedClock, tmp_path: Path) -> Iterator[Served]:
    """Serve a shop of its own on a free port; every request sees the test's clock."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    app = create_app(replace(own_app.config["SETTINGS"], port=port, public_url=url))

    open_while_asked: list[int] = []

    @app.before_request
    def count_open_transactions() -> None:
        if request.path.startswith("/sandbox/api/"):
            with app.extensions["sessions"]() as session:
                open_while_asked.append(session.scalar(_OPEN) or 0)

    def with_clock(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        with clock_in_force(clock):
            return app.wsgi_app(environ, start_response)

    server = make_server("127.0.0.1", port, with_clock, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    with requests.Session() as browser:
        yield Served(app, url, browser, open_while_asked)
    server.shutdown()
    thread.join()
    server.server_close()
    with app.app_context():
        app.extensions["sqlalchemy"].engine.dispose()
