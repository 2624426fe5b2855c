"""A product's page and its proof: money, days, pairing, certificates that come and go, who sells it."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue import service as shelf
from marketplace.catalogue.types import SellingTerms
from marketplace.kernel import unit_of_work
from marketplace.parties import service as register
from marketplace.web.storefront import maps
from tests.web.conftest import follow_search
from tests.web.shop import RED_KIWI, SWEET_RICE, XIUWEN_KIWI, ZHENPIN_NUMBER, Shop

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 16


def _in_city(browser: FlaskClient, code: str, page: str) -> str:
    browser.set_cookie("city", code)
    return browser.get(page).text


def test_price_freight_and_day_are_those_of_the_chosen_city(client: FlaskClient) -> None:
    near, far = (_in_city(client, code, f"/products/{RED_KIWI}") for code in ("440600", "810000"))
    assert "送到佛山的运费" in near
    assert "送到香港的运费" in far
    totals = [re.findall(r'price--m">¥(\d+)', text)[0] for text in (near, far)]
    assert totals[0] != totals[1]
    assert re.search(r"佛山 \d+月\d+日到", near)
    assert re.search(r"¥[\d.]+/500g", near)


@pytest.mark.parametrize(
    ("city", "slug", "words"),
    [
        ("442000", RED_KIWI, "送到中山，计入中山—六盘水消费帮扶。"),
        ("440600", RED_KIWI, "六盘水市与中山结对，不与佛山结对"),
        ("440600", XIUWEN_KIWI, "修文县属贵阳市，没有结对的广东城市"),
        ("440600", SWEET_RICE, "送到佛山，计入佛山—黔东南消费帮扶。"),
        ("810000", SWEET_RICE, "送到香港的订单单列为“港澳”"),
        ("X-HENGQIN", RED_KIWI, "不与横琴结对"),
    ],
)
def test_why_it_counts_or_not_is_said(client: FlaskClient, city: str, slug: str, words: str) -> None:
    assert words in _in_city(client, city, f"/products/{slug}")


def test_an_unconfirmed_pairing_is_called_so(client: FlaskClient, shop: Shop) -> None:
    county = next(
        one.county_code for one in catalogue.products_by_slug(shop.session, ["zhenfeng-huolongguo"]).values()
    )
    assert "等待两地确认" in _in_city(client, "441300", f"/counties/{county}")


def test_a_neighbour_outside_the_pairings_says_why(client: FlaskClient) -> None:
    page = client.get(f"/products/{RED_KIWI}").text
    alike = page[page.index("同类好物") :]
    assert "修文猕猴桃" in alike
    assert "修文县属贵阳市" in alike


def test_who_supplies_it_is_named_with_each_price(client: FlaskClient) -> None:
    page = client.get(f"/products/{RED_KIWI}").text
    sellers = page[page.index("谁在供应") :]
    for name in ("水城山果合作社（演示）", "水城红心果合作社（演示）"):
        assert name in sellers
    assert sellers.count("自动分单会选这家") == 1
    assert sellers.count("只要这家的") == 2


@pytest.fixture
def changing(own_app: Flask) -> tuple[Flask, FlaskClient]:
    return own_app, own_app.test_client()


def test_a_revoked_certificate_leaves_badge_facet_and_register_at_once(
    changing: tuple[Flask, FlaskClient],
) -> None:
    app, browser = changing
    detail = f"/certificates/zhenpin/{ZHENPIN_NUMBER}"
    assert "今天有效。" in browser.get(detail).text
    with app.extensions["sessions"]() as session:
        found = catalogue.find_certificates(session, ZHENPIN_NUMBER)[0]
        unit_of_work.commit(session, lambda opened: shelf.revoke_certificate(opened, found.id, "演示"))
    follow_search(app)
    assert ZHENPIN_NUMBER not in browser.get(f"/products/{RED_KIWI}").text
    assert "没有符合全部条件的商品" in browser.get("/search?q=猕猴桃&certification=zhenpin").text
    revoked = browser.get(detail).text
    assert "已撤销" in revoked
    assert "今天有效。" not in revoked


def test_a_photo_replaces_the_drawing_and_nothing_else_is_served(
    changing: tuple[Flask, FlaskClient],
) -> None:
    app, browser = changing
    assert browser.get(f"/products/{RED_KIWI}/photo").status_code == 404
    with app.extensions["sessions"]() as session:
        kiwi, rice = (Shop(session).product(slug).id for slug in (RED_KIWI, SWEET_RICE))
        files = app.extensions["ports"].files
        photo, secret = files.put(PNG), files.put(b"somebody's signature")
        unit_of_work.commit(session, lambda opened: shelf.set_photo(opened, kiwi, photo))
        unit_of_work.commit(session, lambda opened: shelf.set_photo(opened, rice, secret))
    page = browser.get(f"/products/{RED_KIWI}").text
    assert f"/products/{RED_KIWI}/photo" in page
    assert "示意图" not in page[: page.index("同类好物")]
    shown = browser.get(f"/products/{RED_KIWI}/photo")
    assert (shown.status_code, shown.mimetype, shown.data) == (200, "image/png", PNG)
    assert browser.get(f"/products/{SWEET_RICE}/photo").status_code == 404


def test_what_does_not_go_to_a_city_is_not_called_sold_out(changing: tuple[Flask, FlaskClient]) -> None:
    app, browser = changing
    with app.extensions["sessions"]() as session:
        offer = Shop(session).offer(SWEET_RICE, "DEMO-CJ")
        only = SellingTerms(served_cities=("440300",))
        unit_of_work.commit(session, lambda opened: shelf.change_selling(opened, offer.id, only))
    page = _in_city(browser, "440600", f"/products/{SWEET_RICE}")
    assert "disabled>暂时不能供应</button>" in page
    assert "暂时售罄</button>" not in page
    assert "disabled" not in _in_city(browser, "440300", f"/products/{SWEET_RICE}")


def test_goods_that_nobody_offers_say_so_and_cannot_be_bought(changing: tuple[Flask, FlaskClient]) -> None:
    app, browser = changing
    with app.extensions["sessions"]() as session:
        offer = Shop(session).offer(SWEET_RICE)
        unit_of_work.commit(session, lambda opened: shelf.pause_offer(opened, offer.id, "演示"))
    follow_search(app)
    page = browser.get(f"/products/{SWEET_RICE}").text
    assert "目前没有合作社供应" in page
    assert "放进购物篮" not in page
    assert "暂无合作社供应" in browser.get("/search?q=香禾糯").text


def test_a_suspended_cooperative_is_shown_as_such(changing: tuple[Flask, FlaskClient]) -> None:
    app, browser = changing
    with app.extensions["sessions"]() as session:
        party = Shop(session).party("DEMO-CJ")
        unit_of_work.commit(session, lambda opened: register.suspend_party(opened, party.id, "演示"))
    assert "暂停营业" in browser.get("/cooperatives/DEMO-CJ").text


def test_the_register_is_searched_by_number_holder_and_scheme(client: FlaskClient) -> None:
    by_number = client.get(f"/certificates?q={ZHENPIN_NUMBER.lower().replace('-', ' - ')}").text
    assert ZHENPIN_NUMBER in by_number
    assert "1 份" in by_number
    assert ZHENPIN_NUMBER in client.get("/certificates?q=水城山果").text
    by_scheme = client.get("/certificates?scheme=zhenpin").text
    assert ZHENPIN_NUMBER in by_scheme
    assert "DEMO-SC-" not in by_scheme
    assert "没有找到这样的证书" in client.get("/certificates?q=DEMO-ZP-999999").text


def test_a_cooperative_shows_by_what_it_sells(client: FlaskClient) -> None:
    page = client.get("/cooperatives/DEMO-SC").text
    for shown in ("DEMO-LIC-DEMO-SC", "水城区", ZHENPIN_NUMBER, "水城红心猕猴桃", "购销"):
        assert shown in page, shown
    assert "DEMO-LIC-DEMO-OP" in client.get("/about/licences").text


def test_counties_lead_to_each_other_and_to_their_goods(client: FlaskClient) -> None:
    page = client.get("/counties").text
    assert page.count('href="/counties/5') >= 2 * 88
    county = client.get("/counties/520204").text
    assert "水城红心猕猴桃" in county
    assert 'href="/counties/520203"' in county


def test_five_steps_hold_every_amount() -> None:
    assert maps.steps_of({"a": 0, "b": 1, "c": 3, "d": 8}) == {"a": 0, "b": 1, "c": 2, "d": 5}
    assert maps.step_texts([0, 1, 3, 8]) == ["1", "2–3", "4", "5–6", "7–8"]
    assert maps.step_texts([2]) == ["–", "–", "1", "–", "2"]
    assert maps.step_texts([]) == ["–"] * 5
    assert maps.steps_of({}) == {}
