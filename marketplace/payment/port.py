"""What the marketplace asks of a payment processor: four verbs, and to vouch for its own events."""

from typing import Protocol, runtime_checkable

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


@runtime_checkable
class EventSource(Protocol):
    """A processor that reports by signed webhooks."""

    @property
    def processor(self) -> Processor: ...

    def read_event(self, body: bytes, signature: str | None) -> ProcessorEvent:
        """Verify a delivery (raw body, signature header). Raises ``ForgedEvent``."""
        ...
