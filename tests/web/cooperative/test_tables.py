"""A cooperative updates its shelf with a spreadsheet in the browser: template, look, confirm, result."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue import service as goods
from marketplace.catalogue.types import GoodsContent, Offer, PackContent
from marketplace.flow import update_by_sheet
from marketplace.kernel import unit_of_work, uploads
from tests.factories.sheets import workbook
from tests.web.browse import statements, token_of
from tests.web.conftest import SignIn, signed_in
from tests.web.shop import RED_KIWI, XIUWEN_KIWI, Shop

PAGE = "/cooperative/tables"
MOST_STATEMENTS = 12


@pytest.fixture
def browser(sign_in: SignIn) -> FlaskClient:
    return sign_in("cooperative")


@pytest.fixture
def kiwi(session: Session) -> Offer:
    return Shop(session).offer(RED_KIWI, "DEMO-SC")


def send(
    browser: FlaskClient, content: bytes, subject: str = "offers", name: str = "表.xlsx"
) -> TestResponse:
    token = token_of(browser.get(PAGE))
    sent = {
        "csrf_token": token,
        "subject": subject,
        "key": f"key-{token[:40]}",
        "file": (io.BytesIO(content), name),
    }
    return browser.post(PAGE, data=sent)


def cells(answer: TestResponse) -> list[list[Any]]:
    sheet = load_workbook(io.BytesIO(answer.data)).active
    assert sheet is not None
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def digest_in(page: TestResponse) -> str:
    return page.text.split('name="digest" value="')[1].split('"')[0]


def price_of(session: Session, offer: Offer) -> int:
    session.rollback()
    return catalogue.get_offer(session, offer.id).price_fen


def test_a_price_is_changed_by_sheet_after_it_was_looked_at(
    browser: FlaskClient, session: Session, kiwi: Offer
) -> None:
    new = kiwi.price_fen + 100
    answer = send(browser, workbook([["报价编号", "价格（元）"], [kiwi.id, f"￥{new // 100}"]]))
    assert answer.status_code == 303
    shown = browser.get(answer.location)
    assert f"¥{new / 100:.2f}" in shown.text
    assert "替您读正的格子" in shown.text
    assert price_of(session, kiwi) == kiwi.price_fen
    sent = {"csrf_token": token_of(shown), "digest": digest_in(shown)}
    for _ in range(2):
        assert browser.post(f"{answer.location}/confirm", data=sent).status_code == 303
    assert price_of(session, kiwi) == new
    assert "已更新 1 行" in browser.get(answer.location).text
    assert cells(browser.get(f"{answer.location}/result.xlsx"))[1][2] == "已更新"
    assert "表.xlsx" in browser.get(PAGE).text
    back = send(browser, workbook([["报价编号", "价格"], [kiwi.id, kiwi.price_fen / 100]]))
    page = browser.get(back.location)
    browser.post(f"{back.location}/confirm", data={"csrf_token": token_of(page), "digest": digest_in(page)})
    assert price_of(session, kiwi) == kiwi.price_fen


def test_the_result_sheet_says_in_each_row_what_to_do(
    browser: FlaskClient, session: Session, kiwi: Offer
) -> None:
    theirs = Shop(session).offer(XIUWEN_KIWI, "DEMO-XW")
    rows = [["编号", "价格", "状态"], [kiwi.id, "=1+1", None], [theirs.id, 60, None], [kiwi.id, None, "在售"]]
    answer = send(browser, workbook(rows))
    page = browser.get(answer.location)
    assert "还没有更新任何内容" in page.text
    assert 'name="digest"' not in page.text
    head, formula, foreign, same = cells(browser.get(f"{answer.location}/result.xlsx"))
    assert head == ["编号", "价格", "状态", "结果", "问题"]
    assert (formula[1], formula[3]) == ("=1+1", "要改")
    assert "公式" in formula[4]
    assert f"您没有编号为 {theirs.id} 的报价" in foreign[4]
    assert same[3] == "没有变化"
    book = load_workbook(io.BytesIO(browser.get(f"{answer.location}/result.xlsx").data))
    assert book.worksheets[0]["B2"].data_type == "s"
    sent = {"csrf_token": token_of(browser.get(PAGE)), "digest": "0" * 64}
    assert browser.post(f"{answer.location}/confirm", data=sent).status_code == 422
    assert price_of(session, kiwi) == kiwi.price_fen


@pytest.mark.parametrize("subject", ["goods", "offers", "stock", "lots"])
@pytest.mark.parametrize("language", ["zh-Hans", "zh-Hant-HK", "en"])
def test_template_and_export_come_back_in_every_language(
    browser: FlaskClient, session: Session, kiwi: Offer, subject: str, language: str
) -> None:
    browser.set_cookie("lang", language)
    with paused(session, kiwi), drafted(session):
        come_back(browser, subject)


@contextmanager
def paused(session: Session, offer: Offer) -> Iterator[None]:
    """Take an offer off sale for a while, so that both states are exported."""
    unit_of_work.commit(session, lambda opened: goods.pause_offer(opened, offer.id))
    try:
        yield
    finally:
        unit_of_work.commit(session, lambda opened: goods.resume_offer(opened, offer.id))


@contextmanager
def drafted(session: Session) -> Iterator[None]:
    """Let the cooperative have a description of its own for a while."""
    pack = PackContent(pack="=袋装", unit_code="bag", net_weight_g=500, price_fen=1999)
    content = GoodsContent(
        name="-试吃（演示）",
        county_code="522633",
        aisle_code="grain",
        storage_code="dry_ambient",
        harvest_months=(9,),
        sale_months=(9, 10),
        allergens=("nut", "milk"),
        packs=(pack, pack),
    )
    party = Shop(session).party("DEMO-SC")
    made = unit_of_work.commit(session, lambda opened: goods.begin_proposal(opened, party.id, content))
    try:
        yield
    finally:
        unit_of_work.commit(session, lambda opened: goods.withdraw_proposal(opened, made.id))


def come_back(browser: FlaskClient, subject: str) -> None:
    export = browser.get(f"{PAGE}/{subject}.xlsx")
    assert export.status_code == 200
    answer = send(browser, export.data, subject)
    assert answer.status_code == 303
    page = browser.get(answer.location)
    assert 'name="digest"' not in page.text
    assert not any(f'id="{part}"' in page.text for part in ("problems", "changes", "mends"))
    template = browser.get(f"{PAGE}/{subject}-template.xlsx")
    assert send(browser, template.data, subject).status_code == 422  # nothing is filled in yet


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"%PDF-1.7",
        b"\x89PNG\r\n\x1a\n\x00\x00",
        b"PK\x03\x04 torn",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1old",
        b"a,b\n1,2\n",
    ],
)
def test_what_is_no_such_table_is_refused_with_what_to_do(browser: FlaskClient, content: bytes) -> None:
    answer = send(browser, content)
    assert answer.status_code == 422
    assert 'id="file-error"' in answer.text


def test_a_form_without_a_file_says_so(browser: FlaskClient) -> None:
    sent = {"csrf_token": token_of(browser.get(PAGE)), "subject": "offers", "key": "no-file-key"}
    assert browser.post(PAGE, data=sent).status_code == 422


def test_another_cooperative_s_sheet_does_not_exist(
    browser: FlaskClient, sign_in: SignIn, kiwi: Offer
) -> None:
    mine = send(browser, workbook([["报价编号", "价格"], [kiwi.id, kiwi.price_fen / 100 + 1]]))
    digest = digest_in(browser.get(mine.location))
    other = sign_in("cooperative2")
    token = token_of(other.get(PAGE))
    assert other.get(mine.location).status_code == 404
    assert other.get(f"{mine.location}/result.xlsx").status_code == 404
    sent = {"csrf_token": token, "digest": digest}
    assert other.post(f"{mine.location}/confirm", data=sent).status_code == 404
    assert other.get(f"{PAGE}/999999").status_code == 404


def test_a_large_sheet_is_a_job_s_and_its_page_says_how_far_it_is(
    own_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(update_by_sheet, "AT_ONCE", 0)
    monkeypatch.setattr(update_by_sheet, "LOOKED_AT_ONCE", 0)
    browser = signed_in(own_app, "cooperative")
    with own_app.extensions["sessions"]() as own:
        offer = Shop(own).offer(RED_KIWI, "DEMO-SC")
    answer = send(browser, workbook([["报价编号", "价格"], [offer.id, offer.price_fen / 100 + 1]]))
    looking = browser.get(answer.location)
    assert looking.headers["Refresh"] == "3"
    assert "正在打开表格" in looking.text
    assert browser.get(f"{answer.location}/result.xlsx").status_code == 404
    assert "正在查看" in browser.get(PAGE).text
    own_app.extensions["drain"]()
    shown = browser.get(answer.location)
    assert "Refresh" not in shown.headers
    assert "会更新 1 行" in shown.text
    assert "看过了，等您确认" in browser.get(PAGE).text
    assert cells(browser.get(f"{answer.location}/result.xlsx"))[1][2] == "可以更新"
    sent = {"csrf_token": token_of(shown), "digest": digest_in(shown)}
    assert browser.post(f"{answer.location}/confirm", data=sent).status_code == 303
    waiting = browser.get(answer.location)
    assert waiting.headers["Refresh"] == "3"
    assert "已处理 0 / 1 行" in waiting.text
    own_app.extensions["drain"]()
    done = browser.get(answer.location)
    assert "Refresh" not in done.headers
    assert "已更新 1 行" in done.text
    assert cells(browser.get(f"{answer.location}/result.xlsx"))[1][2] == "已更新"
    wrong = browser.get(send(browser, "说明,备注\n只有,说明\n".encode()).location)
    assert "正在打开表格" in wrong.text
    own_app.extensions["drain"]()
    assert "没有找到表头" in browser.get(wrong.request.path).text
    assert "读不了" in browser.get(PAGE).text
    with own_app.extensions["sessions"]() as own:
        assert catalogue.get_offer(own, offer.id).price_fen == offer.price_fen + 100
        assert [one.rows_all for one in uploads.recent(own, offer.cooperative_id)] == [0, 1]


def test_the_pages_ask_few_questions(app: Flask, browser: FlaskClient, kiwi: Offer) -> None:
    answer = send(browser, workbook([["报价编号", "价格"], [kiwi.id, kiwi.price_fen / 100 + 1]]))
    for page in (PAGE, answer.location):
        browser.get(page)
        with statements(app) as asked:
            assert browser.get(page).status_code == 200
        assert len(asked) <= MOST_STATEMENTS, asked
