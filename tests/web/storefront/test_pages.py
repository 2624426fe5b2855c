"""The anonymous pages: there, the same for everybody, in each language, and cheap however much they show."""

import json
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.web.browse import statements
from tests.web.conftest import signed_in
from tests.web.shop import RED_KIWI, XIUWEN_KIWI, ZHENPIN_NUMBER

MOST_STATEMENTS = 12
PAGES = (
    "/",
    "/search",
    "/search?q=猕猴桃",
    "/aisles/fruit",
    f"/products/{RED_KIWI}",
    f"/products/{XIUWEN_KIWI}",
    "/counties",
    "/counties?prefecture=520200",
    "/counties/520204",
    "/certificates",
    "/certificates?q=水城",
    f"/certificates/zhenpin/{ZHENPIN_NUMBER}",
    "/cooperatives/DEMO-SC",
    "/about",
    "/about/how-counted",
    "/about/licences",
)


def _asked(app: Flask, browser: FlaskClient, page: str) -> int:
    assert browser.get(page).status_code == 200, page  # what is kept in memory is read once
    with statements(app) as sent:
        browser.get(page)
    return len(sent)


@pytest.mark.parametrize("page", [*PAGES, "/basket"])
def test_no_page_asks_more_than_twelve_times(app: Flask, client: FlaskClient, page: str) -> None:
    assert _asked(app, client, page) <= MOST_STATEMENTS
    assert _asked(app, signed_in(app, "consumer"), page) <= MOST_STATEMENTS


def test_a_list_asks_as_often_for_five_products_as_for_twenty_four(app: Flask, client: FlaskClient) -> None:
    few, many = "/search?in_stock=1&aisle=fruit", "/search?in_stock=1"
    assert 0 < _cards(client, few) < _cards(client, many) == 24
    app.extensions["ports"].search.refresh(app.extensions["sessions"]())
    assert _asked(app, client, few) == _asked(app, client, many)


@pytest.mark.parametrize("page", PAGES)
def test_a_page_for_everybody_holds_nothing_of_anybody(client: FlaskClient, page: str) -> None:
    answer = client.get(page)
    assert "Set-Cookie" not in answer.headers
    assert "csrf_token" not in answer.text
    assert "DEMO-ZP-000101" in answer.text or page != f"/products/{RED_KIWI}"


@pytest.mark.parametrize("page", PAGES)
def test_pages_keep_to_the_content_policy(client: FlaskClient, page: str) -> None:
    text = client.get(page).text
    assert not re.search(r'\sstyle="|\son\w+="|<style', text)
    scripts = re.findall(r"<script([^>]*)>", text)
    assert all("src=" in one or "json" in one for one in scripts)


@pytest.mark.parametrize("page", [page for page in PAGES if "q=" not in page])
def test_traditional_pages_write_as_hong_kong_writes(client: FlaskClient, page: str) -> None:
    client.set_cookie("lang", "zh-Hant-HK")
    text = client.get(page).text
    assert '<html lang="zh-Hant-HK"' in text
    assert "猕" not in re.sub(r"<input[^>]*>|href=\"[^\"]*\"|value=\"[^\"]*\"", "", text)
    assert "斤" not in text


@pytest.mark.parametrize(("city", "most"), [("440600", 8), ("810000", 4)])
def test_the_home_page_shows_goods_that_can_be_bought_where_the_reader_is(
    client: FlaskClient, city: str, most: int
) -> None:
    """Few goods go to Hong Kong: they come first, and what does not go there fills up one row only."""
    client.set_cookie("city", city)
    season = client.get("/").text.partition('aria-labelledby="aisles"')[0]
    cards = re.findall(r'<li class="card(.*?)</li>', season, re.DOTALL)
    bought = ["card--out" not in one.split(">")[0] and "未含运费" not in one for one in cards]
    assert all(bought[:2])
    assert bought == sorted(bought, reverse=True)
    assert 2 <= len(bought) <= most or all(bought)


def test_an_unknown_thing_is_not_found(client: FlaskClient) -> None:
    for page in ("/products/none", "/aisles/none", "/counties/440600", "/certificates/zhenpin/NONE"):
        assert client.get(page).status_code == 404, page
    assert client.get("/cooperatives/DEMO-CARRIER").status_code == 404


def test_machines_read_the_same_facts_as_people(client: FlaskClient) -> None:
    text = client.get(f"/products/{RED_KIWI}").text
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', text, re.DOTALL)
    assert found is not None
    data = json.loads(found.group(1))
    assert data["@type"] == "Product"
    assert data["offers"]["priceCurrency"] == "CNY"
    assert data["offers"]["lowPrice"] in text
    assert data["hasCertification"][0]["certificationIdentification"] == ZHENPIN_NUMBER


def _cards(browser: FlaskClient, page: str) -> int:
    return browser.get(page).text.count('<li class="card')
