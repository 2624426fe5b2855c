"""The states and kinds of custody, and the keys of its things."""

from enum import StrEnum
from typing import NewType

ConsignmentId = NewType("ConsignmentId", int)
HandOffId = NewType("HandOffId", int)
RegroupingId = NewType("RegroupingId", int)
BreachId = NewType("BreachId", int)
WaybillId = NewType("WaybillId", int)


class HolderKind(StrEnum):
    """Who can have goods in custody (在管责任); a courier and a buyer need no account."""

    COOPERATIVE = "cooperative"
    CARRIER = "carrier"
    WAREHOUSE = "warehouse"
    COURIER = "courier"
    BUYER = "buyer"


class ConsignmentState(StrEnum):
    """Where a consignment stands; it follows its holder until it is received, regrouped or lost."""

    WAITING = "waiting"
    ON_THE_ROAD = "on_the_road"
    STORED = "stored"
    WITH_COURIER = "with_courier"
    DELIVERED = "delivered"
    RECEIVED = "received"
    REGROUPED = "regrouped"
    LOST = "lost"


class HandOffKind(StrEnum):
    """What a hand-off is on the way of the goods; it follows from who gives and who takes."""

    PICK_UP = "pick_up"
    ARRIVAL = "arrival"
    DEPARTURE = "departure"
    DISPATCH = "dispatch"
    DELIVERY = "delivery"
    RECEIPT = "receipt"
    RETURN = "return"


class Decision(StrEnum):
    ACCEPT = "accept"
    ACCEPT_WITH_REMARK = "accept_with_remark"
    REFUSE = "refuse"


class SignatureMethod(StrEnum):
    """How a signer is known: by account, by a one-time code, or by signing on the other side's phone."""

    ACCOUNT = "account"
    CODE = "code"
    ON_SCREEN = "on_screen"


class WaybillEventKind(StrEnum):
    COLLECTED = "collected"
    SIGNED = "signed"


class BreachCause(StrEnum):
    """温度异常 too warm or too cold (chilling injury counts too), or goods that the other side refused."""

    HIGH = "high"
    LOW = "low"
    REFUSED = "refused"


class CustodyEvidence(StrEnum):
    """By what a line's arrival stands, strongest first."""

    DOUBLE_SIGNED = "double_signed"
    CARRIER_TRACKED = "carrier_tracked"
    RECEIPT_ONLY = "receipt_only"
    NONE = "none"
