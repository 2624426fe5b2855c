"""The story on a phone: a visitor finds, buys and pays; goods travel; the official counts."""

import csv
import io
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Locator, Page, expect

from marketplace.custody import queries as custody
from marketplace.custody.types import Consignment
from marketplace.orders import queries as orders
from marketplace.orders.types import Order
from tests.browser.conftest import Site
from tests.web.shop import SWEET_RICE, ZHENPIN_NUMBER

pytestmark = pytest.mark.browser

PHONE = "51234567"
OpenPage = Callable[..., Page]


def test_the_story_on_a_phone(site: Site, open_page: OpenPage) -> None:
    buyer = open_page()
    find_and_fill_basket(buyer, site)
    number = order_and_pay(buyer, site)
    cooperatives_pack(site, open_page, number)
    carry(site, open_page, number)
    receive_and_share(buyer, site, number)
    give_back_and_count(buyer, site, open_page, number)


def find_and_fill_basket(page: Page, site: Site) -> None:
    page.goto(site.url)
    assert goods_one_can_buy(page) >= 2
    page.get_by_role("combobox", name="搜索贵州好物").fill("獼猴桃")
    page.get_by_role("button", name="搜索", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("獼猴桃")
    page.get_by_role("button", name="筛选").click()
    page.locator("#facets label", has_text="圳品").get_by_role("checkbox").check()
    page.get_by_role("button", name=re.compile("按所选筛选")).click()
    expect(page.get_by_role("list", name="已选条件")).to_contain_text("圳品")
    card = page.get_by_role("link", name=re.compile("水城红心猕猴桃"))
    expect(card).to_have_count(1)
    card.click()
    expect(page.get_by_text(ZHENPIN_NUMBER)).to_be_visible()
    expect(page.locator("main")).to_contain_text(re.compile("含运费"))
    expect(page.locator("main")).to_contain_text(re.compile("11月2\\d日到"))
    put_into_basket(page)
    page.goto(f"{site.url}/products/xiuwen-mihoutao")
    expect(page.locator("main")).to_contain_text("贵阳")
    put_into_basket(page)
    page.goto(f"{site.url}/products/{SWEET_RICE}")
    put_into_basket(page)


def order_and_pay(page: Page, site: Site) -> str:
    """Buy without a password: phone, code, address, the demonstration's pay page; return the number."""
    page.get_by_role("link", name="去结算").click()
    page.get_by_label("地区", exact=True).select_option("HK")
    page.get_by_label("手机号码").fill(PHONE)
    page.get_by_role("button", name="获取验证码").click()
    page.get_by_label("验证码", exact=True).fill(site.code_for(f"+852{PHONE}"))
    page.get_by_role("button", name="验证，继续结算").click()
    page.get_by_label("收货地区").select_option("440604")
    page.get_by_label("街道、门牌").fill("演示路 1 号")
    page.get_by_label("收货人", exact=True).fill("收货人（演示）")
    page.get_by_role("button", name="按这里重算运费").click()
    place = page.get_by_role("button", name=re.compile("下单并去付款"))
    expect(page.get_by_label("街道、门牌")).to_have_value("演示路 1 号")
    asked = amount_in(place)
    place.click()
    if page.url.startswith(f"{site.url}/checkout/pay/"):
        page.locator("main form button[type=submit]").first.click()
    expect(page.get_by_role("heading", name="演示支付")).to_be_visible()
    pay = page.get_by_role("button", name=re.compile("确认付款"))
    assert amount_in(pay) == asked
    pay.click()
    page.wait_for_url(re.compile("/orders/"))
    found = re.search(r"/orders/([A-Z0-9-]+)", page.url)
    assert found is not None
    return found[1]


def cooperatives_pack(site: Site, open_page: OpenPage, number: str) -> None:
    order = order_of(site, number)
    assert len({part.cooperative_id for part in order.fulfilments}) == 3
    for part in order.fulfilments:
        page = open_page()
        site.sign_in_as_member_of(page, int(part.cooperative_id))
        page.goto(f"{site.url}/cooperative/orders?state=to_accept")
        page.get_by_role("button", name=re.compile("全部接单")).click()
        page.goto(f"{site.url}/cooperative/orders?state=accepted")
        page.get_by_role("button", name=re.compile("全部已装箱")).click()
        page.goto(f"{site.url}/cooperative/orders?state=packed")
        label = page.request.get(f"{site.url}/cooperative/orders/labels.pdf?part={part.id}")
        assert label.headers["content-type"].startswith("application/pdf")
        assert label.body().startswith(b"%PDF")


def carry(site: Site, open_page: OpenPage, number: str) -> None:
    """Over the road to the cloud warehouse, warmer than it should be once, and on by express."""
    site.clock.advance(timedelta(hours=3))
    driver = open_page()
    site.sign_in(driver, "carrier")
    loads = loads_of(site, number)
    for load in loads:
        take(driver, site, load, "山路司机（演示）", warm=False)
    site.clock.advance(timedelta(hours=20))
    keeper = open_page()
    site.sign_in(keeper, "warehouse")
    chilled = next(load for load in loads if load.needs_temperature)
    for load in loads_of(site, number):
        take(keeper, site, load, "云仓收货员（演示）", warm=load.id == chilled.id)
    for place, load in enumerate(loads_of(site, number)):
        dispatch(keeper, site, load, f"DEMO-YD{place:06}")
    keeper.goto(f"{site.url}/trace/{chilled.trace_token}")
    expect(keeper.locator("main")).to_contain_text("偏高")
    expect(keeper.locator("main")).not_to_contain_text("收货人（演示）")


def receive_and_share(page: Page, site: Site, number: str) -> None:
    site.clock.advance(timedelta(hours=4))
    page.goto(f"{site.url}/orders/{number}")
    for _ in range(len(order_of(site, number).fulfilments)):
        button = page.get_by_role("button", name="确认收货").first
        if not button.is_visible():
            break
        button.click()
        page.wait_for_load_state()
    page.goto(f"{site.url}/orders/{number}")
    page.get_by_role("link", name="看看这一单做了什么").click()
    expect(page.locator("main")).to_contain_text("佛山—黔东南")
    expect(page.locator("main")).to_contain_text("从江香禾糯")


def give_back_and_count(page: Page, site: Site, open_page: OpenPage, number: str) -> None:
    official = open_page()
    site.sign_in(official, "official")
    before = downloaded_total(official, site)
    assert before == sum(line.goods_fen for line in order_of(site, number).lines)
    official.goto(f"{site.url}/oversight/")
    expect(official.locator("main")).to_contain_text("结对待确认")
    page.goto(f"{site.url}/orders/{number}")
    rice = next(line for line in order_of(site, number).lines if line.product_slug == SWEET_RICE)
    page.locator(f'[popovertarget="refund-{rice.id}"]').first.click()
    sheet = page.locator(f"#refund-{rice.id}")
    sheet.get_by_label("为什么").fill("有一袋破了")
    sheet.get_by_role("button", name="申请退款").click()
    page.wait_for_load_state()
    site.settle(number)
    assert downloaded_total(official, site) == before - rice.unit_price_fen


def goods_one_can_buy(page: Page) -> int:
    """Count cards whose picture, name and price stand whole on the first screen."""
    bottom = page.get_by_role("navigation", name=re.compile("底部|主要")).bounding_box()
    edge = bottom["y"] if bottom else 844
    prices = page.locator("main a", has_text="含运费")
    seen = 0
    for place in range(prices.count()):
        price = prices.nth(place).locator("text=含运费").first.bounding_box()
        seen += bool(price and price["y"] + price["height"] <= edge)
    return seen


def put_into_basket(page: Page) -> None:
    page.get_by_role("button", name="放进购物篮").first.click()
    expect(page.get_by_role("heading", name=re.compile("购物篮"))).to_be_visible()


def amount_in(button: Locator) -> str:
    found = re.search(r"¥[\d,.]+", button.inner_text())
    assert found is not None
    return found[0]


def take(page: Page, site: Site, load: Consignment, name: str, *, warm: bool) -> None:
    """Open the label's QR on a phone; the one who takes over has the form, both sign on it."""
    page.goto(f"{site.url}/h/{load.label_token}")
    if load.needs_temperature:
        page.get_by_label("箱外表面温度", exact=True).fill("7" if warm else "1.5")
    if warm:
        page.get_by_text("接近界限时").click()
        page.get_by_label("中心温度").fill("6.5")
        page.get_by_text("短少、损坏、拒收").click()
        page.get_by_label("原因").fill("途中制冷故障")
    giver = page.get_by_label("移交人姓名")
    if not giver.input_value():
        giver.fill("移交人（演示）")
    receiver = page.get_by_label("接收人姓名")
    if not receiver.input_value():
        receiver.fill(name)
    sign_off(page)


def dispatch(page: Page, site: Site, load: Consignment, number: str) -> None:
    """Give a parcel to express: waybill, then 揽收 and 签收 as the courier reports them."""
    page.goto(f"{site.url}/h/{load.label_token}?target=courier")
    page.get_by_label("快递公司").fill("演示快递（演示）")
    page.get_by_label("运单号").fill(number)
    if load.needs_temperature:
        page.get_by_label("箱外表面温度", exact=True).fill("1.5")
    giver = page.get_by_label("移交人姓名")
    if not giver.input_value():
        giver.fill("移交人（演示）")
    sign_off(page)
    site.report(number)


def sign_off(page: Page) -> None:
    """Send the hand-off; what is refused shows in the failure."""
    with page.expect_navigation() as sent:
        page.get_by_role("button", name="确认交接").click()
    assert sent.value is not None
    assert sent.value.ok, page.locator("main").inner_text()


def order_of(site: Site, number: str) -> Order:
    with site.session() as session:
        return orders.get_order_by_number(session, number)


def loads_of(site: Site, number: str) -> list[Consignment]:
    tokens = [part.label_token for part in order_of(site, number).fulfilments]
    with site.session() as session:
        return custody.consignments_by_token(session, tokens)


def downloaded_total(page: Page, site: Site) -> int:
    """Return the completed fen of the CSV's total row, after its rows have been added up to it."""
    page.goto(f"{site.url}/oversight/table?by=county&period=2026")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="CSV 表格").click()
    rows = list(csv.reader(io.StringIO(waiting.value.path().read_text(encoding="utf-8-sig"))))
    head = next(place for place, row in enumerate(rows) if any("已完成" in cell for cell in row))
    column = next(place for place, cell in enumerate(rows[head]) if "已完成" in cell)
    amounts: dict[str, list[int]] = {}
    for row in rows[head + 1 :]:
        amounts.setdefault(row[0], []).append(round(float(row[column]) * 100))
    [total], states = amounts.pop("合计"), amounts.pop("结对状态")
    [counties] = amounts.values()
    assert len(states) == 4
    assert sum(states) == sum(counties) == total
    return total
