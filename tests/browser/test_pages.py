"""The main pages in a real browser: open to everybody's hands and eyes, and no wider than a phone."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

import pytest
from playwright.sync_api import Page, ViewportSize, expect
from werkzeug.exceptions import Forbidden, NotFound, TooManyRequests, UnprocessableEntity

from marketplace.kernel.time import clock_in_force
from tests.browser import main_pages
from tests.browser.conftest import DESK, PHONE, Site
from tests.browser.main_pages import PEOPLE, STRANGER
from tests.web.conftest import signed_in

pytestmark = pytest.mark.browser

OpenPage = Callable[..., Page]
Addresses = Mapping[str, Sequence[str]]
LANGUAGES = ("zh-Hans", "zh-Hant-HK", "en")
ERRORS: Mapping[type[Exception], Sequence[str]] = {
    Forbidden: ("这一页不对当前账号开放", "這一頁不對當前賬戶開放", "This page is not open to your account"),
    NotFound: ("没有找到这一页", "沒有找到這一頁", "This page was not found"),
    UnprocessableEntity: ("填写的内容没能读懂", "填寫的內容沒能讀懂", "What you entered could not be read"),
    TooManyRequests: ("操作太频繁", "操作太頻繁", "Too many attempts"),
    RuntimeError: ("系统出了点问题", "系統出了點問題", "Something went wrong here"),
}
GRAVE = ("serious", "critical")
TARGET_PX, ROAD_TARGET_PX = 44, 56

_AXE = Path("node_modules/axe-core/axe.min.js")
_VIOLATIONS = """async (grave) => {
  const found = await axe.run(document, { resultTypes: ["violations"] });
  return found.violations
    .filter((one) => grave.includes(one.impact))
    .map((one) => `${one.id}: ${one.nodes.slice(0, 3).map((node) => node.target.join(" ")).join(" | ")}`);
}"""
_WIDTH = "() => document.scrollingElement.scrollWidth - innerWidth"
_TWICE = """() => {
  const seen = [...document.querySelectorAll("[id]")].map((one) => one.id);
  return [...new Set(seen.filter((one, place) => seen.indexOf(one) < place))].map((one) => `#${one} twice`);
}"""
# Links within a sentence and the squares of a map are no controls of their own; a tick's target is its label.
_SMALL = """(least) => {
  const fields = "select, textarea, input:not([type=hidden])";
  const controls = `${fields}, button, summary, a.button, nav a, .chip, .head-link`;
  const small = [];
  for (const one of document.querySelectorAll(controls)) {
    if (!one.checkVisibility({ visibilityProperty: true }) || one.closest(".crumbs, .skip")) continue;
    const box = (/^(checkbox|radio)$/.test(one.type) && one.closest("label") || one).getBoundingClientRect();
    if (box.height && (box.height < least - 0.5 || box.width < least - 0.5))
      small.push([one.tagName, one.className, (one.innerText || one.name).trim().slice(0, 20),
        Math.round(box.width), Math.round(box.height)].join(" "));
  }
  return [...new Set(small)];
}"""


@pytest.fixture(scope="module")
def addresses(shared_site: Site) -> Addresses:
    with clock_in_force(shared_site.clock), shared_site.session() as session:
        return main_pages.open_shop(session)


@pytest.fixture
def visit(shared_site: Site, open_page: OpenPage) -> Callable[..., Page]:
    """Open a browser as one of the shop's people, in a language."""

    def make(name: str, language: str = "zh-Hans", size: ViewportSize = PHONE) -> Page:
        page = open_page(size, language=language, url=shared_site.url)
        if name != STRANGER:
            with clock_in_force(shared_site.clock):
                kept = signed_in(shared_site.app, name).get_cookie("session")
            assert kept is not None
            page.context.add_cookies([{"name": "session", "value": kept.value, "url": shared_site.url}])
        return page

    return make


@cache
def axe() -> str:
    return _AXE.read_text(encoding="utf-8")


def walk(page: Page, site: Site, wanted: Sequence[str]) -> Iterator[str]:
    for address in wanted:
        page.goto(site.url + address)
        yield address


@pytest.mark.parametrize("name", PEOPLE)
def test_pages_are_open_to_everybody(
    shared_site: Site, addresses: Addresses, visit: Callable[..., Page], name: str
) -> None:
    """Nothing grave stands in a screen reader's way on phone or desk; all fits a phone and a thumb."""
    page, found = visit(name), {}
    for address in walk(page, shared_site, addresses[name]):
        said = misfits(page)
        page.evaluate(axe())
        said += page.evaluate(_VIOLATIONS, list(GRAVE))
        page.set_viewport_size(DESK)
        said += page.evaluate(_VIOLATIONS, list(GRAVE))
        page.set_viewport_size(PHONE)
        if said:
            found[address] = said
    assert found == {}


@pytest.mark.parametrize("language", ["zh-Hant-HK", "en"])
@pytest.mark.parametrize("name", PEOPLE)
def test_other_languages_fit_a_phone_and_a_thumb(
    shared_site: Site, addresses: Addresses, visit: Callable[..., Page], name: str, language: str
) -> None:
    page = visit(name, language)
    found = {address: misfits(page) for address in walk(page, shared_site, addresses[name])}
    assert {address: said for address, said in found.items() if said} == {}


def misfits(page: Page) -> list[str]:
    """Say what is wider than the phone, and which controls are smaller than a thumb."""
    over = page.evaluate(_WIDTH)
    is_road = page.locator("body.carrier").count() > 0
    small: list[str] = page.evaluate(_SMALL, ROAD_TARGET_PX if is_road else TARGET_PX)
    twice: list[str] = page.evaluate(_TWICE)  # a label finds one of them only
    return ([f"{over} px too wide"] if over > 0 else []) + small + twice


@pytest.mark.parametrize("language", LANGUAGES)
def test_errors_speak_the_readers_language(
    shared_site: Site, visit: Callable[..., Page], language: str
) -> None:
    """What went wrong, by the handler that every page ends in, shown as a browser shows it."""
    page, answers = visit(STRANGER, language), list[str]()
    page.route("**/gone-wrong", lambda route: route.fulfill(body=answers[-1], content_type="text/html"))
    for problem, words in ERRORS.items():
        with shared_site.app.test_request_context("/gone-wrong", headers={"Cookie": f"lang={language}"}):
            answer = shared_site.app.make_response(shared_site.app.handle_user_exception(problem()))
            answers.append(answer.get_data(as_text=True))
        page.goto(f"{shared_site.url}/gone-wrong")
        expect(page.locator("html")).to_have_attribute("lang", language)
        expect(page.get_by_role("heading", level=1)).to_have_text(words[LANGUAGES.index(language)])
        expect(page.locator("main a.button").first).to_be_visible()
        page.evaluate(axe())
        assert misfits(page) + page.evaluate(_VIOLATIONS, list(GRAVE)) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_two_goods_one_can_buy_stand_on_the_first_screen(
    shared_site: Site, visit: Callable[..., Page], language: str
) -> None:
    page = visit(STRANGER, language)
    page.goto(shared_site.url)
    edge = page.locator(".bottom-bar").bounding_box()
    assert edge is not None
    prices = [one.bounding_box() for one in page.locator("main .card .price").all()]
    assert sum(bool(one and one["y"] + one["height"] <= edge["y"]) for one in prices) >= 2
    assert page.locator("main .card").first.bounding_box()["y"] > 0  # type: ignore[index]  # it stands there
