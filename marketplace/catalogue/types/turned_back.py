"""What a cooperative handed in and got back, or lost, with the reason that was given."""

from dataclasses import dataclass
from enum import StrEnum

from marketplace.kernel.message import Name


class TurnedBackKind(StrEnum):
    """``BRAND_USE``: a holder did not authorise, or took back, the use of a brand."""

    GOODS = "goods"
    STORY = "story"
    CERTIFICATE_REJECTED = "certificate_rejected"
    CERTIFICATE_SUSPENDED = "certificate_suspended"
    CERTIFICATE_REVOKED = "certificate_revoked"
    BRAND = "brand"
    BRAND_USE = "brand_use"


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnedBack:
    """One thing: ``name`` is the goods', story's, scheme's or brand's; ``number`` that of a certificate."""

    kind: TurnedBackKind
    id: int
    name: Name
    number: str
    reason: str
