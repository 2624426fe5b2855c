"""The published catalogue for everybody: pages, digest, files; what a product's page and card say of it."""

import hashlib
import io
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy.orm import Session

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue import service
from marketplace.catalogue.types import Edition
from marketplace.kernel import unit_of_work
from marketplace.kernel.time import FixedClock, clock_in_force
from tests.conftest import NOON
from tests.factories.editions import make_operator, publish
from tests.printed import text_of
from tests.web import shop as shops
from tests.web.browse import statements
from tests.web.conftest import _close
from tests.web.shop import RED_KIWI, SWEET_RICE, XIUWEN_KIWI, Shop

MOST_STATEMENTS = 12


def _fill(session: Session) -> Edition:
    """Two goods in last year's edition; this year the rice came and one kiwi was not nominated."""
    shop = Shop(session)
    rice, xiuwen = shop.product(SWEET_RICE), shop.product(XIUWEN_KIWI)
    for number, product, holder in (
        ("DEMO-ZP-810001", rice, "DEMO-CJ"),
        ("DEMO-ZP-810002", xiuwen, "DEMO-XW"),
    ):
        shops.certify(session, shop.party(holder).id, "zhenpin", number, frozenset({product.id}))
    publish(session, 2025, [shop.product(RED_KIWI), xiuwen])
    return publish(session, 2026, [shop.product(RED_KIWI), rice])


@pytest.fixture(scope="module")
def published(
    copy_shop: Callable[[str, Path], Flask], worker_id: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Flask, Edition]]:
    """Two editions that the tests only look at."""
    with clock_in_force(FixedClock(NOON)):
        app = copy_shop(f"published_{worker_id}", tmp_path_factory.mktemp("published"))
        with app.extensions["sessions"]() as session:
            edition = unit_of_work.commit(session, _fill)
    yield app, edition
    _close(app)


@pytest.fixture
def browser(published: tuple[Flask, Edition]) -> FlaskClient:
    return published[0].test_client()


def test_the_list_names_every_edition_and_why_there_are_criteria(browser: FlaskClient) -> None:
    page = browser.get("/catalogue").text
    assert page.index("2026年版（演示）") < page.index("2025年版（演示）")
    assert "黔府发〔2022〕12号第七条" in page


def test_an_edition_says_what_came_what_left_and_its_digest(
    browser: FlaskClient, published: tuple[Flask, Edition]
) -> None:
    _app, edition = published
    assert edition.publication is not None
    page = browser.get("/catalogue/2026").text
    assert edition.publication.digest in page
    assert "不是政府公布的目录" in page
    assert page.count('badge--good">新列入') == 1
    gone = page[page.index('id="left"') :]
    assert "修文猕猴桃" in gone
    assert "本年没有提名" in gone


def test_the_json_file_has_the_digest_of_the_page(
    browser: FlaskClient, published: tuple[Flask, Edition]
) -> None:
    _app, edition = published
    assert edition.publication is not None
    answer = browser.get("/catalogue/2026.json")
    assert hashlib.sha256(answer.data).hexdigest() == edition.publication.digest
    before = hashlib.sha256(browser.get("/catalogue/2025.json").data).hexdigest()
    assert json.loads(answer.data)["former_digest"] == before


def test_the_workbook_holds_every_entry_and_what_left(
    browser: FlaskClient, published: tuple[Flask, Edition]
) -> None:
    _app, edition = published
    assert edition.publication is not None
    sheet = load_workbook(io.BytesIO(browser.get("/catalogue/2026.xlsx").data)).active
    assert sheet is not None
    rows = [[str(cell or "") for cell in row] for row in sheet.iter_rows(values_only=True)]
    assert edition.publication.digest in rows[2][0]
    assert [row[0] for row in rows[4:]] == ["列入", "列入", "离开"]
    assert rows[-1][2] == "1"
    assert any("DEMO-ZP-810001" in cell for row in rows for cell in row)


def test_the_document_says_what_it_must_and_is_set_in_the_project_s_letters(
    browser: FlaskClient, published: tuple[Flask, Edition]
) -> None:
    _app, edition = published
    assert edition.publication is not None
    made = browser.get("/catalogue/2026.pdf")
    assert made.mimetype == "application/pdf"
    assert b"NotoSansSC" in made.data
    cover, rest = text_of(made.data).split("\n")
    assert cover.startswith("黔货入粤名优产品目录2026年版（演示）演示文件")
    assert edition.publication.digest in cover
    assert cover.endswith("1 / 2")
    assert rest.startswith("列入条件1.")
    for said in ("六盘水市（1）", "从江香禾糯", "DEMO-ZP-810001", "修文猕猴桃", "本年没有提名", "2 / 2"):
        assert said in rest, said


def test_the_document_is_set_anew_in_each_language(browser: FlaskClient) -> None:
    hans = browser.get("/catalogue/2026.pdf").data
    english = browser.get("/catalogue/2026.pdf", headers={"Accept-Language": "en"}).data
    assert hans != english
    assert browser.get("/catalogue/2026.pdf").data == hans


def test_entries_are_narrowed_by_prefecture_industry_and_news(browser: FlaskClient) -> None:
    everything = browser.get("/catalogue/2026").text
    assert _names(everything) == ["水城红心猕猴桃", "从江香禾糯"]
    assert _names(browser.get("/catalogue/2026?prefecture=522600").text) == ["从江香禾糯"]
    assert _names(browser.get("/catalogue/2026?industry=fruit").text) == ["水城红心猕猴桃"]
    assert _names(browser.get("/catalogue/2026?new=1").text) == ["从江香禾糯"]
    assert _names(browser.get("/catalogue/2026?prefecture=nothing").text) == _names(everything)


def _names(page: str) -> list[str]:
    goods = page[page.index('id="goods"') :].partition('id="left"')[0]
    return re.findall(r'<a href="/products/[^"]+">([^<]+)</a>', goods)


def test_product_and_card_carry_the_number_while_listed(browser: FlaskClient) -> None:
    page = browser.get(f"/products/{RED_KIWI}").text
    assert 'href="/catalogue/2026"' in page
    assert "2026年版（演示） · 第1号" in page
    assert "· 第" not in browser.get(f"/products/{XIUWEN_KIWI}").text.partition('id="alike"')[0]
    assert "2026年版（演示） · 第2号" in browser.get("/search?q=香禾糯").text


def test_what_is_not_published_is_not_there(own_app: Flask) -> None:
    browser = own_app.test_client()
    assert browser.get("/catalogue").status_code == 200
    with own_app.extensions["sessions"]() as session:
        unit_of_work.commit(session, lambda one: service.open_edition(one, 2026, make_operator(one).person))
    for address in ("/catalogue/2026", "/catalogue/2026.json", "/catalogue/2026.pdf", "/catalogue/2025"):
        assert browser.get(address).status_code == 404, address
    assert "各县提名中" in browser.get("/catalogue").text


@pytest.mark.parametrize(
    ("address", "counties", "listed"),
    [
        ("/cooperation/hengqin-zhengan", ("正安县",), False),
        ("/cooperation/li-cong-rong", ("黎平县", "从江县", "榕江县"), True),
    ],
)
def test_the_policy_s_two_places_show_counties_goods_and_entries(
    browser: FlaskClient, address: str, counties: tuple[str, ...], *, listed: bool
) -> None:
    page = browser.get(address).text
    assert all(county in page for county in counties)
    assert ("第2号" in page) is listed
    assert ("最新一版里还没有这里的商品" in page) is not listed


def test_another_place_is_not_there(browser: FlaskClient) -> None:
    assert browser.get("/cooperation/nowhere").status_code == 404


@pytest.mark.parametrize(
    "page", ["/catalogue", "/catalogue/2026", "/cooperation/li-cong-rong", f"/products/{RED_KIWI}"]
)
def test_no_page_asks_more_than_twelve_times(
    browser: FlaskClient, published: tuple[Flask, Edition], page: str
) -> None:
    browser.get(page)  # what is kept in memory is read once
    with statements(published[0]) as sent:
        assert browser.get(page).status_code == 200
    assert len(sent) <= MOST_STATEMENTS


def test_the_number_on_a_card_costs_no_statement(
    browser: FlaskClient, published: tuple[Flask, Edition]
) -> None:
    app, _edition = published
    with app.app_context(), app.extensions["sessions"]() as session:
        catalogue.listed_in(session)
        with statements(app) as sent:
            assert catalogue.listed_in(session) is not None
    assert sent == []
