"""Pages answered before Flask: the same for everybody who would see the same, and never anybody else's."""

import time as wall
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask, request
from flask.testing import FlaskClient
from sqlalchemy import create_engine
from sqlalchemy.orm import Session, sessionmaker

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue import service as shelf
from marketplace.catalogue.rules import story_revision
from marketplace.catalogue.types import BrandDraft, BrandKind, StoryContent
from marketplace.factory import create_app
from marketplace.kernel import changes, time, unit_of_work
from marketplace.kernel.changes import Position
from marketplace.kernel.message import Name
from marketplace.kernel.time import FixedClock
from marketplace.places.types import DivisionCode
from marketplace.search import asked_queries
from marketplace.search import service as search
from marketplace.search.types import AskedFilter, Outcome
from marketplace.web import page_cache
from marketplace.web.page_cache import PageCache, is_cacheable
from tests.factories.editions import publish
from tests.web.conftest import signed_in
from tests.web.shop import RED_KIWI, ZHENPIN_NUMBER, Shop

PAGE = f"/products/{RED_KIWI}"
YEAR = 2026
COUNTY = DivisionCode("520204")
EXAMPLES: dict[str, Any] = {
    "slug": {"product": RED_KIWI, "zone": "li-cong-rong"},
    "year": YEAR,
    "code": {
        "aisle": "fruit",
        "county": COUNTY,
        "county_story": COUNTY,
        "cooperative": "DEMO-SC",
        "cooperative_story": "DEMO-SC",
    },
    "scheme": "zhenpin",
    "number": ZHENPIN_NUMBER,
    "facet": "county",
}


class Shown:
    """A shop with the page cache on, and the addresses that Flask itself had to render."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.rendered: list[str] = []
        app.before_request(lambda: self.rendered.append(request.full_path.rstrip("?")))

    @property
    def cache(self) -> PageCache:
        found = self.app.wsgi_app
        assert isinstance(found, PageCache)
        return found

    def browser(self) -> FlaskClient:
        return self.app.test_client()


@pytest.fixture
def shown(own_app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shown]:
    monkeypatch.setattr(page_cache, "_LOOK_SECONDS", 0.0)
    app = create_app(replace(own_app.config["SETTINGS"], page_cache=True))
    yield Shown(app)
    with app.app_context():
        app.extensions["sqlalchemy"].engine.dispose()


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every part of the process have caught up with the last change at once."""
    monkeypatch.setattr(page_cache, "SETTLING_SECONDS", -1.0)


def change_price(app: Flask, by: int) -> None:
    def change(session: Session) -> None:
        product = catalogue.get_product_by_slug(session, RED_KIWI)
        for offer in catalogue.offers_of(session, [product.id])[product.id]:
            shelf.change_price(session, offer.id, offer.price_fen + by)

    with app.extensions["sessions"]() as session:
        unit_of_work.commit(session, change)


def publish_edition(app: Flask) -> None:
    """Publish an edition, and wait until its change is seen: the cluster's older work must have ended."""
    deadline = wall.monotonic() + 20
    with app.extensions["sessions"]() as session:
        goods = [Shop(session).product(RED_KIWI)]
        unit_of_work.commit(session, lambda one: publish(one, YEAR, goods))
        while wall.monotonic() < deadline:
            if any(one.topic == "edition" for one in changes.since(session, Position(), limit=100_000)):
                return
            session.rollback()
    raise AssertionError("the change was never seen")


def tell(app: Flask) -> int:
    """Let a cooperative and a county tell of themselves and a brand be listed; return the brand's number."""
    said = StoryContent(title="坡地（演示）", text="水城的红心果长在凉都的坡地上，每年八月采收。" * 3)

    def write(session: Session) -> int:
        shop = Shop(session)
        holder = shop.party("DEMO-SC")
        for story in (
            shelf.open_story(session, party_id=holder.id),
            shelf.open_story(session, division_code=COUNTY),
        ):
            shelf.write_story(session, story.id, said)
            shelf.submit_story(session, story.id)
            shelf.publish_story(session, story.id, story_revision(said))
        draft = BrandDraft(
            kind=BrandKind.ENTERPRISE,
            name=Name("坡上红（演示）", "", "Slope Red (demo)"),
            holder_id=holder.id,
            holder_name=holder.name.hans,
            division_code=None,
            registration="",
        )
        return int(shelf.submit_brand(session, draft, is_checked=True).id)

    with app.extensions["sessions"]() as session:
        return unit_of_work.commit(session, write)


def settle(shown: Shown, renders: int) -> None:
    """Ask until the page was rendered so often: a change is seen once the cluster's older work has ended."""
    deadline = wall.monotonic() + 20
    while len(shown.rendered) < renders and wall.monotonic() < deadline:
        shown.browser().get(PAGE)
    assert len(shown.rendered) == renders


class TestRepeatedPages:
    def test_the_second_visitor_gets_the_same_bytes_without_flask(self, shown: Shown) -> None:
        first, second = shown.browser().get(PAGE), shown.browser().get(PAGE)
        assert shown.rendered == [PAGE]
        assert first.data == second.data
        assert first.headers["ETag"] == second.headers["ETag"]
        assert first.headers["X-Request-Id"] != second.headers["X-Request-Id"]
        assert second.headers["Content-Security-Policy"] == first.headers["Content-Security-Policy"]
        assert second.headers["Cache-Control"] == "private, no-cache"
        assert {"Cookie", "Accept-Language"} <= set(second.headers["Vary"].split(", "))
        assert page_cache.MARK not in second.headers

    def test_who_has_the_page_already_gets_304(self, shown: Shown) -> None:
        browser = shown.browser()
        etag = browser.get(PAGE).headers["ETag"]
        again = browser.get(PAGE, headers={"If-None-Match": etag})
        assert (again.status_code, again.data) == (304, b"")
        assert again.headers["ETag"] == etag
        assert browser.get(PAGE, headers={"If-None-Match": '"other"'}).status_code == 200
        assert shown.rendered == [PAGE]

    def test_only_reading_is_answered(self, shown: Shown) -> None:
        browser = shown.browser()
        browser.get(PAGE)
        assert browser.head(PAGE).data == b""
        assert browser.post(PAGE).status_code in {400, 405}
        assert browser.get("/products/no-such-thing").status_code == 404
        assert browser.get("/products/no-such-thing").status_code == 404
        assert browser.get("/healthz").get_json() == {"status": "ok"}
        assert shown.rendered.count("/products/no-such-thing") == 2

    def test_it_keeps_to_its_bound(self, shown: Shown, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(page_cache, "_BOUND_BYTES", 150_000)
        browser = shown.browser()
        for number in range(12):
            browser.get(f"/about?n={number}")
        assert 0 < shown.cache.kept_bytes <= 150_000
        browser.get("/about?n=11")
        browser.get("/about?n=0")
        assert shown.rendered.count("/about?n=11") == 1
        assert shown.rendered.count("/about?n=0") == 2


class TestKey:
    def test_each_language_and_city_has_its_own_page(self, shown: Shown) -> None:
        plain = shown.browser().get(PAGE)
        english = shown.browser().get(PAGE, headers={"Accept-Language": "en-GB"})
        chosen = shown.browser()
        chosen.set_cookie("lang", "zh-Hant-HK")
        traditional = chosen.get(PAGE)
        elsewhere = shown.browser()
        elsewhere.set_cookie("city", "440300")
        shenzhen = elsewhere.get(PAGE)
        assert len(shown.rendered) == 4
        assert len({plain.data, english.data, traditional.data, shenzhen.data}) == 4
        assert 'lang="en"' in english.text
        assert shown.browser().get(PAGE, headers={"Accept-Language": "en-US,en;q=0.8"}).data == english.data
        assert len(shown.rendered) == 4

    def test_the_order_of_parameters_does_not_matter_but_that_of_values_does(self, shown: Shown) -> None:
        browser = shown.browser()
        browser.get("/search?q=茶&in_stock=1")
        browser.get("/search?in_stock=1&q=茶")
        assert len(shown.rendered) == 1
        first = browser.get("/search?page=1&page=2")
        second = browser.get("/search?page=2&page=1")
        assert len(shown.rendered) == 3
        assert first.data != second.data

    def test_each_host_has_its_own_page(self, shown: Shown) -> None:
        browser = shown.browser()
        browser.get(PAGE, headers={"Host": "evil.example"})
        assert "evil.example" not in browser.get(PAGE).text
        assert len(shown.rendered) == 2

    def test_the_next_hour_has_its_own_page(self, shown: Shown, clock: FixedClock) -> None:
        browser = shown.browser()
        browser.get(PAGE)
        clock.instant = clock.instant.replace(minute=59, second=59)
        browser.get(PAGE)
        assert len(shown.rendered) == 1
        clock.instant = clock.instant.replace(hour=clock.instant.hour + 1, minute=0, second=0)
        browser.get(PAGE)
        assert len(shown.rendered) == 2


@pytest.mark.usefixtures("settled")
class TestPersonal:
    def test_a_session_neither_takes_nor_leaves_a_page(self, shown: Shown) -> None:
        person = signed_in(shown.app, "consumer")
        own = person.get(PAGE)
        stranger = shown.browser().get(PAGE)
        again = person.get(PAGE)
        assert len(shown.rendered) == 3
        assert own.data == again.data
        assert own.data != stranger.data
        assert "ETag" not in own.headers
        assert page_cache.MARK not in own.headers

    @pytest.mark.parametrize("header", ['odd={"a": 1}; session={}', "session={}; broken", 'a="b; session={}'])
    def test_a_session_counts_however_odd_the_other_cookies_are(self, shown: Shown, header: str) -> None:
        person = signed_in(shown.app, "consumer")
        value = person.get_cookie("session")
        assert value is not None
        stranger = shown.browser().get(PAGE)
        shown.app.test_client(use_cookies=False).get(
            PAGE, headers={"Cookie": header.replace("{}", value.value)}
        )
        assert len(shown.rendered) == 2
        assert shown.browser().get(PAGE).data == stranger.data

    @pytest.mark.usefixtures("settled")
    def test_no_cacheable_page_holds_a_token_or_sets_a_cookie(self, shown: Shown) -> None:
        brand_id = tell(shown.app)
        publish_edition(shown.app)
        pages = list(_cacheable_pages(shown.app, brand_id))
        assert len(pages) >= 8
        for page in pages:
            answer = shown.browser().get(page)
            assert answer.status_code == 200, page
            assert "Set-Cookie" not in answer.headers, page
            assert "csrf_token" not in answer.text, page
            shown.browser().get(page)
            assert shown.rendered.count(page) == 1, page


class TestCounted:
    @pytest.mark.usefixtures("settled")
    def test_a_search_counts_though_its_page_comes_from_the_cache(self, shown: Shown) -> None:
        for reader in range(4):
            shown.browser().get("/search?q=茶", environ_overrides={"REMOTE_ADDR": f"192.0.2.{reader % 3}"})
        assert shown.rendered == ["/search?q=茶"]
        shown.app.extensions["asked"].write()
        with shown.app.extensions["sessions"]() as session:
            asked = asked_queries.list_asked(
                session, AskedFilter(outcome=Outcome.FOUND, today=time.today(), days=7)
            )
        assert [(one.query, one.times) for one in asked.items] == [("茶", 3)]


class TestState:
    @pytest.mark.usefixtures("settled")
    def test_a_changed_price_is_seen_at_once(self, shown: Shown) -> None:
        browser = shown.browser()
        before = browser.get(PAGE)
        change_price(shown.app, by=100)
        settle(shown, renders=2)
        after = browser.get(PAGE)
        assert before.headers["ETag"] != after.headers["ETag"]
        assert shown.rendered == [PAGE, PAGE]

    @pytest.mark.usefixtures("settled")
    def test_a_story_and_a_brand_are_read_at_once(self, shown: Shown) -> None:
        browser = shown.browser()
        assert browser.get("/brands").status_code == 200
        tell(shown.app)
        deadline = wall.monotonic() + 20
        while "坡上红" not in browser.get("/brands").text and wall.monotonic() < deadline:
            wall.sleep(0.05)
        assert "坡上红" in browser.get("/brands").text

    def test_a_page_rendered_right_after_a_change_does_not_stay(
        self, shown: Shown, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        browser = shown.browser()
        browser.get(PAGE)
        change_price(shown.app, by=100)
        settle(shown, renders=2)
        browser.get(PAGE)
        assert len(shown.rendered) == 3
        monkeypatch.setattr(page_cache, "SETTLING_SECONDS", -1.0)
        browser.get(PAGE)
        browser.get(PAGE)
        assert len(shown.rendered) == 4

    @pytest.mark.usefixtures("settled")
    def test_sales_alone_do_not_empty_it(self, shown: Shown) -> None:
        browser = shown.browser()
        browser.get(PAGE)
        with shown.app.extensions["sessions"]() as session:
            product = catalogue.get_product_by_slug(session, RED_KIWI)
            unit_of_work.commit(session, lambda opened: search.record_sales(opened, {product.id: 3}))
        with shown.app.extensions["sessions"]() as session:
            assert unit_of_work.commit(session, search.fold_sales)
        for _ in range(5):
            wall.sleep(0.2)
            browser.get(PAGE)
        assert shown.rendered == [PAGE]

    def test_no_page_is_older_than_a_minute(self, shown: Shown, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(page_cache, "OLDEST_SECONDS", -1.0)
        browser = shown.browser()
        browser.get(PAGE)
        browser.get(PAGE)
        assert shown.rendered == [PAGE, PAGE]

    def test_without_a_database_flask_says_so(self, shown: Shown, monkeypatch: pytest.MonkeyPatch) -> None:
        browser = shown.browser()
        browser.get(PAGE)
        away = sessionmaker(create_engine("postgresql+psycopg://nobody@127.0.0.1:1/none"))
        monkeypatch.setattr(shown.cache, "_sessions", away)
        assert browser.get(PAGE).status_code == 200
        assert shown.rendered == [PAGE, PAGE]


def _cacheable_pages(app: Flask, brand_id: int) -> Iterator[str]:
    examples = EXAMPLES | {"brand_id": brand_id}
    with app.test_request_context():
        for rule in app.url_map.iter_rules():
            if not is_cacheable(app.view_functions[rule.endpoint]):
                continue
            name = rule.endpoint.rpartition(".")[2]
            values = {
                one: found[name] if isinstance(found := examples[one], dict) else found
                for one in rule.arguments
            }
            yield str(app.url_for(rule.endpoint, **values)) if values else rule.rule
