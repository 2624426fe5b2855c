"""Signing in with a browser: code, password, way back, and what the session holds."""

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from marketplace.basket import queries as baskets
from marketplace.basket import service as basket_service
from marketplace.jobs.registry import all_jobs
from marketplace.jobs.worker import run_now
from marketplace.kernel import unit_of_work
from marketplace.kernel.time import FixedClock
from marketplace.notices import queries as notices
from marketplace.parties import queries as parties
from marketplace.parties import service as register
from marketplace.parties.types import Language
from marketplace.web import my_basket
from tests.factories.parties import new_phone
from tests.web.browse import submit, token_of
from tests.web.conftest import SignIn
from tests.web.shop import PEOPLE, RED_KIWI, Shop

PASSWORD = "correct horse battery"


def ask_code(browser: FlaskClient, phone: str, back: str = "/account") -> TestResponse:
    page = f"/sign-in?next={back}"
    return submit(browser, page, "/sign-in", region="CN", phone=phone.removeprefix("+86"), next=back)


def code_in_inbox(browser: FlaskClient, phone: str) -> str:
    """Read the newest code from the demonstration's inbox, as a visitor does."""
    shown = browser.get("/demo/inbox", query_string={"phone": phone})
    assert shown.status_code == 200
    found = re.search(r"验证码是 (\d{6})", shown.text)
    assert found is not None
    return found.group(1)


def sign_in_by_code(browser: FlaskClient, phone: str, back: str = "/account") -> TestResponse:
    ask_code(browser, phone, back)
    return submit(browser, "/sign-in/code", "/sign-in/code", code=code_in_inbox(browser, phone))


def test_a_phone_and_its_code_lead_back_to_where_one_wanted_to_go(client: FlaskClient) -> None:
    phone = new_phone()
    turned_away = client.get("/account/orders?page=1")
    assert turned_away.status_code == 303
    assert turned_away.location == "/sign-in?next=/account/orders?page%3D1"
    asked = submit(
        client, turned_away.location, "/sign-in", region="CN", phone=phone[3:], next="/account/orders"
    )
    assert (asked.status_code, asked.location) == (303, "/sign-in/code")
    page = client.get("/sign-in/code")
    assert "+86 139****" in page.text
    assert phone not in re.sub(r'(href|value)="[^"]*"', "", page.text)
    arrived = submit(client, "/sign-in/code", "/sign-in/code", code=code_in_inbox(client, phone))
    assert (arrived.status_code, arrived.location) == (303, "/account/orders")
    assert client.get("/account/orders").status_code == 200
    assert client.get("/sign-in").location == "/account"


@pytest.mark.parametrize(
    ("name", "where"),
    [
        ("cooperative", "/cooperative"),
        ("carrier", "/carrier"),
        ("official", "/oversight"),
        ("operator", "/operator"),
        ("consumer", "/account"),
    ],
)
def test_who_works_for_one_party_begins_where_that_work_is_done(
    client: FlaskClient, name: str, where: str
) -> None:
    assert sign_in_by_code(client, PEOPLE[name][0]).location == where
    assert client.get(where, follow_redirects=True).status_code == 200
    wished = client.get("/sign-in?next=/account/orders")
    assert wished.location == "/account/orders"


@pytest.mark.parametrize(
    ("region", "phone", "masked"),
    [
        ("HK", "51234567", "+852 5*****67"),
        ("MO", "6612 3456", "+853 6*****56"),
        ("CN", "１３９８７６５４３２１", "+86 139****4321"),
    ],
)
def test_numbers_of_all_three_places_get_a_code(
    client: FlaskClient, region: str, phone: str, masked: str
) -> None:
    submit(client, "/sign-in", "/sign-in", region=region, phone=phone)
    assert masked in client.get("/sign-in/code").text


def test_what_is_no_number_is_asked_again_and_stays_in_the_form(client: FlaskClient) -> None:
    refused = submit(client, "/sign-in", "/sign-in", region="HK", phone="12345")
    assert refused.status_code == 422
    assert "请填写内地、香港或澳门的手机号码。" in refused.text
    assert 'value="12345"' in refused.text
    assert '<option value="HK" selected' in refused.text
    empty = submit(client, "/sign-in", "/sign-in", region="CN", phone="")
    assert empty.status_code == 422
    assert client.get("/sign-in/code").location == "/sign-in"


def test_wrong_codes_count_although_each_page_refuses(client: FlaskClient) -> None:
    phone = new_phone()
    ask_code(client, phone)
    right = code_in_inbox(client, phone)
    wrong = f"{(int(right) + 1) % 10**6:06d}"
    for left in (4, 3, 2, 1):
        refused = submit(client, "/sign-in/code", "/sign-in/code", code=wrong)
        assert refused.status_code == 422
        assert f"还可以再试 {left} 次" in refused.text
    for code in (wrong, right):
        assert "验证码已失效" in submit(client, "/sign-in/code", "/sign-in/code", code=code).text
    assert client.get("/account").status_code == 303


def test_a_slip_of_the_finger_costs_no_try(client: FlaskClient) -> None:
    phone = new_phone()
    ask_code(client, phone)
    for typed in ("12345", "abcdef", ""):
        refused = submit(client, "/sign-in/code", "/sign-in/code", code=typed)
        assert refused.status_code == 422
        assert "6 位数字" in refused.text
    wide = code_in_inbox(client, phone).translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    assert submit(client, "/sign-in/code", "/sign-in/code", code=wide).status_code == 303


def test_too_many_codes_are_refused_with_the_time_to_wait(client: FlaskClient) -> None:
    phone = new_phone()
    for _number in range(5):
        assert ask_code(client, phone).status_code == 303
    refused = ask_code(client, phone)
    assert refused.status_code == 429
    assert "请 60 分钟后再试" in refused.text


@pytest.mark.parametrize(
    "target",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/sign-in"],
)
def test_nobody_is_led_to_another_site(client: FlaskClient, target: str) -> None:
    phone = new_phone()
    submit(client, "/sign-in", "/sign-in", region="CN", phone=phone[3:], next=target)
    arrived = submit(client, "/sign-in/code", "/sign-in/code", code=code_in_inbox(client, phone))
    assert arrived.location == "/account"
    assert "evil" not in client.get("/sign-in", query_string={"next": target}).text


def test_signing_in_starts_a_new_session(client: FlaskClient) -> None:
    with client.session_transaction() as planted:
        planted["planted"] = "by somebody else"
    sign_in_by_code(client, new_phone())
    with client.session_transaction() as kept:
        assert "planted" not in kept
        assert "signing_in" not in kept
        assert kept.permanent
    client.post("/sign-out", data={"csrf_token": token_of(client.get("/account"))})
    with client.session_transaction() as left:
        assert "_user_id" not in left
    assert client.get("/account").status_code == 303


def test_forms_without_a_token_are_refused(client: FlaskClient) -> None:
    for address in ("/sign-in", "/sign-in/code", "/sign-in/password", "/sign-out", "/account/language"):
        assert client.post(address, data={"phone": "13912345678"}).status_code == 400


def test_a_password_signs_in_and_a_wrong_one_keeps_the_login(
    client: FlaskClient, session: Session, clock: FixedClock
) -> None:
    phone = new_phone()
    person = register.register_person(session, phone=phone, display_name="密码人（演示）")
    register.set_password(session, person.id, PASSWORD)
    session.commit()
    page = "/sign-in?way=password"
    for _number in range(5):
        refused = submit(client, page, "/sign-in/password", login=phone, password="not-my-word")
        assert refused.status_code == 422
        assert f'value="{phone}"' in refused.text
        assert "not-my-word" not in refused.text
    shut = submit(client, page, "/sign-in/password", login=phone, password=PASSWORD)
    assert shut.status_code == 429
    clock.advance(timedelta(minutes=15))
    arrived = submit(
        client, page, "/sign-in/password", login=phone, password=PASSWORD, next="/account/notices"
    )
    assert arrived.location == "/account/notices"


def test_the_reader_s_language_comes_along(app: Flask, session: Session) -> None:
    phone = new_phone()
    person = register.register_person(session, phone=phone, display_name="讀者（演示）")
    register.set_language(session, person.id, Language.HANT)
    session.commit()
    browser = app.test_client()
    sign_in_by_code(browser, phone)
    cookie = browser.get_cookie("lang")
    assert cookie is not None
    assert cookie.value == "zh-Hant-HK"
    assert "我的訂單" in browser.get("/account").text
    other = app.test_client()
    other.set_cookie("lang", "zh-Hans")
    sign_in_by_code(other, phone)
    kept = other.get_cookie("lang")
    assert kept is not None
    assert kept.value == "zh-Hans"


def test_what_a_visitor_put_in_their_basket_comes_along(
    app: Flask, client: FlaskClient, shop: Shop, session: Session
) -> None:
    offer = shop.offer(RED_KIWI)
    opened = basket_service.open_for(session, None, None)
    filled = basket_service.put(session, opened.id, offer.variant_id, 3)
    session.commit()
    with app.test_request_context():
        client.set_cookie("basket", str(my_basket._signer().dumps(filled.token)))
    phone = new_phone()
    sign_in_by_code(client, phone)
    person = parties.find_person_by_phone(session, phone)
    assert person is not None
    assert baskets.get_basket(session, None, person.id).count == 3
    assert client.get_cookie("basket") is None


def test_the_code_is_delivered_as_a_file_too(app: Flask, client: FlaskClient) -> None:
    phone = new_phone()
    ask_code(client, phone)
    with app.extensions["sessions"]() as opened:
        notice = notices.inbox(opened, phone=phone).items[0]
    for _number in range(2):
        run_now(app, all_jobs()["notices.deliver"], notice_id=notice.id)
    written = Path(app.config["SETTINGS"].data_dir) / "mail" / f"{notice.id:08d}.json"
    mail = json.loads(written.read_text(encoding="utf-8"))
    assert mail["to"] == phone
    assert code_in_inbox(client, phone) in mail["text"]


def test_signing_out_everywhere_ends_other_browsers_too(app: Flask) -> None:
    phone = new_phone()
    one, other = app.test_client(), app.test_client()
    sign_in_by_code(one, phone)
    sign_in_by_code(other, phone)
    assert other.get("/account").status_code == 200
    submit(one, "/account", "/account/sign-out-everywhere")
    for browser in (one, other):
        assert browser.get("/account").status_code == 303


def test_refused_tries_are_committed(client: FlaskClient, session: Session) -> None:
    phone = new_phone()
    person = register.register_person(session, phone=phone, display_name="计数（演示）")
    unit_of_work.commit(session, lambda s: register.set_password(s, person.id, PASSWORD))
    submit(client, "/sign-in?way=password", "/sign-in/password", login=phone, password="wrong")
    outcome = register.sign_in_with_password(session, phone, PASSWORD)
    assert outcome.person is not None
    for _number in range(4):
        register.sign_in_with_password(session, phone, "wrong")
    assert register.sign_in_with_password(session, phone, PASSWORD).person is None


def test_what_changes_no_session_sends_none_back(sign_in: SignIn) -> None:
    """A late answer would put an older session back, without the token of the form now shown."""
    browser = sign_in("consumer")
    with browser.session_transaction() as kept:
        kept.permanent = True
    browser.get("/account")
    assert "Set-Cookie" not in browser.get("/account").headers
