"""A cooperative comes in through the pages: it applies, its county recommends, the operator accepts it."""

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from werkzeug.test import TestResponse

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue.types import CertificateFilter, CertificateState
from marketplace.kernel import unit_of_work
from marketplace.kernel.time import FixedClock
from marketplace.notices import queries as notices
from marketplace.parties import queries as parties
from marketplace.parties.types import (
    Application,
    ApplicationFilter,
    ApplicationState,
    ContractMode,
    PersonId,
    Role,
)
from marketplace.places.types import DivisionCode
from tests.factories.editions import GUANGDONG, make_official
from tests.factories.places import CONGJIANG
from tests.unit.parties.test_licences import code_of
from tests.web.browse import statements, submit, token_of
from tests.web.conftest import signed_in
from tests.web.shop import PEOPLE

MOST_STATEMENTS = 12
Official = Callable[[DivisionCode], FlaskClient]


@pytest.fixture
def official(own_app: Flask) -> Official:
    """Open a browser signed in as a new official of a division."""

    def make(division: DivisionCode) -> FlaskClient:
        browser = own_app.test_client()
        with own_app.extensions["sessions"]() as session:
            made = unit_of_work.commit(session, lambda one: make_official(one, division))
            epoch = parties.session_epoch(session, made.person.id)
        with browser.session_transaction() as kept:
            kept["_user_id"] = f"{made.person.id}.{epoch}"
            kept["_fresh"] = True
        return browser

    return make


def picture() -> io.BytesIO:
    written = io.BytesIO()
    Image.new("RGB", (60, 40), "white").save(written, "PNG")
    written.seek(0)
    return written


def said(**changed: object) -> dict[str, object]:
    return {
        "key": "one-application-0001",
        "name": "从江月亮山专业合作社",
        "county": CONGJIANG,
        "credit_code": code_of(organisation="MA6DT00J0"),
        "legal_representative": "某某",
        "address": "从江县加榜乡",
        "contact_name": "某某",
        "goods": "香禾糯，十月起",
        "contract_mode": "agency",
        "sc_license": "ＳＣ101 522633 00019",
        "sc_license_from": "2025-01-02",
        "sc_license_to": "2029-12-31",
        "scan": (picture(), "执照.png"),
    } | changed


def send(browser: FlaskClient, fields: dict[str, object], address: str = "/join/apply") -> TestResponse:
    fields = {"csrf_token": token_of(browser.get(address)), **fields}
    return browser.post(address, data=fields, content_type="multipart/form-data")


def applications(app: Flask, **wanted: Any) -> list[Application]:
    with app.extensions["sessions"]() as session:
        found = parties.list_applications(session, ApplicationFilter(**wanted))
        return list(found.items)


def messages(app: Flask, person_id: PersonId) -> list[str]:
    with app.extensions["sessions"]() as session:
        return [str(one.message) for one in notices.inbox(session, person_id=person_id).items]


def test_from_the_application_to_a_cooperative_that_may_sell(own_app: Flask, official: Official) -> None:
    county, applicant = official(CONGJIANG), signed_in(own_app, "consumer")
    assert send(applicant, said()).status_code == 303
    (made,) = applications(own_app)
    page = f"/join/{made.number}"
    assert "等县里推荐" in applicant.get(page).text
    assert applicant.get(f"{page}/licence").mimetype == "image/png"

    listed = county.get("/oversight/applications").text
    assert made.number in listed
    desk = f"/oversight/applications/{made.number}"
    assert "地区码就是从江县" in county.get(desk).text
    assert submit(county, desk, f"{desk}/recommend", opinion="去看过，梯田九十亩").status_code == 303

    operator = signed_in(own_app, "operator")
    assert "入驻申请等审核" in operator.get("/operator").text
    desk = f"/operator/applications/{made.number}"
    assert "去看过，梯田九十亩" in operator.get(desk).text
    assert submit(operator, desk, f"{desk}/accept", contract_mode="agency").status_code == 303

    (made,) = applications(own_app)
    assert made.state is ApplicationState.ACCEPTED
    with own_app.extensions["sessions"]() as session:
        party = parties.get_party(session, made.party_id or 0)
        ((manager, membership),) = parties.members_of(session, party.id)
        held = catalogue.list_certificates(session, CertificateFilter(holder_id=party.id)).items
    assert party.contract_mode is ContractMode.AGENCY
    assert party.licence_number == made.draft.credit_code
    assert (manager.id, membership.role) == (made.applicant_id, Role.COOPERATIVE_MANAGER)
    assert [(one.number, one.state) for one in held] == [("SC10152263300019", CertificateState.VERIFIED)]
    assert "您是负责人" in messages(own_app, manager.id)[0]
    public = own_app.test_client().get(f"/cooperatives/{party.code}").text
    assert party.licence_number in public
    assert applicant.get("/cooperative").status_code == 200


def test_a_returned_application_comes_back_corrected_and_a_refused_one_says_why(
    own_app: Flask, official: Official
) -> None:
    county, applicant = official(CONGJIANG), signed_in(own_app, "consumer")
    send(applicant, said())
    (made,) = applications(own_app)
    desk, page = f"/oversight/applications/{made.number}", f"/join/{made.number}"
    assert submit(county, desk, f"{desk}/return", opinion="").status_code == 422
    submit(county, desk, f"{desk}/return", opinion="住所写到村")
    assert "住所写到村" in applicant.get(page).text
    corrected = said(address="从江县加榜乡加车村", scan=(io.BytesIO(b""), ""))
    assert send(applicant, corrected, f"{page}/correct").status_code == 303
    (again,) = applications(own_app)
    assert (again.number, again.state) == (made.number, ApplicationState.SUBMITTED)
    assert again.draft.scan_digest == made.draft.scan_digest
    submit(county, desk, f"{desk}/recommend", opinion="已补正")
    operator, desk = signed_in(own_app, "operator"), f"/operator/applications/{made.number}"
    submit(operator, desk, f"{desk}/refuse", reason="执照状态为吊销")
    assert "执照状态为吊销" in applicant.get(page).text
    assert "执照状态为吊销" in messages(own_app, again.applicant_id)[0]
    assert send(applicant, said(key="another-one-0001")).status_code == 303


def test_what_is_wrong_is_said_in_its_place_and_nothing_is_kept(own_app: Flask) -> None:
    applicant = signed_in(own_app, "consumer")
    right = said()["credit_code"]
    assert isinstance(right, str)
    slipped = right[:9] + ("1" if right[9] != "1" else "2") + right[10:]
    wrong = {
        "校验不符": said(credit_code=slipped),
        "18位，现在是5位": said(credit_code="93522"),
        "请填写这一项。": said(credit_code=" "),
        "形式不对": said(sc_license="SC12"),
        "起始日期": said(sc_license_from=""),
        "请填写截止日期": said(sc_license_to=""),
        "不超过60个月": said(sc_license_to="2031-12-31"),
        "确实如此，请写明原因": said(sc_license="SC10144060400019"),
        "只收PDF": said(scan=(io.BytesIO(b"MZ\x90 no paper"), "执照.png")),
        "请附上营业执照": said(scan=(io.BytesIO(b""), "")),
        "请选择贵州的县": said(county="440604"),
    }
    for sentence, fields in wrong.items():
        answer = send(applicant, fields)
        assert answer.status_code in {409, 422}, sentence
        assert sentence in answer.text
        assert "从江月亮山专业合作社" in answer.text  # what was typed is not lost
    assert applications(own_app) == []


def test_one_code_has_one_application_and_one_form_is_sent_once(own_app: Flask) -> None:
    first, second = signed_in(own_app, "consumer"), signed_in(own_app, "consumer2")
    assert send(first, said()).status_code == 303
    assert send(first, said()).status_code == 303
    assert len(applications(own_app)) == 1
    answer = send(second, said(key="somebody-elses-0001"))
    assert answer.status_code == 409
    assert "正在办理" in answer.text


def test_an_application_is_there_for_its_own_people_only(own_app: Flask, official: Official) -> None:
    send(signed_in(own_app, "consumer"), said())
    (made,) = applications(own_app)
    assert signed_in(own_app, "consumer2").get(f"/join/{made.number}").status_code == 404
    desk = f"/oversight/applications/{made.number}"
    for division in (GUANGDONG, DivisionCode("520123")):
        other = official(division)
        assert made.number not in other.get("/oversight/applications").text
        for address in (desk, f"{desk}/licence"):
            assert other.get(address).status_code == 404
    assert official(DivisionCode("522600")).get(desk).status_code == 200


def test_lists_ask_the_same_few_statements(own_app: Flask, clock: FixedClock) -> None:
    for number in range(4):
        clock.advance(timedelta(minutes=1))
        send(
            signed_in(own_app, "consumer"),
            said(key=f"application-{number:04}", credit_code=code_of(organisation=f"{number:09}")),
        )
    for name, address in (
        ("operator", "/operator/applications?state=all"),
        ("official", "/oversight/applications"),
    ):
        browser = signed_in(own_app, name)
        browser.get(address)
        with statements(own_app) as sent:
            assert browser.get(address).status_code == 200
        assert len(sent) <= MOST_STATEMENTS


def test_a_manager_lets_people_in_and_out_but_never_leaves_nobody(own_app: Flask) -> None:
    manager, page = signed_in(own_app, "manager"), "/cooperative/standing"
    fields = {"phone": "139 0000 7777", "display_name": "小王（演示）", "role": "cooperative_packer"}
    assert submit(manager, page, "/cooperative/members", **fields).status_code == 303
    assert "小王（演示）" in manager.get(page).text
    with own_app.extensions["sessions"]() as session:
        found = parties.find_person_by_phone(session, "+8613900007777")
        assert found is not None
        party = parties.find_party_by_code(session, "DEMO-SC")
        assert party is not None
        roles = {person.id: one for person, one in parties.members_of(session, party.id)}
        chief = parties.find_person_by_phone(session, PEOPLE["manager"][0])
        assert chief is not None
    assert roles[found.id].role is Role.COOPERATIVE_PACKER
    again = submit(manager, page, "/cooperative/members", **(fields | {"role": "cooperative_member"}))
    assert again.status_code == 303
    demoted = {"phone": PEOPLE["manager"][0], "display_name": "负责人", "role": "cooperative_packer"}
    assert "至少要有一位负责人" in submit(manager, page, "/cooperative/members", **demoted).text
    other = signed_in(own_app, "cooperative2")
    assert "小王（演示）" not in other.get(page).text
    assert other.post(
        "/cooperative/members", data={"csrf_token": token_of(other.get("/account"))}
    ).status_code in {
        400,
        403,
    }


def test_a_packer_ships_and_sees_no_money(own_app: Flask) -> None:
    packer = signed_in(own_app, "packer")
    home = packer.get("/cooperative").text
    assert "还没到账" not in home
    assert "结算单" not in home
    assert packer.get("/cooperative/orders").status_code == 200
    for address in ("/cooperative/statements", "/cooperative/offers", "/cooperative/certificates"):
        assert packer.get(address).status_code == 403
