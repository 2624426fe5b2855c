"""Verification of sellers: asked for by the cooperative, decided by the operator, good for half a year."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NewType

from marketplace.parties.types.parties import Party, PartyId

VerificationId = NewType("VerificationId", int)


class VerificationState(StrEnum):
    ASKED = "asked"
    VERIFIED = "verified"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """One verification; ``against`` is what the operator compared with, ``valid_until`` its last day."""

    id: VerificationId
    party_id: PartyId
    state: VerificationState
    note: str
    against: str
    reason: str
    asked_at: datetime
    decided_at: datetime | None
    valid_until: date | None


class SellerQueue(StrEnum):
    """Which sellers a list shows: those who asked, those due within the warning time, those past it."""

    ASKED = "asked"
    DUE = "due"
    LAPSED = "lapsed"


@dataclass(frozen=True, slots=True, kw_only=True)
class SellerDue:
    """A seller to be verified again; ``asked`` where it has said itself that nothing, or what, changed."""

    party: Party
    asked: Verification | None
