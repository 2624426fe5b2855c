"""The catalogue as programs read it: the same answers as the pages, proofs valid now, prices as offered."""

import re
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue import service as shelf
from marketplace.catalogue.types import ProductFilter
from marketplace.kernel import time
from marketplace.kernel.time import FixedClock
from marketplace.search.types import Facet, Sort
from tests.factories.catalogue import make_certificate
from tests.web.api.conftest import Ask
from tests.web.browse import statements
from tests.web.conftest import follow_search
from tests.web.shop import RED_KIWI, SWEET_RICE, XIUWEN_KIWI, ZHENPIN_NUMBER, Shop

PRODUCTS = "/api/v1/products"
_OPTION = re.compile(
    r'name="(\w+)"\s+value="([^"]*)"( checked)?>\s*<span>.*?</span><small>(\d+)</small>', re.DOTALL
)
_CARD = re.compile(r'href="/products/([a-z0-9-]+)')
_PROMISED = re.compile(r"按所选筛选（现有 (\d+) 件）")

SEARCHES: list[dict[str, Any]] = [
    {},
    {"q": "猕猴桃"},
    {"q": "mihoutao", "certification": "zhenpin"},
    {"q": "香禾糯"},
    {"prefecture": ["520200", "520100"], "sort": "price_asc"},
    {"county": "520204"},
    {"in_stock": 1, "sort": "newest"},
    {"in_stock": "true", "in_season": "1", "key_county": "1"},
    {"storage": ["chilled", "ambient"], "page": 2},
    {"price_min": 20, "price_max": "89.5", "sort": "price_desc"},
    {"cooperative": "DEMO-XW", "sort": "sales"},
    {"aisle": "fruit", "sort": "season"},
    {"q": "没有这样的东西"},
    {"page": 9_999},
]


def slugs(found: Any) -> list[str]:
    return [item["slug"] for item in found["items"]]


@pytest.mark.parametrize("asked", SEARCHES, ids=str)
def test_a_search_answers_what_the_page_shows(client: FlaskClient, ask: Ask, asked: dict[str, Any]) -> None:
    found = ask(PRODUCTS, **asked)
    page = client.get("/search", query_string=asked).text
    promised = _PROMISED.search(page)
    assert promised is not None
    assert found["total"] == int(promised.group(1))
    options = _OPTION.findall(page)
    assert {name for name, *_ in options} <= set(Facet)
    for name, value, checked, count in options:
        facet = {one["value"]: one for one in found["facets"][name]}
        assert facet[value] == {"value": value, "count": int(count), "selected": bool(checked)}, name
    cards = list(dict.fromkeys(_CARD.findall(page.partition('class="with-rail"')[2])))
    if found["page"] > found["pages"]:  # people see the last page, programs that there is no more
        assert cards == slugs(ask(PRODUCTS, **asked | {"page": found["pages"]}))
    elif found["total"]:
        assert cards == slugs(found)
    first = (found["page"] - 1) * 24
    assert len(found["items"]) == max(0, min(24, found["total"] - first))


def test_pages_together_are_everything_once(ask: Ask) -> None:
    first = ask(PRODUCTS)
    assert first["pages"] == -(-first["total"] // 24) > 1
    together = [slug for page in range(1, first["pages"] + 1) for slug in slugs(ask(PRODUCTS, page=page))]
    assert len(together) == len(set(together)) == first["total"]
    assert slugs(ask(PRODUCTS, page=first["pages"] + 1)) == []


def test_every_facet_value_leaves_as_many_as_it_says(ask: Ask) -> None:
    for facet, values in ask(PRODUCTS, in_stock=1)["facets"].items():
        for one in values[:3]:
            asked = {"in_stock": 1, facet: one["value"]}
            assert ask(PRODUCTS, **asked)["total"] == one["count"], (facet, one)


@pytest.mark.parametrize("sort", list(Sort))
def test_every_order_keeps_the_same_goods(ask: Ask, sort: Sort) -> None:
    found = ask(PRODUCTS, sort=sort, in_stock=1)
    assert found["total"] == ask(PRODUCTS, in_stock=1)["total"]
    prices = [item["price_fen"] for item in found["items"]]
    if sort is Sort.PRICE_ASC:
        assert prices == sorted(prices)
    if sort is Sort.PRICE_DESC:
        assert prices == sorted(prices, reverse=True)


def test_prices_are_the_lowest_offered_and_lie_between_the_bounds(ask: Ask, shop: Shop) -> None:
    found = ask(PRODUCTS, price_min="0.01", price_max="200", sort="price_asc")
    assert found["items"]
    for item in found["items"]:
        assert item["price_fen"] == shop.offer(item["slug"]).price_fen
    edge = found["items"][0]["price_fen"]
    exactly = ask(PRODUCTS, price_min=f"{edge / 100:.2f}", price_max=f"{edge / 100:.2f}")
    assert {item["price_fen"] for item in exactly["items"]} == {edge}
    below = ask(PRODUCTS, price_max=f"{(edge - 1) / 100:.2f}")
    assert below["total"] == 0


def test_a_product_says_what_the_catalogue_knows(ask: Ask, shop: Shop) -> None:
    kiwi, answer = shop.product(RED_KIWI), ask(f"{PRODUCTS}/{RED_KIWI}")
    assert answer["name"] == kiwi.name.hans
    assert answer["names"] == {"zh_hans": kiwi.name.hans, "zh_hant": kiwi.name.hant, "en": kiwi.name.en}
    assert (answer["county"], answer["county_names"]["zh_hans"]) == ("520204", "水城区")
    assert answer["prefecture"] == "520200"
    sellers = [one["cooperative"] for one in answer["offers"]]
    assert sorted(sellers) == ["DEMO-SC", "DEMO-SC2"]
    prices = [one["price_fen"] for one in answer["offers"]]
    assert answer["price_fen"] == prices[0] == min(prices)
    assert all(one <= other for one, other in pairwise(prices))
    assert [one["number"] for one in answer["certificates"]] == [
        one.number for one in catalogue.valid_certificates(shop.session, [kiwi.id], time.now())[kiwi.id]
    ]
    listed = next(item for item in ask(PRODUCTS, q=kiwi.name.hans)["items"] if item["slug"] == RED_KIWI)
    assert {key: answer[key] for key in listed} == listed


def test_every_product_on_the_shelf_fits_the_document(ask: Ask, shop: Shop) -> None:
    on_shelf = catalogue.list_products(shop.session, ProductFilter(), per_page=300).items
    assert len(on_shelf) > 200
    for product in on_shelf[::7]:
        assert ask(f"{PRODUCTS}/{product.slug}")["slug"] == product.slug


def test_what_is_not_on_the_shelf_is_not_there(own_app: Flask, own_ask: Ask) -> None:
    assert own_ask(f"{PRODUCTS}/nothing-here", 404)["code"] == "product_not_found"
    with own_app.extensions["sessions"]() as session:
        shelf.withdraw_product(session, Shop(session).product(XIUWEN_KIWI).id, "演示")
        session.commit()
    follow_search(own_app)
    own_ask(f"{PRODUCTS}/{XIUWEN_KIWI}", 404)
    assert XIUWEN_KIWI not in slugs(own_ask(PRODUCTS, q="修文猕猴桃"))


def certificate_numbers(found: Any, slug: str) -> list[str]:
    item = next(item for item in found["items"] if item["slug"] == slug)
    return [one["number"] for one in item["certificates"]]


def test_a_revoked_certificate_stops_being_a_proof_at_once(own_app: Flask, own_ask: Ask) -> None:
    asked = {"certification": "zhenpin"}
    before = own_ask(PRODUCTS, **asked)
    assert ZHENPIN_NUMBER in certificate_numbers(before, RED_KIWI)
    counted = {one["value"]: one["count"] for one in own_ask(PRODUCTS)["facets"]["certification"]}
    assert counted["zhenpin"] == before["total"]

    with own_app.extensions["sessions"]() as session:
        (certificate,) = catalogue.find_certificates(session, ZHENPIN_NUMBER)
        shelf.revoke_certificate(session, certificate.id, reason="演示")
        session.commit()
    assert ZHENPIN_NUMBER not in certificate_numbers(own_ask(PRODUCTS, q="红心猕猴桃"), RED_KIWI)
    kept = own_ask(f"{PRODUCTS}/{RED_KIWI}")["certificates"]
    assert ZHENPIN_NUMBER not in [one["number"] for one in kept]

    follow_search(own_app)
    after = own_ask(PRODUCTS, **asked)
    assert RED_KIWI not in slugs(after)
    assert after["total"] == before["total"] - 1
    (shown,) = own_ask("/api/v1/certificates", number=ZHENPIN_NUMBER)["items"]
    assert (shown["state"], shown["valid_now"]) == ("revoked", False)


def test_a_certificate_ends_with_its_last_day_in_shanghai(
    own_app: Flask, own_ask: Ask, clock: FixedClock
) -> None:
    with own_app.extensions["sessions"]() as session:
        shop = Shop(session)
        rice = shop.product(SWEET_RICE)
        short = make_certificate(
            session,
            shop.party("DEMO-CJ"),
            product_ids=(rice.id,),
            valid_to=time.today() + timedelta(days=9),
        )
        session.commit()
    assert short.valid_to is not None
    follow_search(own_app)
    last = time.start_of_day(short.valid_to) + timedelta(hours=23, minutes=59)
    for at, is_valid in ((last, True), (last + timedelta(minutes=1), False)):
        clock.instant = at
        assert (short.number in certificate_numbers(own_ask(PRODUCTS, q="香禾糯"), SWEET_RICE)) is is_valid
        assert (SWEET_RICE in slugs(own_ask(PRODUCTS, certification="zhenpin"))) is is_valid
        (shown,) = own_ask("/api/v1/certificates", number=short.number)["items"]
        assert (shown["state"], shown["valid_now"]) == ("verified", is_valid)


def test_a_list_costs_the_same_however_long(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A served process looks for changes in a thread of its own.
    monkeypatch.setattr("marketplace.search.engine.CHECK_SECONDS", 3600)
    counts = set()
    for asked in ({}, {"q": "猕猴桃"}, {"cooperative": "DEMO-XW"}):
        client.get(PRODUCTS, query_string=asked)
        with statements(app) as sent:
            assert client.get(PRODUCTS, query_string=asked).get_json()["items"]
        counts.add(len(sent))
    assert len(counts) == 1
    assert counts.pop() <= 12
    client.get(f"{PRODUCTS}/{SWEET_RICE}")
    with statements(app) as sent:
        client.get(f"{PRODUCTS}/{SWEET_RICE}")
    assert len(sent) <= 12
