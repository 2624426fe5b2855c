"""What others may hold of payment: attempts, money received, refunds, and what a processor answers."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NewType

from marketplace.kernel.message import Message
from marketplace.orders.types import OrderId, OrderLineId
from marketplace.parties.types import PersonId

AttemptId = NewType("AttemptId", int)
CaptureId = NewType("CaptureId", int)
RefundId = NewType("RefundId", int)
EventId = NewType("EventId", int)
TransferId = NewType("TransferId", int)

CURRENCY = "cny"
RETURN_PATH = "/payment/return"


class Processor(StrEnum):
    SANDBOX = "sandbox"
    STRIPE = "stripe"
    BANK_TRANSFER = "bank_transfer"


class AttemptState(StrEnum):
    """``created``: stored, the processor not yet heard of it; the rest is what the processor said."""

    CREATED = "created"
    OPEN = "open"
    PAID = "paid"
    EXPIRED = "expired"
    FAILED = "failed"
    PAID_AFTER_EXPIRY = "paid_after_expiry"


class ProcessorStatus(StrEnum):
    OPEN = "open"
    PAID = "paid"
    EXPIRED = "expired"
    UNKNOWN = "unknown"


class CaptureKind(StrEnum):
    """What money that arrived is: for the order, too late, paid twice, or not what was asked."""

    APPLIED = "applied"
    LATE = "late"
    DOUBLE = "double"
    MISMATCH = "mismatch"


class RefundState(StrEnum):
    """``failed`` waits for a person; nothing is given up silently."""

    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class TransferState(StrEnum):
    """A transfer on the bank's statement: proposed by one person, confirmed by another."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One try to pay one order with one processor.

    ``idempotency_key`` is stored before the processor is called, so that a crash never pays twice; ``token``
    opens the page to which the buyer comes back from the processor.
    """

    id: AttemptId
    order_id: OrderId
    order_number: str
    amount_fen: int
    processor: Processor
    reference: str | None
    payment_reference: str | None
    url: str | None
    idempotency_key: str
    token: str
    language: str
    state: AttemptState
    created_at: datetime
    expires_at: datetime

    @property
    def return_path(self) -> str:
        """Where on this site the buyer comes back to, paid or not."""
        return f"{RETURN_PATH}/{self.token}"

    @property
    def is_live(self) -> bool:
        return self.state in {AttemptState.CREATED, AttemptState.OPEN}


@dataclass(frozen=True, slots=True, kw_only=True)
class Redirect:
    """The buyer pays on the processor's page."""

    reference: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Instructions:
    """The buyer pays elsewhere and writes ``code`` as the remittance information."""

    reference: str
    code: str
    lines: tuple[Message, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessorState:
    """What the processor says of a payment, by webhook or when asked; amounts in fen."""

    reference: str
    status: ProcessorStatus
    amount_fen: int
    currency: str
    order_number: str | None
    attempt_key: str | None
    payment_reference: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessorEvent:
    """A verified event: what it is about, not yet what to believe."""

    processor: Processor
    event_id: str
    kind: str
    subject: str
    payload: dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """Money that arrived."""

    id: CaptureId
    attempt_id: AttemptId
    order_id: OrderId
    processor: Processor
    reference: str
    amount_fen: int
    refunded_fen: int
    kind: CaptureKind
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundLine:
    order_line_id: OrderLineId
    quantity: int
    amount_fen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundRequest:
    """What is to be given back: lines and freight, or (without either) money that no order took."""

    amount_fen: int
    reason: str
    lines: tuple[RefundLine, ...] = ()
    freight_fen: int = 0
    requested_by: PersonId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refund:
    """Money on its way back: goods by line and quantity, freight apart."""

    id: RefundId
    order_id: OrderId
    capture_id: CaptureId
    processor: Processor
    payment_reference: str
    lines: tuple[RefundLine, ...]
    freight_fen: int
    amount_fen: int
    reason: str
    state: RefundState
    reference: str | None
    idempotency_key: str
    order_number: str
    failure: str | None
    created_at: datetime
    settled_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundAnswer:
    """What the processor says of a refund."""

    reference: str | None
    state: RefundState
    failure: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """A line of the bank's statement that may pay an order."""

    id: TransferId
    attempt_id: AttemptId
    order_number: str
    code: str
    amount_fen: int
    payer_name: str
    bank_reference: str
    received_on: date
    state: TransferState
    proposed_by: PersonId
    confirmed_by: PersonId | None
