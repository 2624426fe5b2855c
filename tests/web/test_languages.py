"""Every page in every writing: nothing untranslated, nothing left in Simplified, the choice remembered."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl, urljoin, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect
from werkzeug.test import TestResponse

from marketplace.assistance.types import Dimension
from marketplace.custody.types import CustodyEvidence
from marketplace.kernel import unit_of_work
from marketplace.kernel.time import FixedClock, clock_in_force
from marketplace.payment.types import Processor
from marketplace.reviews import service as reviews
from tests.conftest import NOON
from tests.factories.assistance import complete_by_hand, give_back
from tests.web import ordering
from tests.web.carrier.test_hand_off import load_of, send
from tests.web.conftest import signed_in
from tests.web.reading import Page, Words
from tests.web.shop import RED_KIWI, SWEET_RICE, UNCONFIRMED_CITY, XIUWEN_KIWI, ZHENPIN_NUMBER, Shop
from tests.writings import has_chinese, simplified_only

TRADITIONAL, ENGLISH, SIMPLIFIED = "zh-Hant-HK", "en", "zh-Hans"
STRANGER = "stranger"
READERS = (
    STRANGER,
    "consumer",
    "unit",
    "cooperative",
    "carrier",
    "warehouse",
    "official",
    "official2",
    "operator",
)
HONG_KONG = "810000"
# What leaves the session, changes with each call, or is a machine's.
NOT_READ = ("assets.", "health.", "account.sign_out")
# Pages of one view differ in their data more than in their words: so many of each are followed by links.
OF_A_KIND = 3
# Shoppers have read these; people at work read their own pages.
SHOPPERS = frozenset({STRANGER, "consumer"})
# A walk that reads fewer pages went nowhere.
FEWEST = 10
SHOP = ("storefront.", "api.")


@dataclass
class Ground:
    """A shop where something happened in every room, and the addresses that no link leads a stranger to."""

    app: Flask
    addresses: list[str] = field(default_factory=list)

    def browser(self, reader: str, lang: str) -> FlaskClient:
        browser = self.app.test_client() if reader == STRANGER else signed_in(self.app, reader)
        browser.set_cookie("lang", lang)
        return browser


def make_ground(app: Flask, session: Session) -> Ground:
    """Let orders stand at every step: waiting, paid, packed, on the road, completed, given back, reviewed."""

    def complete(order: object, evidence: CustodyEvidence) -> object:
        return unit_of_work.commit(session, lambda one: complete_by_hand(one, order, evidence))

    made = Ground(app)
    waiting = ordering.placed(session)
    ordering.placed(session, processor=Processor.BANK_TRANSFER, unit="DEMO-UNIT", person="unit")
    ordering.paid(session, {(RED_KIWI, "DEMO-SC"): 1, (SWEET_RICE, "DEMO-CJ"): 1})
    ordering.paid(session, destination=HONG_KONG)
    ordering.paid(session, destination=UNCONFIRMED_CITY)
    packed = load_of(session, ordering.packed(session))
    done = complete(ordering.packed(session, {(SWEET_RICE, "DEMO-CJ"): 3}), CustodyEvidence.DOUBLE_SIGNED)
    complete(ordering.packed(session, {(XIUWEN_KIWI, "DEMO-XW"): 1}), CustodyEvidence.RECEIPT_ONLY)
    buyer = Shop(session).person("consumer").id
    said = done.lines[0].id
    unit_of_work.commit(
        session, lambda one: reviews.write_review(one, said, buyer, rating=5, text="很香（演示）")
    )
    unit_of_work.commit(session, lambda one: give_back(one, done))
    travelled = load_of(session, ordering.packed(session))
    carrier, warehouse = signed_in(app, "carrier"), signed_in(app, "warehouse")
    assert send(carrier, travelled, plate="粤A00000").status_code == 303
    assert send(warehouse, travelled, temperature="9", reason="车门没关严").status_code == 303
    made.addresses += [
        f"/products/{RED_KIWI}",
        f"/products/{XIUWEN_KIWI}",
        "/search?q=水城&certification=zhenpin",
        "/search?q=nothing-of-the-kind",
        "/search?q=DEMO-ZP-0001",
        "/search/by/certification",
        "/search/by/county?find=zzzz",
        "/operator/search?q=奇异果+mihoutao+圳品+zzzzqqqq",
        f"/certificates?number={ZHENPIN_NUMBER}",
        f"/orders/{waiting.order.number}",
        f"/checkout/pay/{waiting.order.number}",
        f"/orders/{done.number}",
        f"/trace/{packed.trace_token}",
        f"/trace/{travelled.trace_token}",
        f"/h/{packed.label_token}",
        f"/h/{travelled.label_token}",
        "/nothing-here",
        *[f"/oversight/table?by={by}" for by in Dimension],
    ]
    return made


@pytest.fixture(scope="module")
def filled(
    copy_shop: Callable[[str, Path], Flask], worker_id: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Ground]:
    with clock_in_force(FixedClock(NOON)):
        app = copy_shop(f"languages_{worker_id}", tmp_path_factory.mktemp("languages"))
        with app.extensions["sessions"]() as session:
            made = make_ground(app, session)
    yield made
    with app.app_context():
        app.extensions["sqlalchemy"].engine.dispose()


def _plain(app: Flask) -> Iterator[str]:
    """Give every address that needs nothing filled in."""
    for rule in sorted(app.url_map.iter_rules(), key=str):
        if "GET" in (rule.methods or ()) and not rule.arguments and not rule.endpoint.startswith(NOT_READ):
            yield str(rule)


def _view(app: Flask, address: str) -> str | None:
    """Say which view answers at an address; None for what is not ours or not read."""
    split = urlsplit(address)
    if split.scheme not in {"", "http"} or split.netloc not in {"", "localhost"}:
        return None
    try:
        endpoint, _ = app.url_map.bind("localhost").match(split.path, "GET")
    except (HTTPException, RequestRedirect):
        return "none"
    return None if endpoint.startswith(NOT_READ) else endpoint


def read_all(ground: Ground, reader: str, lang: str) -> Iterator[tuple[str, TestResponse, Page]]:
    """Walk like a reader who follows every kind of link; gives each page."""
    browser = ground.browser(reader, lang)
    waiting = [*_plain(ground.app), *ground.addresses]
    known, read = set(waiting), Counter[str]()
    while waiting:
        address = waiting.pop(0)
        view = _view(ground.app, address)
        if view is None or (read[view] >= OF_A_KIND and address not in ground.addresses):
            continue
        if view.startswith(SHOP) and reader not in SHOPPERS:
            continue
        read[view] += 1
        answer = browser.get(address, headers={"Accept": "text/html"})
        answer.close()
        assert answer.status_code < 500, address
        if answer.mimetype == "text/html" and answer.status_code not in {301, 302, 303, 308}:
            page = Page(answer.text)
            yield address, answer, page
            links = (urljoin(address, link).partition("#")[0] for link in page.links)
            new = [link for link in dict.fromkeys(links) if link not in known]
            known.update(new)
            waiting += new


def _foreign(page: Page, address: str, wrong: Callable[[str], bool]) -> list[Words]:
    """Return words in the page's language but not in its writing; what was searched for is the reader's."""
    typed = [value for _, value in parse_qsl(urlsplit(address).query) if len(value) > 1]
    found = []
    for one in page.words:
        text = one.text
        for value in typed:
            text = text.replace(value, "")
        if one.lang == page.lang and wrong(text):
            found.append(one)
    return found


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("lang", [ENGLISH, TRADITIONAL])
def test_every_page_is_wholly_in_its_language(filled: Ground, reader: str, lang: str) -> None:
    wrong = has_chinese if lang == ENGLISH else (lambda text: bool(simplified_only(text)))
    read, left = 0, set[tuple[str, str, str]]()
    for address, answer, page in read_all(filled, reader, lang):
        read += 1
        assert page.lang == lang, address
        assert answer.headers["Content-Language"] == lang, address
        left |= {(one.text, one.where, address) for one in _foreign(page, address, wrong)}
    assert read >= FEWEST, "the walk did not get far"
    assert not left, "\n".join(map(str, sorted(left)))


def chosen(browser: FlaskClient, lang: str, back_to: str = "/counties") -> TestResponse:
    return browser.post(
        "/language",
        data={"lang": lang, "next": back_to},
        headers={"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost"},
    )


@pytest.mark.parametrize(
    ("lang", "title"),
    [
        (SIMPLIFIED, "贵州 88 个县区"),
        (TRADITIONAL, "貴州 88 個縣區"),
        (ENGLISH, "The 88 counties of Guizhou"),
    ],
)
def test_the_language_is_switched_on_any_page_and_remembered(
    client: FlaskClient, lang: str, title: str
) -> None:
    answer = chosen(client, lang)
    assert (answer.status_code, answer.location) == (303, "/counties")
    assert client.get_cookie("lang") is not None
    for _ in range(2):
        page = client.get("/counties")
        assert f"<h1>{title}</h1>" in page.text
        assert f'<html lang="{lang}"' in page.text
        assert page.headers["Content-Language"] == lang


def test_a_language_nobody_offers_changes_nothing(client: FlaskClient) -> None:
    chosen(client, ENGLISH)
    chosen(client, "tlh")
    assert client.get("/about").headers["Content-Language"] == ENGLISH


@pytest.mark.parametrize(
    ("asked", "lang"),
    [
        ("zh-HK,zh;q=0.9,en;q=0.8", TRADITIONAL),
        ("zh-TW", TRADITIONAL),
        ("en-GB,en;q=0.9", ENGLISH),
        ("zh-CN,zh;q=0.9,en;q=0.8", SIMPLIFIED),
        ("fr-FR,fr;q=0.9", SIMPLIFIED),
        ("fr-FR,fr;q=0.9,en;q=0.5", ENGLISH),
        ("", SIMPLIFIED),
    ],
)
def test_before_a_choice_the_browser_says_it(client: FlaskClient, asked: str, lang: str) -> None:
    page = client.get("/about", headers={"Accept-Language": asked})
    assert page.headers["Content-Language"] == lang
    assert Page(page.text).lang == lang
    chosen(client, ENGLISH)
    assert client.get("/about", headers={"Accept-Language": asked}).headers["Content-Language"] == ENGLISH


@pytest.mark.parametrize("lang", [TRADITIONAL, ENGLISH])
def test_weights_are_metric_outside_the_mainland(client: FlaskClient, lang: str) -> None:
    client.set_cookie("lang", lang)
    page = client.get(f"/products/{RED_KIWI}").text
    assert "斤" not in page
    assert any(re.search(r"¥[\d.]+/500 ?g", one.text) for one in Page(page).words)


def test_names_come_from_the_data_and_other_words_from_the_dictionary(client: FlaskClient) -> None:
    client.set_cookie("lang", TRADITIONAL)
    page = client.get(f"/products/{RED_KIWI}").text
    for shown in ("水城紅心獼猴桃", "產地", "放進購物籃", "搜尋貴州好物"):
        assert shown in page, shown


@pytest.mark.parametrize(
    ("lang", "sentence"),
    [(TRADITIONAL, "沒有找到這一頁"), (ENGLISH, "This page was not found")],
)
def test_what_is_not_there_is_said_in_the_readers_language(
    client: FlaskClient, lang: str, sentence: str
) -> None:
    client.set_cookie("lang", lang)
    page = client.get("/nothing-here")
    assert page.status_code == 404
    assert sentence in page.text
    assert page.headers["Content-Language"] == lang
