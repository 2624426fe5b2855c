"""What others may hold of the stock: quantities per offer and lot, holds and their causes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import NewType

from marketplace.catalogue.types import LotId, OfferId

HoldId = NewType("HoldId", int)

Availability = Mapping[OfferId, int]
"""Packs that can be held now, per offer; offers without stock are there with zero."""


@dataclass(frozen=True, slots=True)
class Cause:
    """Why stock moved: the thing above that asked for it (type and id), and what kind of asking it was."""

    type: str
    id: int
    kind: str = ""


class MovementKind(StrEnum):
    """What a movement of a lot was."""

    RECEIVED = "received"
    CORRECTED = "corrected"
    HELD = "held"
    RELEASED = "released"
    EXPIRED = "expired"
    MOVED = "moved"
    SHIPPED = "shipped"
    BLOCKED = "blocked"
    UNBLOCKED = "unblocked"


class HoldState(StrEnum):
    """What became of a hold.

    ``ACTIVE`` binds stock until its instant, ``COMMITTED`` (the order is paid) until it is shipped or
    released.
    """

    ACTIVE = "active"
    COMMITTED = "committed"
    RELEASED = "released"
    EXPIRED = "expired"
    SHIPPED = "shipped"


@dataclass(frozen=True, slots=True, kw_only=True)
class PackingShare:
    """Packs of an offer that are packed on one business day, and how many it can pack that day in all."""

    packs_on: date
    quantity: int
    capacity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A quantity of an offer to be held.

    ``fresh_on``: only lots that have not expired on this day count. ``packing``: the days whose capacity it
    uses; empty where the offer has no daily limit or the caller does not plan days.
    """

    offer_id: OfferId
    quantity: int
    fresh_on: date | None = None
    packing: tuple[PackingShare, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldLine:
    """The part of a hold that stands on one lot, in packs still held."""

    offer_id: OfferId
    lot_id: LotId
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """Stock bound for a cause until an instant."""

    id: HoldId
    cause: Cause
    state: HoldState
    expires_at: datetime
    prolonged: int
    lines: tuple[HoldLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LotStock:
    """One lot's quantities, in packs; ``available`` is what can be held now."""

    lot_id: LotId
    offer_id: OfferId
    on_hand: int
    held: int
    available: int
    blocked: bool
    expires_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LotSupply:
    """Packs available of an offer's lots that expire on one day (None: no day)."""

    expires_on: date | None
    available: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Supply:
    """What an offer can still give: packs by expiry, first expired first, and packs promised per day."""

    lots: tuple[LotSupply, ...] = ()
    taken: Mapping[date, int] = field(default_factory=dict)

    @property
    def available(self) -> int:
        return sum(lot.available for lot in self.lots)


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """One change of a lot's quantities, with its cause."""

    lot_id: LotId
    kind: MovementKind
    on_hand_change: int
    held_change: int
    cause: Cause
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StockDifference:
    """A lot whose quantities are not the sum of its movements and holds."""

    lot_id: LotId
    on_hand: int
    on_hand_moved: int
    held: int
    held_moved: int
    held_open: int
