"""What went wrong is said calmly, in the reader's language and without a trace; what was typed stays."""

import html
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from html.parser import HTMLParser
from pathlib import Path

import pytest
from flask import Flask, abort
from flask.testing import FlaskClient
from sqlalchemy import create_engine, text
from werkzeug.test import TestResponse

from marketplace.kernel.message import msg
from marketplace.kernel.refusals import Forbidden, NotFound, Refusal, TooMany
from marketplace.kernel.time import FixedClock, clock_in_force
from marketplace.parties.refusals import CodeTaken, PhoneUnknown
from marketplace.web import guard
from marketplace.web.database import read
from tests.conftest import NOON
from tests.web.browse import submit, token_of
from tests.web.conftest import _close, signed_in
from tests.web.ground import READERS, SIMPLIFIED, STRANGER, Ground, make_ground
from tests.web.reading import Page
from tests.web.shop import PEOPLE, RED_KIWI
from tests.web.test_routes_by_role import OWN_PAGE, _address, _methods, _rules
from tests.writings import has_chinese, simplified_only

LANGUAGES = ("zh-Hans", "zh-Hant-HK", "en")
SECRET_WORD = "kept-from-strangers"
# What no page says when something breaks.
_MACHINE = re.compile(
    r"Traceback|sqlalchemy|psycopg|werkzeug|File &#34;|\.py|SELECT |Exception|Error:", re.IGNORECASE
)

REFUSALS: Mapping[str, Refusal] = {
    "404": NotFound(),
    "403": Forbidden(),
    "409": CodeTaken(),
    "422": PhoneUnknown(),
    "429": TooMany(
        msg("密码错误次数过多，请 %(minutes)s 分钟后再试，或改用验证码登录。", minutes=7), retry_after_s=420
    ),
}


@pytest.fixture(scope="module")
def breaking(
    copy_shop: Callable[[str, Path], Flask], worker_id: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """An application with pages that fail in every way; the tests only look at it."""

    def fails() -> str:
        raise RuntimeError(SECRET_WORD)

    def fails_in_the_database() -> str:
        read().execute(text(f"SELECT * FROM {SECRET_WORD.replace('-', '_')}"))
        return "reached"

    def refuses(code: str) -> str:
        raise REFUSALS[code]

    def aborts(status: int) -> str:
        abort(status)

    with clock_in_force(FixedClock(NOON)):
        made = copy_shop(f"breaking_{worker_id}", tmp_path_factory.mktemp("breaking"))
    made.add_url_rule("/test/fails", "fails", guard.public(fails), methods=["GET", "POST"])
    made.add_url_rule("/test/database", "fails_in_database", guard.public(fails_in_the_database))
    made.add_url_rule("/test/refuses/<code>", "refuses", guard.public(refuses))
    made.add_url_rule("/test/aborts/<int:status>", "aborts", guard.public(aborts))
    made.add_url_rule("/api/v1/test", "api_fails", guard.public(fails))
    yield made
    _close(made)


def in_language(browser: FlaskClient, lang: str) -> FlaskClient:
    browser.set_cookie("lang", lang)
    return browser


def assert_calm(answer: TestResponse, lang: str) -> None:
    """Hold that a page is one, in its language, and tells nothing of the machine."""
    assert answer.mimetype == "text/html"
    page = Page(answer.text)
    assert page.lang == answer.headers["Content-Language"] == lang
    assert SECRET_WORD not in answer.text
    assert not _MACHINE.search(re.sub(r'(href|src|action|value)="[^"]*"', "", answer.text))
    is_wrong = {"en": has_chinese, "zh-Hant-HK": simplified_only}.get(lang, lambda _text: False)
    assert [one.text for one in page.words if one.lang == lang and is_wrong(one.text)] == []
    assert "Content-Security-Policy" in answer.headers
    assert '<a class="button button--main"' in answer.text, "a way on"


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/nothing-here", 404),
        (f"/products/{RED_KIWI}x", 404),
        ("/products/%00", 404),
        ("/operator/parties/%00", 403),
        ("/basket/add", 404),
        ("/operator", 403),
        ("/test/refuses/404", 404),
        ("/test/refuses/403", 403),
        ("/test/refuses/409", 409),
        ("/test/refuses/422", 422),
        ("/test/refuses/429", 429),
        *[
            (f"/test/aborts/{status}", status)
            for status in (400, 403, 404, 405, 410, 413, 415, 422, 429, 500, 503)
        ],
        ("/test/fails", 500),
        ("/test/database", 500),
    ],
)
def test_every_failure_is_a_calm_page_in_the_readers_language(
    breaking: Flask, path: str, status: int, lang: str
) -> None:
    answer = in_language(signed_in(breaking, "consumer"), lang).get(path)
    assert answer.status_code == (405 if path == "/basket/add" else status)
    assert_calm(answer, lang)
    if status == 429:
        assert int(answer.headers["Retry-After"]) == (420 if "refuses" in path else 60)


def test_who_asks_for_help_has_a_number_that_stands_in_the_log(breaking: Flask) -> None:
    answer = breaking.test_client().get("/test/fails", headers={"X-Request-Id": "help-me-2026"})
    assert answer.headers["X-Request-Id"] == "help-me-2026"
    assert "help-me-2026" in answer.text


def test_a_failure_of_the_api_is_a_problem_and_tells_nothing(breaking: Flask) -> None:
    answer = breaking.test_client().get("/api/v1/test")
    assert (answer.status_code, answer.content_type) == (500, "application/problem+json")
    assert answer.get_json()["code"] == "internal_error"
    assert SECRET_WORD not in answer.text


def test_a_form_that_was_refused_leads_back_to_its_page(breaking: Flask) -> None:
    there = "http://localhost/counties?letter=s"
    answer = breaking.test_client().get("/test/refuses/422", headers={"Referer": there})
    assert 'href="/counties?letter=s"' in answer.text
    foreign = breaking.test_client().get("/test/refuses/422", headers={"Referer": "https://evil.example/x"})
    assert "evil.example" not in foreign.text


@contextmanager
def without_database(app: Flask) -> Iterator[None]:
    """Take the database away, as when its server is restarted."""
    with app.app_context():
        engines = app.extensions["sqlalchemy"].engines
        before, engines[None] = engines[None], create_engine("postgresql+psycopg://nobody@127.0.0.1:1/none")
        try:
            yield
        finally:
            engines[None] = before


@pytest.mark.parametrize("lang", LANGUAGES)
def test_without_a_database_there_is_still_a_page(own_app: Flask, lang: str) -> None:
    stranger, buyer = own_app.test_client(), signed_in(own_app, "consumer")
    with without_database(own_app):
        for browser in (in_language(stranger, lang), in_language(buyer, lang)):
            for path in ("/", f"/products/{RED_KIWI}", "/account", "/operator", "/nothing-here"):
                answer = browser.get(path)
                assert answer.status_code in {303, 404, 500}, path
                if answer.status_code != 303:
                    assert_calm(answer, lang)
            assert browser.get("/readyz").status_code == 503
            assert browser.get("/healthz").status_code == 200
        problem = stranger.get("/api/v1/products")
        assert (problem.status_code, problem.content_type) == (500, "application/problem+json")
    assert stranger.get("/").status_code == buyer.get("/account").status_code == 200


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_form_without_its_token_is_not_taken_and_says_why(app: Flask, lang: str) -> None:
    browser = in_language(signed_in(app, "consumer"), lang)
    answer = browser.post("/account/profile", data={"display_name": "不该记下的名字"})
    assert answer.status_code == 400
    assert_calm(answer, lang)
    if lang == SIMPLIFIED:
        assert "页面开得太久" in answer.text
    assert "不该记下的名字" not in browser.get("/account/profile").text


# Machines prove themselves by a signature; these take no form.
BY_SIGNATURE = {"payment.stripe_webhook", "payment.sandbox_api"}


def test_no_form_of_another_site_is_taken(app: Flask) -> None:
    """Neither without a token nor, where pages are kept for everybody, from a page that is not ours."""
    browser = signed_in(app, "operator")
    foreign = {
        "Origin": "https://evil.example",
        "Sec-Fetch-Site": "cross-site",
        "Referer": "https://evil.example/",
    }
    taken = []
    for rule in _rules(app):
        for method in set(_methods(rule)) - {"GET"}:
            answer = browser.open(_address(rule), method=method, headers=foreign)
            if answer.status_code not in {400, 403} and rule.endpoint not in BY_SIGNATURE:
                taken.append((rule.endpoint, answer.status_code))
    assert taken == []


def test_a_token_of_another_session_opens_nothing(app: Flask) -> None:
    foreign = token_of(signed_in(app, "consumer2").get("/account/profile"))
    browser = signed_in(app, "consumer")
    browser.get("/account/profile")
    answer = browser.post("/account/profile", data={"csrf_token": foreign, "display_name": "别人"})
    assert answer.status_code == 400


class Forms(HTMLParser):
    """Collects a page's forms that send something: where to, and their fields by name."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[str, dict[str, tuple[str, str]]]] = []
        self._open: dict[str, tuple[str, str]] | None = None
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            is_post = given.get("method", "").lower() == "post"
            self._open = {} if is_post else None
            if self._open is not None:
                self.found.append((given.get("action", ""), self._open))
        elif tag in {"input", "textarea", "select"} and self._open is not None and given.get("name"):
            kind = given.get("type", "text") if tag == "input" else tag
            if kind not in {"radio", "checkbox"} or "checked" in given:
                kind = STEPPER if STEPPER in given.get("class", "") else kind
                self._open[given["name"]] = (kind, given.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None


TYPED = {
    "text": "打了一半“的”字<3",
    "textarea": "写了一半<的>话",
    "tel": "12345",
    "email": "nobody@",
    "number": "-7",
}
# Secrets are never shown again; files cannot be.
FORGOTTEN = ("password", "code")
# Numbers between a minus and a plus are set, not written; they start again from what there is.
STEPPER = "qty__number"


@pytest.fixture(scope="module")
def filled(
    copy_shop: Callable[[str, Path], Flask], worker_id: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Ground]:
    """A shop where something happened in every room, of their own: some of what is sent is taken."""
    with clock_in_force(FixedClock(NOON)):
        app = copy_shop(f"edges_{worker_id}", tmp_path_factory.mktemp("edges"))
        with app.extensions["sessions"]() as session:
            made = make_ground(app, session)
    yield made
    _close(app)


def forms_of(ground: Ground, reader: str) -> Iterator[tuple[str, str, dict[str, tuple[str, str]]]]:
    """Give one form of each shape on the pages of a reader: page, where it goes, fields."""
    seen = set()
    for page in ground.read_by(reader):
        for action, fields in Forms(page.text).found:
            shape = (re.sub(r"[A-Z]\d{6}-\w+|\d+|[\w-]{20,}", "#", action), tuple(sorted(fields)))
            if shape not in seen and {kind for kind, _ in fields.values()} & set(TYPED):
                seen.add(shape)
                yield page.address, action or page.address, fields


@pytest.mark.parametrize("reader", READERS)
def test_a_form_that_is_refused_keeps_what_was_typed(filled: Ground, reader: str) -> None:
    browser, lost, tried = filled.browser(reader, SIMPLIFIED), [], 0
    for page, action, fields in list(forms_of(filled, reader)):
        sent = {name: TYPED.get(kind, value) for name, (kind, value) in fields.items()}
        token = browser.get(page)
        if "csrf_token" in fields:
            sent["csrf_token"] = token_of(token)
        answer = browser.post(action, data=sent, headers=OWN_PAGE)
        tried += 1
        assert answer.status_code < 500, action
        if answer.status_code == 303:
            answer = browser.get(answer.location)
        if "notice--stop" not in answer.text and answer.status_code not in {409, 422}:
            continue
        shown = html.unescape(answer.text)
        for name, (kind, _value) in fields.items():
            if kind in TYPED and not name.startswith(FORGOTTEN) and TYPED[kind] not in shown:
                lost.append((action, name))
    assert tried > 0 or reader in {"official", "official2"}
    assert lost == []


def test_signing_in_keeps_number_and_region(client: FlaskClient) -> None:
    answer = submit(client, "/sign-in", "/sign-in", region="HK", phone="1234", next="/basket")
    assert answer.status_code == 422
    assert 'value="1234"' in answer.text
    assert re.search(r'value="HK"[^>]*(selected|checked)', answer.text)
    assert 'name="next" value="/basket"' in re.sub(r"\s+", " ", answer.text)
    assert PEOPLE["consumer"][0] not in answer.text


def test_a_stranger_has_forms_too(filled: Ground) -> None:
    assert [action for _page, action, _fields in forms_of(filled, STRANGER)]
