"""Bank transfers (对公转账): one person finds the money on the statement, another confirms that it pays."""

from sqlalchemy.orm import Session

from marketplace.flow.payment_received import receive
from marketplace.flow.refund import settle_refund
from marketplace.parties.types import PersonId
from marketplace.payment import queries as payments
from marketplace.payment import service as payment
from marketplace.payment.refusals import UnknownRefund
from marketplace.payment.service.transfers import StatementLine
from marketplace.payment.types import (
    CURRENCY,
    Capture,
    Processor,
    ProcessorState,
    ProcessorStatus,
    Refund,
    RefundAnswer,
    RefundId,
    RefundState,
    Transfer,
    TransferId,
)


def match_transfer(session: Session, line: StatementLine, *, person_id: PersonId) -> Transfer:
    """Match a line of the statement to the order whose code it carries. Refuses (WrongRemittanceCode)."""
    return payment.propose_transfer(session, line, person_id=person_id)


def confirm_transfer(session: Session, transfer_id: TransferId, *, person_id: PersonId) -> Capture | None:
    """Let a second person's word pay the order: from here on it is money like any other.

    Where the order has ended meanwhile, it is late money and goes back. Refuses (SamePerson, TransferSettled,
    WrongTransferAmount, UnknownTransfer).
    """
    transfer = payment.confirm_transfer(session, transfer_id, person_id=person_id)
    attempt = payments.get_attempt(session, transfer.attempt_id)
    said = ProcessorState(
        reference=transfer.code,
        status=ProcessorStatus.PAID,
        amount_fen=transfer.amount_fen,
        currency=CURRENCY,
        order_number=transfer.order_number,
        attempt_key=attempt.idempotency_key,
        payment_reference=transfer.bank_reference,
    )
    return receive(session, Processor.BANK_TRANSFER, said)


def confirm_paid_back(session: Session, refund_id: RefundId, *, bank_reference: str) -> Refund:
    """Note that the bank has paid a refund out, under its own serial number. Refuses (UnknownRefund)."""
    found = payments.get_refund(session, refund_id)
    if found.processor is not Processor.BANK_TRANSFER:
        raise UnknownRefund
    settle_refund(session, refund_id, RefundAnswer(reference=bank_reference, state=RefundState.SUCCEEDED))
    return payments.get_refund(session, refund_id)
