"""Reads of money that waits for a person: no order took it, a refund failed, a transfer came in."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import func, literal, select, union_all
from sqlalchemy.orm import Session

from marketplace.kernel.paging import Page, offset
from marketplace.kernel.waiting import Waiting
from marketplace.payment import kept
from marketplace.payment.models import AttemptRow, CaptureRow, RefundRow, TransferRow
from marketplace.payment.types import (
    Capture,
    CaptureKind,
    Processor,
    RefundState,
    TransferState,
)


class Doubt(StrEnum):
    """Why money waits for a person."""

    UNCLEAR = "unclear"
    FAILED_REFUND = "failed_refund"
    TRANSFER = "transfer"
    TO_PAY_BACK = "to_pay_back"


@dataclass(frozen=True, slots=True, kw_only=True)
class UnclearMoney:
    """Money that no order took (late, paid twice, not what was asked), and what of it is on its way back."""

    capture: Capture
    order_number: str

    @property
    def left_fen(self) -> int:
        return self.capture.amount_fen - self.capture.refunded_fen


_NO_ORDER = CaptureRow.kind != CaptureKind.APPLIED


def doubts(session: Session) -> Mapping[Doubt, Waiting]:
    """Count what waits for a person, by reason, in one statement."""
    queues = {
        Doubt.UNCLEAR: select(CaptureRow.at.label("since")).where(
            _NO_ORDER, CaptureRow.refunded_fen < CaptureRow.amount_fen
        ),
        Doubt.FAILED_REFUND: select(RefundRow.created_at).where(RefundRow.state == RefundState.FAILED),
        Doubt.TRANSFER: select(TransferRow.proposed_at).where(TransferRow.state == TransferState.PROPOSED),
        Doubt.TO_PAY_BACK: select(RefundRow.created_at)
        .join(CaptureRow, CaptureRow.id == RefundRow.capture_id)
        .where(RefundRow.state == RefundState.PENDING, CaptureRow.processor == Processor.BANK_TRANSFER),
    }
    counted = [
        select(literal(str(doubt)), func.count(), func.min(queue.subquery().c[0]))
        for doubt, queue in queues.items()
    ]
    rows = session.execute(union_all(*counted))
    return {Doubt(doubt): Waiting(count, since) for doubt, count, since in rows}


def list_unclear(session: Session, *, page: int = 1, per_page: int = 20) -> Page[UnclearMoney]:
    """Return money that no order took, what nobody has decided about first, then the newest."""
    total = session.scalar(select(func.count()).select_from(CaptureRow).where(_NO_ORDER)) or 0
    rows = session.execute(
        select(CaptureRow, AttemptRow.order_number)
        .join(AttemptRow, AttemptRow.id == CaptureRow.attempt_id)
        .where(_NO_ORDER)
        .order_by(CaptureRow.refunded_fen == CaptureRow.amount_fen, CaptureRow.id.desc())
        .limit(per_page)
        .offset(offset(page, per_page))
    )
    items = [UnclearMoney(capture=kept.capture_of(row), order_number=number) for row, number in rows]
    return Page(items, total, page, per_page)
