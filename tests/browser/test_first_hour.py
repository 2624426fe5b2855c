"""A cooperative's first hour on a phone: let in, its book read, its certificate proven; and taken away."""

import io
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from marketplace.catalogue import queries as catalogue
from marketplace.kernel import time, unit_of_work
from marketplace.orders.types import Order
from marketplace.parties import queries as parties
from marketplace.stock import queries as stock
from tests.browser.conftest import Site
from tests.factories.sheets import messy_lots
from tests.web import ordering
from tests.web.conftest import follow_search
from tests.web.shop import Shop, add_bare_offer

pytestmark = pytest.mark.browser

NAME = "都柳江果业专业合作社"
PHONE = "+8613912340001"
PONKAN = "congjiang-penggan"
GOODS = (
    PONKAN,
    "rongjiang-qicheng",
    "taijiang-jinqiuli",
    "weining-pingguo",
    "ziyun-hongxin-hongshu",
    "anshun-shanyao",
)
CASE_G = 2500
PATIENCE = 20
NUMBER = "DEMO-ZP-000777"
REASON = "抽检不合格（演示）"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
OpenPage = Callable[..., Page]


def test_the_first_hour_of_a_cooperative(site: Site, open_page: OpenPage) -> None:
    bookkeeper, operator = open_page(), open_page()
    number = apply(bookkeeper, site)
    recommend(open_page(), site, number)
    site.sign_in(operator, "operator")
    code = accept(operator, site, number)
    offer_six_goods(site, code)
    bring_in_the_harvest(bookkeeper, site, code)
    visitor = open_page()
    expect_mark(visitor, site, shown=False)
    hand_in(bookkeeper, site)
    expect_mark(visitor, site, shown=False)
    verify(operator, site)
    expect_mark(visitor, site, shown=True)
    order = buy(site, code)
    revoke(operator, site)
    expect_mark(visitor, site, shown=False)
    expect_proof_kept(open_page(), site, order)
    read_why(bookkeeper, site)


def apply(page: Page, site: Site) -> str:
    """Somebody nobody knows yet signs in and applies; return the application's number."""
    site.sign_in_by_phone(page, PHONE)
    page.goto(f"{site.url}/join")
    page.get_by_role("link", name="填写入驻申请").click()
    page.get_by_label("名称", exact=True).fill(NAME)
    page.get_by_label("统一社会信用代码").fill("DEMO-USCC-0777")
    page.get_by_label("法定代表人").fill("某某（演示）")
    page.get_by_label("住所").fill("从江县丙妹镇（演示）")
    page.get_by_label("营业执照照片或PDF").set_input_files(paper("执照.png"))
    page.get_by_label("所在县（市、区）").select_option(label="从江县")
    page.get_by_label("打算卖什么").fill("椪柑、脐橙，十一月起")
    page.get_by_label("联系人姓名").fill("某某（演示）")
    page.get_by_role("button", name="提交，请县里推荐").click()
    expect(page.locator("main")).to_contain_text("等县里推荐")
    found = re.search(r"/join/([^/?#]+)$", page.url)
    assert found is not None
    return found[1]


def recommend(page: Page, site: Site, number: str) -> None:
    site.sign_in(page, "official")
    page.goto(f"{site.url}/oversight/applications")
    page.get_by_role("link", name=re.compile(NAME)).first.click()
    expect(page.locator("main")).to_contain_text(number)
    page.get_by_label("意见或原因").fill("去看过，果园两百亩")
    page.get_by_role("button", name="推荐入驻").click()
    expect(page.get_by_text("已推荐，平台会核对证照。")).to_be_visible()


def accept(page: Page, site: Site, number: str) -> str:
    """The operator reads what the county says and lets them in; return the cooperative's code."""
    page.goto(f"{site.url}/operator/applications/{number}")
    expect(page.locator("main")).to_contain_text("去看过，果园两百亩")
    page.get_by_role("button", name="同意入驻").click()
    expect(page.get_by_text("已同意入驻，申请人成为负责人。")).to_be_visible()
    with site.session() as session:
        made = parties.find_application(session, number)
        assert made is not None
        return parties.get_party(session, made.party_id or 0).code


def offer_six_goods(site: Site, code: str) -> None:
    """Put six goods of the catalogue on the shelf with their papers; nothing is in store yet."""
    with site.session() as session:
        goods = catalogue.products_by_slug(session, GOODS)
        packs = catalogue.variants_of(session, [one.id for one in goods.values()])
        for one in goods.values():
            case = next(pack for pack in packs[one.id] if pack.net_weight_g == CASE_G)
            unit_of_work.commit(session, lambda now, one=one, case=case: add_bare_offer(now, code, one, case))  # type: ignore[misc]  # the loop's own


def bring_in_the_harvest(page: Page, site: Site, code: str) -> None:
    """The book is refused for what Excel destroyed; with those two cells set right it comes in as it is."""
    with site.session() as session:
        goods = catalogue.products_by_slug(session, GOODS)
    names = [goods[slug].name.hans for slug in GOODS]
    page.goto(f"{site.url}/cooperative/lots")
    page.get_by_role("link", name="用表格登记").click()
    send(page, messy_lots(names, spoilt=True))
    expect(page.get_by_text("有 2 处要改，还没有更新任何内容。")).to_be_visible()
    expect(page.locator("main")).to_contain_text("请先把该列设为文本")
    expect(page.locator("main")).to_contain_text("公式不会被计算")
    assert stored(site, code) == {}
    page.get_by_role("link", name="再传一份").click()
    send(page, messy_lots(names))
    mends = page.locator("section[aria-labelledby=mends]")
    for mended in ("Ａ－１１０１", "2026.11.3", "5斤/件", "1,200件", "11月5日", "46332"):
        expect(mends).to_contain_text(mended)
    page.get_by_role("button", name="确认更新 5 行").click()
    expect(page.get_by_text("已更新 5 行。")).to_be_visible()
    assert stored(site, code) == {"A-1101": 120, "20261102": 1200, "A-1103": 80, "A-1104": 60, "A-1105": 40}


def hand_in(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/cooperative/certificates")
    page.get_by_label("认证", exact=True).select_option(value="zhenpin")
    page.get_by_label("证书编号").fill(NUMBER)
    today = time.today()
    page.get_by_label("有效期从").fill((today - timedelta(days=30)).isoformat())
    page.get_by_label("有效期至").fill((today + timedelta(days=700)).isoformat())
    page.get_by_label("证书扫描件或照片").set_input_files(paper("圳品.png"))
    page.get_by_role("checkbox", name="从江椪柑").check()
    page.get_by_role("button", name="提交核验").click()
    expect(page.get_by_text("证书已提交，核验通过后会显示在商品上。")).to_be_visible()


def verify(page: Page, site: Site) -> None:
    """The operator opens the paper and writes down what it was checked against."""
    page.goto(f"{site.url}/operator")
    page.goto(f"{site.url}/operator/certificates")
    page.get_by_role("link", name=NUMBER).first.click()
    page.wait_for_url(re.compile(r"/certificates/\d+$"))
    picture = page.request.get(f"{page.url}/evidence")
    assert picture.headers["content-type"] == "image/png"
    page.get_by_role("radio", name=re.compile("原件")).check()
    page.get_by_role("button", name="核验通过").click()
    expect(page.locator("body")).to_contain_text("已核验")
    expect(page.locator("main .timeline").first).to_contain_text("证书原件或扫描件")


def revoke(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/operator/certificates?state=verified")
    page.get_by_role("link", name=NUMBER).first.click()
    page.get_by_role("button", name="撤销证书").first.click()
    asked = page.get_by_role("dialog", name="撤销证书")
    asked.get_by_label("原因").fill(REASON)
    asked.get_by_role("button", name="撤销证书").click()
    expect(page.locator("main")).to_contain_text(REASON)


def buy(site: Site, code: str) -> Order:
    """Somebody orders the goods with their badge and pays."""
    with site.session() as session:
        order = ordering.paid(session, {(PONKAN, code): 2})
    [line] = order.lines
    assert [one.number for one in line.certificates] == [NUMBER]
    return order


def expect_proof_kept(page: Page, site: Site, order: Order) -> None:
    """The old order shows what was valid then; what it leads to says that it is no more."""
    site.sign_in(page, "consumer")
    page.goto(f"{site.url}/orders/{order.number}")
    expect(page.locator("main")).to_contain_text("下单时有效：")
    page.locator("main").get_by_role("link", name="圳品", exact=True).first.click()
    expect(page.locator("main")).to_contain_text(NUMBER)
    expect(page.locator("main")).to_contain_text(REASON)


def read_why(page: Page, site: Site) -> None:
    """The cooperative's home says in a line what was taken away and why, and leads to it."""
    page.goto(f"{site.url}/cooperative")
    returned = page.get_by_role("region", name="没有通过的")
    expect(returned).to_contain_text(REASON)
    returned.get_by_role("link", name=re.compile("证书已撤销")).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(NUMBER)


def expect_mark(page: Page, site: Site, *, shown: bool) -> None:
    """The ponkan's page, its card and the facet say alike whether it is 圳品, once the index has followed."""
    site.clock.advance(timedelta(minutes=5))
    follow_search(site.app)
    for _ in range(PATIENCE):
        if marks(page, site) == {shown}:
            return
        page.wait_for_timeout(250)
    raise AssertionError(marks(page, site))


def marks(page: Page, site: Site) -> set[bool]:
    page.goto(f"{site.url}/products/{PONKAN}")
    found = {page.locator("main .proofs").get_by_text(NUMBER).count() > 0}
    page.goto(f"{site.url}/search?q=从江椪柑")
    found.add(
        any(
            "圳品" in card for card in page.locator("main .card__link", has_text="从江椪柑").all_inner_texts()
        )
    )
    page.goto(f"{site.url}/search?certification=zhenpin")
    return found | {page.locator("main .card__link", has_text="从江椪柑").count() > 0}


def send(page: Page, content: bytes) -> None:
    page.get_by_role("radio", name="批次").check()
    page.locator("#file").set_input_files({"name": "入库登记.xlsx", "mimeType": XLSX, "buffer": content})
    page.get_by_role("button", name="看看会改什么").click()
    page.wait_for_load_state()


def stored(site: Site, code: str) -> dict[str, int]:
    """Return what is in store of the cooperative, by lot."""
    with site.session() as session:
        offers = catalogue.offers_of_cooperative(session, Shop(session).party(code).id).items
        lots = catalogue.lots_of_offers(session, [one.id for one in offers])
        every = {one.id: one.code for several in lots.values() for one in several}
        held = stock.lots_by_id(session, list(every))
        return {code: held[lot_id].on_hand for lot_id, code in every.items()}


def paper(name: str) -> dict[str, object]:
    written = io.BytesIO()
    Image.new("RGB", (60, 40), "white").save(written, "PNG")
    return {"name": name, "mimeType": "image/png", "buffer": written.getvalue()}
