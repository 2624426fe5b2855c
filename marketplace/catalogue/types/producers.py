"""Who grew or made what another sells: said by the seller, answered by the producer."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from marketplace.catalogue.types.goods import ProductId
from marketplace.parties.types import PartyId

ClaimId = NewType("ClaimId", int)


class ClaimState(StrEnum):
    """``NAMED``: the producer was told and has not answered; what it denies is not sold."""

    NAMED = "named"
    CONFIRMED = "confirmed"
    DENIED = "denied"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProducerClaim:
    """A seller's word that a producer grew or made a product it sells; ``reason`` is the producer's."""

    id: ClaimId
    producer_id: PartyId
    seller_id: PartyId
    product_id: ProductId
    state: ClaimState
    reason: str
    named_at: datetime
    answered_at: datetime | None
