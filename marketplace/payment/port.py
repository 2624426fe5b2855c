"""What the marketplace asks of a payment processor: four verbs, and to vouch for its own events."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

from marketplace.payment.types import (
    Attempt,
    Instructions,
    Processor,
    ProcessorEvent,
    ProcessorState,
    Redirect,
    Refund,
    RefundAnswer,
)


class ProcessorDown(Exception):
    """The processor gave no usable answer; what it did is unknown until it is asked again."""


class ProcessorRefused(Exception):
    """The processor understood and said no; asking again changes nothing."""


class ForgedEvent(Exception):
    """A delivery that does not prove that it comes from the processor."""


class PaymentPort(Protocol):
    """One way to pay. Every verb may be called again with the same argument without a second effect.

    Raises ``ProcessorDown`` where the outcome is unknown and ``ProcessorRefused`` where it is a clear no.
    Never called inside a database transaction.
    """

    @property
    def processor(self) -> Processor: ...

    def start(self, attempt: Attempt) -> Redirect | Instructions: ...

    def sync(self, reference: str) -> ProcessorState: ...

    def expire(self, reference: str) -> ProcessorState: ...

    def refund(self, refund: Refund) -> RefundAnswer: ...


Processors = Mapping[str, PaymentPort]
"""The ways to pay that an installation offers, by name (``Processor``), the first one first."""


@runtime_checkable
class EventSource(Protocol):
    """A processor that reports by signed webhooks."""

    @property
    def processor(self) -> Processor: ...

    def read_event(self, body: bytes, signature: str | None) -> ProcessorEvent:
        """Verify a delivery (raw body, signature header). Raises ``ForgedEvent``."""
        ...


@dataclass(frozen=True, slots=True)
class WireAnswer:
    """A status and a JSON object."""

    status: int
    body: Mapping[str, Any]
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class PayPage:
    """What a pay page shows; ``status`` as the wire says it: open, complete or expired."""

    reference: str
    order_number: str
    amount_fen: int
    status: str
    back_url: str


class OwnProcessor(Protocol):
    """A processor that this application serves itself: an API on a foreign wire, and a page to pay on."""

    def answer(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> WireAnswer:
        """Answer one API request; header names in lower case."""
        ...

    def find_page(self, reference: str) -> PayPage | None: ...

    def pay(self, reference: str) -> PayPage | None:
        """Take the money once, however often it is asked; an ended page takes none."""
        ...
