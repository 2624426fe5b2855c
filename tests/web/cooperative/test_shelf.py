"""A cooperative minds its shelf: prices in their band, pauses, harvests, counts, proofs, and its money."""

import io
import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue.types import Offer, OfferStatus
from marketplace.custody import queries as custody
from marketplace.custody.types import Readings
from marketplace.flow import complete
from marketplace.kernel import time, unit_of_work
from marketplace.orders import queries as orders
from marketplace.orders.types import OrderId
from marketplace.stock import queries as stock
from tests.factories.custody import pass_on
from tests.factories.files import picture
from tests.printed import text_of
from tests.web import ordering
from tests.web.browse import statements, submit, token_of
from tests.web.conftest import SignIn, signed_in
from tests.web.shop import RED_KIWI, XIUWEN_KIWI, ZHENPIN_NUMBER, Shop

MOST_STATEMENTS = 12
PAPER = picture("PNG")
COLD = Readings(surface_min_milli_c=500, surface_max_milli_c=1_500)


@pytest.fixture
def browser(sign_in: SignIn) -> FlaskClient:
    return sign_in("cooperative")


@pytest.fixture
def kiwi(session: Session) -> Offer:
    return Shop(session).offer(RED_KIWI, "DEMO-SC")


def paper() -> tuple[io.BytesIO, str]:
    """Return a certificate's picture as a browser sends it, under a name that says nothing."""
    return io.BytesIO(PAPER), "证书.bin"


def page_of(offer: Offer) -> str:
    return f"/cooperative/offers/{offer.id}"


def as_kept(session: Session, offer: Offer) -> Offer:
    session.rollback()
    return catalogue.get_offer(session, offer.id)


def test_a_price_within_its_band_holds_from_the_next_order_on(
    browser: FlaskClient, session: Session, kiwi: Offer
) -> None:
    variant = catalogue.get_variant(session, kiwi.variant_id)
    page = page_of(kiwi)
    answer = submit(browser, page, f"{page}/price", price=f"{variant.price_low_fen / 100:.2f}")
    assert answer.status_code == 303
    assert as_kept(session, kiwi).price_fen == variant.price_low_fen
    submit(browser, page, f"{page}/price", price=f"{kiwi.price_fen / 100:.2f}")


@pytest.mark.parametrize("price", ["1.00", "很便宜", "", "99999"])
def test_any_other_price_is_refused_and_what_was_typed_is_kept(
    browser: FlaskClient, session: Session, kiwi: Offer, price: str
) -> None:
    page = page_of(kiwi)
    answer = submit(browser, page, f"{page}/price", price=price)
    assert answer.status_code == 422
    assert f'value="{price}"' in answer.text
    assert as_kept(session, kiwi).price_fen == kiwi.price_fen


def test_a_paused_offer_is_off_sale_until_it_is_resumed(
    browser: FlaskClient, session: Session, kiwi: Offer
) -> None:
    page = page_of(kiwi)
    submit(browser, page, f"{page}/pause")
    assert as_kept(session, kiwi).status is OfferStatus.PAUSED
    assert "恢复销售" in browser.get(page).text
    submit(browser, page, f"{page}/resume")
    assert as_kept(session, kiwi).status is OfferStatus.LISTED


def test_terms_that_make_no_sense_are_refused(browser: FlaskClient, session: Session, kiwi: Offer) -> None:
    page = page_of(kiwi)
    sent = {"minimum": "5", "lead_days": "1", "daily_capacity": "2", "cut_off_hour": "16"}
    assert submit(browser, page, f"{page}/terms", **sent).status_code == 422
    assert as_kept(session, kiwi).minimum == kiwi.minimum


def test_a_harvest_comes_in_once_however_often_it_is_sent(
    browser: FlaskClient, session: Session, kiwi: Offer
) -> None:
    before = stock.available(session, [kiwi.id])[kiwi.id]
    page = page_of(kiwi)
    sent = {
        "code": "L-HARVEST-1",
        "harvested_on": time.today().isoformat(),
        "packs": "7",
        "key": "harvest-key-1",
        "paper-commitment_cert": "DEMO-CC-1",
    }
    for _ in range(2):
        assert submit(browser, page, f"{page}/lots", **sent).status_code == 303
    session.rollback()
    assert stock.available(session, [kiwi.id])[kiwi.id] == before + 7
    lot = next(one for one in catalogue.lots_of_offer(session, kiwi.id) if one.code == "L-HARVEST-1")
    assert catalogue.papers_of_lots(session, [lot.id])[lot.id] == {"commitment_cert": "DEMO-CC-1"}


def test_a_harvest_of_tomorrow_is_refused_in_its_place(browser: FlaskClient, kiwi: Offer) -> None:
    page = page_of(kiwi)
    sent = {
        "code": "L-TOMORROW",
        "harvested_on": (time.today() + timedelta(days=1)).isoformat(),
        "packs": "7",
        "key": "harvest-key-2",
    }
    answer = submit(browser, page, f"{page}/lots", **sent)
    assert answer.status_code == 422
    assert "不能晚于今天" in answer.text
    assert 'value="L-TOMORROW"' in answer.text


def test_a_count_corrects_the_store_but_not_below_what_is_promised(
    browser: FlaskClient, session: Session, kiwi: Offer
) -> None:
    ordering.paid(session, {(RED_KIWI, "DEMO-SC"): 2})
    in_store = stock.lots_by_id(session, [one.id for one in catalogue.lots_of_offer(session, kiwi.id)])
    held = max(in_store.values(), key=lambda one: one.available)
    lot_id = held.lot_id
    count = f"{page_of(kiwi)}/lots/{lot_id}/count"
    submit(browser, page_of(kiwi), count, counted=str(held.on_hand - 1))
    session.rollback()
    assert stock.lots_by_id(session, [lot_id])[lot_id].on_hand == held.on_hand - 1
    if held.held:
        below = submit(browser, page_of(kiwi), count, counted=str(held.held - 1))
        assert below.status_code == 409
        assert "已有" in below.text


def test_more_packs_of_a_lot_come_in_once(browser: FlaskClient, session: Session, kiwi: Offer) -> None:
    lot = catalogue.lots_of_offer(session, kiwi.id)[0]
    before = stock.lots_by_id(session, [lot.id])[lot.id].on_hand
    for _ in range(2):
        action = f"{page_of(kiwi)}/lots/{lot.id}/receive"
        submit(browser, page_of(kiwi), action, packs="4", key="more-packs-key")
    session.rollback()
    assert stock.lots_by_id(session, [lot.id])[lot.id].on_hand == before + 4


def test_another_cooperative_s_offer_and_lot_do_not_exist(
    browser: FlaskClient, session: Session, kiwi: Offer
) -> None:
    other = Shop(session).offer(XIUWEN_KIWI, "DEMO-XW")
    lot = catalogue.lots_of_offer(session, other.id)[0]
    before = stock.lots_by_id(session, [lot.id])[lot.id].on_hand
    token = token_of(browser.get(page_of(kiwi)))
    assert browser.get(page_of(other)).status_code == 404
    for action in ("price", "terms", "pause", "resume", "lots", f"lots/{lot.id}/count"):
        sent = {"csrf_token": token, "price": "60.00", "counted": "1"}
        assert browser.post(f"{page_of(other)}/{action}", data=sent).status_code == 404
    mine_with_their_lot = f"{page_of(kiwi)}/lots/{lot.id}"
    for action, sent in (("count", {"counted": "1"}), ("receive", {"packs": "1", "key": "their-lot-1"})):
        answer = browser.post(f"{mine_with_their_lot}/{action}", data={"csrf_token": token, **sent})
        assert answer.status_code == 404
    session.rollback()
    assert stock.lots_by_id(session, [lot.id])[lot.id].on_hand == before


def test_a_certificate_is_handed_in_with_its_paper_and_waits_for_review(
    browser: FlaskClient, sign_in: SignIn, session: Session
) -> None:
    page = "/cooperative/certificates"
    product = Shop(session).product(RED_KIWI)
    sent = {
        "scheme_code": "zhenpin",
        "number": "demo-zp-600001",
        "valid_from": time.today().isoformat(),
        "valid_to": (time.today() + timedelta(days=365)).isoformat(),
        "product": str(product.id),
    }
    bare = submit(browser, page, page, **sent)
    assert bare.status_code == 422
    assert "请附上证书的扫描件或照片" in bare.text
    assert submit(browser, page, page, evidence=paper(), **sent).status_code == 303
    shown = browser.get(page)
    assert "DEMO-ZP-600001" in shown.text
    assert "待核验" in shown.text
    twice = submit(browser, page, page, evidence=paper(), **sent)
    assert twice.status_code == 409
    late = sent | {"number": "DEMO-ZP-600002", "valid_to": "2020-01-01"}
    wrong = submit(browser, page, page, evidence=paper(), **late)
    assert wrong.status_code == 422
    assert 'value="DEMO-ZP-600002"' in wrong.text
    token = re.search(r'name="kept" value="([^"]+)"', wrong.text)
    assert token is not None
    mended = submit(browser, page, page, kept=token[1], **sent | {"number": "DEMO-ZP-600002"})
    assert mended.status_code == 303
    one = catalogue.find_certificates(session, "DEMO-ZP-600002")[0]
    detail = f"{page}/{one.id}"
    assert "等平台核验" in browser.get(detail).text
    kept = browser.get(f"{detail}/evidence")
    assert (kept.status_code, kept.content_type, kept.data) == (200, "image/png", PAPER)
    assert browser.get(f"{detail}/labels.pdf").status_code == 422
    for foreign in (detail, f"{detail}/evidence", f"{detail}/labels.pdf"):
        assert sign_in("cooperative2").get(foreign).status_code == 404
    assert sign_in("operator").get(f"/operator/certificates/{one.id}/evidence").data == PAPER
    forged = submit(browser, page, page, evidence=(io.BytesIO(b"MZ"), "a.pdf"), **sent)
    assert forged.status_code == 422
    assert "只收PDF" in forged.text


def test_stickers_say_what_is_certified_while_it_is(browser: FlaskClient, session: Session) -> None:
    one = catalogue.find_certificates(session, ZHENPIN_NUMBER)[0]
    printed = browser.get(f"/cooperative/certificates/{one.id}/labels.pdf")
    assert printed.mimetype == "application/pdf"
    said = text_of(printed.data)
    assert said.count(ZHENPIN_NUMBER) >= 8
    assert Shop(session).product(RED_KIWI).name.hans in said


def test_the_home_page_leads_with_money_and_work(own_app: Flask) -> None:
    browser = signed_in(own_app, "cooperative")
    with own_app.extensions["sessions"]() as own:
        order = ordering.packed(own, {(RED_KIWI, "DEMO-SC"): 2})
        ordering.paid(own)
        unit_of_work.commit(own, lambda session: receive_all(session, order.id))
        earned = order.lines[0].goods_fen
        browser.get("/cooperative")
        with statements(own_app) as sent:
            page = browser.get("/cooperative")
    assert page.status_code == 200
    assert f"¥{earned / 100:,.2f}" in page.text
    assert "新订单，等您接单" in page.text
    assert len(sent) <= MOST_STATEMENTS, sent


def receive_all(session: Session, order_id: OrderId) -> None:
    """Let the carrier take the load, and the buyer say that it is there."""
    for part in orders.get_order(session, order_id).fulfilments:
        [load] = custody.consignments_of(session, [part.id])[part.id]
        pass_on(session, load, Shop(session).party("DEMO-CARRIER"), readings=COLD)
    complete.confirm_receipt(session, order_id)


def test_the_statement_adds_up_on_the_page_and_prints(own_app: Flask) -> None:
    browser = signed_in(own_app, "cooperative")
    with own_app.extensions["sessions"]() as own:
        made = [ordering.packed(own, {(RED_KIWI, "DEMO-SC"): count}) for count in (1, 2)]
        for order in made:
            unit_of_work.commit(own, lambda session, order=order: receive_all(session, order.id))
    total = sum(order.lines[0].goods_fen for order in made)
    page = browser.get("/cooperative/statements")
    assert page.status_code == 200
    assert f"¥{total / 100:,.2f}" in page.text
    assert all(order.number in page.text for order in made)
    month = f"{time.today():%Y-%m}"
    printed = browser.get(f"/cooperative/statements/{month}.pdf")
    assert printed.data.startswith(b"%PDF-")
    assert browser.get("/cooperative/statements/2099-01").status_code == 404
    assert browser.get("/cooperative/statements/soon").status_code == 404


def test_the_shelf_asks_the_same_number_of_questions_for_one_offer_and_for_many(app: Flask) -> None:
    counted = []
    for who in ("cooperative", "cooperative2"):
        browser = signed_in(app, who)
        browser.get("/cooperative/offers")
        with statements(app) as sent:
            assert browser.get("/cooperative/offers").status_code == 200
        counted.append(len(sent))
    assert counted[0] == counted[1] <= MOST_STATEMENTS
