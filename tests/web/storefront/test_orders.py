"""The buyer's order: who may open it, what it says at every moment, receipt, money back, sharing."""

import re
from functools import partial

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from marketplace.custody import queries as custody
from marketplace.custody.types import HolderKind, Readings
from marketplace.kernel import unit_of_work
from marketplace.notices import queries as notices
from marketplace.orders import queries as orders
from marketplace.orders.types import FulfilmentState, Order, OrderState
from marketplace.payment import queries as payments
from tests.factories.custody import holder, pass_on
from tests.web import ordering
from tests.web.browse import statements, submit, token_of
from tests.web.conftest import SignIn
from tests.web.shop import RED_KIWI, SWEET_RICE, XIUWEN_KIWI, Shop

THREE = {(RED_KIWI, "DEMO-SC"): 1, (XIUWEN_KIWI, "DEMO-XW"): 1, (SWEET_RICE, "DEMO-CJ"): 2}
COLD = Readings(surface_min_milli_c=500, surface_max_milli_c=1500)
RICE = {(SWEET_RICE, "DEMO-CJ"): 2}


def _on_the_road(session: Session, order: Order) -> Order:
    """Let the carrier take every load of an order."""
    carrier = Shop(session).party("DEMO-CARRIER")
    for loads in custody.consignments_of(session, [part.id for part in order.fulfilments]).values():
        for load in loads:
            assert load.holder.kind is HolderKind.COOPERATIVE
            readings = COLD if load.needs_temperature else Readings()
            handed = partial(pass_on, load=load, to=holder(carrier), readings=readings)
            unit_of_work.commit(session, handed)
    return orders.get_order(session, order.id)


def _received(session: Session, sign_in: SignIn, wanted: ordering.Wanted = RICE) -> tuple[FlaskClient, Order]:
    browser = sign_in("consumer")
    order = _on_the_road(session, ordering.packed(session, wanted))
    assert submit(browser, f"/orders/{order.number}", f"/orders/{order.number}/receipt").status_code == 303
    return browser, _again(session, order)


def _again(session: Session, order: Order) -> Order:
    session.rollback()
    session.expire_all()
    return orders.get_order(session, order.id)


def _ask_back(browser: FlaskClient, order: Order, line: int = 0, quantity: int = 1) -> TestResponse:
    page = browser.get(f"/orders/{order.number}")
    keys = re.findall(r'name="key"\s+value="([^"]+)"', page.text)
    data = {
        "csrf_token": token_of(page),
        "line": order.lines[line].id,
        "quantity": quantity,
        "reason": "到货有坏损",
        "key": next(one for one in keys if one.endswith(f"-{order.lines[line].id}")),
    }
    answer = browser.post(f"/orders/{order.number}/refund", data=data)
    return browser.get(f"/orders/{order.number}") if answer.status_code == 303 else answer


def test_an_order_opens_to_its_buyer_and_by_its_link(
    sign_in: SignIn, client: FlaskClient, session: Session
) -> None:
    order = ordering.paid(session, THREE)
    own = sign_in("consumer").get(f"/orders/{order.number}")
    assert own.status_code == 200
    assert own.headers["Cache-Control"] == "private, no-store"
    linked = client.get(f"/orders/{order.number}?token={order.token}")
    assert linked.status_code == 200
    for page in (own.text, linked.text):
        for shown in ("水城红心猕猴桃", "等合作社接单", "下单时有效", "为什么由这家供应", "138****0001"):
            assert shown in page, shown
        assert "+8613800000001" not in page
    for answer in (
        client.get(f"/orders/{order.number}"),
        sign_in("consumer2").get(f"/orders/{order.number}"),
    ):
        assert answer.status_code == 404


def test_a_link_goes_on_being_a_link(client: FlaskClient, session: Session) -> None:
    order = ordering.placed(session, RICE).order
    page = client.get(f"/orders/{order.number}?token={order.token}").text
    addresses = re.findall(rf'(?:action|href)="(/(?:orders|checkout/pay)/{order.number}[^"]*)"', page)
    assert addresses
    assert all(f"token={order.token}" in one for one in addresses)


def test_each_state_says_what_comes_next(sign_in: SignIn, session: Session) -> None:
    browser = sign_in("consumer")
    waiting = ordering.placed(session, RICE).order
    assert "请在 2026-11-23 12:31 前付款" in browser.get(f"/orders/{waiting.number}").text
    packed = ordering.packed(session, RICE)
    assert "等承运商来取" in browser.get(f"/orders/{packed.number}").text
    moving = _on_the_road(session, packed)
    page = browser.get(f"/orders/{moving.number}").text
    assert "在路上" in page
    assert "确认收货" in page
    assert "承运商取货" in page


def test_the_page_asks_as_often_for_one_line_as_for_many(
    app: Flask, sign_in: SignIn, session: Session
) -> None:
    browser, counts = sign_in("consumer"), []
    for wanted in ({(RED_KIWI, "DEMO-SC"): 1}, THREE):
        order = _on_the_road(session, ordering.packed(session, wanted))
        browser.get(f"/orders/{order.number}")
        with statements(app) as sent:
            browser.get(f"/orders/{order.number}")
        counts.append(len(sent))
    assert max(counts) <= 12
    assert counts[0] == counts[1]


def test_receipt_completes_the_order_and_it_can_be_shared(sign_in: SignIn, session: Session) -> None:
    browser, order = _received(session, sign_in)
    assert order.state is OrderState.COMPLETED
    page = browser.get(f"/orders/{order.number}").text
    assert "全部收货" in page
    assert f"/orders/{order.number}/share" in page
    shared = browser.get(f"/orders/{order.number}/share")
    assert "从江香禾糯" in shared.text
    assert "计入佛山—黔东南消费帮扶" in shared.text
    picture = browser.get(f"/orders/{order.number}/share.svg")
    assert picture.mimetype == "image/svg+xml"
    assert "从江香禾糯" in picture.text
    for personal in ("收货人", "演示路", "1380000", order.number):
        assert personal not in picture.text


def test_an_order_not_yet_received_has_nothing_to_share(sign_in: SignIn, session: Session) -> None:
    order = ordering.paid(session, RICE)
    assert sign_in("consumer").get(f"/orders/{order.number}/share").status_code in {404, 409, 422}


def test_receipt_of_somebody_elses_part_is_refused(sign_in: SignIn, session: Session) -> None:
    mine = _on_the_road(session, ordering.packed(session, RICE))
    other = _on_the_road(session, ordering.packed(session, RICE, person="consumer2"))
    answer = submit(
        sign_in("consumer"),
        f"/orders/{mine.number}",
        f"/orders/{mine.number}/receipt",
        part=other.fulfilments[0].id,
    )
    assert answer.status_code == 404
    assert _again(session, other).fulfilments[0].state is FulfilmentState.IN_TRANSIT


def test_goods_on_the_shelf_are_paid_back_at_once(sign_in: SignIn, session: Session) -> None:
    order = ordering.paid(session, RICE)
    page = _ask_back(sign_in("consumer"), order)
    assert "已退款" in page.text
    after = _again(session, order)
    assert after.lines[0].refunded_quantity == 1
    assert after.refunded_freight_fen == 0
    _ask_back(sign_in("consumer"), after)
    whole = _again(session, order)
    assert whole.state is OrderState.CANCELLED
    assert whole.refunded_fen == whole.total_fen


def test_a_large_loss_is_put_before_a_person(sign_in: SignIn, session: Session) -> None:
    browser, order = _received(session, sign_in)
    assert order.lines[0].unit_price_fen > 3_000
    page = _ask_back(browser, order)
    assert "申请已收到" in page.text
    assert not payments.refunds_of_order(session, order.id)
    operator = Shop(session).person("operator")
    told = notices.inbox(session, person_id=operator.id).items[0]
    assert order.number in str(told.message)


def test_more_than_was_bought_is_never_paid_back(sign_in: SignIn, session: Session) -> None:
    order = ordering.paid(session, RICE)
    page = _ask_back(sign_in("consumer"), order, quantity=3)
    assert page.status_code in {409, 422}
    assert "退款超过了" in page.text
    assert re.search(r'id="quantity"[^>]*value="3"', page.text)
    assert "到货有坏损</textarea>" in page.text
    assert _again(session, order).refunded_fen == 0


def test_a_paid_order_is_called_off_until_it_is_accepted(sign_in: SignIn, session: Session) -> None:
    browser, order = sign_in("consumer"), ordering.paid(session, RICE)
    submit(browser, f"/orders/{order.number}", f"/orders/{order.number}/cancel")
    assert _again(session, order).state is OrderState.CANCELLED
    packed = ordering.packed(session, RICE)
    assert "取消订单" not in browser.get(f"/orders/{packed.number}").text
    submit(browser, f"/orders/{packed.number}", f"/orders/{packed.number}/cancel")
    assert _again(session, packed).state is OrderState.PAID


@pytest.mark.parametrize("rating", [5, 3])
def test_what_was_received_is_reviewed_once(sign_in: SignIn, session: Session, rating: int) -> None:
    browser, order = _received(session, sign_in)
    address, fields = (
        f"/orders/{order.number}/review",
        {"line": order.lines[0].id, "rating": rating, "text": "米香"},
    )
    assert submit(browser, f"/orders/{order.number}", address, **fields).status_code == 303
    submit(browser, f"/orders/{order.number}", address, **fields)
    page = browser.get(f"/orders/{order.number}").text
    assert f"review-{order.lines[0].id}" not in page
    product = browser.get(f"/products/{SWEET_RICE}").text
    assert "米香" in product
    assert f'aria-label="{rating} 分"' in product


def test_a_parcels_way_tells_each_thing_once(sign_in: SignIn, session: Session) -> None:
    browser, order = _received(session, sign_in)
    page = browser.get(f"/orders/{order.number}").text
    way = re.findall(
        r'<li class="timeline__event timeline__event--(\w+)"[^>]*>\s*<div[^>]*>\s*<strong>([^<]+)<', page
    )
    assert [title for _state, title in way] == ["合作社接单", "装箱", "承运商取货", "确认收货"]
    assert {state for state, _title in way} == {"done"}
