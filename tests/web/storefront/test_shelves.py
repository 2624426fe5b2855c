"""Searching, narrowing and suggesting: counts that hold, words that are said, never an empty page."""

import re

from flask.testing import FlaskClient

from tests.web.shop import RED_KIWI, XIUWEN_KIWI


def _slugs(text: str) -> list[str]:
    return re.findall(r'<a class="card__link"\s+href="/products/([^"?]+)"', text)


def test_a_search_finds_and_narrows_by_proof_and_prefecture(client: FlaskClient) -> None:
    found = client.get("/search?q=猕猴桃").text
    assert {RED_KIWI, XIUWEN_KIWI} <= set(_slugs(found))
    narrowed = client.get("/search?q=猕猴桃&certification=zhenpin&prefecture=520200").text
    assert _slugs(narrowed) == [RED_KIWI]
    assert re.search(r'name="certification"\s+value="zhenpin"\s+checked', narrowed)
    assert re.search(r'name="prefecture"\s+value="520200"\s+checked', narrowed)


def test_a_facet_counts_what_choosing_it_would_show(client: FlaskClient) -> None:
    text = client.get("/search").text
    option = re.search(r'value="fruit"[^>]*>\s*<span>[^<]*</span>\s*<small>(\d+)</small>', text)
    assert option is not None
    chosen = client.get("/search?aisle=fruit").text
    assert f"{option.group(1)} 件" in re.sub(r"\s+", " ", chosen)


def test_a_chip_leads_to_the_list_without_it(client: FlaskClient) -> None:
    text = client.get("/search?q=猕猴桃&certification=zhenpin&in_stock=1").text
    chips = re.findall(r'class="chip chip--on"\s+href="([^"]+)"', text)
    assert len(chips) == 2
    assert not any("zhenpin" in one and "in_stock" in one for one in chips)


def test_a_price_range_is_in_yuan_and_orders_hold(client: FlaskClient) -> None:
    cheap = client.get("/search?in_stock=1&price_max=30&sort=price_asc")
    assert cheap.status_code == 200
    assert 0 < len(_slugs(cheap.text)) < 24
    assert "30 元以下" in cheap.text


def test_what_cannot_be_read_is_said_and_the_list_is_shown(client: FlaskClient) -> None:
    answer = client.get("/search?price_min=cheap&q=猕猴桃")
    assert answer.status_code == 200
    assert "price_min" in answer.text
    assert RED_KIWI in _slugs(answer.text)


def test_nothing_found_still_shows_goods(client: FlaskClient) -> None:
    nothing = client.get("/search?q=猕猴桃&aisle=craft").text
    assert "没有符合全部条件的商品" in nothing
    assert RED_KIWI in _slugs(nothing)
    nonsense = client.get("/search?q=zzzzzzzzqqqq").text
    assert "没有找到「zzzzzzzzqqqq」" in nonsense
    assert _slugs(nonsense)


def test_a_word_that_matches_nothing_is_named(client: FlaskClient) -> None:
    text = client.get("/search?q=猕猴桃+zzzzqqqq").text
    assert "已先不看：zzzzqqqq" in text


def test_suggestions_lead_somewhere(client: FlaskClient) -> None:
    for typed, href in (("水城红", f"/products/{RED_KIWI}"), ("shuicheng", f"/products/{RED_KIWI}")):
        found = client.get(f"/search/suggest?q={typed}").get_json()["suggestions"]
        assert href in {one["href"] for one in found}, typed
    for one in found:
        assert client.get(one["href"]).status_code == 200
    assert client.get("/search/suggest").get_json() == {"suggestions": []}
