"""A cooperative looks after its lots: promised in two taps, tested, held; who scans one sees it at once."""

import io
import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue import service as goods
from marketplace.catalogue.types import Lot, LotStatus, Offer, PaperState
from marketplace.kernel import time, unit_of_work
from marketplace.notices import queries as notices
from marketplace.stock import queries as stock
from marketplace.stock import service as stocking
from marketplace.stock.types import Cause
from marketplace.web.cooperative import sellable
from tests.web import ordering
from tests.web.browse import statements, submit
from tests.web.conftest import SignIn, signed_in
from tests.web.shop import RED_KIWI, Shop

MOST_STATEMENTS = 12


@pytest.fixture
def browser(sign_in: SignIn) -> FlaskClient:
    return sign_in("cooperative")


@pytest.fixture
def kiwi(session: Session) -> Offer:
    return Shop(session).offer(RED_KIWI, "DEMO-SC")


def new_lot(session: Session, offer: Offer, code: str, packs: int = 9) -> Lot:
    """Let a lot of its own come in, so that no other test's goods are touched."""

    def come_in(session: Session) -> Lot:
        lot = goods.record_lot(session, offer.id, code, time.today(), time.today() + timedelta(days=90))
        stocking.receive(session, lot.id, offer.id, packs, Cause("offer", offer.id, "test"))
        return lot

    return unit_of_work.commit(session, come_in)


def page_of(lot: Lot) -> str:
    return f"/cooperative/lots/{lot.id}"


def test_two_taps_issue_the_certificate_and_its_code_tells_the_truth(
    browser: FlaskClient, app: Flask, session: Session, kiwi: Offer
) -> None:
    lot = new_lot(session, kiwi, "DEMO-L-PROMISE")
    shown = browser.get(page_of(lot)).text
    assert "不使用禁用的农药、兽药及其他化合物" in shown  # the first tap opens what is promised
    contact = re.search(r'name="contact"[^>]*value="([^"]+)"', shown)
    assert contact is not None
    for _ in range(2):
        submit(browser, page_of(lot), f"{page_of(lot)}/commitment", basis="controlled", contact="13800000003")
    session.rollback()
    [one] = catalogue.commitments_of_lot(session, lot.id)
    assert one.packs == 9
    assert catalogue.papers_of_lots(session, [lot.id])[lot.id]["commitment_cert"] == one.number
    stranger = app.test_client()
    public = f"/commitments/{one.token}"
    scanned = stranger.get(public)
    for word in ("承诺达标合格证", one.number, "13800000003", "水城", "今天有效"):
        assert word in scanned.text
    assert stranger.get("/commitments/no-such-token").status_code == 404
    printed = browser.get(f"{page_of(lot)}/commitment.pdf")
    assert printed.data.startswith(b"%PDF")
    submit(browser, page_of(lot), f"{page_of(lot)}/hold", reason="外箱受潮")
    assert "今天有效" not in stranger.get(public).text
    assert "停售待查" in stranger.get(public).text
    assert browser.get(f"{page_of(lot)}/commitment.pdf").status_code == 409


def test_a_failed_report_stops_the_lot_and_only_the_operator_lets_it_go(
    browser: FlaskClient, sign_in: SignIn, session: Session, kiwi: Offer
) -> None:
    lot = new_lot(session, kiwi, "DEMO-L-FAILED")
    sent = {
        "paper_code": "test_report",
        "number": "DEMO-JC-1",
        "issuer": "检测站（演示）",
        "issued_on": time.today().isoformat(),
        "result": "failed",
        "findings": "毒死蜱超标（演示）",
    }
    reports = f"{page_of(lot)}/reports"
    bad = submit(browser, page_of(lot), reports, **sent, evidence=(io.BytesIO(b"MZ no paper"), "a.pdf"))
    assert bad.status_code == 422
    session.rollback()
    assert catalogue.reports_of_lot(session, lot.id) == ()
    paper = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
    assert submit(
        browser, page_of(lot), reports, **sent, evidence=(io.BytesIO(paper), "report.pdf")
    ).status_code == (303)
    session.rollback()
    assert catalogue.get_lot(session, lot.id).status is LotStatus.ON_HOLD
    assert stock.lots_by_id(session, [lot.id])[lot.id].available == 0
    [kept] = catalogue.reports_of_lot(session, lot.id)
    file = browser.get(f"{reports}/{kept.id}/file")
    assert (file.data, file.content_type) == (paper, "application/pdf")
    submit(browser, page_of(lot), f"{page_of(lot)}/release", reason="没事")
    operator = sign_in("operator")
    theirs = f"/operator/lots/{lot.id}"
    assert operator.get(f"{theirs}/reports/{kept.id}/file").data == paper
    submit(operator, theirs, f"{theirs}/release", reason="看着没事")
    session.rollback()
    assert catalogue.get_lot(session, lot.id).status is LotStatus.ON_HOLD
    submit(browser, page_of(lot), reports, **(sent | {"number": "DEMO-JC-2", "result": "passed"}))
    submit(operator, theirs, f"{theirs}/release", reason="复检合格")
    session.rollback()
    assert catalogue.get_lot(session, lot.id).status is LotStatus.OPEN
    history = browser.get(page_of(lot)).text
    for word in ("登记不合格报告", "登记合格报告", "恢复使用", "复检合格"):
        assert word in history


def test_a_recall_reaches_every_buyer_of_the_lot(own_app: Flask) -> None:
    browser = signed_in(own_app, "cooperative")
    with own_app.extensions["sessions"]() as own:
        order = ordering.packed(own)
        lot_id = order.fulfilments[0].lines[0].picks[0].lot_id
        page = f"/cooperative/lots/{lot_id}"
        assert order.fulfilments[0].number in browser.get(f"{page}/reached").text
        submit(browser, page, f"{page}/recall", reason="农残超标（演示）")
        own.rollback()
        assert catalogue.get_lot(own, lot_id).status is LotStatus.RECALLED
        assert stock.lots_by_id(own, [lot_id])[lot_id].blocked
        told = notices.inbox(own, phone=order.contact.phone).items[0]
        assert "召回" in told.message.template
        assert told.message.parameters["number"] == order.number
        operator = signed_in(own_app, "operator")
        assert order.fulfilments[0].number in operator.get(f"/operator/lots/{lot_id}").text
        assert catalogue.get_lot(own, lot_id).code in operator.get("/operator/lots").text


def test_the_list_is_filtered_sorted_exported_and_nobody_elses(
    browser: FlaskClient, sign_in: SignIn, app: Flask, session: Session, kiwi: Offer
) -> None:
    lot = new_lot(session, kiwi, "DEMO-L-LIST")
    page = "/cooperative/lots"
    assert "DEMO-L-LIST" in browser.get(f"{page}?q=DEMO-L-LI&order=code").text
    assert "DEMO-L-LIST" not in browser.get(f"{page}?q=L-LIST").text
    assert "DEMO-L-LIST" in browser.get(f"{page}?view=unpromised&offer={kiwi.id}").text
    assert "DEMO-L-LIST" not in browser.get(f"{page}?view=lapsed").text
    assert browser.get(f"{page}?view=stopped&order=nonsense&offer=x&page=9").status_code == 200
    assert browser.get(f"{page}?as=xlsx&q=DEMO-L-LIST").data.startswith(b"PK")
    for address in (page, page_of(lot)):
        browser.get(address)
        with statements(app) as sent:
            assert browser.get(address).status_code == 200
        assert len(sent) <= MOST_STATEMENTS, "\n".join(sent)
    other = sign_in("cooperative2")
    for address in (page_of(lot), f"{page_of(lot)}/reached", f"{page_of(lot)}/commitment.pdf"):
        assert other.get(address).status_code == 404
    assert other.post(f"{page_of(lot)}/hold", data={"reason": "别人的"}).status_code in {400, 404}


def test_an_offers_page_says_what_is_missing_and_what_to_do(
    browser: FlaskClient, session: Session, kiwi: Offer
) -> None:
    shown = browser.get(f"/cooperative/offers/{kiwi.id}")
    assert "能不能卖" in shown.text
    product = catalogue.get_product(session, kiwi.product_id)
    sale = sellable.look(session, kiwi, product, [])
    assert sale.barred is None
    label = next(one for one in sale.checks if one.paper.code == "label")
    assert label.state is PaperState.HELD


def test_a_harvest_is_promised_as_it_comes_in(browser: FlaskClient, session: Session, kiwi: Offer) -> None:
    page = f"/cooperative/offers/{kiwi.id}"
    sent = {
        "code": "DEMO-L-NEW",
        "harvested_on": time.today().isoformat(),
        "packs": "4",
        "promise": "1",
        "key": "harvest-promise-1",
    }
    assert submit(browser, page, f"{page}/lots", **sent).status_code == 303
    session.rollback()
    lot = next(one for one in catalogue.lots_of_offer(session, kiwi.id) if one.code == "DEMO-L-NEW")
    [one] = catalogue.commitments_of_lot(session, lot.id)
    assert (one.packs, one.lot_code) == (4, "DEMO-L-NEW")
