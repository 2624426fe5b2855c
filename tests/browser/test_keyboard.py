"""The shop without a mouse, and without scripts: found, chosen, bought; what was typed is never lost."""

import re
from collections.abc import Callable
from urllib.parse import unquote

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from marketplace.kernel import time, unit_of_work
from marketplace.kernel.time import clock_in_force
from marketplace.search import service
from marketplace.search.types import AskedKey, Outcome
from tests.browser.conftest import DESK, PHONE, Site
from tests.web import ordering
from tests.web.conftest import signed_in
from tests.web.shop import SWEET_RICE

pytestmark = pytest.mark.browser

OpenPage = Callable[..., Page]
SEARCH = "搜索贵州好物"


def sign_in(page: Page, site: Site, name: str) -> None:
    with clock_in_force(site.clock):
        kept = signed_in(site.app, name).get_cookie("session")
    assert kept is not None
    page.context.add_cookies([{"name": "session", "value": kept.value, "url": site.url}])


def put_into_basket(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/products/{SWEET_RICE}")
    page.get_by_role("button", name="放进购物篮").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("购物篮")


def tab_to(page: Page, wanted: Locator) -> None:
    """Press Tab until something has the focus; fail where it is out of reach."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if wanted.evaluate("one => one === document.activeElement"):
            return
    pytest.fail("the keyboard does not reach it")


def test_the_first_tab_skips_to_the_content(shared_site: Site, open_page: OpenPage) -> None:
    page = open_page(DESK)
    page.goto(shared_site.url)
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="跳到正文")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.querySelector('main').contains(document.activeElement)")


def test_suggestions_are_walked_by_arrows(shared_site: Site, open_page: OpenPage) -> None:
    page = open_page()
    page.goto(shared_site.url)
    field, choices = page.get_by_role("combobox", name=SEARCH), page.get_by_role("listbox", name=SEARCH)
    field.focus()
    page.keyboard.type("mihoutao")
    expect(choices).to_be_visible()
    expect(field).to_have_attribute("aria-expanded", "true")
    expect(field).not_to_have_attribute("aria-activedescendant", re.compile("."))
    page.keyboard.press("ArrowDown")
    first = choices.get_by_role("option").first
    expect(first).to_have_attribute("aria-selected", "true")
    expect(field).to_have_attribute("aria-activedescendant", str(first.get_attribute("id")))
    expect(field).to_be_focused()
    page.keyboard.press("Escape")
    expect(choices).to_be_hidden()
    expect(field).to_have_value("mihoutao")
    page.keyboard.type(" ")
    page.keyboard.press("Backspace")
    expect(choices).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("End")
    expect(choices.get_by_role("option").last).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Home")
    expect(choices.get_by_role("option").first).to_have_attribute("aria-selected", "true")
    expect(choices.get_by_role("group", name="商品")).to_be_visible()
    meant = choices.get_by_role("option").first.locator("span").inner_text()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/products/|/search|/counties/|/cooperatives/"))
    expect(page.get_by_role("heading", level=1)).to_contain_text(meant[:2])


def test_what_many_ask_is_offered_to_an_empty_field(shared_site: Site, open_page: OpenPage) -> None:
    with clock_in_force(shared_site.clock), shared_site.session() as session:
        key = AskedKey(time.today(), "香禾糯", "zh-Hans", Outcome.FOUND)
        unit_of_work.commit(session, lambda one: service.count_asked(one, {key: 9}))
    shared_site.app.extensions["asked"].forget_popular()
    page = open_page()
    page.goto(shared_site.url)
    page.get_by_role("combobox", name=SEARCH).focus()
    choices = page.get_by_role("listbox", name=SEARCH)
    expect(choices).to_be_hidden()  # nothing opens for somebody who only passes by
    page.keyboard.press("ArrowDown")
    expect(choices.get_by_role("group", name="大家在搜").get_by_role("option")).to_have_text("香禾糯")
    expect(page.locator(".searchbar [role=status]")).to_contain_text("1")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?*")
    expect(page.locator("main .card").first).to_contain_text("从江香禾糯")


def test_the_values_of_a_facet_are_chosen_by_keyboard(shared_site: Site, open_page: OpenPage) -> None:
    page = open_page()
    page.goto(f"{shared_site.url}/search/by/county?in_stock=1")
    tab_to(page, page.get_by_label("名称里有"))
    page.keyboard.type("从江")
    page.keyboard.press("Enter")
    page.wait_for_url("**/by/county?*find=*")
    tab_to(page, page.get_by_role("checkbox"))
    page.keyboard.press("Space")
    tab_to(page, page.get_by_role("button", name="看所选的商品"))
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?*")
    expect(page.get_by_role("list", name="已选条件")).to_contain_text("从江")


def test_a_search_needs_no_suggestion(shared_site: Site, open_page: OpenPage) -> None:
    page = open_page()
    page.goto(shared_site.url)
    page.get_by_role("combobox", name=SEARCH).focus()
    page.keyboard.type("香禾糯")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?*")
    assert "香禾糯" in unquote(page.url)
    expect(page.locator("main .card").first).to_contain_text("从江香禾糯")


def test_the_filter_sheet_opens_closes_and_gives_the_focus_back(
    shared_site: Site, open_page: OpenPage
) -> None:
    page = open_page()
    page.goto(f"{shared_site.url}/search")
    button, sheet = page.get_by_role("button", name="筛选", exact=True), page.locator("#facets")
    expect(sheet).to_be_hidden()
    button.focus()
    page.keyboard.press("Enter")
    expect(sheet).to_be_visible()
    tab_to(page, sheet.get_by_role("checkbox").first)
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    expect(button).to_be_focused()
    page.keyboard.press("Enter")
    tab_to(page, sheet.get_by_role("checkbox", name=re.compile("圳品")))
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page.get_by_role("list", name="已选条件")).to_contain_text("圳品")
    expect(page.get_by_role("button", name=re.compile("^筛选"))).to_contain_text("1")


def test_the_city_is_picked_and_remembered(shared_site: Site, open_page: OpenPage) -> None:
    page = open_page()
    page.goto(f"{shared_site.url}/products/{SWEET_RICE}")
    picker = page.get_by_role("button", name=re.compile("送至"))
    picker.focus()
    page.keyboard.press("Enter")
    sheet = page.get_by_role("dialog", name="送到哪里")
    expect(sheet).to_be_visible()
    expect(sheet.locator("[aria-current]")).to_have_text("佛山")
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    expect(picker).to_be_focused()
    page.keyboard.press("Enter")
    tab_to(page, sheet.get_by_role("button", name="深圳", exact=True))
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name=re.compile("送至"))).to_contain_text("深圳")
    assert f"/products/{SWEET_RICE}" in page.url
    page.goto(shared_site.url)
    expect(page.get_by_role("button", name=re.compile("送至"))).to_contain_text("深圳")


def test_checkout_says_what_to_mend_and_keeps_the_rest(shared_site: Site, open_page: OpenPage) -> None:
    page = open_page()
    sign_in(page, shared_site, "consumer2")
    put_into_basket(page, shared_site)
    page.goto(f"{shared_site.url}/checkout")
    page.get_by_label("街道、门牌").fill("演示路 1 号")
    page.get_by_label("收货人", exact=True).fill("")
    page.get_by_label("收货人手机").fill("12")
    page.get_by_role("button", name=re.compile("下单并去付款")).press("Enter")
    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text("2 处要改")
    phone, recipient = page.get_by_label("收货人手机"), page.get_by_label("收货人", exact=True)
    for field in (phone, recipient):
        expect(field).to_have_attribute("aria-invalid", "true")
        said = page.locator(f"#{str(field.get_attribute('aria-describedby')).split()[0]}")
        expect(said).to_be_visible()
        assert said.inner_text().strip()
    expect(page.get_by_label("街道、门牌")).to_have_value("演示路 1 号")
    expect(phone).to_have_value("12")
    tab_to(page, summary.get_by_role("link").first)
    page.keyboard.press("Enter")
    assert page.evaluate("() => document.activeElement.getAttribute('aria-invalid')") == "true"


def test_money_asked_back_and_refused_keeps_its_words(shared_site: Site, open_page: OpenPage) -> None:
    with clock_in_force(shared_site.clock), shared_site.session() as session:
        order = ordering.paid(session, {(SWEET_RICE, "DEMO-CJ"): 2})
    page = open_page()
    sign_in(page, shared_site, "consumer")
    page.goto(f"{shared_site.url}/orders/{order.number}")
    opener = page.get_by_role("button", name="申请退款").first
    opener.focus()
    page.keyboard.press("Enter")
    sheet = page.get_by_role("dialog")
    expect(sheet).to_be_visible()
    sheet.get_by_label("为什么").fill("袋子破了（演示）")
    sheet.locator("form").evaluate("form => { form.noValidate = true; }")
    sheet.get_by_label("退几件").fill("3")
    sheet.get_by_label("退几件").press("Enter")
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_role("alert")).to_contain_text("退款超过了")
    expect(page.get_by_label("退几件").first).to_have_value("3")
    expect(page.get_by_label("为什么").first).to_have_value("袋子破了（演示）")
    page.get_by_label("退几件").first.fill("1")
    page.get_by_label("退几件").first.press("Enter")
    expect(page.locator("main")).to_contain_text("已退款")


def test_a_price_out_of_bounds_stays_for_mending(shared_site: Site, open_page: OpenPage) -> None:
    page = open_page(DESK)
    sign_in(page, shared_site, "cooperative")
    page.goto(f"{shared_site.url}/cooperative/offers")
    page.locator("main .task a").first.click()
    price = page.get_by_label("每件价格")
    price.fill("99999.00")
    price.press("Enter")
    expect(page.get_by_label("每件价格")).to_have_value("99999.00")
    expect(page.get_by_label("每件价格")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_role("alert").first).to_be_focused()


def test_everything_up_to_paying_works_without_scripts(shared_site: Site, chromium: Browser) -> None:
    context = chromium.new_context(viewport=PHONE, locale="zh-CN", java_script_enabled=False)  # type: ignore[arg-type]  # ViewportSize
    page = context.new_page()
    page.set_default_timeout(15_000)
    page.goto(shared_site.url)
    page.get_by_role("searchbox", name=SEARCH).fill("香禾糯")
    page.get_by_role("button", name="搜索", exact=True).click()
    page.get_by_role("button", name="筛选", exact=True).click()
    page.locator("#facets label", has_text="黔东南").get_by_role("checkbox").check()
    page.get_by_role("button", name=re.compile("按所选筛选")).click()
    page.get_by_role("link", name=re.compile("从江香禾糯")).click()
    page.get_by_role("button", name="放进购物篮").first.click()
    page.get_by_role("spinbutton").first.fill("2")
    page.get_by_role("button", name="改数量").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("2 件")
    page.get_by_role("link", name="去结算").click()
    page.get_by_label("手机号码").fill("13900000077")
    page.get_by_role("button", name="获取验证码").click()
    page.get_by_label("验证码", exact=True).fill(shared_site.code_for("+8613900000077"))
    page.get_by_role("button", name="验证，继续结算").click()
    page.get_by_label("街道、门牌").fill("演示路 2 号")
    page.get_by_label("收货人", exact=True).fill("收货人（演示）")
    page.get_by_role("button", name=re.compile("下单并去付款")).click()
    expect(page.get_by_role("heading", name="演示支付")).to_be_visible()
    page.get_by_role("button", name=re.compile("确认付款")).click()
    page.wait_for_url(re.compile("/orders/"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("订单")
    context.close()
