"""A lot that fails its test is out of sale at once, and comes back by a retest or not at all."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue.lot_refusals import (
    HeldByOthers,
    LotNotOpen,
    NotPromised,
    ReportWrong,
    RetestMissing,
)
from marketplace.catalogue.refusals import StatusMovedOn
from marketplace.catalogue.types import CommitmentBasis, LotStatus, ReportDraft, ReportResult
from marketplace.flow import promise_lot, stop_lot
from marketplace.kernel import journal, time
from marketplace.parties.types import PersonId
from marketplace.stock import queries as stock
from marketplace.stock import service as stocking
from marketplace.stock.refusals import OutOfStock
from marketplace.stock.types import Cause, LotStock
from tests.factories.catalogue import make_offer, make_product, make_reference, make_variant
from tests.factories.parties import make_person
from tests.factories.stock import make_hold, make_stock

ME = PersonId(7)


def report(result: ReportResult, number: str = "DEMO-T-1", kind: str = "test_report") -> ReportDraft:
    return ReportDraft(
        paper_code=kind, number=number, issuer="检测所（演示）", issued_on=time.today(), result=result
    )


@pytest.fixture
def reference(session: Session) -> Session:
    make_reference(session)
    return session


@pytest.fixture
def lot(reference: Session) -> LotStock:
    return make_stock(reference, quantity=12)


def test_a_failed_test_holds_the_lot_until_a_retest_passed(reference: Session, lot: LotStock) -> None:
    stop_lot.report(reference, lot.lot_id, report(ReportResult.FAILED))
    assert catalogue.get_lot(reference, lot.lot_id).status is LotStatus.ON_HOLD
    assert stock.available(reference, [lot.offer_id])[lot.offer_id] == 0
    with pytest.raises(OutOfStock):
        make_hold(reference, lot)
    with pytest.raises(HeldByOthers):
        stop_lot.release(reference, lot.lot_id, "没事", person_id=ME, has_authority=False)
    with pytest.raises(RetestMissing):
        stop_lot.release(reference, lot.lot_id, "没事", person_id=ME, has_authority=True)
    stop_lot.report(reference, lot.lot_id, report(ReportResult.PASSED, "DEMO-T-2"))
    assert stock.available(reference, [lot.offer_id])[lot.offer_id] == 0  # a person decides, not the paper
    stop_lot.release(reference, lot.lot_id, "复检合格", person_id=ME, has_authority=True)
    assert stock.available(reference, [lot.offer_id])[lot.offer_id] == 12
    assert catalogue.papers_of_lots(reference, [lot.lot_id])[lot.lot_id] == {"test_report": "DEMO-T-2"}
    actions = [one.action for one in journal.history(reference, "lot", lot.lot_id)]
    assert {"report_failed", "report_passed", "open"} <= set(actions)


def test_a_seller_lifts_its_own_hold_but_not_the_operators(reference: Session, lot: LotStock) -> None:
    stop_lot.hold(reference, lot.lot_id, "装箱时发现破损", person_id=ME, has_authority=False)
    with pytest.raises(StatusMovedOn):
        stop_lot.hold(reference, lot.lot_id, "又一次", person_id=ME, has_authority=False)
    stop_lot.hold(reference, lot.lot_id, "抽检", person_id=ME, has_authority=True)
    stop_lot.release(reference, lot.lot_id, "已挑出", person_id=ME, has_authority=False)
    assert stock.lots_by_id(reference, [lot.lot_id])[lot.lot_id].blocked
    with pytest.raises(HeldByOthers):
        stop_lot.release(reference, lot.lot_id, "放了吧", person_id=ME, has_authority=False)
    stop_lot.release(reference, lot.lot_id, "抽检合格", person_id=ME, has_authority=True)
    assert not stock.lots_by_id(reference, [lot.lot_id])[lot.lot_id].blocked


def test_a_recalled_lot_never_comes_back(reference: Session, lot: LotStock) -> None:
    stop_lot.recall(reference, lot.lot_id, "农残超标", person_id=ME)
    assert stock.lots_by_id(reference, [lot.lot_id])[lot.lot_id].blocked
    for again in (stop_lot.hold, stop_lot.release):
        with pytest.raises(StatusMovedOn):
            again(reference, lot.lot_id, "再试", person_id=ME, has_authority=True)
    stop_lot.report(reference, lot.lot_id, report(ReportResult.PASSED))
    assert catalogue.get_lot(reference, lot.lot_id).status is LotStatus.RECALLED


@pytest.mark.parametrize(
    "wrong",
    [
        report(ReportResult.PASSED, kind="no_such_paper"),
        report(ReportResult.PASSED, kind="commitment_cert"),
        ReportDraft(
            paper_code="test_report",
            number="DEMO-T-9",
            issuer="检测所（演示）",
            issued_on=time.today() + timedelta(days=1),
            result=ReportResult.FAILED,
        ),
    ],
)
def test_a_report_that_cannot_be_the_lots_changes_nothing(
    reference: Session, lot: LotStock, wrong: ReportDraft
) -> None:
    with pytest.raises(ReportWrong):
        stop_lot.report(reference, lot.lot_id, wrong)
    assert catalogue.reports_of_lot(reference, lot.lot_id) == ()
    assert catalogue.get_lot(reference, lot.lot_id).status is LotStatus.OPEN


def test_reports_are_never_changed(reference: Session, lot: LotStock) -> None:
    stop_lot.report(reference, lot.lot_id, report(ReportResult.FAILED))
    with pytest.raises(Exception, match=r"append-only|permission denied"), reference.begin_nested():
        reference.execute(text("UPDATE catalogue_lot_report SET result = 'passed'"))


def test_a_promise_is_given_once_and_again_when_more_came_in(reference: Session, lot: LotStock) -> None:
    person = make_person(reference)
    draft = promise_lot.prepare(reference, lot.lot_id, person)
    assert (draft.packs, draft.basis) == (12, CommitmentBasis.CONTROLLED)

    def promise() -> str:
        return promise_lot.promise(
            reference, lot.lot_id, person, basis=draft.basis, contact="13800000000"
        ).number

    first = promise()
    assert promise() == first
    assert catalogue.papers_of_lots(reference, [lot.lot_id])[lot.lot_id]["commitment_cert"] == first
    stocking.receive(reference, lot.lot_id, lot.offer_id, 3, Cause("harvest", 2))
    second = promise()
    [stands, former] = catalogue.commitments_of_lot(reference, lot.lot_id)
    assert (stands.number, stands.packs, former.number) == (second, 15, first)
    assert former.replaced_at is not None
    stop_lot.hold(reference, lot.lot_id, "抽检", person_id=ME, has_authority=True)
    stocking.receive(reference, lot.lot_id, lot.offer_id, 1, Cause("harvest", 3))
    with pytest.raises(LotNotOpen):
        promise()
    cured = make_stock(
        reference,
        make_offer(reference, make_variant(reference, make_product(reference, product_form="cured_meat"))),
    )
    with pytest.raises(NotPromised):  # it speaks of what was grown, raised or caught
        promise_lot.promise(
            reference, cured.lot_id, person, basis=CommitmentBasis.CONTROLLED, contact="13800000000"
        )
