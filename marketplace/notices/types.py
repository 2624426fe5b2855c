"""What others may hold of notices."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from marketplace.kernel.message import Message

NoticeId = NewType("NoticeId", int)


class NoticeKind(StrEnum):
    """What a notice is about: people mute kinds, never single notices; codes cannot be muted."""

    CODE = "code"
    ACCOUNT = "account"
    ORDER = "order"
    FULFILMENT = "fulfilment"
    HAND_OFF = "hand_off"
    REFUND = "refund"
    CERTIFICATE = "certificate"
    PAIRING = "pairing"
    SETTLEMENT = "settlement"
    OPERATION = "operation"


class NoticeState(StrEnum):
    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One message to one person; ``link`` is a path of this site."""

    id: NoticeId
    kind: NoticeKind
    to_phone: str | None
    to_person_id: int | None
    message: Message
    link: str | None
    state: NoticeState
    created_at: datetime
    delivered_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """A notice rendered in the reader's language, ready for the channel."""

    id: NoticeId
    kind: NoticeKind
    phone: str | None
    email: str | None
    language: str | None
    text: str
    link: str | None
    created_at: datetime
