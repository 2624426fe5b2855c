"""The public journey: what was measured, who had it, and nothing about anybody."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from marketplace.orders import queries as orders
from tests.web import ordering
from tests.web.browse import statements
from tests.web.carrier.test_hand_off import MOST_STATEMENTS, load_of, send
from tests.web.conftest import SignIn
from tests.web.shop import RED_KIWI, ZHENPIN_NUMBER


@pytest.fixture
def travelled(sign_in: SignIn, session: Session) -> str:
    """A parcel that was picked up, stored and given to a courier; its public token."""
    load = load_of(session, ordering.packed(session, {(RED_KIWI, "DEMO-SC"): 1}))
    assert send(sign_in("carrier"), load, plate="粤A00000").status_code == 303
    assert send(sign_in("warehouse"), load).status_code == 303
    answer = send(
        sign_in("warehouse"),
        load,
        "courier",
        to="courier",
        courier="速运（演示）",
        waybill_number=f"DEMO-T-{load.id}",
    )
    assert answer.status_code == 303
    return load.trace_token


def test_the_journey_is_told_without_a_person(app: Flask, client: FlaskClient, travelled: str) -> None:
    client.get(f"/trace/{travelled}")
    with statements(app) as sent:
        page = client.get(f"/trace/{travelled}")
    assert page.status_code == 200
    assert len(sent) <= MOST_STATEMENTS
    for shown in (
        "水城红心猕猴桃",
        "山路冷运（演示） 从 水城山果合作社（演示） 揽收",
        "到达 广州云仓（演示）",
        "速运（演示）",
        "实测 0.5 ℃",
        "双方签名",
        "0 ℃ 至 2 ℃",
        ZHENPIN_NUMBER,
        "送往 佛山",
        "data:image/png;base64,",
    ):
        assert shown in page.text, shown
    told = re.sub(r"data:image/png;base64,[A-Za-z0-9+/=]+", "", page.text)
    for hidden in ("张三", "李四", "收货人（演示）", "演示路", "138000", "粤A00000", "DEMO-T-"):
        assert hidden not in told, hidden
    assert re.search(r"Q\d{6}-", told) is None
    assert page.headers["Cache-Control"] == "private, max-age=60"


def test_the_label_leads_there_but_not_back(client: FlaskClient, travelled: str, session: Session) -> None:
    assert client.get(f"/h/{travelled}").status_code == 404
    load = load_of(session, ordering.packed(session))
    assert load.number not in client.get(f"/trace/{load.label_token}").text
    assert "装箱完成" in client.get(f"/trace/{load.label_token}").text


def test_before_packing_it_says_when(client: FlaskClient, session: Session) -> None:
    order = ordering.paid(session)
    session.rollback()
    part = orders.get_order(session, order.id).fulfilments[0]
    page = client.get(f"/trace/{part.label_token}")
    assert page.status_code == 200
    assert "还没有装箱" in page.text
    placed = ordering.placed(session)
    session.rollback()
    unpaid = orders.get_order(session, placed.order.id).fulfilments[0]
    assert client.get(f"/trace/{unpaid.label_token}").status_code == 404
    assert client.get("/trace/nothing-here").status_code == 404


@pytest.mark.parametrize(("language", "shown"), [("zh-Hant-HK", "路上的記錄"), ("en", "kiwi")])
def test_it_is_told_in_the_readers_language(
    client: FlaskClient, travelled: str, language: str, shown: str
) -> None:
    client.set_cookie("lang", language)
    page = client.get(f"/trace/{travelled}")
    assert page.status_code == 200
    assert shown in page.text
