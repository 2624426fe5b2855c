"""What travels: a consignment under one label, its contents and what they bear, and who has it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from marketplace.catalogue.types import LotId, StorageKind, TemperatureRange
from marketplace.custody.types.words import ConsignmentId, ConsignmentState, HandOffId, HolderKind
from marketplace.kernel.message import Name
from marketplace.orders.types import FulfilmentId, OrderLineId
from marketplace.parties.types import PartyId, PersonId
from marketplace.places.types import DivisionCode


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
class Part:
    """One load that a warehouse makes: packs taken from loads it holds, by load, order line and lot."""

    taken: Mapping[tuple[ConsignmentId, OrderLineId, LotId], int]
    packages: int = 1
    seal_number: str | None = None
