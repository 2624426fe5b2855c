"""Carriers and warehouses at work: lists, many at once, waybills, parcels put together and split, sheets."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from marketplace.custody import queries as custody
from marketplace.custody.types import Consignment, ConsignmentState
from tests.web import ordering
from tests.web.browse import statements, token_of
from tests.web.carrier.test_hand_off import MOST_STATEMENTS, load_of, send
from tests.web.conftest import SignIn, signed_in
from tests.web.shop import RED_KIWI, SWEET_RICE, XIUWEN_KIWI, Shop

SIGNED = {"giver_name": "张三（演示）", "receiver_name": "李四（演示）"}


def loads(session: Session, count: int) -> list[Consignment]:
    return [load_of(session, ordering.packed(session)) for _one in range(count)]


def together(
    browser: FlaskClient, tokens: list[str], target: str = "party", **fields: object
) -> TestResponse:
    page = browser.get("/carrier/hand-over", query_string={"load": tokens, "target": target})
    assert page.status_code == 200, page.text
    key = re.search(r'name="key" value="([^"]+)"', page.text)
    assert key is not None
    values = {"csrf_token": token_of(page), "load": tokens, "key": key.group(1), "chilled": "0.5"}
    return browser.post("/carrier/hand-over", data=values | SIGNED | fields)


def test_a_day_of_a_carrier_and_a_warehouse(own_app: Flask) -> None:
    """In a shop of its own: lists show exactly what is on the road."""
    with own_app.extensions["sessions"]() as session:
        waiting = loads(session, 4)
        carrier, warehouse = signed_in(own_app, "carrier"), signed_in(own_app, "warehouse")
        with statements(own_app) as sent:
            page = carrier.get("/carrier/")
        assert len(sent) <= MOST_STATEMENTS
        for load in waiting:
            assert load.number in page.text
        answer = together(carrier, [load.label_token for load in waiting], plate="粤A00000")
        assert answer.status_code == 303
        sheets = carrier.get(answer.location)
        assert sheets.text.count('class="sheet"') == 4
        with statements(own_app) as sent:
            page = carrier.get("/carrier/")
        assert len(sent) <= MOST_STATEMENTS
        assert "没有待揽收的货" in page.text
        assert carrier.get("/carrier/find", query_string={"label": waiting[0].number}).status_code == 302

        tokens = [load.label_token for load in waiting]
        hub = Shop(session).party("DEMO-WH-GZ")
        assert together(carrier, tokens, to=str(hub.id)).status_code == 303
        page = warehouse.get("/carrier/")
        assert "在仓的货" in page.text
        assert waiting[0].number in page.text
        numbers = {f"number-{load.id}": f"DEMO-MANY-{load.id}" for load in waiting}
        missing = together(warehouse, tokens, "courier", to="courier", courier="速运（演示）")
        assert missing.status_code == 422
        assert "请填写" in missing.text
        answer = together(warehouse, tokens, "courier", to="courier", courier="速运（演示）", **numbers)
        assert answer.location == "/carrier/waybills"
        with statements(own_app) as sent:
            page = warehouse.get(answer.location)
        assert len(sent) <= MOST_STATEMENTS
        assert page.text.count("DEMO-MANY-") >= 4
        session.rollback()
        states = {
            one.state for one in custody.consignments_by_id(session, [one.id for one in waiting]).values()
        }
        assert states == {ConsignmentState.WITH_COURIER}


def test_many_are_refused_together_when_one_is_not_in_order(sign_in: SignIn, session: Session) -> None:
    two = loads(session, 2)
    browser = sign_in("carrier")
    tokens = [load.label_token for load in two]
    answer = together(browser, tokens, chilled="")
    assert answer.status_code == 422
    assert "必须量箱外表面温度" in answer.text
    session.rollback()
    for load in two:
        assert custody.get_consignment(session, load.id).state is ConsignmentState.WAITING
    mixed = load_of(session, ordering.packed(session, {(XIUWEN_KIWI, "DEMO-XW"): 1}))
    page = browser.get("/carrier/hand-over", query_string={"load": [tokens[0], mixed.label_token]})
    assert page.status_code == 422
    assert "同一方保管" in page.text
    assert browser.get("/carrier/hand-over?load=nothing-here").status_code == 404


@pytest.fixture
def at_the_hub(sign_in: SignIn, session: Session) -> list[Consignment]:
    """Two parts of one order and one of another, in the warehouse."""
    order = ordering.packed(session, {(RED_KIWI, "DEMO-SC"): 2, (XIUWEN_KIWI, "DEMO-XW"): 1})
    session.rollback()
    found = custody.consignments_of(session, [part.id for part in order.fulfilments])
    mine = [found[part.id][0] for part in order.fulfilments]
    mine.append(load_of(session, ordering.packed(session)))
    for load in mine:
        assert send(sign_in("warehouse"), load, packages=str(load.packages)).status_code == 303
    session.rollback()
    return mine


def test_parts_of_an_order_become_one_parcel(
    sign_in: SignIn, at_the_hub: list[Consignment], session: Session
) -> None:
    first, second, stranger = at_the_hub
    browser = sign_in("warehouse")

    def merge(*chosen: Consignment) -> TestResponse:
        values = {"csrf_token": token_of(browser.get("/carrier/")), "packages": "1"}
        return browser.post("/carrier/merge", data=values | {"load": [one.label_token for one in chosen]})

    alone = merge(first)
    assert alone.status_code == 422
    assert "请至少勾选两批同一订单的货。" in alone.text
    refused = merge(first, stranger)
    assert refused.status_code == 422
    assert "去向和贮运条件相同" in refused.text
    made = merge(first, second)
    assert made.location.startswith("/carrier/labels?load=")
    label = browser.get(made.location)
    assert 'class="label"' in label.text
    assert "data:image/png;base64," in label.text
    page = browser.get(f"/h/{first.label_token}")
    assert "已并入" in page.text
    token = made.location.partition("=")[2]
    parcel = custody.consignment_by_token(session, token)
    assert parcel.quantity == 3
    assert sign_in("warehouse2").get(made.location).status_code == 404
    trace = sign_in("consumer").get(f"/trace/{first.trace_token}")
    assert "重新组合包裹" in trace.text


def test_packs_are_split_off(sign_in: SignIn, at_the_hub: list[Consignment], session: Session) -> None:
    load = max(at_the_hub, key=lambda one: one.quantity)
    browser = sign_in("warehouse")
    page = browser.get(f"/carrier/split/{load.label_token}")
    (content,) = load.contents
    field = f"lost-{content.order_line_id}-{content.lot_id}"
    assert field in page.text
    values = {"csrf_token": token_of(page)}
    too_many = browser.post(f"/carrier/split/{load.label_token}", data=values | {field: "3"})
    assert too_many.status_code == 422
    made = browser.post(f"/carrier/split/{load.label_token}", data=values | {field: "1"})
    assert made.status_code == 303
    session.rollback()
    assert custody.get_consignment(session, load.id).quantity == 1
    assert sign_in("carrier").get(f"/carrier/split/{load.label_token}").status_code == 404


def test_a_label_is_found_by_its_address_and_its_part(sign_in: SignIn, session: Session) -> None:
    order = ordering.packed(session, {(SWEET_RICE, "DEMO-CJ"): 1})
    load = load_of(session, order)
    browser = sign_in("carrier")

    def find(label: str) -> TestResponse:
        return browser.get("/carrier/find", query_string={"label": label})

    address = f"/h/{load.label_token}"
    assert find(f"http://localhost{address}").location == address
    assert find(load.number.lower()).location == address
    assert find(order.fulfilments[0].number).location == address
    assert find("T000000-0000000").status_code == 404
    assert find("").status_code == 404
    assert send(sign_in("carrier2"), load, temperature=None).status_code == 303
    assert find(load.number).status_code == 404


@pytest.mark.parametrize("name", ["consumer", "cooperative", "official", "operator"])
def test_others_have_no_road(sign_in: SignIn, name: str) -> None:
    for address in ("/carrier/", "/carrier/waybills", "/carrier/hand-over", "/carrier/labels"):
        assert sign_in(name).get(address).status_code == 403
