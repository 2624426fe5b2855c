"""A bookkeeper updates the shelf with a spreadsheet on a phone: file chosen, looked at, confirmed."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from marketplace.catalogue import queries as catalogue
from tests.browser.conftest import Site
from tests.factories.sheets import workbook
from tests.web.shop import RED_KIWI, Shop

pytestmark = pytest.mark.browser

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def send(page: Page, rows: list[list[object]]) -> None:
    page.locator("#file").set_input_files({"name": "价格表.xlsx", "mimeType": XLSX, "buffer": workbook(rows)})
    page.get_by_role("button", name="看看会改什么").click()
    page.wait_for_load_state()


def test_a_wrong_sheet_is_corrected_and_then_changes_the_price(
    site: Site, open_page: Callable[..., Page]
) -> None:
    with site.session() as session:
        kiwi = Shop(session).offer(RED_KIWI, "DEMO-SC")
        name = catalogue.get_product(session, kiwi.product_id).name.hans
    page = open_page()
    site.sign_in(page, "cooperative")
    page.goto(f"{site.url}/cooperative/offers")
    page.get_by_role("link", name="用表格更新").click()
    with page.expect_download() as taken:
        page.get_by_role("link", name="空白模板 报价").click()
    assert taken.value.suggested_filename == "offers-template.xlsx"
    wrong = ["一号仓（演示）", "1.23E+19", None]
    title, head = ["秋季价格表（演示）"], ["品名", "售价（元）", "状态"]
    send(page, [title, head, [name, f"￥{kiwi.price_fen // 100 + 1}", "在售"], wrong])
    expect(page.get_by_text("还没有更新任何内容")).to_be_visible()
    expect(page.get_by_text("请先把该列设为文本")).to_be_visible()
    page.get_by_role("link", name="再传一份").click()
    send(page, [title, head, [name, f"￥{kiwi.price_fen // 100 + 1}", "在售"], ["合计", "=SUM(B3:B3)"]])
    expect(page.get_by_role("heading", name="替您读正的格子")).to_be_visible()
    page.get_by_role("button", name="确认更新 1 行").click()
    expect(page.get_by_text("已更新 1 行。")).to_be_visible()
    with site.session() as session:
        assert catalogue.get_offer(session, kiwi.id).price_fen == kiwi.price_fen // 100 * 100 + 100
