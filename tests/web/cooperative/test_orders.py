"""A cooperative takes on, packs and labels its parts: many at a time, first expired first, its own only."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue import service as shelf
from marketplace.kernel import time, unit_of_work
from marketplace.orders import queries as orders
from marketplace.orders.types import Fulfilment, FulfilmentState, Order
from marketplace.stock import queries as stock
from marketplace.stock import service as store
from marketplace.stock.types import Cause
from tests.printed import text_of
from tests.web import ordering
from tests.web.browse import statements, submit, token_of
from tests.web.conftest import SignIn, signed_in
from tests.web.shop import RED_KIWI, XIUWEN_KIWI, Shop

LIST = "/cooperative/orders"
MOST_STATEMENTS = 12


@pytest.fixture
def browser(sign_in: SignIn) -> FlaskClient:
    return sign_in("cooperative")


def part_of(session: Session, order: Order) -> Fulfilment:
    session.rollback()
    return orders.get_order(session, order.id).fulfilments[0]


def state_of(session: Session, order: Order) -> FulfilmentState:
    return part_of(session, order).state


def test_twenty_orders_are_accepted_packed_and_labelled_in_a_few_taps(
    own_app: Flask, session: Session
) -> None:
    """Each request below is one tap: the list, three buttons, two prints."""
    with own_app.extensions["sessions"]() as own:
        made = [ordering.paid(own) for _ in range(20)]
        browser = signed_in(own_app, "cooperative")
        taps = 0

        page = browser.get(LIST)
        taps += 1
        shown = re.findall(r'name="shown" value="(\d+)"', page.text)
        assert len(shown) == 20

        everything = {"csrf_token": token_of(page), "shown": shown, "all": "1"}
        page = browser.post(f"{LIST}/accept", data=everything, follow_redirects=True)
        taps += 1
        assert "已接单：20 单" in page.text

        page = browser.post(f"{LIST}/pack", data=everything, follow_redirects=True)
        taps += 1
        assert "已装箱：20 单" in page.text
        assert page.text.count("checked") == 20  # what was just packed is ticked, ready to print

        printed = [
            browser.get(f"{LIST}/{sheet}.pdf", query_string={"part": shown})
            for sheet in ("labels", "packing-slips")
        ]
        taps += 2
        assert [one.mimetype for one in printed] == ["application/pdf"] * 2
        assert {state_of(own, one) for one in made} == {FulfilmentState.PACKED}
        assert taps <= 25


def test_what_was_packed_left_the_store_from_the_lot_that_expires_first(
    browser: FlaskClient, session: Session
) -> None:
    offer = Shop(session).offer(RED_KIWI, "DEMO-SC")
    lot = catalogue.lots_of_offer(session, offer.id)[0]
    before = stock.lots_by_id(session, [lot.id])[lot.id].on_hand
    order = ordering.paid(session, {(RED_KIWI, "DEMO-SC"): 3})
    part = order.fulfilments[0]
    submit(browser, LIST, f"{LIST}/accept", part=part.id)
    submit(browser, f"{LIST}?state=accepted", f"{LIST}/pack", part=part.id)
    assert state_of(session, order) is FulfilmentState.PACKED
    assert [pick.lot_id for pick in part_of(session, order).lines[0].picks] == [lot.id]
    assert stock.lots_by_id(session, [lot.id])[lot.id].on_hand == before - 3


def test_ticking_nothing_changes_nothing_and_says_so(browser: FlaskClient, session: Session) -> None:
    order = ordering.paid(session)
    answer = submit(browser, LIST, f"{LIST}/accept")
    assert answer.status_code == 303
    assert "还没有勾选" in browser.get(answer.location).text
    assert state_of(session, order) is FulfilmentState.TO_ACCEPT


def test_accepting_twice_is_refused_in_words(browser: FlaskClient, session: Session) -> None:
    order = ordering.paid(session)
    part = order.fulfilments[0]
    page = browser.get(LIST)
    sent = {"csrf_token": token_of(page), "part": part.id}
    assert "已接单：1 单" in browser.post(f"{LIST}/accept", data=sent, follow_redirects=True).text
    again = browser.post(f"{LIST}/accept", data=sent, follow_redirects=True)
    assert "状态已经变化" in again.text
    assert state_of(session, order) is FulfilmentState.ACCEPTED


def test_another_cooperative_s_part_does_not_exist(
    browser: FlaskClient, sign_in: SignIn, session: Session
) -> None:
    order = ordering.paid(session, {(XIUWEN_KIWI, "DEMO-XW"): 1})
    part = order.fulfilments[0]
    own = browser.get(LIST)
    assert part.number not in own.text
    assert browser.get(f"{LIST}/{part.number}").status_code == 404
    assert browser.get(f"{LIST}/labels.pdf?part={part.id}").status_code == 404
    mine = ordering.paid(session).fulfilments[0]
    for action in ("accept", "pack"):
        sent = {"csrf_token": token_of(browser.get(LIST)), "part": [mine.id, part.id]}
        assert browser.post(f"{LIST}/{action}", data=sent).status_code == 404
    token = token_of(browser.get(LIST))
    for action in ("accept", "decline", "pack"):
        answer = browser.post(f"{LIST}/{part.number}/{action}", data={"csrf_token": token, "reason": "不行"})
        assert answer.status_code == 404
    assert state_of(session, order) is FulfilmentState.TO_ACCEPT
    assert sign_in("cooperative2").get(f"{LIST}/{part.number}").status_code == 200


def test_an_unpaid_order_is_not_shown(browser: FlaskClient, session: Session) -> None:
    part = ordering.placed(session).order.fulfilments[0]
    assert browser.get(f"{LIST}/{part.number}").status_code == 404
    assert part.number not in browser.get(f"{LIST}?state=all").text


def test_a_part_says_why_routing_chose_it_and_what_to_pack(browser: FlaskClient, session: Session) -> None:
    part = ordering.paid(session).fulfilments[0]
    page = browser.get(f"{LIST}/{part.number}")
    assert page.status_code == 200
    assert "为什么分给您" in page.text
    assert part.reasons
    assert str(part.reasons[0]) in page.text
    assert "水城红心猕猴桃" in page.text


def test_declining_asks_why_and_gives_the_money_back(browser: FlaskClient, session: Session) -> None:
    order = ordering.paid(session)
    page = f"{LIST}/{order.fulfilments[0].number}"
    silent = submit(browser, page, f"{page}/decline", reason="")
    assert silent.status_code == 422
    assert "请填写这一项" in silent.text
    assert submit(browser, page, f"{page}/decline", reason="没有过检").status_code == 303
    assert state_of(session, order) is FulfilmentState.DECLINED
    after = orders.get_order(session, order.id)
    assert after.refunded_fen == order.total_fen
    assert "没有过检" in browser.get(page).text


def test_another_lot_can_be_taken_and_a_wrong_count_is_explained(
    browser: FlaskClient, session: Session
) -> None:
    offer = Shop(session).offer(RED_KIWI, "DEMO-SC")

    def another(session: Session) -> int:
        lot = shelf.record_lot(session, offer.id, "L-OTHER", time.today(), time.today() + timedelta(days=90))
        store.receive(session, lot.id, offer.id, 5, Cause("offer", offer.id, "opening"))
        return lot.id

    other = unit_of_work.commit(session, another)
    order = ordering.paid(session, {(RED_KIWI, "DEMO-SC"): 2})
    part = order.fulfilments[0]
    line = part.lines[0]
    proposed = line.picks[0].lot_id
    page = f"{LIST}/{part.number}"
    submit(browser, page, f"{page}/accept")
    wrong = submit(
        browser, page, f"{page}/pack", **{f"lot-{line.id}-{other}": "1", f"lot-{line.id}-{proposed}": "0"}
    )
    assert wrong.status_code == 422
    assert "应拣 2 件，实际拣了 1 件" in wrong.text
    right = submit(
        browser, page, f"{page}/pack", **{f"lot-{line.id}-{other}": "1", f"lot-{line.id}-{proposed}": "1"}
    )
    assert right.status_code == 303
    taken = {pick.lot_id: pick.quantity for pick in part_of(session, order).lines[0].picks}
    assert taken == {other: 1, proposed: 1}


def test_labels_come_only_once_a_part_is_accepted(browser: FlaskClient, session: Session) -> None:
    part = ordering.paid(session).fulfilments[0]
    assert browser.get(f"{LIST}/labels.pdf?part={part.id}").status_code == 404
    assert browser.get(f"{LIST}/labels.pdf").status_code == 404
    submit(browser, LIST, f"{LIST}/accept", part=part.id)
    label = browser.get(f"{LIST}/labels.pdf?part={part.id}")
    assert label.status_code == 200
    assert label.data.startswith(b"%PDF-")
    assert "圳品" in text_of(label.data)
    assert "no-store" in label.headers["Cache-Control"]


def test_the_list_asks_the_same_number_of_questions_however_long_it_is(
    own_app: Flask,
) -> None:
    browser = signed_in(own_app, "cooperative")
    counted = []
    with own_app.extensions["sessions"]() as own:
        for more in (2, 8):
            for _ in range(more):
                ordering.paid(own)
            browser.get(LIST)
            with statements(own_app) as asked:
                assert browser.get(LIST).status_code == 200
            counted.append(len(asked))
        part = ordering.paid(own).fulfilments[0]
        with statements(own_app) as asked:
            assert browser.get(f"{LIST}/{part.number}").status_code == 200
    assert counted[0] == counted[1] <= MOST_STATEMENTS
    assert len(asked) <= MOST_STATEMENTS
