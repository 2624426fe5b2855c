"""Reads of money that waits for a person: no order took it, a refund failed, a transfer came in."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, exists, func, literal, select, union_all
from sqlalchemy.orm import Session

from marketplace.kernel.paging import ANY, Listing, Page, Sought, in_order, read_page
from marketplace.kernel.waiting import Waiting
from marketplace.payment import kept
from marketplace.payment.models import AttemptRow, CaptureRow, RefundRow, TransferRow
from marketplace.payment.queries import of_order
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


_ORDERS = {
    "undecided": (CaptureRow.refunded_fen == CaptureRow.amount_fen, CaptureRow.id.desc()),
    "newest": (CaptureRow.id.desc(),),
    "oldest": (CaptureRow.id,),
}


def list_unclear(
    session: Session, *, sought: Sought = ANY, page: int = 1, per_page: int = 20
) -> Page[UnclearMoney]:
    """Return money that no order took, what nobody has decided about first, then the newest."""
    row = CaptureRow
    where: list[ColumnElement[bool]] = [_NO_ORDER]
    if sought.text:
        where.append(exists().where(AttemptRow.id == row.attempt_id, of_order(sought)))
    listing = Listing(
        select(row, AttemptRow.order_number).join(AttemptRow, AttemptRow.id == row.attempt_id),
        row.id,
        where,
        in_order(_ORDERS, sought),
    )
    found = read_page(session, listing, page, per_page)
    return found.of(
        [UnclearMoney(capture=kept.capture_of(one), order_number=number) for one, number, *_ in found.rows]
    )
