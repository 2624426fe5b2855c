"""The basket: a guest's survives sign-in, forms of cached pages need no token but come from our pages."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.datastructures import Headers

from marketplace.kernel import unit_of_work
from marketplace.notices import queries as notices
from marketplace.web.same_origin import is_own
from tests.web.browse import statements, submit
from tests.web.conftest import signed_in
from tests.web.shop import RED_KIWI, SWEET_RICE, XIUWEN_KIWI, Shop

OWN = {"Sec-Fetch-Site": "same-origin"}


def _put(browser: FlaskClient, shop: Shop, slug: str, quantity: int = 1, **more: object) -> int:
    data = {"variant": shop.offer(slug).variant_id, "quantity": quantity, **more}
    return browser.post("/basket/add", data=data, headers=OWN).status_code


def _count(browser: FlaskClient) -> int:
    answer = browser.get("/basket/count")
    assert answer.headers["Cache-Control"] == "private, no-store"
    return int(answer.get_json()["count"])


def test_a_guest_fills_changes_and_empties_a_basket(client: FlaskClient, shop: Shop) -> None:
    assert _count(client) == 0
    assert _put(client, shop, RED_KIWI, 2) == 303
    assert _put(client, shop, RED_KIWI) == 303
    assert _put(client, shop, SWEET_RICE) == 303
    assert _count(client) == 4
    page = client.get("/basket").text
    assert "水城红心猕猴桃" in page
    assert "去结算" in page
    assert client.post("/basket/update", data={"line": 1, "quantity": 1}, headers=OWN).status_code == 303
    assert _count(client) == 2
    assert client.post("/basket/remove", data={"line": 1}, headers=OWN).status_code == 303
    assert client.post("/basket/update", data={"line": 2, "quantity": 0}, headers=OWN).status_code == 303
    assert _count(client) == 0
    assert "购物篮还是空的" in client.get("/basket").text


def test_a_basket_keeps_to_one_seller_where_asked(client: FlaskClient, shop: Shop) -> None:
    offer = shop.offer(RED_KIWI, "DEMO-SC2")
    assert _put(client, shop, RED_KIWI, offer=offer.id) == 303
    assert "只要水城红心果合作社（演示）的" in client.get("/basket").text


def test_what_is_not_sold_is_refused_in_words(client: FlaskClient, shop: Shop) -> None:
    answer = client.post("/basket/add", data={"variant": 1_000_000_000}, headers=OWN)
    assert answer.status_code == 422
    assert "目前不出售" in answer.text
    assert _put(client, shop, RED_KIWI, 100_000) == 422
    assert _count(client) == 0


def test_more_than_there_is_stands_in_the_way_and_says_so(client: FlaskClient, shop: Shop) -> None:
    _put(client, shop, XIUWEN_KIWI, 999)
    page = client.get("/basket").text
    assert "库存不足" in page or "订满" in page
    assert "去结算" not in page


def test_another_site_cannot_fill_a_basket(client: FlaskClient, shop: Shop) -> None:
    data = {"variant": shop.offer(RED_KIWI).variant_id}
    for headers in ({}, {"Origin": "https://elsewhere.example"}, {"Sec-Fetch-Site": "cross-site"}):
        assert client.post("/basket/add", data=data, headers=headers).status_code == 403, headers
    for path in ("/basket/update", "/basket/remove", "/city", "/language"):
        assert client.post(path, data={"line": 1}).status_code == 403, path
    assert _count(client) == 0
    assert client.post("/basket/add", data=data, headers={"Origin": "http://localhost"}).status_code == 303


@pytest.mark.parametrize(
    ("headers", "right"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, True),
        ({"Sec-Fetch-Site": "same-site"}, False),
        ({"Sec-Fetch-Site": "none"}, False),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "https://shop.example"}, False),
        ({"Origin": "https://shop.example"}, True),
        ({"Origin": "https://shop.example:8443"}, False),
        ({"Origin": "null"}, False),
        ({"Origin": "https://[broken"}, False),
        ({}, False),
    ],
)
def test_what_a_browser_says_about_a_form(headers: dict[str, str], right: bool) -> None:
    assert is_own(Headers(headers), "shop.example") is right


def test_a_made_up_cookie_opens_no_basket(app: Flask, client: FlaskClient, shop: Shop) -> None:
    _put(client, shop, RED_KIWI)
    kept = client.get_cookie("basket")
    assert kept is not None
    thief = app.test_client()
    thief.set_cookie("basket", kept.value.split(".")[0] + ".forged")
    with statements(app) as sent:
        assert _count(thief) == 0
    assert sent == []


def test_a_basket_survives_signing_in(client: FlaskClient, shop: Shop, session: Session) -> None:
    _put(client, shop, RED_KIWI, 2)
    phone = "+8613800009001"
    submit(client, "/sign-in", "/sign-in", region="CN", phone=phone)
    code = str(notices.inbox(session, phone=phone).items[0].message.parameters["code"])
    done = submit(client, "/sign-in/code", "/sign-in/code", code=code)
    assert done.status_code == 303
    assert _count(client) == 2
    assert client.get_cookie("basket") is None


def test_city_and_language_are_remembered(client: FlaskClient) -> None:
    answer = client.post("/city", data={"city": "440300", "next": "/search?q=茶"}, headers=OWN)
    assert answer.status_code == 303
    assert answer.location.startswith("/search")
    assert "深圳" in client.get("/basket").text
    client.post("/city", data={"city": "520200"}, headers=OWN)  # no place that goods are sent to
    assert "深圳" in client.get("/basket").text
    away = client.post("/language", data={"lang": "en", "next": "https://elsewhere.example"}, headers=OWN)
    assert away.location == "/"
    assert '<html lang="en"' in client.get("/basket").text


def test_the_language_of_a_person_is_the_one_of_their_notices(own_app: Flask) -> None:
    browser = signed_in(own_app, "consumer")
    browser.post("/language", data={"lang": "zh-Hant-HK"}, headers=OWN)
    with own_app.extensions["sessions"]() as session:
        person = unit_of_work.commit(session, lambda session: Shop(session).person("consumer"))
        assert person.language == "zh-Hant-HK"
