"""Writes of what keeps a lot from use: holds and their release, reports of tests, the recall."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.catalogue import rules
from marketplace.catalogue.lot_refusals import HeldByOthers, ReportWrong, RetestMissing
from marketplace.catalogue.models import LotHoldRow, LotReportRow, LotRow
from marketplace.catalogue.queries.goods import get_offer, get_product
from marketplace.catalogue.queries.lots import hold_from_row, report_from_row, report_papers, reports_of_lot
from marketplace.catalogue.refusals import StatusMovedOn
from marketplace.catalogue.service.lots import add_lot_paper, changed, locked
from marketplace.catalogue.types import (
    HoldCause,
    Lot,
    LotId,
    LotReport,
    LotStatus,
    OfferId,
    ReportDraft,
    ReportResult,
)
from marketplace.kernel import journal, time
from marketplace.kernel.message import msg


def hold_lot(session: Session, lot_id: LotId, reason: str, cause: HoldCause = HoldCause.AUTHORITY) -> Lot:
    """Keep a lot from being picked until it is released (GB 31605-2020); held twice is held once.

    Refuses (StatusMovedOn) a lot that is recalled.
    """
    row = locked(session, lot_id)
    if row.status == LotStatus.RECALLED or _open(session, lot_id, cause) is not None:
        raise StatusMovedOn
    _hold(session, row, cause, reason)
    return changed(session, row, str(LotStatus.ON_HOLD), reason=reason)


def release_lot(session: Session, lot_id: LotId, reason: str, *, has_authority: bool = True) -> Lot:
    """Lift the holds that somebody may lift; the lot is open again once none is left.

    Refuses (StatusMovedOn, HeldByOthers, RetestMissing).
    """
    row = locked(session, lot_id)
    rows = session.scalars(
        select(LotHoldRow).where(LotHoldRow.lot_id == lot_id, LotHoldRow.released_at.is_(None))
    ).all()
    if row.status == LotStatus.RECALLED or not rows:
        raise StatusMovedOn
    holds = [hold_from_row(one) for one in rows]
    liftable = {
        one.id
        for one in rules.releasable(holds, reports_of_lot(session, lot_id), has_authority=has_authority)
    }
    if not liftable:
        raise RetestMissing if has_authority else HeldByOthers
    for one in rows:
        if one.id in liftable:
            one.released_at, one.release_reason = time.now(), reason
    left = [one for one in holds if one.id not in liftable]
    row.status = rules.status_under(left, is_recalled=False)
    action = str(LotStatus.OPEN) if row.status == LotStatus.OPEN else "hold_lifted"
    return changed(session, row, action, reason=reason)


def recall_lot(session: Session, lot_id: LotId, reason: str) -> Lot:
    """Call a lot back for good (食品安全法第63条). Refuses (StatusMovedOn) one that is recalled."""
    row = locked(session, lot_id)
    if row.status == LotStatus.RECALLED:
        raise StatusMovedOn
    row.status = LotStatus.RECALLED
    return changed(session, row, str(LotStatus.RECALLED), reason=reason)


def add_report(session: Session, lot_id: LotId, draft: ReportDraft) -> LotReport:
    """Keep a report of a lot; one that passed is a paper it carries, one that failed holds the lot.

    Refuses (ReportWrong) a kind that such goods do not have, and a day before the harvest or after today.
    """
    row = locked(session, lot_id)
    product = get_product(session, get_offer(session, OfferId(row.offer_id)).product_id)
    if draft.paper_code not in {one.code for one in report_papers(session, product.product_form)}:
        raise ReportWrong(msg("这类商品没有这种报告。"), field="paper_code")
    if draft.issued_on > time.today():
        raise ReportWrong(msg("报告日期不能晚于今天。"), field="issued_on")
    if draft.issued_on < row.harvested_on and draft.result is ReportResult.PASSED:
        raise ReportWrong(msg("报告日期早于采收或生产日期，不是这一批的报告。"), field="issued_on")
    kept = LotReportRow(
        lot_id=lot_id,
        paper_code=draft.paper_code,
        number=rules.normal_number(draft.number),
        issuer=draft.issuer,
        issued_on=draft.issued_on,
        result=draft.result,
        findings=draft.findings,
        evidence_digest=draft.evidence_digest,
        recorded_at=time.now(),
    )
    session.add(kept)
    session.flush()
    if draft.result is ReportResult.PASSED:
        add_lot_paper(session, lot_id, draft.paper_code, draft.number, draft.evidence_digest)
        journal.write(session, "lot", lot_id, "report_passed", number=kept.number)
    else:
        if row.status != LotStatus.RECALLED and _open(session, lot_id, HoldCause.FAILED_TEST) is None:
            _hold(session, row, HoldCause.FAILED_TEST, draft.findings or draft.number, kept.id)
        elif row.status != LotStatus.RECALLED:
            _fail_again(session, lot_id, kept.id)
        changed(session, row, "report_failed", number=kept.number, findings=draft.findings)
    return report_from_row(kept)


def _hold(session: Session, row: LotRow, cause: HoldCause, reason: str, report_id: int | None = None) -> None:
    session.add(
        LotHoldRow(lot_id=row.id, cause=cause, reason=reason, report_id=report_id, held_at=time.now())
    )
    row.status = LotStatus.ON_HOLD
    session.flush()


def _fail_again(session: Session, lot_id: LotId, report_id: int) -> None:
    """Let the open hold stand on the newest failure: a retest must answer that one."""
    hold = _open(session, lot_id, HoldCause.FAILED_TEST)
    assert hold is not None
    hold.report_id = report_id


def _open(session: Session, lot_id: LotId, cause: HoldCause) -> LotHoldRow | None:
    return session.scalars(
        select(LotHoldRow).where(
            LotHoldRow.lot_id == lot_id, LotHoldRow.cause == cause, LotHoldRow.released_at.is_(None)
        )
    ).one_or_none()
