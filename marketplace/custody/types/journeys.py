"""What happened to goods on the whole way: loads split and put together, express parcels, accounts."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from marketplace.catalogue.types import LotId
from marketplace.custody.types.hand_offs import HandOff, Signature
from marketplace.custody.types.loads import Consignment, Holder
from marketplace.custody.types.words import ConsignmentId, RegroupingId, WaybillEventKind, WaybillId
from marketplace.orders.types import OrderLineId


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """Packs that went from one consignment into another at a warehouse."""

    from_id: ConsignmentId
    to_id: ConsignmentId
    order_line_id: OrderLineId
    lot_id: LotId
    quantity: int


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
