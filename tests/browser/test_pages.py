"""The main pages in a real browser: open to everybody's hands and eyes, and no wider than a phone."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

import pytest
from playwright.sync_api import Page, ViewportSize

from marketplace.kernel.time import clock_in_force
from tests.browser import main_pages
from tests.browser.conftest import DESK, PHONE, Site
from tests.browser.main_pages import PEOPLE, STRANGER
from tests.web.conftest import signed_in

pytestmark = pytest.mark.browser

OpenPage = Callable[..., Page]
Addresses = Mapping[str, Sequence[str]]
LANGUAGES = ("zh-Hans", "zh-Hant-HK", "en")
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
def test_nothing_stands_in_the_way_of_a_screen_reader(
    shared_site: Site, addresses: Addresses, visit: Callable[..., Page], name: str
) -> None:
    page, found = visit(name), {}
    for address in walk(page, shared_site, addresses[name]):
        page.evaluate(axe())
        for size in (PHONE, DESK):
            page.set_viewport_size(size)
            if said := page.evaluate(_VIOLATIONS, list(GRAVE)):
                found[address, size["width"]] = said
        page.set_viewport_size(PHONE)
    assert found == {}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", PEOPLE)
def test_fits_a_phone_and_a_thumb(
    shared_site: Site, addresses: Addresses, visit: Callable[..., Page], name: str, language: str
) -> None:
    page, wide, small = visit(name, language), {}, {}
    for address in walk(page, shared_site, addresses[name]):
        if (over := page.evaluate(_WIDTH)) > 0:
            wide[address] = over
        is_road = page.locator("body.carrier").count() > 0
        if said := page.evaluate(_SMALL, ROAD_TARGET_PX if is_road else TARGET_PX):
            small[address] = said
    assert wide == {}
    assert small == {}


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
