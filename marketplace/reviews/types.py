"""What others may hold of reviews."""

from dataclasses import dataclass
from datetime import datetime
from typing import NewType

from marketplace.catalogue.types import ProductId
from marketplace.orders.types import OrderLineId
from marketplace.parties.types import PersonId

ReviewId = NewType("ReviewId", int)


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """What a buyer says of goods of one order line that they have received; ``rating`` from 1 to 5."""

    id: ReviewId
    order_line_id: OrderLineId
    product_id: ProductId
    person_id: PersonId
    rating: int
    text: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Rating:
    """What a product's reviews come to; the average in tenths (47 is 4.7)."""

    count: int
    average_tenths: int
