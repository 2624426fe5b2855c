"""The anonymous pages: there, cacheable, free of anything personal, and cheap however much they show."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.web.browse import statements
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
    "/basket",
    "/about",
    "/about/how-counted",
    "/about/licences",
)


def _count(app: Flask, client: FlaskClient, page: str) -> int:
    assert client.get(page).status_code == 200, page  # what is kept in memory is read once
    with statements(app) as sent:
        client.get(page)
    print(page, len(sent))
    return len(sent)


@pytest.mark.parametrize("page", PAGES)
def test_no_page_asks_more_than_twelve_times(app: Flask, client: FlaskClient, page: str) -> None:
    assert _count(app, client, page) <= MOST_STATEMENTS
