"""What others may hold of a basket: its lines in the order they were put in."""

from dataclasses import dataclass
from datetime import datetime
from typing import NewType

from marketplace.catalogue.types import OfferId, VariantId

BasketId = NewType("BasketId", int)


@dataclass(frozen=True, slots=True, kw_only=True)
class BasketLine:
    """A quantity of packs of a variant; with an offer, of that seller's only. ``put_at``: when chosen."""

    no: int
    variant_id: VariantId
    offer_id: OfferId | None
    quantity: int
    put_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Basket:
    """A visitor's or a person's basket; ``token`` is the visitor's and goes into the cookie."""

    id: BasketId
    token: str | None
    person_id: int | None
    lines: tuple[BasketLine, ...]

    @property
    def count(self) -> int:
        """Return the number of packs in it."""
        return sum(line.quantity for line in self.lines)
