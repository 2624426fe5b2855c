"""One guard for every view: strangers sign in first, others' objects do not exist, roles see their own."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from marketplace.kernel import journal
from marketplace.kernel.refusals import NotFound
from marketplace.parties import rules
from marketplace.parties import service as register
from marketplace.parties.types import PartyId, Permission, Role
from marketplace.web import guard
from tests.web.browse import statements
from tests.web.conftest import signed_in
from tests.web.shop import PEOPLE, Shop


@pytest.fixture
def guarded(own_app: Flask) -> Flask:
    """An application with a page for each permission, and with objects that belong to parties."""

    def owner(session: Session, party_id: int) -> PartyId | None:
        del session
        if party_id == 0:
            return None
        if party_id < 0:
            raise NotFound
        return PartyId(party_id)

    def answer(**_given: Any) -> ResponseReturnValue:
        return "open"

    def acting() -> ResponseReturnValue:
        return str(journal.acting_person.get())

    for permission in Permission:
        plain = guard.require(permission)(answer)
        own_app.add_url_rule(f"/test/{permission}", f"test_{permission}", plain, methods=["GET", "POST"])
        bound = guard.require(permission, party_from=owner)(answer)
        own_app.add_url_rule(f"/test/{permission}/<int(signed=True):party_id>", f"own_{permission}", bound)
    own_app.add_url_rule("/test/acting", "acting", guard.public(acting))
    own_app.add_url_rule("/api/v1/test", "test_api", guard.require(Permission.SEE_TOTALS)(answer))
    return own_app


def _shop(app: Flask, look: Callable[[Shop], Any]) -> Any:
    with app.extensions["sessions"]() as session:
        return look(Shop(session))


def test_each_role_sees_what_the_table_says(guarded: Flask) -> None:
    for name, (_phone, role, _party, _scope) in PEOPLE.items():
        browser = signed_in(guarded, name)
        for permission in Permission:
            allowed = permission in rules.PERMISSIONS[role] | rules.PERMISSIONS[Role.CONSUMER]
            status = browser.get(f"/test/{permission}").status_code
            assert status == (200 if allowed else 403), (name, permission)


def test_others_objects_and_unknown_ones_are_both_not_there(guarded: Flask) -> None:
    for name, (_phone, role, code, _scope) in PEOPLE.items():
        if code is None:
            continue
        own = _shop(guarded, lambda shop, wanted=code: shop.party(wanted).id)
        foreign = _shop(guarded, lambda shop, wanted=code: _another_party(shop, wanted))
        browser = signed_in(guarded, name)
        for permission in rules.PERMISSIONS[role]:
            assert browser.get(f"/test/{permission}/{own}").status_code == 200
            there = 404 if permission in rules.BOUND_TO_PARTY else 200
            assert browser.get(f"/test/{permission}/{foreign}").status_code == there
            if permission in rules.BOUND_TO_PARTY:
                missing = [browser.get(f"/test/{permission}/{number}") for number in (foreign, 0, -1)]
                assert {one.status_code for one in missing} == {404}


def _another_party(shop: Shop, code: str) -> int:
    return shop.party("DEMO-CJ" if code != "DEMO-CJ" else "DEMO-DY").id


def test_a_stranger_is_led_to_sign_in_and_back(guarded: Flask) -> None:
    stranger = guarded.test_client()
    asked = stranger.get("/test/fulfil?state=packed")
    assert (asked.status_code, asked.location) == (303, "/sign-in?next=/test/fulfil?state%3Dpacked")
    assert stranger.get("/test/fulfil/1").status_code == 303
    assert stranger.get("/test/fulfil/0").status_code == 303


def test_a_stranger_s_form_leads_back_to_the_form(guarded: Flask) -> None:
    guarded.config["WTF_CSRF_ENABLED"] = False
    stranger = guarded.test_client()
    own = stranger.post("/test/fulfil", headers={"Referer": "http://localhost/cooperative?tab=2"})
    assert own.location == "/sign-in?next=/cooperative?tab%3D2"
    foreign = stranger.post("/test/fulfil", headers={"Referer": "https://evil.example/cooperative"})
    assert foreign.location == "/sign-in?next=/"


def test_a_part_of_a_page_takes_the_whole_page_to_sign_in(guarded: Flask) -> None:
    answer = guarded.test_client().get("/test/fulfil", headers={"HX-Request": "true"})
    assert answer.status_code == 204
    assert answer.headers["HX-Redirect"] == "/sign-in?next=/test/fulfil"


def test_the_api_says_so_in_its_own_words(guarded: Flask) -> None:
    stranger = guarded.test_client().get("/api/v1/test")
    assert stranger.status_code == 401
    assert stranger.content_type == "application/problem+json"
    assert signed_in(guarded, "consumer").get("/api/v1/test").status_code == 403
    assert signed_in(guarded, "official").get("/api/v1/test").status_code == 200


def test_the_journal_knows_whose_request_it_is(guarded: Flask) -> None:
    person_id = _shop(guarded, lambda shop: shop.person("cooperative").id)
    assert signed_in(guarded, "cooperative").get("/test/acting").text == str(person_id)
    assert guarded.test_client().get("/test/acting").text == "None"


def test_a_forged_or_broken_session_is_a_stranger_s(guarded: Flask) -> None:
    for token in ("", "1", "x.y", "1.", f"{10**12}.1", "1.1.1", "-1.1"):
        browser = guarded.test_client()
        with browser.session_transaction() as kept:
            kept["_user_id"] = token
        assert browser.get("/test/buy").status_code == 303
    browser = guarded.test_client()
    browser.set_cookie("session", "forged")
    assert browser.get("/test/buy").status_code == 303


def test_losing_a_role_works_at_once(guarded: Flask) -> None:
    browser = signed_in(guarded, "carrier")
    assert browser.get("/test/take_custody").status_code == 200
    with guarded.extensions["sessions"]() as session:
        shop = Shop(session)
        register.suspend_party(session, shop.party("DEMO-CARRIER").id, "演示")
        session.commit()
    assert browser.get("/test/take_custody").status_code == 403


def test_a_stranger_without_session_costs_no_statement(guarded: Flask) -> None:
    with statements(guarded) as sent:
        assert guarded.test_client().get("/test/acting").status_code == 200
    assert sent == []
