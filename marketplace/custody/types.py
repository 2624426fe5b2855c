"""What others may hold of custody: consignments, hand-offs, signatures, breaches, and what they prove."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NewType
from uuid import UUID

from marketplace.catalogue.types import LotId, StorageKind, TemperatureRange
from marketplace.kernel.message import Name
from marketplace.orders.types import FulfilmentId, OrderLineId
from marketplace.parties.types import PartyId, PersonId
from marketplace.places.types import DivisionCode

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Who has the goods. A driver without an account is a carrier known by person and without a party.

    ``name`` is the party's or the courier company's; drivers and buyers are never named here.
    """

    kind: HolderKind
    party_id: PartyId | None = None
    person_id: PersonId | None = None
    name: Name | None = None

    @property
    def key(self) -> str:
        """What tells one holder from another: the chain of a consignment is a chain of these."""
        if self.party_id is not None:
            return f"{self.kind}:{self.party_id}"
        return f"{self.kind}:person:{self.person_id}" if self.person_id is not None else str(self.kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What the goods bear, in milli-degrees Celsius, frozen when they were packed.

    ``range`` is the line's own; ``excursion_*`` are the limits of a departure of at most
    ``tolerance_minutes``; above ``reject_above_milli_c`` goods are refused (GB 31605-2020, DB31/T 388).
    """

    range: TemperatureRange
    excursion_lower_milli_c: int
    excursion_upper_milli_c: int
    reject_above_milli_c: int | None = None
    tolerance_minutes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """Packs of one lot for one order line. ``quantity`` is what is there now; limits None: none needed."""

    order_line_id: OrderLineId
    fulfilment_id: FulfilmentId
    lot_id: LotId
    quantity: int
    limits: Limits | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Consignment:
    """What travels under one label; its chain of hand-offs begins with ``sender_id``."""

    id: ConsignmentId
    number: str
    label_token: str
    trace_token: str
    fulfilment_id: FulfilmentId | None
    sender_id: PartyId
    destination_code: DivisionCode
    warehouse_id: PartyId | None
    storage_kind: StorageKind
    packages: int
    seal_number: str | None
    contents: tuple[Content, ...]
    holder: Holder
    held_since: datetime
    state: ConsignmentState
    last_hand_off_id: HandOffId | None
    opened_at: datetime
    received_at: datetime | None

    @property
    def quantity(self) -> int:
        return sum(content.quantity for content in self.contents)

    @property
    def needs_temperature(self) -> bool:
        """Chilled and frozen goods are measured at each hand-off; ambient goods are not."""
        return self.storage_kind is not StorageKind.AMBIENT and any(
            content.limits is not None for content in self.contents
        )

    @property
    def range(self) -> TemperatureRange | None:
        """The band that suits everything in it; None where none is needed or the goods do not agree."""
        ranges = [content.limits.range for content in self.contents if content.limits is not None]
        if not ranges:
            return None
        low, high = max(one.min_milli_c for one in ranges), min(one.max_milli_c for one in ranges)
        return TemperatureRange(min_milli_c=low, max_milli_c=high) if low <= high else None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsignmentDraft:
    """A packed load as the pack-house closes it."""

    label_token: str
    fulfilment_id: FulfilmentId | None
    sender_id: PartyId
    destination_code: DivisionCode
    warehouse_id: PartyId | None
    storage_kind: StorageKind
    contents: tuple[Content, ...]
    packages: int = 1
    seal_number: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureDraft:
    """Somebody's word that the hand-off is as written; name and phone are personal and stay inside."""

    name: str
    method: SignatureMethod
    party_id: PartyId | None = None
    person_id: PersonId | None = None
    phone: str | None = None
    drawn_digest: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    name: str
    method: SignatureMethod
    party_id: PartyId | None
    person_id: PersonId | None
    drawn_digest: str | None
    signed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Readings:
    """Measured at a hand-off, in milli-degrees Celsius: box surface (three points), core, logger.

    The logger's figures are those since the hand-off before.
    ``minutes_outside`` says how long the logger was outside the range; None: nobody knows.
    """

    surface_min_milli_c: int | None = None
    surface_max_milli_c: int | None = None
    core_milli_c: int | None = None
    logger_number: str | None = None
    logger_min_milli_c: int | None = None
    logger_max_milli_c: int | None = None
    logger_mean_milli_c: int | None = None
    minutes_outside: int | None = None


NO_READINGS = Readings()


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOffDraft:
    """One hand-off as it was entered.

    ``lost`` counts packs found missing or spoilt, by order line and lot; the rest is received. ``at`` is when
    it happened and may lie before it is recorded; None is now.
    """

    consignment_id: ConsignmentId
    to: Holder
    giver: SignatureDraft | None
    receiver: SignatureDraft | None
    decision: Decision = Decision.ACCEPT
    reason: str | None = None
    packages: int | None = None
    seal_number: str | None = None
    seal_intact: bool | None = None
    plate: str | None = None
    readings: Readings = NO_READINGS
    lost: Mapping[tuple[OrderLineId, LotId], int] = field(default_factory=dict)
    photo_digests: tuple[str, ...] = ()
    waybill_id: WaybillId | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOffQuantity:
    """Packs of one lot of one line: ``given`` = ``received`` + ``lost`` + ``kept`` (refused, so kept)."""

    order_line_id: OrderLineId
    lot_id: LotId
    given: int
    received: int
    lost: int
    kept: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """Packs of a lot that left their range or were refused; open until a person with authority decides.

    ``measured_milli_c`` and ``range`` are None where goods were refused for another reason.
    """

    id: BreachId
    hand_off_id: HandOffId
    order_line_id: OrderLineId
    lot_id: LotId
    cause: BreachCause
    measured_milli_c: int | None
    range: TemperatureRange | None
    found_at: datetime
    resolved_at: datetime | None
    resolution: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOff:
    """交接: what passed from whom to whom, where, when, how warm and by whose word (GB/T 40956-2021)."""

    id: HandOffId
    uid: UUID
    number: str
    consignment_id: ConsignmentId
    kind: HandOffKind
    from_holder: Holder
    to_holder: Holder
    place_code: DivisionCode
    at: datetime
    recorded_at: datetime
    packages: int
    seal_number: str | None
    seal_intact: bool | None
    plate: str | None
    readings: Readings
    decision: Decision
    reason: str | None
    quantities: tuple[HandOffQuantity, ...]
    giver_signature: Signature | None
    receiver_signature: Signature | None
    photo_digests: tuple[str, ...]
    previous_id: HandOffId | None
    waybill_id: WaybillId | None
    breaches: tuple[Breach, ...]
    schema_version: int
    leaf_hash: bytes

    @property
    def is_accepted(self) -> bool:
        return self.decision is not Decision.REFUSE

    @property
    def is_breached(self) -> bool:
        """Tell whether goods were out of their range, whatever was decided."""
        return any(one.cause is not BreachCause.REFUSED for one in self.breaches)

    @property
    def is_double_signed(self) -> bool:
        return self.giver_signature is not None and self.receiver_signature is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """Packs that went from one consignment into another at a warehouse."""

    from_id: ConsignmentId
    to_id: ConsignmentId
    order_line_id: OrderLineId
    lot_id: LotId
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One load that a warehouse makes: packs taken from loads it holds, by load, order line and lot."""

    taken: Mapping[tuple[ConsignmentId, OrderLineId, LotId], int]
    packages: int = 1
    seal_number: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Regrouping:
    """A load split or loads put together by the holder who has them; every pack goes somewhere."""

    id: RegroupingId
    uid: UUID
    holder: Holder
    at: datetime
    signature: Signature
    moved: tuple[Moved, ...]
    leaf_hash: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class WaybillEvent:
    """揽收 or 签收 as the courier reported it."""

    kind: WaybillEventKind
    at: datetime
    recorded_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Waybill:
    """An express parcel: the courier has no account, its events stand in for a signature."""

    id: WaybillId
    consignment_id: ConsignmentId
    courier: str
    number: str
    events: tuple[WaybillEvent, ...]

    def event(self, kind: WaybillEventKind) -> WaybillEvent | None:
        return next((one for one in self.events if one.kind is kind), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Journey:
    """Everything that happened to the goods of a consignment, before and after loads were regrouped.

    ``loads`` are all consignments of it, this one included; events are in the order in which they happened.
    """

    consignment: Consignment
    loads: tuple[Consignment, ...]
    hand_offs: tuple[HandOff, ...]
    regroupings: tuple[Regrouping, ...]
    waybills: tuple[Waybill, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What one holder had of one line and lot: ``came`` = ``went`` + ``lost`` + ``on_hand``, always.

    A loss counts with the holder in whose custody it came to light: the giver.
    """

    holder_key: str
    order_line_id: OrderLineId
    lot_id: LotId
    came: int
    went: int
    lost: int
    on_hand: int
