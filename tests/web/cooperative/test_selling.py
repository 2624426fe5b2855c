"""Selling terms from the cooperative's phone to the buyer's bill: free freight, ladder, days, a pre-sale."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from marketplace.assistance import queries as assistance
from marketplace.assistance.types import Stage
from marketplace.catalogue import queries as catalogue
from marketplace.kernel import time
from tests.web import ordering
from tests.web.browse import submit
from tests.web.conftest import signed_in
from tests.web.shop import RED_KIWI, XIUWEN_KIWI, Shop

CHERRY = "faer-manao-hongyingtao"
EVERY_DAY = [str(one) for one in range(1, 8)]


def sell(browser: FlaskClient, page: str, **fields: object) -> int:
    sent = {"weekday": EVERY_DAY, "free_freight": "", **fields}
    return submit(browser, page, f"{page}/selling", **sent).status_code


def test_free_freight_is_told_apart_from_the_page_to_the_record(own_app: Flask) -> None:
    browser = signed_in(own_app, "cooperative")
    with own_app.extensions["sessions"]() as session:
        offer = Shop(session).offer(RED_KIWI, "DEMO-SC")
        page = f"/cooperative/offers/{offer.id}"
        assert sell(browser, page, free_freight="1.00") == 303
        shown = own_app.test_client().get(f"/products/{RED_KIWI}").text
        assert "包邮：价格里已含运费" in shown
        order = ordering.paid(session, {(RED_KIWI, "DEMO-SC"): 3})
        assert order.goods_fen + order.freight_fen == offer.price_fen * 3  # not a fen beside the price
        assert order.freight_fen > 0
        entries = assistance.entries_of_order(session, order.id)
        assert sum(one.amount_fen for one in entries if one.stage is Stage.PAID) == order.goods_fen
        part = order.fulfilments[0]
        assert sum(line.unit_price_fen * line.quantity for line in part.lines) == order.goods_fen


def test_a_ladder_and_its_days_hold_for_the_next_buyer(own_app: Flask) -> None:
    browser = signed_in(own_app, "cooperative")
    with own_app.extensions["sessions"]() as session:
        offer = Shop(session).offer(RED_KIWI, "DEMO-SC")
        page = f"/cooperative/offers/{offer.id}"
        step = f"{offer.price_fen / 100 - 1:.2f}"
        assert sell(browser, page, step_quantity=["3", ""], step_price=[step, ""], weekday=["3"]) == 303
        assert f'value="{step}"' in browser.get(page).text
        order = ordering.paid(session, {(RED_KIWI, "DEMO-SC"): 3})
        assert order.goods_fen == (offer.price_fen - 100) * 3
        assert order.fulfilments[0].ships_on.isoweekday() == 3


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"step_quantity": ["3"], "step_price": [""]}, "阶梯价要写满"),
        ({"step_quantity": ["3"], "step_price": ["9999"]}, "要低于"),
        ({"weekday": []}, "至少勾选一天发货"),
        ({"city": ["810000"]}, "请从列出的城市中选择"),
        ({"free_freight": "很多"}, "请填写金额"),
    ],
)
def test_terms_that_cannot_be_are_said_in_their_place(
    app: Flask, session: Session, fields: dict[str, object], said: str
) -> None:
    offer = Shop(session).offer(RED_KIWI, "DEMO-SC")
    page = f"/cooperative/offers/{offer.id}"
    sent = {"weekday": EVERY_DAY, "free_freight": "", **fields}
    answer = submit(signed_in(app, "cooperative"), page, f"{page}/selling", **sent)
    assert answer.status_code == 422
    assert said in answer.text
    session.rollback()
    assert catalogue.get_offer(session, offer.id).selling == offer.selling


def test_a_harvest_is_sold_ahead_and_recorded_when_it_is_in(own_app: Flask) -> None:
    browser = signed_in(own_app, "cooperative")
    with own_app.extensions["sessions"]() as session:
        offer = Shop(session).offer(RED_KIWI, "DEMO-SC")
        page, day = f"/cooperative/offers/{offer.id}", time.today() + timedelta(days=30)
        sent = {"harvest_on": day.isoformat(), "cap": "40", "key": "pre-sale-of-spring"}
        there = submit(browser, page, f"{page}/presale", **sent)
        assert there.status_code == 409
        assert "卖完再开预售" in there.text
        for lot in catalogue.lots_of_offer(session, offer.id):
            submit(browser, page, f"{page}/lots/{lot.id}/count", counted="0")
        assert submit(browser, page, f"{page}/presale", **sent).status_code == 303
        assert "最多 40 件" in browser.get(page).text
        order = ordering.paid(session, {(RED_KIWI, "DEMO-SC"): 2})
        assert order.fulfilments[0].ships_on >= day
        early = submit(
            browser, page, f"{page}/presale/harvest", picked_on=time.today().isoformat(), picked="1"
        )
        assert early.status_code == 409  # two are promised
        done = submit(
            browser, page, f"{page}/presale/harvest", picked_on=time.today().isoformat(), picked="35"
        )
        assert done.status_code == 303
        session.rollback()
        assert catalogue.get_offer(session, offer.id).presale is None


def test_goods_of_the_catalogue_come_to_the_shelf_without_anybodys_help(own_app: Flask) -> None:
    browser = signed_in(own_app, "cooperative")
    assert f"/cooperative/offers/new/{CHERRY}" in browser.get("/cooperative/offers/new").text
    assert browser.get("/cooperative/offers/new?county=520123").text.count(f'/new/{XIUWEN_KIWI}"')
    page = f"/cooperative/offers/new/{CHERRY}"
    with own_app.extensions["sessions"]() as session:
        product = catalogue.get_product_by_slug(session, CHERRY)
        first, second = catalogue.variants_of(session, [product.id])[product.id][:2]
        seller, grower = Shop(session).party("DEMO-SC"), Shop(session).party("DEMO-SC2")
    asked: dict[str, object] = {"variant": [first.id, second.id], "producer": grower.code}
    for price, said in (("", "至少为一种规格填写价格"), ("很便宜", "至少为一种规格填写价格"), ("1", "之间")):
        refused = submit(browser, page, page, price=[price, ""], **asked)
        assert (refused.status_code, said in refused.text) == (422, True), price
    kept = f"{first.price_low_fen / 100:.2f}"
    undeclared = submit(browser, page, page, price=[kept, ""], **asked)
    assert "不能上架" in undeclared.text
    asked["paper"] = re.findall(r'name="paper" value="([^"]+)"', browser.get(page).text)
    assert submit(browser, page, page, price=[kept, ""], **asked).status_code == 303
    with own_app.extensions["sessions"]() as session:
        made = [
            one
            for one in catalogue.offers_of_variants(session, [first.id, second.id])[first.id]
            if one.cooperative_id == seller.id
        ]
        assert [(one.producer_id, one.price_fen) for one in made] == [(grower.id, first.price_low_fen)]
    assert f'value="{first.id}"' not in browser.get(page).text, "what is offered is not offered again"
    assert browser.get("/cooperative/offers/new/nothing-here").status_code == 404
