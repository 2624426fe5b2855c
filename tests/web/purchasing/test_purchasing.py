"""A purchasing unit sees its orders and how far they are, pays by transfer, and buys the same again."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from marketplace.basket import queries as baskets
from marketplace.catalogue import service as shelf
from marketplace.kernel import unit_of_work
from marketplace.orders.types import Order
from marketplace.payment import queries as payments
from marketplace.payment import rules as payment_rules
from marketplace.payment.types import Processor
from tests.web import ordering
from tests.web.browse import statements, submit, token_of
from tests.web.conftest import SignIn, signed_in
from tests.web.shop import RED_KIWI, SWEET_RICE, Shop

BOTH = {(RED_KIWI, "DEMO-SC"): 2, (SWEET_RICE, "DEMO-CJ"): 3}
MOST_STATEMENTS = 12


@pytest.fixture
def browser(sign_in: SignIn) -> FlaskClient:
    return sign_in("unit")


def unit_order(session: Session) -> Order:
    return ordering.placed(session, BOTH, person="unit", unit="DEMO-UNIT").order


def page_of(order: Order) -> str:
    return f"/purchasing/orders/{order.number}"


def test_the_unit_s_orders_are_listed_with_how_far_they_are(browser: FlaskClient, session: Session) -> None:
    waiting = unit_order(session)
    packed = ordering.packed(session, BOTH, person="unit", unit="DEMO-UNIT")
    page = browser.get("/purchasing")
    assert waiting.number in page.text
    assert packed.number in page.text
    assert "付款后合作社开始备货" in page.text
    assert f"{len(packed.fulfilments)} 个包裹，已收 0 个" in page.text


def test_another_unit_s_order_and_a_private_one_do_not_exist(
    browser: FlaskClient, sign_in: SignIn, session: Session
) -> None:
    order = unit_order(session)
    private = ordering.placed(session, person="unit").order
    assert browser.get(page_of(order)).status_code == 200
    assert browser.get(page_of(private)).status_code == 404
    other = sign_in("unit2")
    assert other.get(page_of(order)).status_code == 404
    assert order.number not in other.get("/purchasing").text
    token = token_of(other.get("/account"))
    for action in ("transfer", "again"):
        sent = {"csrf_token": token, "key": "somebody-elses"}
        assert other.post(f"{page_of(order)}/{action}", data=sent).status_code == 404


def test_paying_by_transfer_names_the_amount_and_the_code_once(
    browser: FlaskClient, session: Session
) -> None:
    order = ordering.placed(
        session, BOTH, person="unit", unit="DEMO-UNIT", processor=Processor.BANK_TRANSFER
    ).order
    page = page_of(order)
    first = payments.find_live_attempt(session, order.id)
    assert first is not None
    code = payment_rules.remittance_code(first.id)
    token = token_of(browser.get(page))
    assert browser.post(f"{page}/transfer", data={"csrf_token": token}).status_code == 303
    shown = browser.get(page)
    assert code in shown.text
    assert f"{order.total_fen / 100:,.2f}" in shown.text
    session.rollback()
    assert [one.id for one in payments.attempts_of_order(session, order.id)] == [first.id]


def test_where_the_other_way_to_pay_cannot_be_closed_the_page_says_so(own_app: Flask) -> None:
    """The sandbox's page may still be paid while nobody answers there: no second way is opened."""
    browser = signed_in(own_app, "unit")
    with own_app.extensions["sessions"]() as own:
        order = unit_order(own)
        answer = submit(browser, page_of(order), f"{page_of(order)}/transfer")
        assert "暂时联系不上支付机构" in browser.get(answer.location).text
        own.rollback()
        [only] = payments.attempts_of_order(own, order.id)
        assert only.processor is Processor.SANDBOX


def test_the_same_again_goes_into_the_basket_once(browser: FlaskClient, session: Session) -> None:
    order = ordering.packed(session, BOTH, person="unit", unit="DEMO-UNIT")
    page = page_of(order)
    token = token_of(browser.get(page))
    for _ in range(2):
        answer = browser.post(f"{page}/again", data={"csrf_token": token, "key": "again-and-again"})
        assert answer.status_code == 303
    session.rollback()
    basket = baskets.get_basket(session, None, Shop(session).person("unit").id)
    wanted = {(line.variant_id, line.quantity) for line in order.lines}
    assert {(line.variant_id, line.quantity) for line in basket.lines} == wanted


def test_what_nobody_sells_any_more_is_left_out_and_named(own_app: Flask) -> None:
    browser = signed_in(own_app, "unit")
    with own_app.extensions["sessions"]() as own:
        order = ordering.packed(own, BOTH, person="unit", unit="DEMO-UNIT")
        rice = Shop(own).offer(SWEET_RICE, "DEMO-CJ")
        unit_of_work.commit(own, lambda session: shelf.pause_offer(session, rice.id, "test"))
        page = page_of(order)
        sent = {"csrf_token": token_of(browser.get(page)), "key": "left-out-key"}
        shown = browser.post(f"{page}/again", data=sent, follow_redirects=True)
        assert "没有放进去的：从江香禾糯" in shown.text
        basket = baskets.get_basket(own, None, Shop(own).person("unit").id)
        assert len(basket.lines) == 1


def test_pages_ask_the_same_number_of_questions_however_many_orders(own_app: Flask) -> None:
    browser = signed_in(own_app, "unit")
    counted = []
    with own_app.extensions["sessions"]() as own:
        for more in (1, 5):
            for _ in range(more):
                order = unit_order(own)
            asked = []
            for page in ("/purchasing", page_of(order)):
                browser.get(page)
                with statements(own_app) as sent:
                    assert browser.get(page).status_code == 200
                asked.append(len(sent))
            counted.append(asked)
    assert counted[0] == counted[1]
    assert max(counted[0]) <= MOST_STATEMENTS
