"""What people see of the search: all values of a facet, stable pages, what is asked, grouped suggestions."""

import re
import threading
import time as wall
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from marketplace.catalogue import service as shelf
from marketplace.kernel import time, unit_of_work
from marketplace.search import service
from marketplace.search.types import AskedKey, Facet, Outcome
from marketplace.web.asked import Asked, Counted
from marketplace.web.storefront import facets
from tests.web.browse import statements
from tests.web.conftest import follow_search
from tests.web.shop import SWEET_RICE, ZHENPIN_NUMBER, Shop
from tests.web.test_page_cache import change_price

CARD = re.compile(r'<a class="card__link"\s+href="/products/([^"?]+)"')
MORE = re.compile(r'class="facet__more"\s+href="([^"]+)"')
TICK = re.compile(r'<input type="checkbox"(?:\s+id="[^"]*")?\s+name="(\w+)"\s+value="([^"]+)"( checked)?')


def slugs(html: str) -> list[str]:
    return CARD.findall(html)


def counted(app: Flask) -> dict[tuple[str, str, str], int]:
    """Write what was counted, and return it by query, language and outcome."""
    app.extensions["asked"].write()
    with app.extensions["sessions"]() as session:
        rows = session.execute(text("SELECT query, language, outcome, times FROM search_asked"))
        return {(query, language, outcome): times for query, language, outcome, times in rows}


def test_a_facet_with_many_values_leads_to_all_of_them(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(facets, "MOST_OPTIONS", 2)
    page = client.get("/search?in_stock=1&county=520123&sort=price_asc").text
    ticks = [value for name, value, _checked in TICK.findall(page) if name == "county"]
    assert len(ticks) == 2
    assert "520123" in ticks
    address = next(one for one in MORE.findall(page) if "/by/county" in one).replace("&amp;", "&")
    whole = client.get(address).text
    everything = TICK.findall(whole)
    assert len(everything) > 2
    assert ("county", "520123", " checked") in everything
    assert '<input type="hidden" name="in_stock" value="1">' in whole
    assert '<input type="hidden" name="sort" value="price_asc">' in whole
    chosen = [value for _name, value, _checked in everything][:2]
    both = client.get("/search", query_string={"county": chosen, "in_stock": "1"})
    assert both.status_code == 200
    assert slugs(both.text)


def test_the_values_of_a_facet_are_found_by_name_and_the_chosen_stay(client: FlaskClient) -> None:
    page = client.get("/search/by/county?county=520204&find=修文").text
    assert TICK.findall(page) == [("county", "520123", "")]
    assert page.count('<input type="hidden" name="county" value="520204">') == 2
    nothing = client.get("/search/by/county?find=zzzz")
    assert nothing.status_code == 200
    assert "没有这个名字" in nothing.text
    for wrong in ("price", "in_stock", "nothing"):
        assert client.get(f"/search/by/{wrong}").status_code == 404


def test_every_facet_stands_beside_a_list(client: FlaskClient) -> None:
    page = client.get("/search").text
    names = {name for name, _value, _checked in TICK.findall(page)}
    assert names >= {facet.value for facet in Facet}


def test_pages_are_stable_whole_and_without_repetition(client: FlaskClient) -> None:
    for sort in ("relevance", "sales", "price_asc", "price_desc", "newest", "season"):
        first = client.get(f"/search?sort={sort}").text
        total = int(re.findall(r"现有 (\d+) 件", first)[0])
        pages = -(-total // 24)
        assert pages > 1
        read = [client.get(f"/search?sort={sort}&page={page}").text for page in range(1, pages + 1)]
        found = [one for page in read for one in slugs(page)]
        assert len(found) == len(set(found)) == total
        assert f"第 1–24 件，共 {total} 件" in first


def test_a_page_behind_the_last_is_the_last(client: FlaskClient) -> None:
    last = client.get("/search?page=9000").text
    assert slugs(last)
    assert re.search(r'aria-current="page"\s+aria-label="第 \d+ 页"', last)
    assert client.get(f"/search?page={10**9}").status_code == 200
    assert client.get(f"/api/v1/products?page={10**9}").status_code == 422


@pytest.mark.parametrize(
    "typed",
    [
        "茶" * 10_000,
        "'\"(((" * 100,
        "\x00\x1b\x7f茶",
        "🍵🥝",
        "\u202eشاي",
        "AND OR NOT *:~^",
        "%_\\",
        "\ud7ff\uffff",
    ],
)
def test_odd_words_are_answered(client: FlaskClient, typed: str) -> None:
    for path in ("/search", "/certificates", "/search/suggest"):
        assert client.get(path, query_string={"q": typed}).status_code == 200, path
    assert client.get("/search/by/county", query_string={"find": typed}).status_code == 200
    assert client.get("/api/v1/products", query_string={"q": typed}).status_code in {200, 422}


def test_searches_are_counted_without_filters_pages_or_persons(own_app: Flask) -> None:
    browser = own_app.test_client()
    for address in (
        "/search?q=猕猴桃",
        "/search?q=猕猴桃",
        "/search?q=猕猴桃&page=2",
        "/search?q=猕猴桃&in_stock=1",
        "/search?q=13800000001",
        "/search?q=zzzzzzzzqqqq",
        "/search",
    ):
        assert browser.get(address).status_code == 200
    with statements(own_app) as sent:
        browser.get("/search?q=水城", environ_overrides={"REMOTE_ADDR": "192.0.2.9"})
    assert not [one for one in sent if one.lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE"))]
    browser.set_cookie("lang", "zh-Hant-HK")
    browser.get("/search?q=獼猴桃", environ_overrides={"REMOTE_ADDR": "192.0.2.10"})
    assert counted(own_app) == {
        ("猕猴桃", "zh-Hans", "found"): 1,
        ("猕猴桃", "zh-Hant-HK", "found"): 1,
        ("zzzzzzzzqqqq", "zh-Hans", "nothing"): 1,
        ("水城", "zh-Hans", "found"): 1,
    }


def test_what_was_counted_is_written_when_the_application_ends(own_app: Flask) -> None:
    before = set(threading.enumerate())
    tally = Asked(own_app.extensions["sessions"], writes_itself=True)
    tally.note(Counted("苗绣", "zh-Hans", Outcome.NOTHING), "192.0.2.9")
    assert set(threading.enumerate()) - before, "it waits for more to count"
    tally.close()
    assert set(threading.enumerate()) - before == set(), "nobody asks the database later"
    assert counted(own_app) == {("苗绣", "zh-Hans", "nothing"): 1}


def test_a_night_forgets_what_was_asked_ninety_days_ago(own_app: Flask) -> None:
    today = time.today()
    with own_app.extensions["sessions"]() as session:
        for ago, query in ((91, "old"), (89, "young")):
            key = AskedKey(today - timedelta(days=ago), query, "en", Outcome.FOUND)
            service.count_asked(session, {key: 1})
        session.commit()
    own_app.extensions["run_scheduled"]("search.forget_asked")
    assert counted(own_app) == {("young", "en", "found"): 1}


def test_what_many_ask_is_suggested_where_nothing_is_typed_or_found(own_app: Flask) -> None:
    browser = own_app.test_client()
    assert browser.get("/search/suggest").get_json() == {"suggestions": []}
    for reader in range(3):
        browser.get("/search?q=猕猴桃", environ_overrides={"REMOTE_ADDR": f"192.0.2.{reader}"})
    own_app.extensions["asked"].write()
    own_app.extensions["asked"].forget_popular()
    (popular,) = browser.get("/search/suggest").get_json()["suggestions"]
    assert (popular["text"], popular["group"]) == ("猕猴桃", "大家在搜")
    assert parse_qs(urlsplit(popular["href"]).query) == {"q": ["猕猴桃"]}
    nothing = browser.get("/search?q=zzzzzzzzqqqq").text
    assert "大家在搜" in nothing
    assert slugs(nothing)
    browser.set_cookie("lang", "zh-Hant-HK")
    assert browser.get("/search/suggest").get_json()["suggestions"][0]["text"] == "獼猴桃"
    browser.set_cookie("lang", "en")
    assert browser.get("/search/suggest").get_json() == {"suggestions": []}


def test_suggestions_stand_in_groups(client: FlaskClient) -> None:
    found = client.get("/search/suggest?q=水城").get_json()["suggestions"]
    groups = [one["group"] for one in found]
    assert {"商品", "产地", "合作社"} <= set(groups)
    assert groups == sorted(groups, key=groups.index)
    (number,) = [
        one
        for one in client.get(f"/search/suggest?q={ZHENPIN_NUMBER[:-2].lower()}").json["suggestions"]
        if one["text"] == ZHENPIN_NUMBER
    ]
    assert number["group"] == "认证和证书"
    assert client.get(number["href"]).status_code == 200


def test_a_number_in_the_search_leads_to_the_register(client: FlaskClient) -> None:
    page = client.get(f"/search?q={ZHENPIN_NUMBER[:-1]}").text
    (link,) = re.findall(r'href="(/certificates\?q=[^"]+)"', page)
    assert ZHENPIN_NUMBER in client.get(link).text


def test_the_register_is_searched_by_number_holder_scheme_and_standing(client: FlaskClient) -> None:
    for query, is_there in (
        ({"q": ZHENPIN_NUMBER}, True),
        ({"q": ZHENPIN_NUMBER[:-3].lower()}, True),
        ({"q": "水城山果"}, True),
        ({"q": "Shuicheng hill"}, True),
        ({"q": ZHENPIN_NUMBER, "state": "valid"}, True),
        ({"q": ZHENPIN_NUMBER, "state": "revoked"}, False),
        ({"q": ZHENPIN_NUMBER, "scheme": "organic_cert"}, False),
        ({"q": "101"}, False),
        ({"q": ZHENPIN_NUMBER, "state": "nonsense", "scheme": "nonsense", "page": str(10**9)}, True),
    ):
        for lang in ("zh-Hans", "zh-Hant-HK", "en"):
            client.set_cookie("lang", lang)
            answer = client.get("/certificates", query_string=query)
            assert answer.status_code == 200
            shown = f"/certificates/zhenpin/{ZHENPIN_NUMBER}" in answer.text
            assert shown is is_there, (query, lang)


def soon(app: Flask, ask: Callable[[], str], before: str) -> str:
    """Ask until the answer is another: a change is seen once the cluster's older work has ended."""
    deadline = wall.monotonic() + 20
    while (found := ask()) == before and wall.monotonic() < deadline:
        follow_search(app)
    return found


def test_a_page_seen_before_asks_nothing_and_a_new_price_is_seen(own_app: Flask) -> None:
    browser = own_app.test_client()

    def ask() -> str:
        return browser.get("/search?q=水城红心猕猴桃").text

    before = ask()
    follow_search(own_app)
    with statements(own_app) as sent:
        assert ask() == before
    assert sent == []
    change_price(own_app, by=100)
    after = soon(own_app, ask, before)
    assert after != before
    assert slugs(after) == slugs(before)
    browser.set_cookie("lang", "en")
    assert "Shuicheng" in ask()


def test_a_card_says_that_nobody_offers_it_as_soon_as_the_search_heard_of_it(own_app: Flask) -> None:
    browser = own_app.test_client()

    def ask() -> str:
        return browser.get("/search?q=从江香禾糯").text

    before = ask()
    others = before.count("暂无合作社供应")
    with own_app.extensions["sessions"]() as session:
        offer = Shop(session).offer(SWEET_RICE)
        unit_of_work.commit(session, lambda one: shelf.pause_offer(one, offer.id))
    assert soon(own_app, ask, before).count("暂无合作社供应") == others + 1
