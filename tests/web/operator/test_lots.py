"""A lot that left its range is held until a person with authority has decided what becomes of it, and why."""

from flask import Flask
from sqlalchemy.orm import Session

from marketplace.adapters.spreadsheets import SpreadsheetFiles
from marketplace.catalogue import queries as catalogue
from marketplace.catalogue.types import LotId
from marketplace.custody import queries as custody
from marketplace.custody.types import Consignment
from marketplace.flow import hand_over
from marketplace.kernel import unit_of_work
from marketplace.orders.types import Order
from marketplace.parties.types import Party
from marketplace.stock import queries as stock
from tests.factories.custody import WARM, pass_on
from tests.web import ordering
from tests.web.browse import statements, submit
from tests.web.conftest import signed_in
from tests.web.shop import Shop

PAGE = "/operator/breaches"


def warmed(session: Session) -> tuple[Order, LotId]:
    """Let a load leave its range at the first hand-off."""
    order = ordering.packed(session)
    part = order.fulfilments[0]
    [load] = custody.consignments_of(session, [part.id])[part.id]
    carrier = Shop(session).party("DEMO-CARRIER")
    unit_of_work.commit(session, lambda session: _hand_over_warm(session, load, carrier))
    return order, part.lines[0].picks[0].lot_id


def _hand_over_warm(session: Session, load: Consignment, carrier: Party) -> None:
    pass_on(session, load, carrier, readings=WARM, reason="车厢没有预冷")


def is_blocked(session: Session, lot_id: LotId) -> bool:
    session.rollback()
    return stock.lots_by_id(session, [lot_id])[lot_id].blocked


def test_a_held_lot_is_released_for_a_reason(own_app: Flask) -> None:
    browser = signed_in(own_app, "operator")
    with own_app.extensions["sessions"]() as own:
        order, lot_id = warmed(own)
        assert is_blocked(own, lot_id)
        shown = browser.get(PAGE)
        assert order.number in shown.text
        assert "温度偏高" in shown.text
        decide = f"/operator/lots/{lot_id}/decide"
        submit(browser, PAGE, decide, decision="release", reason="")
        assert is_blocked(own, lot_id)
        submit(browser, PAGE, decide, decision="release", reason="复检合格，记录仪误报")
        assert not is_blocked(own, lot_id)
        assert "没有停售待处理的批次" in browser.get(PAGE).text
        assert "处理温度异常或拒收" in browser.get(f"/operator/journal/lot/{lot_id}").text


def test_a_lot_that_is_not_sold_any_more_stays_out_of_sale(own_app: Flask) -> None:
    browser = signed_in(own_app, "operator")
    with own_app.extensions["sessions"]() as own:
        _order, lot_id = warmed(own)
        submit(browser, PAGE, f"/operator/lots/{lot_id}/decide", decision="destroy", reason="已销毁")
        assert is_blocked(own, lot_id)
        assert custody.open_breaches(own).total == 0


def test_only_who_may_release_decides(own_app: Flask) -> None:
    with own_app.extensions["sessions"]() as own:
        _order, lot_id = warmed(own)
        own_app.config["WTF_CSRF_ENABLED"] = False
        for who in ("cooperative", "carrier", "warehouse", "official"):
            answer = signed_in(own_app, who).post(
                f"/operator/lots/{lot_id}/decide", data={"decision": "release", "reason": "我说了算"}
            )
            assert answer.status_code == 403
        assert is_blocked(own, lot_id)


def test_the_page_asks_no_more_for_more_breaches(own_app: Flask) -> None:
    browser = signed_in(own_app, "operator")
    counted = []
    with own_app.extensions["sessions"]() as own:
        for _ in range(2):
            warmed_again(own)
            browser.get(PAGE)
            with statements(own_app) as sent:
                assert browser.get(PAGE).status_code == 200
            counted.append(len(sent))
        found = custody.open_breaches(own).items[0]
        code = catalogue.lots_by_id(own, [found.lot_id])[found.lot_id].code
    assert counted[0] == counted[1] <= 12
    narrowed = {"q": code[:4], "cause": found.cause, "order": "newest"}
    assert code in browser.get(PAGE, query_string=narrowed).text
    assert "没有这样的批次" in browser.get(PAGE, query_string=narrowed | {"q": "NO-SUCH"}).text
    book = SpreadsheetFiles().read(browser.get(f"{PAGE}?as=xlsx").data)
    assert code in [row.cells[0] for row in book.rows]


def warmed_again(session: Session) -> None:
    """Release what is held first: goods of a blocked lot cannot be packed."""
    for one in custody.open_breaches(session).items:
        unit_of_work.commit(session, lambda session, lot=one.lot_id: _release(session, lot))  # type: ignore[misc]  # the loop's own
    warmed(session)


def _release(session: Session, lot_id: LotId) -> None:

    hand_over.decide_lot(session, lot_id, Shop(session).person("operator").id, "复检合格", release=True)
