"""What becomes of lots: promised, tested, held, failed and recalled, so that each page has its case."""

from collections.abc import Callable, Iterator
from functools import partial

from sqlalchemy.orm import Session

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue.types import Lot, LotStatus, ReportDraft, ReportResult
from marketplace.cli.demo.cast import SHOWN_COOPERATIVES, Cast, Member
from marketplace.cli.demo.certificates import Good, acting
from marketplace.cli.demo.shelf import Shelf, is_famous
from marketplace.cli.demo.stage import Stage
from marketplace.flow import promise_lot, stop_lot
from marketplace.kernel import time
from marketplace.orders import queries as orders
from marketplace.stock import queries as stock

_LABORATORY = "县农产品质量安全检测站（演示）"

Case = Callable[[Session, Lot, Member], object]


def mind(stage: Stage, cast: Cast, shelf: Shelf) -> None:
    """Let the cooperatives whose accounts can be tried look after their lots on the last afternoon."""
    stage.at(stage.last, 17)
    shown = set(list(cast.cooperatives)[:SHOWN_COOPERATIVES])
    goods = [good for good in shelf.goods.values() if good.offer.cooperative_id in shown]
    stage.write(lambda session: _promise_all(session, goods))
    inspector = cast.operators[0]
    cases: Iterator[Case] = iter(
        (
            _tested,
            _failed,
            _held,
            partial(_inspected, inspector=inspector),
            _released,
            _failed,
        )
    )
    for good in goods:
        if is_famous(good):
            continue
        found = stage.read(partial(_in_store, good=good))
        case = next(cases, None) if found is not None else None
        if case is None or found is None:
            continue
        stage.write(partial(_play, case=case, lot=found, seller=good.seller))
    stage.write(lambda session: _recall_one(session, [good for good in goods if not is_famous(good)]))
    for good in goods:
        if is_famous(good) and (lot := stage.read(partial(_in_store, good=good))) is not None:
            stage.write(partial(_play, case=_tested, lot=lot, seller=good.seller))


def _play(session: Session, case: Case, lot: Lot, seller: Member) -> None:
    with acting(seller.person.id):
        case(session, lot, seller)


def _promise_all(session: Session, goods: list[Good]) -> None:
    for good in goods:
        lot = _in_store(session, good)
        is_due = catalogue.is_promised_form(session, good.product.product_form)
        if lot is not None and lot.status is LotStatus.OPEN and is_due:
            draft = promise_lot.prepare(session, lot.id, good.seller.person)
            with acting(good.seller.person.id):
                promise_lot.promise(
                    session, lot.id, good.seller.person, basis=draft.basis, contact=draft.contact
                )


def _in_store(session: Session, good: Good) -> Lot | None:
    """Return the lot of a good that expires first among those with packs nobody has ordered."""
    for held in stock.lots_of_offer(session, good.offer.id):
        if held.available and not held.held:
            return catalogue.get_lot(session, held.lot_id)
    return None


def _report(session: Session, lot: Lot, result: ReportResult, findings: str) -> None:
    stop_lot.report(
        session,
        lot.id,
        ReportDraft(
            paper_code=catalogue.TEST_REPORT,
            number=f"DEMO-JC-{lot.id:06}",
            issuer=_LABORATORY,
            issued_on=time.today(),
            result=result,
            findings=findings,
        ),
    )


def _tested(session: Session, lot: Lot, _seller: Member) -> None:
    _report(session, lot, ReportResult.PASSED, "")


def _failed(session: Session, lot: Lot, _seller: Member) -> None:
    _report(session, lot, ReportResult.FAILED, "毒死蜱超标（演示）")


def _held(session: Session, lot: Lot, seller: Member) -> None:
    stop_lot.hold(
        session, lot.id, "外箱受潮，逐箱检查（演示）", person_id=seller.person.id, has_authority=False
    )


def _inspected(session: Session, lot: Lot, _seller: Member, *, inspector: Member) -> None:
    with acting(inspector.person.id):
        stop_lot.hold(session, lot.id, "例行抽检（演示）", person_id=inspector.person.id, has_authority=True)


def _released(session: Session, lot: Lot, seller: Member) -> None:
    _held(session, lot, seller)
    stop_lot.release(session, lot.id, "已挑出破损箱（演示）", person_id=seller.person.id, has_authority=False)


def _recall_one(session: Session, goods: list[Good]) -> None:
    """Recall the oldest lot that reached a buyer."""
    for good in goods:
        lots = catalogue.lots_of_offer(session, good.offer.id)
        reached = orders.lines_from_lots(session, [lot.id for lot in lots])
        for lot in lots:
            if lot.id in reached and lot.status is LotStatus.OPEN:
                with acting(good.seller.person.id):
                    stop_lot.recall(session, lot.id, "包装封口不严（演示）", person_id=good.seller.person.id)
                return
