"""One's own pages: home, for whom one acts, orders, messages, settings; and the demonstration's inbox."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from marketplace.kernel.message import Name, msg
from marketplace.kernel.settings import Mode
from marketplace.kernel.time import FixedClock
from marketplace.notices import service as notices
from marketplace.notices.types import NoticeKind
from marketplace.parties import queries as parties
from marketplace.parties import service as register
from marketplace.parties.types import Language, Person, Role
from tests.factories.parties import new_phone
from tests.web.account.test_sign_in import sign_in_by_code
from tests.web.browse import statements, submit
from tests.web.shop import PEOPLE, Shop

SignIn = Callable[[str], FlaskClient]
PASSWORD = "correct horse battery"
PAGES = (
    "/account",
    "/account/orders",
    "/account/notices",
    "/account/profile",
    "/account/password",
)
PORTALS = {
    "cooperative": "/cooperative",
    "carrier": "/carrier",
    "warehouse": "/carrier",
    "unit": "/purchasing",
    "official": "/oversight",
    "operator": "/operator",
}


def _fresh(app: Flask) -> tuple[FlaskClient, str]:
    browser, phone = app.test_client(), new_phone()
    sign_in_by_code(browser, phone)
    return browser, phone


def _person(session: Session, phone: str) -> Person:
    found = parties.find_person_by_phone(session, phone)
    assert found is not None
    return found


@pytest.mark.parametrize("page", PAGES)
def test_one_s_own_pages_want_one_to_be_signed_in(client: FlaskClient, page: str) -> None:
    turned_away = client.get(page)
    assert (turned_away.status_code, turned_away.location) == (303, f"/sign-in?next={page}")
    assert turned_away.headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("name", PEOPLE)
@pytest.mark.parametrize("page", PAGES)
def test_everybody_has_their_own_pages_in_few_statements(
    app: Flask, sign_in: SignIn, name: str, page: str
) -> None:
    browser = sign_in(name)
    with statements(app) as sent:
        shown = browser.get(page)
    assert shown.status_code == 200
    assert shown.headers["Cache-Control"] == "private, no-store"
    assert len(sent) <= 12


@pytest.mark.parametrize(("name", "portal"), PORTALS.items())
def test_home_leads_to_where_one_works(sign_in: SignIn, shop: Shop, name: str, portal: str) -> None:
    browser = sign_in(name)
    home = browser.get("/account")
    membership = parties.actor(shop.session, shop.person(name).id).memberships[0]
    assert membership.party_name.hans in home.text
    sent = submit(browser, "/account", "/account/acting", membership=membership.id)
    assert (sent.status_code, sent.location) == (303, portal)


def test_somebody_else_s_membership_is_not_there(sign_in: SignIn, shop: Shop) -> None:
    foreign = parties.actor(shop.session, shop.person("operator").id).memberships[0]
    browser = sign_in("cooperative")
    for wanted in (foreign.id, 10**12, "x", ""):
        assert submit(browser, "/account", "/account/acting", membership=wanted).status_code == 404


def test_who_belongs_to_two_parties_chooses_and_it_holds(app: Flask, session: Session, shop: Shop) -> None:
    browser, phone = _fresh(app)
    person = _person(session, phone)
    one = register.add_member(session, person.id, shop.party("DEMO-SC").id, Role.COOPERATIVE_MEMBER)
    other = register.add_member(session, person.id, shop.party("DEMO-CARRIER").id, Role.CARRIER_MEMBER)
    session.commit()
    assert "当前身份" not in browser.get("/account").text
    for chosen, portal in ((other, "/carrier"), (one, "/cooperative")):
        assert submit(browser, "/account", "/account/acting", membership=chosen.id).location == portal
        home = browser.get("/account").text
        marked = home.index('aria-current="true"', home.index("工作台"))
        assert home.index(chosen.party_name.hans, marked) - marked < 400
    register.end_membership(session, one.id)
    session.commit()
    assert one.party_name.hans not in browser.get("/account").text


def test_an_official_s_scope_is_named(sign_in: SignIn) -> None:
    assert "贵州省" in sign_in("official").get("/account").text
    assert "佛山—黔东南结对" in sign_in("official2").get("/account").text


def test_name_and_email_are_kept_and_what_was_typed_stays(app: Flask, session: Session) -> None:
    first, phone = _fresh(app)
    second, _phone = _fresh(app)
    sent = {"display_name": "李梅（演示）", "email": f"Li{phone[-8:]}@Example.com"}
    assert submit(first, "/account/profile", "/account/profile", **sent).status_code == 303
    assert _person(session, phone).email == sent["email"].lower()
    assert "李梅（演示）" in first.get("/account").text
    taken = submit(second, "/account/profile", "/account/profile", **sent)
    assert taken.status_code == 409
    assert "这个邮箱已用于另一个账户" in taken.text
    assert f'value="{sent["email"]}"' in taken.text
    wrong = submit(second, "/account/profile", "/account/profile", display_name="x" * 41, email="no")
    assert wrong.status_code == 422
    assert "最多 40 个字" in wrong.text


def test_the_first_password_needs_no_old_one_right_after_a_code(app: Flask) -> None:
    browser, phone = _fresh(app)
    other = app.test_client()
    sign_in_by_code(other, phone)
    weak = submit(browser, "/account/password", "/account/password", password="short")
    assert weak.status_code == 422
    assert "至少要 8 个字符" in weak.text
    done = submit(browser, "/account/password", "/account/password", password=PASSWORD)
    assert done.status_code == 303
    assert "已设置" in browser.get("/account").text
    assert other.get("/account").status_code == 303, "the other browser was signed out"


def test_a_password_is_changed_with_the_old_one_once_the_code_is_old(app: Flask, clock: FixedClock) -> None:
    browser, _phone = _fresh(app)
    submit(browser, "/account/password", "/account/password", password=PASSWORD)
    clock.advance(timedelta(minutes=16))
    asked = browser.get("/account/password")
    assert 'name="current"' in asked.text
    for current in ("", "not the old one"):
        refused = submit(
            browser, "/account/password", "/account/password", current=current, password="another good one"
        )
        assert refused.status_code == 422
    done = submit(
        browser, "/account/password", "/account/password", current=PASSWORD, password="another good one"
    )
    assert done.status_code == 303


def test_a_language_is_chosen_and_remembered(app: Flask, session: Session) -> None:
    browser, phone = _fresh(app)
    sent = submit(browser, "/account", "/account/language", lang="zh-Hant-HK")
    assert sent.status_code == 303
    assert "退出登入" in browser.get("/account").text
    assert _person(session, phone).language is Language.HANT
    assert submit(browser, "/account", "/account/language", lang="tlh").status_code == 404


def test_messages_are_read_in_one_s_language_without_codes(app: Flask, session: Session) -> None:
    browser, phone = _fresh(app)
    person = _person(session, phone)
    message = msg(
        "%(city)s—%(prefecture)s的结对关系已确认。", city=Name("东莞", "東莞", "Dongguan"), prefecture="铜仁"
    )
    for number in range(21):
        notices.send(
            session,
            kind=NoticeKind.PAIRING,
            to_person_id=person.id,
            message=message,
            link=f"/oversight?number={number}",
        )
    session.commit()
    first = browser.get("/account/notices").text
    assert first.count("东莞—铜仁的结对关系已确认。") == 20
    assert "number=20" in first
    assert "验证码是" not in first
    assert "number=0" in browser.get("/account/notices?page=2").text
    browser.set_cookie("lang", "zh-Hant-HK")
    assert "東莞" in browser.get("/account/notices").text


def test_messages_of_others_are_not_shown(app: Flask, session: Session) -> None:
    browser, _phone = _fresh(app)
    notices.send(session, kind=NoticeKind.ORDER, to_phone=new_phone(), message=msg("别人的订单。"))
    session.commit()
    assert "别人的订单" not in browser.get("/account/notices").text
    assert "别人的订单" in browser.get("/demo/inbox").text


def test_the_inbox_shows_masked_numbers_and_filters(app: Flask, client: FlaskClient) -> None:
    _browser, phone = _fresh(app)
    shown = client.get("/demo/inbox", query_string={"phone": phone})
    assert shown.text.count("验证码是") == 1
    assert f"+86 139****{phone[-4:]}" in shown.text
    assert client.get("/demo/inbox?phone=nobody").status_code == 200


def test_no_inbox_in_production(app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = app.config["SETTINGS"]
    monkeypatch.setitem(app.config, "SETTINGS", replace(settings, mode=Mode.PRODUCTION))
    assert client.get("/demo/inbox").status_code == 404
