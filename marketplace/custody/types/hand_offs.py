"""What passes between two sides: the hand-off as entered and as kept, its signatures, readings, breaches."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from marketplace.catalogue.types import LotId, TemperatureRange
from marketplace.custody.types.loads import Holder
from marketplace.custody.types.words import (
    BreachCause,
    BreachId,
    ConsignmentId,
    Decision,
    HandOffId,
    HandOffKind,
    SignatureMethod,
    WaybillId,
)
from marketplace.orders.types import OrderLineId
from marketplace.parties.types import PartyId, PersonId
from marketplace.places.types import DivisionCode


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
