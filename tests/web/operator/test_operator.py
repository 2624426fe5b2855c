"""The operator's people see what waits and since when, give reasons, and confirm no transfer alone."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from marketplace.adapters.spreadsheets import SpreadsheetFiles
from marketplace.catalogue import queries as catalogue
from marketplace.catalogue import service as shelf
from marketplace.catalogue.types import Certificate, CertificateDraft, CertificateState
from marketplace.flow.payment_received import receive
from marketplace.flow.refund import RefundWish, refund, settle_refund
from marketplace.kernel import time, unit_of_work
from marketplace.kernel.time import FixedClock
from marketplace.orders import queries as orders
from marketplace.orders.types import OrderState
from marketplace.parties import queries as parties
from marketplace.parties.types import PartyStatus
from marketplace.payment import queries as payments
from marketplace.payment import rules as payment_rules
from marketplace.payment.types import CaptureKind, Processor, RefundAnswer, RefundState, TransferState
from tests.factories.payment import paid_state
from tests.web import ordering
from tests.web.browse import statements, submit, token_of
from tests.web.conftest import SignIn, signed_in
from tests.web.shop import RED_KIWI, SWEET_RICE, Shop

MOST_STATEMENTS = 12


@pytest.fixture
def browser(sign_in: SignIn) -> FlaskClient:
    return sign_in("operator")


def submitted(session: Session, number: str) -> Certificate:
    shop = Shop(session)
    draft = CertificateDraft(
        scheme_code="zhenpin",
        number=number,
        holder_id=shop.party("DEMO-CJ").id,
        valid_from=time.today(),
        valid_to=time.today() + timedelta(days=700),
        product_ids=frozenset({shop.product(SWEET_RICE).id}),
    )
    return unit_of_work.commit(session, lambda session: shelf.submit_certificate(session, draft))


def state_of(session: Session, certificate: Certificate) -> CertificateState:
    session.rollback()
    return catalogue.get_certificate(session, certificate.id).state


def test_the_home_page_says_what_waits_and_since_when(own_app: Flask, clock: FixedClock) -> None:
    with own_app.extensions["sessions"]() as own:
        ordering.paid(own)
        clock.advance(timedelta(hours=3))
        submitted(own, "DEMO-ZP-700001")
    page = signed_in(own_app, "operator").get("/operator")
    assert page.status_code == 200
    assert "供货单没有人接" in page.text
    assert "最久 3 小时" in page.text
    assert "证书等核验" in page.text
    assert page.text.index("供货单没有人接") < page.text.index("证书等核验")


def test_a_certificate_is_verified_and_stands_behind_its_product(
    browser: FlaskClient, session: Session
) -> None:
    one = submitted(session, "DEMO-ZP-700002")
    queue = browser.get("/operator/certificates")
    assert one.number in queue.text
    page = f"/operator/certificates/{one.id}"
    assert submit(browser, page, f"{page}/verify").status_code == 422
    unsaid = submit(browser, page, f"{page}/verify", against="register", note="")
    assert unsaid.status_code == 422
    assert "请写明查询的网址" in unsaid.text
    assert state_of(session, one) is CertificateState.SUBMITTED
    register = "https://register.example/DEMO-ZP-700002"
    assert submit(browser, page, f"{page}/verify", against="register", note=register).status_code == 303
    assert state_of(session, one) is CertificateState.VERIFIED
    checked = browser.get(page).text
    assert "发证机构的公示系统" in checked
    assert register in checked
    assert one.number not in browser.get("/operator/certificates").text


def test_turning_a_certificate_down_needs_a_reason_which_the_journal_keeps(
    browser: FlaskClient, session: Session
) -> None:
    one = submitted(session, "DEMO-ZP-700003")
    page = f"/operator/certificates/{one.id}"
    assert submit(browser, page, f"{page}/reject", reason="").status_code == 422
    assert state_of(session, one) is CertificateState.SUBMITTED
    submit(browser, page, f"{page}/reject", reason="编号查不到")
    assert state_of(session, one) is CertificateState.REJECTED
    assert "编号查不到" in browser.get(page).text
    assert "operator（演示）" in browser.get(page).text


LISTS = {
    "operator": [
        "/operator/goods",
        "/operator/lots?state=on_hold",
        "/operator/certificates?state=all",
        "/operator/certificates?queue=lapsed",
        "/operator/applications?state=all",
        "/operator/parties?kind=cooperative",
        "/operator/brands?state=listed",
        "/operator/verifications?queue=due",
        "/operator/stories",
        "/operator/orders",
        "/operator/unaccepted",
        "/operator/brands?state=uses",
        "/operator/breaches?cause=high",
        "/operator/payments?tab=unclear",
        "/operator/payments?tab=transfer",
        "/operator/payments?tab=failed_refund",
        "/operator/searches?outcome=found&days=30",
    ],
    "official": ["/oversight/brands", "/oversight/pairings"],
    "cooperative": [
        "/cooperative/orders?state=all",
        "/cooperative/offers?state=listed",
        "/cooperative/lots?view=all",
        "/cooperative/goods?state=draft",
        "/cooperative/certificates?state=verified",
        "/cooperative/brands?list=asked",
        "/cooperative/brands?list=others",
        "/cooperative/brands?list=own",
        "/cooperative/producers?list=naming",
        "/cooperative/producers?list=named",
        "/cooperative/offers/new",
    ],
}


@pytest.mark.parametrize("reader", LISTS)
def test_every_list_is_narrowed_sorted_and_taken_along_as_a_workbook(sign_in: SignIn, reader: str) -> None:
    browser = sign_in(reader)
    for address in LISTS[reader]:
        joint = "&" if "?" in address else "?"
        asked = f"{address}{joint}q=nothing-is-called-so&order=newest&page=2"
        assert browser.get(asked).status_code == 200, asked
        book = browser.get(f"{address}{joint}as=xlsx")
        assert book.mimetype.endswith("spreadsheetml.sheet"), address
        head = SpreadsheetFiles().read(book.data).rows[0].cells
        assert len(head) >= 4, address
        assert None not in head, address


def test_a_decision_that_does_not_exist_is_not_found(browser: FlaskClient, session: Session) -> None:
    one = submitted(session, "DEMO-ZP-700004")
    page = f"/operator/certificates/{one.id}"
    assert submit(browser, page, f"{page}/applaud", reason="很好").status_code == 404


def test_a_transfer_pays_the_order_only_by_the_word_of_a_second_person(
    browser: FlaskClient, sign_in: SignIn, session: Session
) -> None:
    made = ordering.placed(session, processor=Processor.BANK_TRANSFER)
    tab = "/operator/payments?tab=transfer"
    entered = submit(
        browser,
        tab,
        "/operator/payments/transfers",
        code=payment_rules.remittance_code(made.attempt.id),
        amount=f"{made.order.total_fen / 100:.2f}",
        payer_name="付款人（演示）",
        bank_reference="DEMO-BANK-1",
        received_on=time.today().isoformat(),
    )
    assert entered.status_code == 303
    session.rollback()
    mine = browser.get(tab)
    assert "等另一位同事复核" in mine.text
    assert is_taken_along(browser, tab, made.order.number)
    [transfer] = [
        one
        for one in payments.list_transfers(session, TransferState.PROPOSED).items
        if one.order_number == made.order.number
    ]
    confirm = f"/operator/payments/transfers/{transfer.id}/confirm"
    alone = browser.post(confirm, data={"csrf_token": token_of(mine)}, follow_redirects=True)
    assert "须由另一位同事确认" in alone.text
    session.rollback()
    assert orders.get_order(session, made.order.id).state is OrderState.AWAITING_PAYMENT
    submit(sign_in("operator2"), tab, confirm)
    session.rollback()
    assert orders.get_order(session, made.order.id).state is OrderState.PAID


def is_taken_along(browser: FlaskClient, tab: str, number: str) -> bool:
    """Tell whether a list of money, narrowed to an order, has that order alone, on its page and as a file."""
    narrowed = f"{tab}&q={number.lower()}&order=newest"
    rows = SpreadsheetFiles().read(browser.get(f"{narrowed}&as=xlsx").data).rows
    is_shown = number in browser.get(narrowed).text and number not in browser.get(f"{tab}&q=NONE").text
    return is_shown and [row.cells[0] for row in rows[1:]] == [number]


def test_a_mistyped_transfer_keeps_what_was_typed(browser: FlaskClient) -> None:
    answer = submit(
        browser,
        "/operator/payments?tab=transfer",
        "/operator/payments/transfers",
        code="0000000000",
        amount="十元",
        payer_name="付款人（演示）",
        bank_reference="DEMO-BANK-2",
        received_on=time.today().isoformat(),
    )
    assert answer.status_code == 422
    assert "付款人（演示）" in answer.text
    assert "请填写金额" in answer.text


def test_money_that_is_not_what_was_asked_is_shown_and_sent_back(
    browser: FlaskClient, session: Session
) -> None:
    made = ordering.placed(session)
    short = paid_state(made.attempt, amount_fen=made.attempt.amount_fen - 100)
    unit_of_work.commit(session, lambda session: receive(session, made.attempt.processor, short))
    page = browser.get("/operator/payments")
    assert made.order.number in page.text
    assert is_taken_along(browser, "/operator/payments?tab=unclear", made.order.number)
    [capture] = payments.captures_of_order(session, made.order.id)
    assert capture.kind is CaptureKind.MISMATCH
    action = f"/operator/orders/{made.order.number}/captures/{capture.id}/return"
    submit(browser, "/operator/payments", action)
    session.rollback()
    [promised] = payments.refunds_of_order(session, made.order.id)
    assert promised.amount_fen == capture.amount_fen
    again = browser.post(
        action, data={"csrf_token": token_of(browser.get("/operator/payments?tab=transfer"))}
    )
    assert again.status_code == 303
    session.rollback()
    assert len(payments.refunds_of_order(session, made.order.id)) == 1


def test_money_that_paid_its_order_cannot_be_sent_back_as_unclear(
    browser: FlaskClient, session: Session
) -> None:
    order = ordering.paid(session)
    [capture] = payments.captures_of_order(session, order.id)
    token = token_of(browser.get("/operator/payments?tab=transfer"))
    action = f"/operator/orders/{order.number}/captures/{capture.id}/return"
    browser.post(action, data={"csrf_token": token})
    session.rollback()
    assert payments.refunds_of_order(session, order.id) == []


def test_a_failed_refund_is_sent_again(browser: FlaskClient, session: Session) -> None:
    order = ordering.packed(session)
    wish = RefundWish(quantities={order.lines[0].id: 1}, reason="坏果")
    made = unit_of_work.commit(session, lambda session: refund(session, order.id, wish, "key-of-a-test"))
    failed = RefundAnswer(reference="re_demo", state=RefundState.FAILED, failure="closed")
    unit_of_work.commit(session, lambda session: settle_refund(session, made.id, failed))
    tab = "/operator/payments?tab=failed_refund"
    assert order.number in browser.get(tab).text
    assert is_taken_along(browser, tab, order.number)
    submit(browser, tab, f"/operator/payments/refunds/{made.id}/retry")
    session.rollback()
    assert payments.get_refund(session, made.id).state is RefundState.PENDING


def test_an_order_shows_its_money_parts_and_reasons_and_is_refunded_in_part(
    browser: FlaskClient, session: Session
) -> None:
    order = ordering.packed(session, {(RED_KIWI, "DEMO-SC"): 3})
    page = f"/operator/orders/{order.number}"
    shown = browser.get(page)
    assert str(order.fulfilments[0].reasons[0]) in shown.text
    line = order.lines[0]
    sent = {f"line-{line.id}": "2", "reason": "两个坏果", "key": "another-key-1"}
    assert submit(browser, page, f"{page}/refund", **sent).status_code == 303
    session.rollback()
    after = orders.get_order(session, order.id)
    assert after.refunded_fen == 2 * line.unit_price_fen
    again = submit(browser, page, f"{page}/refund", **sent)
    assert again.status_code == 303  # the same key once more gives nothing more
    session.rollback()
    assert orders.get_order(session, order.id).refunded_fen == 2 * line.unit_price_fen


def test_a_refund_of_nothing_or_too_much_is_explained(browser: FlaskClient, session: Session) -> None:
    order = ordering.packed(session)
    page = f"/operator/orders/{order.number}"
    nothing = submit(browser, page, f"{page}/refund", reason="试试", key="key-nothing-1")
    assert nothing.status_code == 422
    assert "请选择要退的商品和数量" in nothing.text
    much = {f"line-{order.lines[0].id}": "99", "reason": "试试", "key": "key-much-11"}
    assert submit(browser, page, f"{page}/refund", **much).status_code == 422


def test_the_routing_page_shows_the_terms_of_the_decision(browser: FlaskClient, session: Session) -> None:
    order = ordering.paid(session)
    page = browser.get(f"/operator/orders/{order.number}/routing")
    assert page.status_code == 200
    assert order.policy_version in page.text
    assert "选中的方案" in page.text


def test_a_number_opens_its_order_and_an_unknown_one_says_so(browser: FlaskClient, session: Session) -> None:
    order = ordering.placed(session).order
    found = browser.get("/operator/orders", query_string={"q": f" {order.number.lower()} "})
    assert found.status_code == 302
    assert found.location.endswith(order.number)
    assert "没有这个订单号" in browser.get("/operator/orders?q=Q000000-NOTHING").text


def test_a_suspended_party_s_people_lose_their_pages_until_it_is_reinstated(own_app: Flask) -> None:
    browser = signed_in(own_app, "operator")
    page = "/operator/parties/DEMO-XW"
    assert submit(browser, page, f"{page}/suspend", reason="").status_code == 422
    assert signed_in(own_app, "cooperative2").get("/cooperative").status_code == 200
    submit(browser, page, f"{page}/suspend", reason="执照待补")
    assert signed_in(own_app, "cooperative2").get("/cooperative").status_code == 403
    with own_app.extensions["sessions"]() as own:
        found = parties.find_party_by_code(own, "DEMO-XW")
        assert found is not None
        assert found.status is PartyStatus.SUSPENDED
    assert "修文果业合作社（演示）" in browser.get("/operator").text
    submit(browser, page, f"{page}/reinstate", reason="已补")
    assert signed_in(own_app, "cooperative2").get("/cooperative").status_code == 200


def test_the_journal_names_who_did_what(browser: FlaskClient, session: Session) -> None:
    order = ordering.paid(session)
    page = browser.get(f"/operator/journal/order/{order.id}")
    assert "下单" in page.text
    assert browser.get("/operator/journal/person/1").status_code == 404
    assert browser.get("/operator/journal/order/999999999").status_code == 404


@pytest.mark.parametrize("who", ["cooperative", "consumer", "official", "unit"])
def test_nobody_else_gets_in(sign_in: SignIn, who: str) -> None:
    for page in ("", "/orders", "/payments", "/certificates", "/breaches", "/parties", "/unaccepted"):
        assert sign_in(who).get(f"/operator{page}").status_code == 403


def test_pages_ask_the_same_number_of_questions_however_much_waits(own_app: Flask) -> None:
    browser = signed_in(own_app, "operator")
    pages = ("", "/orders", "/unaccepted", "/certificates", "/payments", "/payments?tab=transfer", "/parties")
    counted: list[dict[str, int]] = []
    with own_app.extensions["sessions"]() as own:
        for round_no in range(2):
            for number in range(1 + 3 * round_no):
                order = ordering.paid(own)
                submitted(own, f"DEMO-ZP-71{round_no}{number:03}")
            asked = {}
            for page in (*pages, f"/orders/{order.number}", f"/orders/{order.number}/routing"):
                browser.get(f"/operator{page}")
                with statements(own_app) as sent:
                    assert browser.get(f"/operator{page}").status_code == 200
                asked[page.replace(order.number, "")] = len(sent)
            counted.append(asked)
    assert counted[0] == counted[1]
    assert max(counted[0].values()) <= MOST_STATEMENTS, counted[0]
