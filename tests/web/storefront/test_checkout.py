"""Checkout: a guest buys with a phone and a code, sees the plan, places it once, pays, comes back."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from marketplace.basket import service as baskets
from marketplace.catalogue import service as shelf
from marketplace.factory import create_app
from marketplace.kernel import unit_of_work
from marketplace.kernel.time import FixedClock, clock_in_force
from marketplace.notices import queries as notices
from marketplace.orders import queries as orders
from marketplace.orders.types import OrderState
from marketplace.stock import queries as stock
from marketplace.web.limits import limiter
from tests.conftest import NOON
from tests.web.browse import statements, submit, token_of
from tests.web.conftest import signed_in
from tests.web.shop import RED_KIWI, SWEET_RICE, XIUWEN_KIWI, Shop

OWN = {"Sec-Fetch-Site": "same-origin"}
ADDRESS = {
    "recipient": "收货人（演示）",
    "region": "CN",
    "phone": "13800000001",
    "division": "440604",
    "line": "演示路 1 号",
    "processor": "sandbox",
}


@pytest.fixture(scope="module")
def payable(
    copy_shop: Callable[[str, Path], Flask], worker_id: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """A shop of this module's own, whose sandbox answers within the process."""
    with clock_in_force(FixedClock(NOON)):
        made = copy_shop(f"web_checkout_{worker_id}", tmp_path_factory.mktemp("checkout"))
    made.extensions["pay_in_process"]()
    yield made
    with made.app_context():
        made.extensions["sqlalchemy"].engine.dispose()


def _fill(app: Flask, browser: FlaskClient, *slugs: str) -> None:
    with app.extensions["sessions"]() as session:
        for slug in slugs:
            data = {"variant": Shop(session).offer(slug).variant_id}
            assert browser.post("/basket/add", data=data, headers=OWN).status_code == 303


def _buyer(app: Flask, *slugs: str, name: str = "consumer") -> FlaskClient:
    """Return the browser of somebody signed in whose basket holds exactly this."""
    with app.extensions["sessions"]() as session:
        person = Shop(session).person(name).id
        unit_of_work.commit(
            session, lambda opened: baskets.clear(opened, baskets.open_for(opened, None, person).id)
        )
    browser = signed_in(app, name)
    _fill(app, browser, *slugs)
    return browser


def _form(browser: FlaskClient, **changed: str) -> dict[str, str]:
    page = browser.get("/checkout")
    hidden = dict(re.findall(r'<input type="hidden"\s+name="(key|fingerprint)"\s+value="([^"]*)"', page.text))
    assert set(hidden) == {"key", "fingerprint"}
    return {"csrf_token": token_of(page), "action": "place", **ADDRESS, **hidden, **changed}


def _last_order(app: Flask, person: str = "consumer") -> str:
    with app.extensions["sessions"]() as session:
        return orders.orders_of_person(session, Shop(session).person(person).id).items[0].number


def _count_orders(app: Flask) -> int:
    with app.extensions["sessions"]() as session:
        return orders.orders_of_person(session, Shop(session).person("consumer").id).total


def test_a_guest_buys_with_a_phone_and_a_code(payable: Flask) -> None:
    browser, phone = payable.test_client(), "+8613800009101"
    _fill(payable, browser, RED_KIWI, XIUWEN_KIWI, SWEET_RICE)
    shown = browser.get("/checkout").text
    assert "先验一下手机" in shown
    assert "包裹 1/" in shown
    submit(browser, "/checkout", "/checkout/code", region="CN", phone="138 0000 9101")
    assert "138****9101" in browser.get("/checkout").text
    with payable.extensions["sessions"]() as session:
        code = str(notices.inbox(session, phone=phone).items[0].message.parameters["code"])
    wrong = submit(browser, "/checkout", "/checkout/confirm", code="000000" if code != "000000" else "111111")
    assert wrong.status_code == 422
    assert submit(browser, "/checkout", "/checkout/confirm", code=code).status_code == 303
    page = browser.get("/checkout").text
    assert "下单并去付款" in page
    assert 'value="13800009101"' in page
    assert "不适用七日无理由退货" in page
    placed = browser.post("/checkout", data=_form(browser))
    assert placed.status_code == 303
    assert "/sandbox/pay/" in placed.location
    assert browser.get("/basket/count").get_json() == {"count": 0}
    back = submit(browser, placed.location, placed.location, decision="pay")
    landed = browser.get(back.location, follow_redirects=True)
    assert landed.status_code == 200
    assert "等合作社接单" in landed.text
    assert "已付款" in landed.text


def test_the_same_form_sent_twice_places_one_order(payable: Flask) -> None:
    browser = _buyer(payable, RED_KIWI)
    before = _count_orders(payable)
    form = _form(browser)
    first, second = browser.post("/checkout", data=form), browser.post("/checkout", data=form)
    assert first.status_code == second.status_code == 303
    assert first.location == second.location
    assert _count_orders(payable) == before + 1


def test_placing_holds_exactly_what_was_shown(payable: Flask) -> None:
    with payable.extensions["sessions"]() as session:
        offer = Shop(session).offer(SWEET_RICE).id
        before = stock.available(session, [offer])[offer]
    browser = _buyer(payable, SWEET_RICE, SWEET_RICE)
    assert browser.post("/checkout", data=_form(browser)).status_code == 303
    with payable.extensions["sessions"]() as session:
        assert stock.available(session, [offer])[offer] == before - 2


def test_a_price_that_moved_is_shown_before_anything_is_placed(payable: Flask) -> None:
    browser = _buyer(payable, SWEET_RICE)
    form = _form(browser)
    with payable.extensions["sessions"]() as session:
        offer = Shop(session).offer(SWEET_RICE)
        unit_of_work.commit(
            session, lambda opened: shelf.change_price(opened, offer.id, offer.price_fen + 100)
        )
    answer = browser.post("/checkout", data=form)
    assert answer.status_code == 409
    assert "请重新确认" in answer.text
    assert ADDRESS["line"] in answer.text
    assert browser.get("/basket/count").get_json() == {"count": 1}
    assert browser.post("/checkout", data=_form(browser)).status_code == 303


def test_another_street_of_the_city_is_the_same_agreement(payable: Flask) -> None:
    browser = _buyer(payable, SWEET_RICE)
    assert browser.post("/checkout", data=_form(browser, division="440605")).status_code == 303


def test_another_city_changes_freight_and_is_shown_first(payable: Flask) -> None:
    browser = _buyer(payable, RED_KIWI)
    form = _form(browser)
    shown = browser.post("/checkout", data=form | {"division": "810001", "region": "HK", "action": "preview"})
    assert shown.status_code == 200
    assert 'value="810001" selected' in shown.text
    answer = browser.post(
        "/checkout", data=form | {"division": "810001", "region": "HK", "phone": "51234567"}
    )
    assert answer.status_code == 409


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("recipient", ""),
        ("line", "短"),
        ("phone", "12"),
        ("division", "440600"),
        ("division", "520204"),
        ("processor", "cash"),
        ("unit", "1"),
    ],
)
def test_a_form_keeps_what_was_typed_and_says_what_to_do(payable: Flask, field: str, value: str) -> None:
    browser = _buyer(payable, SWEET_RICE)
    answer = browser.post(
        "/checkout",
        data=_form(browser, **{field: value, "line": value if field == "line" else "演示大道二号"}),
    )
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert "演示大道二号" in answer.text or field == "line"
    assert browser.get("/basket/count").get_json() == {"count": 1}


def test_a_unit_is_bought_for_by_its_members_only(payable: Flask) -> None:
    browser = _buyer(payable, SWEET_RICE, name="unit")
    with payable.extensions["sessions"]() as session:
        own, other = Shop(session).party("DEMO-UNIT").id, Shop(session).party("DEMO-UNIT2").id
    assert browser.post("/checkout", data=_form(browser, unit=str(other))).status_code == 422
    assert (
        browser.post("/checkout", data=_form(browser, unit=str(own), processor="bank_transfer")).status_code
        == 303
    )
    with payable.extensions["sessions"]() as session:
        assert orders.orders_of_unit(session, own).total == 1


def test_a_transfer_says_where_to_and_with_which_words(payable: Flask) -> None:
    browser = _buyer(payable, SWEET_RICE)
    placed = browser.post("/checkout", data=_form(browser, processor="bank_transfer"))
    assert placed.location.startswith("/checkout/pay/")
    page = browser.get(placed.location).text
    assert "附言请写" in page
    assert re.search(r"<code>\d{10}</code>", page)
    other = submit(browser, placed.location, placed.location, processor="sandbox")
    assert "/sandbox/pay/" in other.location


def test_an_unpaid_order_is_paid_later_or_called_off(payable: Flask) -> None:
    browser = _buyer(payable, SWEET_RICE)
    first = browser.post("/checkout", data=_form(browser)).location
    number = _last_order(payable)
    assert (
        submit(browser, f"/checkout/pay/{number}", f"/checkout/pay/{number}", processor="sandbox").location
        == first
    )
    assert submit(browser, f"/orders/{number}", f"/orders/{number}/cancel").status_code == 303
    with payable.extensions["sessions"]() as session:
        assert orders.get_order_by_number(session, number).state is OrderState.CANCELLED
    assert browser.get(f"/checkout/pay/{number}").status_code == 302


def test_somebody_elses_order_is_not_found(payable: Flask) -> None:
    browser = _buyer(payable, SWEET_RICE)
    browser.post("/checkout", data=_form(browser))
    number = _last_order(payable)
    other = signed_in(payable, "consumer2")
    for path in (f"/checkout/pay/{number}", f"/orders/{number}", f"/orders/{number}/share"):
        assert other.get(path).status_code == 404, path
        assert payable.test_client().get(f"{path}?token=wrong").status_code == 404, path


def test_an_empty_basket_leads_back(client: FlaskClient) -> None:
    assert client.get("/checkout").location == "/basket"


def test_strangers_place_nothing(client: FlaskClient, session: Session) -> None:
    page = client.get("/sign-in")
    answer = client.post("/checkout", data={"csrf_token": token_of(page), **ADDRESS})
    assert answer.status_code == 303
    assert answer.location.startswith("/sign-in")


def test_checkout_is_limited(payable: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limiter, "enabled", True)
    limited = create_app(replace(payable.config["SETTINGS"], rate_limits=True))
    try:
        browser = signed_in(limited, "consumer2")
        data = {"csrf_token": token_of(browser.get("/account"))}
        seen = [browser.post("/checkout", data=data).status_code for _try in range(31)]
        assert seen == [422] * 30 + [429]
    finally:
        limiter.reset()
        with limited.app_context():
            limited.extensions["sqlalchemy"].engine.dispose()


def test_checkout_asks_as_often_for_one_line_as_for_many(payable: Flask) -> None:
    browser = _buyer(payable, SWEET_RICE)
    browser.get("/checkout")
    with statements(payable) as one:
        browser.get("/checkout")
    _fill(payable, browser, RED_KIWI, XIUWEN_KIWI)
    browser.get("/checkout")
    with statements(payable) as many:
        browser.get("/checkout")
    assert len(one) == len(many) <= 12
