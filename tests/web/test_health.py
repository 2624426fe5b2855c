"""What supervisors, Prometheus and whoever reads the logs rely on."""

import json
import logging
import re
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine
from sqlalchemy.orm import Session, sessionmaker

from marketplace.kernel import jobs, unit_of_work


def test_alive_and_ready(client: FlaskClient) -> None:
    assert client.get("/healthz").get_json() == {"status": "ok"}
    assert client.get("/readyz").get_json() == {"status": "ok"}


def test_not_ready_while_the_database_is_away_but_alive(own_app: Flask) -> None:
    with own_app.app_context():
        engines = own_app.extensions["sqlalchemy"].engines
        before, engines[None] = engines[None], create_engine("postgresql+psycopg://nobody@127.0.0.1:1/none")
        try:
            client = own_app.test_client()
            assert client.get("/readyz").status_code == 503
            assert client.get("/healthz").status_code == 200
            assert client.get("/metrics").status_code == 200
            broken = client.get("/")
            assert broken.status_code == 500
            assert "<html" in broken.text
        finally:
            engines[None] = before


def test_metrics_count_requests_and_waiting_jobs(own_app: Flask) -> None:
    client = own_app.test_client()
    client.get("/healthz")
    with own_app.extensions["sessions"]() as session:
        unit_of_work.commit(session, lambda opened: jobs.enqueue(opened, "search.follow", {}))
    text = client.get("/metrics").text
    counted = re.search(r'marketplace_requests_total\{endpoint="health.alive",status="200"\} (\d+)', text)
    assert counted is not None
    assert int(counted[1]) >= 1
    assert re.search(r'marketplace_request_seconds_bucket\{endpoint="health.alive",le="10.0"\}', text)
    waiting = re.search(r'marketplace_jobs\{state="todo"\} (\d+)', text)
    assert waiting is not None
    assert float(waiting[1]) >= 1


class TestRequestId:
    def test_every_answer_has_its_own(self, client: FlaskClient) -> None:
        ids = {client.get("/healthz").headers["X-Request-Id"] for _ in range(3)}
        assert len(ids) == 3

    def test_a_proxys_id_is_kept_and_nonsense_is_not(self, client: FlaskClient) -> None:
        given = client.get("/healthz", headers={"X-Request-Id": "edge-2026.abc_1"})
        assert given.headers["X-Request-Id"] == "edge-2026.abc_1"
        for bad in ("short", "a b c d e f g h", "x" * 65, '"}{"level": "error'):
            answer = client.get("/healthz", headers={"X-Request-Id": bad})
            assert re.fullmatch(r"[0-9a-f]{32}", answer.headers["X-Request-Id"])

    @pytest.fixture
    def lines(self) -> Iterator[list[dict[str, object]]]:
        """Collect the structured lines that the log's own formatter writes."""
        found: list[dict[str, object]] = []
        root = logging.getLogger()
        before = root.level

        class Collect(logging.Handler):
            def emit(self, record: logging.LogRecord) -> None:
                found.append(json.loads(self.format(record)))

        handler = Collect()
        handler.setFormatter(root.handlers[0].formatter)
        root.addHandler(handler)
        root.setLevel(logging.INFO)
        yield found
        root.setLevel(before)
        root.removeHandler(handler)

    def test_it_stands_in_every_line_of_the_request(
        self, client: FlaskClient, lines: list[dict[str, object]]
    ) -> None:
        client.get("/products/no-such-thing", headers={"X-Request-Id": "walk-through-1"})
        ours = [line for line in lines if line.get("request_id") == "walk-through-1"]
        assert {"refused", "request"} <= {str(line["event"]) for line in ours}
        assert {"method": "GET", "status": 404}.items() <= ours[-1].items()


def test_security_headers_stand_on_pages_errors_and_files(client: FlaskClient) -> None:
    page = client.get("/")
    css = re.search(r"/static/[0-9a-f]+/css/site\.css", page.text)
    assert css is not None
    for answer in (page, client.get("/no-such-page"), client.get(css[0]), client.get("/healthz")):
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert "Strict-Transport-Security" not in answer.headers
        answer.close()


def test_static_files_keep_for_ever_under_their_digest_only(client: FlaskClient) -> None:
    css = re.search(r"/static/([0-9a-f]+)/css/site\.css", client.get("/").text)
    assert css is not None
    with client.get(css[0]) as answer:
        assert answer.cache_control.immutable
        assert answer.cache_control.max_age == 31_536_000
    assert client.get(css[0].replace(css[1], "0" * len(css[1]))).status_code == 404
    assert client.get(f"/static/{css[1]}/../../pyproject.toml").status_code == 404
    with client.get("/favicon.ico") as icon:
        assert icon.mimetype == "image/svg+xml"


def test_a_session_belongs_to_the_sessions_engine(own_app: Flask) -> None:
    """The page cache and the worker share the application's own pool instead of opening another."""
    made = own_app.extensions["sessions"]
    assert isinstance(made, sessionmaker)
    with own_app.app_context(), made() as session:
        assert isinstance(session, Session)
        assert session.get_bind() is own_app.extensions["sqlalchemy"].engine
