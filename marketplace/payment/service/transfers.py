"""Bank transfers (对公转账): a person matches a line of the statement, another one confirms it."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.kernel import journal, time
from marketplace.kernel.locking import locked_one
from marketplace.parties.types import PersonId
from marketplace.payment import kept, queries, rules
from marketplace.payment.models import AttemptRow, TransferRow
from marketplace.payment.refusals import (
    SamePerson,
    TransferSettled,
    UnknownTransfer,
    WrongRemittanceCode,
    WrongTransferAmount,
)
from marketplace.payment.types import Processor, Transfer, TransferId, TransferState


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementLine:
    """A line of the bank's statement as it was read; ``bank_reference`` is the bank's own serial number."""

    code: str
    amount_fen: int
    payer_name: str
    bank_reference: str
    received_on: date


def propose_transfer(session: Session, line: StatementLine, *, person_id: PersonId) -> Transfer:
    """Match a line of the statement to the attempt whose code it carries; the amount may still differ.

    The same bank serial number is matched once. Refuses (WrongRemittanceCode).
    """
    attempt_id = rules.attempt_of_code(line.code)
    attempt = session.get(AttemptRow, attempt_id) if attempt_id is not None else None
    if attempt is None or attempt.processor != Processor.BANK_TRANSFER:
        raise WrongRemittanceCode
    known = session.scalars(
        select(TransferRow).where(TransferRow.bank_reference == line.bank_reference)
    ).first()
    if known is not None:
        return kept.transfer_of(known, attempt.order_number)
    row = TransferRow(
        attempt_id=attempt.id,
        code=rules.remittance_code(kept.attempt_of(attempt).id),
        amount_fen=line.amount_fen,
        payer_name=line.payer_name,
        bank_reference=line.bank_reference,
        received_on=line.received_on,
        state=TransferState.PROPOSED,
        proposed_by=person_id,
        proposed_at=time.now(),
    )
    session.add(row)
    session.flush()
    _note(session, row, attempt.order_id, "transfer_proposed")
    return kept.transfer_of(row, attempt.order_number)


def confirm_transfer(session: Session, transfer_id: TransferId, *, person_id: PersonId) -> Transfer:
    """A second person vouches for a matched transfer of the exact amount.

    Refuses (SamePerson, TransferSettled, WrongTransferAmount).
    """
    row = _locked(session, transfer_id)
    attempt = queries.get_attempt(session, kept.transfer_of(row, "").attempt_id)
    if row.proposed_by == person_id:
        raise SamePerson
    if row.amount_fen != attempt.amount_fen:
        raise WrongTransferAmount
    return _settle(session, row, TransferState.CONFIRMED, person_id)


def reject_transfer(session: Session, transfer_id: TransferId, *, person_id: PersonId) -> Transfer:
    """A second person says that a transfer is not the order's. Refuses (SamePerson, TransferSettled)."""
    row = _locked(session, transfer_id)
    if row.proposed_by == person_id:
        raise SamePerson
    return _settle(session, row, TransferState.REJECTED, person_id)


def _settle(session: Session, row: TransferRow, then: TransferState, person_id: PersonId) -> Transfer:
    row.state = then
    row.confirmed_by = person_id
    row.settled_at = time.now()
    session.flush()
    attempt = session.get_one(AttemptRow, row.attempt_id)
    _note(session, row, attempt.order_id, f"transfer_{then}")
    return kept.transfer_of(row, attempt.order_number)


def _locked(session: Session, transfer_id: TransferId) -> TransferRow:
    row = locked_one(session, TransferRow, transfer_id, UnknownTransfer)
    if row.state != TransferState.PROPOSED:
        raise TransferSettled
    return row


def _note(session: Session, row: TransferRow, order_id: int, action: str) -> None:
    journal.write(session, "order", order_id, action, transfer=row.id, amount_fen=row.amount_fen)
