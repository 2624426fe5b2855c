"""A shop where something happened in every room, and a walk through all its pages as each kind of reader."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from marketplace.assistance.types import Dimension
from marketplace.custody.types import CustodyEvidence
from marketplace.kernel import unit_of_work
from marketplace.payment.types import Processor
from marketplace.reviews import service as reviews
from tests.factories.assistance import complete_by_hand, give_back
from tests.web import ordering
from tests.web.browse import statements
from tests.web.carrier.test_hand_off import load_of, send
from tests.web.conftest import signed_in
from tests.web.reading import Page
from tests.web.shop import RED_KIWI, SWEET_RICE, UNCONFIRMED_CITY, XIUWEN_KIWI, ZHENPIN_NUMBER, Shop

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
SHOP = ("storefront.", "api.")


@dataclass(frozen=True)
class Read:
    """A page as it was read, with the statements it sent; ``text`` is what the answer held."""

    address: str
    text: str
    language: str
    page: Page
    sent: list[str]


@dataclass
class Ground:
    """A shop where something happened in every room, and the addresses that no link leads a stranger to."""

    app: Flask
    addresses: list[str] = field(default_factory=list)
    walked: dict[tuple[str, str], list[Read]] = field(default_factory=dict)

    def read_by(self, reader: str, lang: str = SIMPLIFIED) -> list[Read]:
        """Return every page of a reader; several tests look at the same walk."""
        if (reader, lang) not in self.walked:
            self.walked[reader, lang] = list(_walk(self, reader, lang))
        return self.walked[reader, lang]

    def view(self, address: str) -> str | None:
        """Say which view answers at an address; None for what is not ours or not read."""
        split = urlsplit(address)
        if split.scheme not in {"", "http"} or split.netloc not in {"", "localhost"}:
            return None
        try:
            endpoint, _ = self.app.url_map.bind("localhost").match(split.path, "GET")
        except (HTTPException, RequestRedirect):
            return "none"
        return None if endpoint.startswith(NOT_READ) else endpoint

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


def _plain(app: Flask) -> Iterator[str]:
    """Give every address that needs nothing filled in."""
    for rule in sorted(app.url_map.iter_rules(), key=str):
        if "GET" in (rule.methods or ()) and not rule.arguments and not rule.endpoint.startswith(NOT_READ):
            yield str(rule)


def _walk(ground: Ground, reader: str, lang: str) -> Iterator[Read]:
    """Walk like a reader who follows every kind of link; gives each page."""
    browser = ground.browser(reader, lang)
    waiting = [*_plain(ground.app), *ground.addresses]
    known, read = set(waiting), Counter[str]()
    while waiting:
        address = waiting.pop(0)
        view = ground.view(address)
        if view is None or (read[view] >= OF_A_KIND and address not in ground.addresses):
            continue
        if view.startswith(SHOP) and reader not in SHOPPERS:
            continue
        read[view] += 1
        with statements(ground.app) as sent:
            answer = browser.get(address, headers={"Accept": "text/html"})
            answer.close()
        assert answer.status_code < 500, address
        if answer.mimetype == "text/html" and answer.status_code not in {301, 302, 303, 308}:
            page = Page(answer.text)
            yield Read(address, answer.text, answer.headers.get("Content-Language", ""), page, sent)
            links = (urljoin(address, link).partition("#")[0] for link in page.links)
            new = [link for link in dict.fromkeys(links) if link not in known]
            known.update(new)
            waiting += new
