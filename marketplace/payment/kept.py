"""Between payment's rows and the frozen types that other rooms hold."""

from collections.abc import Sequence

from marketplace.orders.types import OrderId, OrderLineId
from marketplace.parties.types import PersonId
from marketplace.payment.models import AttemptRow, CaptureRow, RefundLineRow, RefundRow, TransferRow
from marketplace.payment.types import (
    Attempt,
    AttemptId,
    AttemptState,
    Capture,
    CaptureId,
    CaptureKind,
    Processor,
    Refund,
    RefundId,
    RefundLine,
    RefundState,
    Transfer,
    TransferId,
    TransferState,
)


def attempt_of(row: AttemptRow) -> Attempt:
    return Attempt(
        id=AttemptId(row.id),
        order_id=OrderId(row.order_id),
        order_number=row.order_number,
        amount_fen=row.amount_fen,
        processor=Processor(row.processor),
        reference=row.reference,
        payment_reference=row.payment_reference,
        url=row.url,
        idempotency_key=row.idempotency_key,
        token=row.token,
        language=row.language,
        state=AttemptState(row.state),
        created_at=row.created_at,
        expires_at=row.expires_at,
    )


def capture_of(row: CaptureRow) -> Capture:
    return Capture(
        id=CaptureId(row.id),
        attempt_id=AttemptId(row.attempt_id),
        order_id=OrderId(row.order_id),
        processor=Processor(row.processor),
        reference=row.reference,
        amount_fen=row.amount_fen,
        refunded_fen=row.refunded_fen,
        kind=CaptureKind(row.kind),
        at=row.at,
    )


def refund_of(
    row: RefundRow, lines: Sequence[RefundLineRow], capture: CaptureRow, attempt: AttemptRow
) -> Refund:
    return Refund(
        id=RefundId(row.id),
        order_id=OrderId(row.order_id),
        capture_id=CaptureId(row.capture_id),
        processor=Processor(capture.processor),
        payment_reference=capture.reference,
        lines=tuple(
            RefundLine(
                order_line_id=OrderLineId(line.order_line_id),
                quantity=line.quantity,
                amount_fen=line.amount_fen,
            )
            for line in lines
        ),
        freight_fen=row.freight_fen,
        amount_fen=row.amount_fen,
        reason=row.reason,
        state=RefundState(row.state),
        reference=row.reference,
        idempotency_key=row.idempotency_key,
        order_number=attempt.order_number,
        failure=row.failure,
        created_at=row.created_at,
        settled_at=row.settled_at,
    )


def transfer_of(row: TransferRow, order_number: str) -> Transfer:
    return Transfer(
        id=TransferId(row.id),
        attempt_id=AttemptId(row.attempt_id),
        order_number=order_number,
        code=row.code,
        amount_fen=row.amount_fen,
        payer_name=row.payer_name,
        bank_reference=row.bank_reference,
        received_on=row.received_on,
        state=TransferState(row.state),
        proposed_by=PersonId(row.proposed_by),
        confirmed_by=PersonId(row.confirmed_by) if row.confirmed_by is not None else None,
    )
