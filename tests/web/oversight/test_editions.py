"""An edition through the pages: a county nominates, both provinces review, the operator publishes."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from marketplace.adapters.spreadsheets import SpreadsheetFiles
from marketplace.catalogue import queries as catalogue
from marketplace.catalogue.types import Edition, EditionState, Nomination, NominationState
from marketplace.kernel import unit_of_work
from marketplace.parties import queries as parties
from marketplace.places.types import DivisionCode, Side
from tests.factories.editions import GUANGDONG, GUIZHOU, make_official
from tests.factories.places import CONGJIANG
from tests.web import shop as shops
from tests.web.browse import statements, submit
from tests.web.conftest import signed_in
from tests.web.shop import RED_KIWI, SWEET_RICE, Shop

OFFICIALS, OPERATOR = "/oversight/editions", "/operator/editions"
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


@pytest.fixture
def operator(own_app: Flask) -> FlaskClient:
    """The operator, who has opened this year's nominations; the rice has its certificate."""
    with own_app.extensions["sessions"]() as session:
        unit_of_work.commit(session, _certify)
    browser = signed_in(own_app, "operator")
    assert submit(browser, OPERATOR, OPERATOR, year="2026").status_code == 303
    return browser


def _certify(session: Session) -> None:
    shop = Shop(session)
    rice = frozenset({shop.product(SWEET_RICE).id})
    shops.certify(session, shop.party("DEMO-CJ").id, "zhenpin", "DEMO-ZP-820001", rice)


def _state(app: Flask) -> tuple[Edition, list[Nomination]]:
    with app.extensions["sessions"]() as session:
        edition = catalogue.list_editions(session)[0]
        return edition, catalogue.every_nomination(session, edition.id)


def _product(app: Flask, slug: str) -> tuple[int, str]:
    with app.extensions["sessions"]() as session:
        product = Shop(session).product(slug)
        return product.id, product.number


def _nominated(app: Flask, county: FlaskClient, operator: FlaskClient) -> None:
    """The county nominates its rice, the operator the kiwi of a county without an official, and closes."""
    submit(county, OFFICIALS, f"{OFFICIALS}/nominations", product=_product(app, SWEET_RICE)[0], reason="香")
    submit(operator, OPERATOR, f"{OPERATOR}/nominations", number=_product(app, RED_KIWI)[1])
    submit(operator, OPERATOR, f"{OPERATOR}/2026/close")


def test_from_nomination_to_publication(own_app: Flask, official: Official, operator: FlaskClient) -> None:
    county = official(CONGJIANG)
    assert "从江香禾糯" in county.get(OFFICIALS).text
    _nominated(own_app, county, operator)
    edition, nominations = _state(own_app)
    assert edition.state is EditionState.REVIEWING
    assert [one.on_behalf for one in nominations] == [False, True]
    for division in (GUIZHOU, GUANGDONG):
        browser = official(division)
        page = browser.get(OFFICIALS).text
        ticked = re.findall(r'name="nominations" value="(\d+)" checked', page)
        assert len(ticked) == 2
        assert "可核对的条件都符合" in page
        assert submit(browser, OFFICIALS, f"{OFFICIALS}/approve", nominations=ticked).status_code == 303
        assert "没有等本省审核的提名" in browser.get(OFFICIALS).text
    submit(operator, OPERATOR, f"{OPERATOR}/2026/publish")
    edition, nominations = _state(own_app)
    assert edition.state is EditionState.PUBLISHED
    assert {one.state for one in nominations} == {NominationState.APPROVED}
    assert "2026年版（演示）" in county.get(OFFICIALS).text
    assert own_app.test_client().get("/catalogue/2026").status_code == 200


def test_a_county_sees_and_takes_back_its_own_only(
    own_app: Flask, official: Official, operator: FlaskClient
) -> None:
    county = official(CONGJIANG)
    _nominated(own_app, county, operator)
    page = county.get(OFFICIALS).text
    assert "从江香禾糯" in page
    assert "水城红心猕猴桃" not in page
    own, other = _state(own_app)[1]
    taking = f"{OFFICIALS}/nominations/{own.id}/withdraw"
    assert taking not in page  # the provinces review it: it is fixed until the operator sends it back
    submit(county, "/account", taking)
    assert _state(own_app)[1][0].state is NominationState.NOMINATED
    submit(operator, OPERATOR, f"{OPERATOR}/2026/reopen")
    assert taking in county.get(OFFICIALS).text
    for browser, address in ((operator, OPERATOR), (county, OFFICIALS)):
        narrowed = browser.get(f"{address}?q=从江&order=newest&show=all").text
        assert "从江香禾糯" in narrowed
        book = SpreadsheetFiles().read(browser.get(f"{address}?as=xlsx").data)
        assert "从江香禾糯" in [row.cells[0] for row in book.rows]
    assert "/operator/journal/nomination/" in operator.get(OPERATOR).text
    past = operator.get(f"/operator/journal/nomination/{own.id}").text
    assert [word in past for word in ("提名", "香")] == [True] * 2
    refused = submit(county, OFFICIALS, f"{OFFICIALS}/nominations/{other.id}/withdraw")
    assert refused.status_code == 404
    assert submit(county, OFFICIALS, f"{OFFICIALS}/nominations/{own.id}/withdraw").status_code == 303
    assert [one.state for one in _state(own_app)[1]] == [NominationState.WITHDRAWN, NominationState.NOMINATED]


def test_goods_of_another_county_are_not_there_to_nominate(
    own_app: Flask, official: Official, operator: FlaskClient
) -> None:
    county = official(CONGJIANG)
    answer = submit(county, OFFICIALS, f"{OFFICIALS}/nominations", product=_product(own_app, RED_KIWI)[0])
    assert answer.status_code == 404
    assert _state(own_app)[1] == []


def test_a_refusal_says_why_or_is_asked_for_it(
    own_app: Flask, official: Official, operator: FlaskClient
) -> None:
    _nominated(own_app, official(CONGJIANG), operator)
    province, rice = official(GUANGDONG), _state(own_app)[1][0]
    address = f"{OFFICIALS}/nominations/{rice.id}/refuse"
    silent = submit(province, OFFICIALS, address, reason=" ")
    assert silent.status_code == 422
    assert "不同意须写明理由" in silent.text
    assert submit(province, OFFICIALS, address, reason="供货不稳").status_code == 303
    refused = _state(own_app)[1][0]
    assert refused.state is NominationState.REFUSED
    assert [(one.side, one.reason) for one in refused.reviews] == [(Side.GUANGDONG, "供货不稳")]
    assert "不同意：供货不稳" in province.get(f"{OFFICIALS}?show=all").text


@pytest.mark.parametrize("division", [CONGJIANG, DivisionCode("522600"), DivisionCode("440600")])
def test_below_a_province_nobody_reviews(
    own_app: Flask, official: Official, operator: FlaskClient, division: DivisionCode
) -> None:
    _nominated(own_app, official(CONGJIANG), operator)
    browser, rice = official(division), _state(own_app)[1][0]
    own_app.config["WTF_CSRF_ENABLED"] = False
    assert 'name="nominations"' not in browser.get(OFFICIALS).text
    assert browser.post(f"{OFFICIALS}/approve", data={"nominations": [rice.id]}).status_code == 403
    assert (
        browser.post(f"{OFFICIALS}/nominations/{rice.id}/refuse", data={"reason": "不行"}).status_code == 403
    )
    assert _state(own_app)[1][0].reviews == ()


def test_publishing_before_everything_is_decided_is_refused_and_said(
    own_app: Flask, official: Official, operator: FlaskClient
) -> None:
    _nominated(own_app, official(CONGJIANG), operator)
    submit(operator, OPERATOR, f"{OPERATOR}/2026/publish")
    assert "还有2条提名没有审完" in operator.get(OPERATOR).text
    assert _state(own_app)[0].state is EditionState.REVIEWING


def test_the_review_page_asks_a_bounded_number_of_times(
    own_app: Flask, official: Official, operator: FlaskClient
) -> None:
    county, province = official(CONGJIANG), official(GUIZHOU)
    _nominated(own_app, county, operator)
    for browser, address in ((province, OFFICIALS), (county, OFFICIALS), (operator, OPERATOR)):
        browser.get(address)
        with statements(own_app) as sent:
            browser.get(address)
        assert len(sent) <= MOST_STATEMENTS
