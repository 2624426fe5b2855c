"""Whatever an address asks of search, API and page answer alike: goods or a refusal, never a failure."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from marketplace.search.types import Sort
from marketplace.web.searching import SearchParameters
from tests.web.api.conftest import check
from tests.web.shop import ZHENPIN_NUMBER

PRODUCTS = "/api/v1/products"

digits = st.from_regex(r"[-+]?[0-9²٣]{0,25}(\.[0-9]{0,4})?(e[0-9]{1,3})?", fullmatch=True)
_KNOWN = ("猕猴桃", "獼猴桃", "水城", "gzkiwi", "mihoutao", "圳品", "有机 茶", "tea", ZHENPIN_NUMBER)
_ODD = ("\u200b", "\x00", "²")
_CODES = ("zhenpin", "fruit", "520200", "520204", "chilled", "DEMO-SC", "0", "5", "1", "true")
words = st.sampled_from((*_KNOWN, *_ODD))
texts = st.one_of(words, st.lists(words, max_size=5).map("".join), st.text(max_size=40), digits)
codes = st.one_of(st.sampled_from(_CODES), texts)
sorts = st.one_of(st.sampled_from(list(Sort)), texts)
asked = st.dictionaries(
    st.sampled_from(list(SearchParameters.model_fields)),
    st.lists(st.one_of(codes, sorts, digits), min_size=1, max_size=4),
    max_size=6,
)


@pytest.fixture(scope="module")
def browser(app: Flask) -> FlaskClient:
    return app.test_client()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(asked=asked)
@example(asked={"price": ["²"]})
@example(asked={"cooperative": ["\x00"]})
@example(asked={"q": ["\x00"], "page": ["10000"]})
@example(asked={"price_min": ["0.005"], "price_max": ["9999999.999"]})
@example(asked={"sort": ["relevance", "unknown"]})
@example(asked={"county": ["520204"] * 41})
@example(asked={"q": ["茶" * 10_000]})
@example(asked={"q": ['\u202eشاي "((('], "page": ["1000000000"]})
@example(asked={"q": ["🍵" * 60, "OR NOT *~^"]})
@example(asked={"cooperative": ["nobody"], "county": ["nowhere"], "price": ["99"]})
def test_any_search_is_answered_or_refused(browser: FlaskClient, asked: dict[str, Any]) -> None:
    answer = browser.get(PRODUCTS, query_string=asked)
    assert answer.status_code in {200, 422}, asked
    body = check(answer, PRODUCTS)
    if answer.status_code == 422:
        assert body["code"] == "bad_search"
        return
    assert len(body["items"]) <= 24 <= max(24, body["total"])
    page = browser.get("/search", query_string=asked)
    assert page.status_code == 200, asked
    assert f"现有 {body['total']} 件" in page.text


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(typed=st.one_of(texts, st.text()), named=st.one_of(texts, st.text()), period=st.one_of(digits, texts))
def test_any_text_is_answered_or_refused_elsewhere(
    browser: FlaskClient, typed: str, named: str, period: str
) -> None:
    for path, parameters in (
        ("/api/v1/certificates", {"number": typed}),
        ("/api/v1/assistance/totals", {"period": period, "rule": named}),
        ("/api/v1/assistance/totals", {"period": "2026", "by": typed}),
    ):
        answer = browser.get(path, query_string=parameters)
        assert answer.status_code in {200, 422}, (path, parameters)
        check(answer, path)
    for path, parameters in (
        ("/search/suggest", {"q": typed}),
        ("/search/by/county", {"find": typed, "county": named, "page": period}),
        ("/certificates", {"q": typed, "scheme": named, "state": period, "page": period}),
    ):
        assert browser.get(path, query_string=parameters).status_code == 200, (path, parameters)
