"""What the marketplace needs of a channel to people: SMS, mail, or the demonstration's inbox."""

from typing import Protocol

from marketplace.notices.types import Outgoing


class NoticePort(Protocol):
    """Hands one message over; raises ``DeliveryFailed`` where it must be tried again.

    ``keeps_text``: this channel's inbox page shows the stored text, so a one-time code stays readable after
    it is delivered; elsewhere the text of a code is wiped as soon as it has left.
    """

    @property
    def keeps_text(self) -> bool: ...

    def deliver(self, outgoing: Outgoing) -> None: ...


class DeliveryFailed(Exception):
    """The channel did not take the message; nothing is known to have reached the person."""
