"""The road on a phone: scanned labels, two signatures, breaches shown, nothing of others'."""

import base64
import re
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from marketplace.custody import queries as custody
from marketplace.custody.types import Consignment, ConsignmentState, HolderKind, SignatureMethod
from marketplace.orders.types import Order
from marketplace.stock import queries as stock
from tests.web import ordering
from tests.web.browse import statements, token_of
from tests.web.conftest import SignIn, signed_in
from tests.web.shop import RED_KIWI, SWEET_RICE, Shop

MOST_STATEMENTS = 12
_FIELD = re.compile(r'<input[^>]*name="(key|last)"[^>]*value="([^"]*)"')


def load_of(session: Session, order: Order) -> Consignment:
    session.rollback()
    parts = [part.id for part in order.fulfilments]
    return custody.consignments_of(session, parts)[parts[0]][0]


@pytest.fixture
def load(session: Session) -> Consignment:
    return load_of(session, ordering.packed(session))


def send(browser: FlaskClient, load: Consignment, target: str = "party", **fields: object) -> TestResponse:
    """Fill the hand-off's form as its page proposes it and send it."""
    address = f"/h/{load.label_token}"
    page = browser.get(address, query_string={"target": target})
    assert page.status_code == 200
    shown = dict(_FIELD.findall(page.text))
    values: dict[str, object] = {
        "csrf_token": token_of(page),
        "target": target,
        "packages": "1",
        "giver_name": "张三（演示）",
        "receiver_name": "李四（演示）",
        "temperature": "0.5",
        "decision": "accept",
        **shown,
        **fields,
    }
    return browser.post(address, data={key: value for key, value in values.items() if value is not None})


def test_anybody_sees_what_it_is_and_nobody_personal(client: FlaskClient, load: Consignment) -> None:
    page = client.get(f"/h/{load.label_token}")
    assert page.status_code == 200
    for shown in (load.number, "水城山果合作社（演示）", "佛山", "冷藏", "登录后交接", "手机验证码"):
        assert shown in page.text
    for hidden in ("收货人（演示）", "演示路 1 号", "138000"):
        assert hidden not in page.text
    assert page.headers["Cache-Control"] == "private, no-store"
    assert client.get("/h/nothing-here-at-all").status_code == 404
    assert client.post(f"/h/{load.label_token}").status_code in {303, 400}


def test_a_carrier_takes_over_on_one_phone(
    sign_in: SignIn, load: Consignment, session: Session, app: Flask
) -> None:
    browser = sign_in("carrier")
    with statements(app) as sent:
        page = browser.get(f"/h/{load.label_token}")
    assert len(sent) <= MOST_STATEMENTS
    assert "确认交接" in page.text
    answer = send(browser, load, plate="粤A00000")
    assert answer.status_code == 303
    with statements(app) as sent:
        done = browser.get(answer.location)
    assert len(sent) <= MOST_STATEMENTS
    assert "已交接" in done.text
    session.rollback()
    after = custody.get_consignment(session, load.id)
    assert after.holder.party_id == Shop(session).party("DEMO-CARRIER").id
    (made,) = custody.journey(session, load.id).hand_offs
    assert made.giver_signature is not None
    assert made.receiver_signature is not None
    assert made.giver_signature.method is SignatureMethod.ON_SCREEN
    assert made.receiver_signature.method is SignatureMethod.ACCOUNT
    assert made.readings.surface_max_milli_c == 500
    # The plate and nothing else is proposed at the next load.
    other = load_of(session, ordering.packed(session))
    assert "粤A00000" in browser.get(f"/h/{other.label_token}").text


def test_the_same_form_twice_is_one_hand_off(sign_in: SignIn, load: Consignment, session: Session) -> None:
    browser = sign_in("carrier")
    first = send(browser, load, key="same-key-1", last="0")
    session.rollback()
    assert first.status_code == 303
    page = browser.get(f"/h/{load.label_token}")
    fields = {
        "csrf_token": token_of(page),
        "target": "party",
        "packages": "1",
        "giver_name": "张三（演示）",
        "receiver_name": "李四（演示）",
        "temperature": "0.5",
        "decision": "accept",
        "key": "same-key-1",
        "last": "0",
    }
    again = browser.post(f"/h/{load.label_token}", data=fields)
    assert again.location == first.location
    stale = browser.post(f"/h/{load.label_token}", data=fields | {"key": "another-key"})
    assert stale.status_code == 409
    assert "刚刚有了新的交接" in stale.text
    session.rollback()
    assert len(custody.journey(session, load.id).hand_offs) == 1


def test_a_breach_asks_why_then_shows_what_follows(own_app: Flask) -> None:
    """In a shop of its own: the lot is out of sale afterwards."""
    with own_app.extensions["sessions"]() as session:
        load = load_of(session, ordering.packed(session))
        browser = signed_in(own_app, "carrier")
        asked = send(browser, load, temperature="9,5")
        assert asked.status_code == 422
        assert "请写明原因" in asked.text
        assert 'value="9,5"' in asked.text
        assert 'value="李四（演示）"' in asked.text
        answer = send(browser, load, temperature="9,5", reason="车门没关严")
        done = browser.get(answer.location)
        for shown in ("温度异常（偏高）", "9.5", "已停售"):
            assert shown in done.text
        assert "温度异常（偏高）" in signed_in(own_app, "warehouse").get(f"/h/{load.label_token}").text
        trace = browser.get(f"/trace/{load.trace_token}")
        assert "路上有一次温度异常" in trace.text
        assert "温度异常（偏高）" in trace.text
        session.rollback()
        assert custody.open_breaches(session).total == 1
        assert stock.lots_by_id(session, [load.contents[0].lot_id])[load.contents[0].lot_id].blocked


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"temperature": ""}, "必须量箱外表面温度"),
        ({"temperature": "很冷"}, "请填写摄氏度"),
        ({"giver_name": ""}, "还缺移交方签名"),
        ({"receiver_name": ""}, "还缺接收方签名"),
        ({"packages": "5"}, "件数不能多于"),
        ({"decision": "refuse"}, "请写明原因"),
        ({"decision": "perhaps"}, "请从列出的选项中选择"),
    ],
)
def test_what_is_missing_is_said_in_its_place(
    sign_in: SignIn, load: Consignment, fields: dict[str, str], said: str
) -> None:
    answer = send(sign_in("carrier"), load, **fields)
    assert answer.status_code == 422
    assert said in answer.text
    assert 'value="张三（演示）"' in answer.text or fields.get("giver_name") == ""


def test_losses_photo_and_drawn_signature_are_kept(sign_in: SignIn, session: Session, app: Flask) -> None:
    load = load_of(session, ordering.packed(session, {(RED_KIWI, "DEMO-SC"): 3}))
    (content,) = load.contents
    picture = BytesIO()
    Image.new("RGB", (40, 30), "white").save(picture, "JPEG")
    drawn = BytesIO()
    Image.new("RGBA", (40, 30)).save(drawn, "PNG")
    picture.seek(0)
    answer = send(
        sign_in("carrier"),
        load,
        reason="一箱压坏",
        photo=(picture, "damage.jpg"),
        receiver_drawn="data:image/png;base64," + base64.b64encode(drawn.getvalue()).decode(),
        **{f"lost-{content.order_line_id}-{content.lot_id}": "1"},
    )
    assert answer.status_code == 303
    session.rollback()
    (made,) = custody.journey(session, load.id).hand_offs
    assert [(one.given, one.received, one.lost) for one in made.quantities] == [(3, 2, 1)]
    files = app.extensions["ports"].files
    assert files.find(made.photo_digests[0]) is not None
    assert made.receiver_signature is not None
    assert made.receiver_signature.drawn_digest is not None
    sheet = sign_in("carrier").get("/carrier/sheets", query_string={"number": made.number})
    for shown in (
        made.number,
        "交接单",
        "一箱压坏",
        "张三（演示）",
        "data:image/png;base64,",
        made.leaf_hash.hex(),
    ):
        assert shown in sheet.text


def test_a_picture_that_is_none_is_refused(sign_in: SignIn, load: Consignment) -> None:
    answer = send(sign_in("carrier"), load, photo=(BytesIO(b"<script>alert(1)</script>"), "x.jpg"))
    assert answer.status_code == 422
    assert "不是能识别的照片" in answer.text


def test_ambient_goods_are_not_measured(sign_in: SignIn, session: Session) -> None:
    load = load_of(session, ordering.packed(session, {(SWEET_RICE, "DEMO-CJ"): 1}))
    browser = sign_in("carrier")
    assert "箱外表面温度" not in browser.get(f"/h/{load.label_token}").text
    assert send(browser, load, temperature=None).status_code == 303


def test_a_driver_without_an_account_signs_by_code(
    sign_in: SignIn, load: Consignment, session: Session
) -> None:
    driver = sign_in("consumer2")
    page = driver.get(f"/h/{load.label_token}")
    assert "将以司机本人名义接手" in page.text
    assert send(driver, load, plate="粤B00000", receiver_name="王师傅（演示）").status_code == 303
    session.rollback()
    after = custody.get_consignment(session, load.id)
    assert after.holder.kind is HolderKind.CARRIER
    assert after.holder.party_id is None
    assert after.holder.person_id == Shop(session).person("consumer2").id
    (made,) = custody.journey(session, load.id).hand_offs
    assert made.receiver_signature is not None
    assert made.receiver_signature.method is SignatureMethod.CODE
    # At the warehouse its keeper takes it from the driver on the keeper's phone.
    answer = send(sign_in("warehouse"), load, giver_name="王师傅（演示）")
    assert answer.status_code == 303
    session.rollback()
    assert custody.get_consignment(session, load.id).state is ConsignmentState.STORED
    public = driver.get(f"/trace/{load.trace_token}").text
    assert "王师傅" not in public
    assert "粤B00000" not in public


def test_the_giver_hands_on_with_their_own_phone(
    sign_in: SignIn, load: Consignment, session: Session, app: Flask
) -> None:
    carrier = Shop(session).party("DEMO-CARRIER")
    browser = sign_in("cooperative")
    with statements(app) as sent:
        page = browser.get(f"/h/{load.label_token}")
    assert len(sent) <= MOST_STATEMENTS
    assert "山路冷运（演示）" in page.text
    assert send(browser, load, to=str(carrier.id)).status_code == 303
    session.rollback()
    (made,) = custody.journey(session, load.id).hand_offs
    assert made.giver_signature is not None
    assert made.giver_signature.method is SignatureMethod.ACCOUNT
    assert send(sign_in("carrier"), load, to="999999999").status_code == 422
    assert send(sign_in("carrier"), load, to="abc").status_code == 422


def test_strangers_to_a_load_only_look(sign_in: SignIn, load: Consignment, session: Session) -> None:
    for name in ("cooperative2",):
        page = sign_in(name).get(f"/h/{load.label_token}")
        assert page.status_code == 200
        assert "确认交接" not in page.text
    assert send_blind(sign_in("cooperative2"), load).status_code == 409
    made = send(sign_in("carrier"), load)
    number = made.location.rpartition("/")[2]
    for name in ("carrier2", "cooperative2", "consumer"):
        assert sign_in(name).get(made.location).status_code == 404
        assert sign_in(name).get(f"/carrier/sheets?number={number}").status_code == 404
    assert sign_in("operator").get(f"/carrier/sheets?number={number}").status_code == 200
    session.rollback()


def send_blind(browser: FlaskClient, load: Consignment) -> TestResponse:
    """Send a form that the page did not show, with a token of another page."""
    page = browser.get("/account")
    return browser.post(
        f"/h/{load.label_token}",
        data={
            "csrf_token": token_of(page),
            "key": "blind-key-1",
            "giver_name": "甲",
            "receiver_name": "乙",
            "temperature": "0.5",
        },
    )


def test_by_express_with_its_events(sign_in: SignIn, load: Consignment, session: Session) -> None:
    browser = sign_in("cooperative")
    answer = send(browser, load, "courier", to="courier", courier="速运（演示）", waybill_number="DEMO-WEB-1")
    assert answer.status_code == 303
    page = browser.get(f"/h/{load.label_token}")
    assert "DEMO-WEB-1" in page.text
    assert "记录快递签收" in page.text
    fields = {"csrf_token": token_of(page), "number": "DEMO-WEB-1", "at": "2026-11-23T12:00"}
    event = f"/h/{load.label_token}/waybill"
    assert sign_in("carrier").post(event, data=fields).status_code in {400, 403}
    assert browser.post(event, data=fields | {"kind": "collected"}).status_code == 303
    assert browser.post(event, data=fields | {"kind": "signed", "back": "//evil.example"}).location == (
        f"/h/{load.label_token}"
    )
    session.rollback()
    assert custody.get_consignment(session, load.id).state is ConsignmentState.DELIVERED
    line = load.contents[0].order_line_id
    assert custody.evidence(session, [line])[line] == "carrier_tracked"


def test_the_command_says_whether_records_are_as_proved(
    sign_in: SignIn, load: Consignment, app: Flask
) -> None:
    assert send(sign_in("carrier"), load).status_code == 303
    said = app.test_cli_runner().invoke(args=["custody", "verify"])
    assert said.exit_code == 0
    assert "0 differences" in said.output
