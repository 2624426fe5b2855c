"""Buying the same again: what is still sold of an order goes into the basket, whoever supplies it now."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from marketplace.basket import service as baskets
from marketplace.basket.refusals import BadQuantity, BasketFull, NotForSale
from marketplace.basket.types import Basket
from marketplace.orders.types import Order, OrderLine
from marketplace.parties.types import PersonId


@dataclass(frozen=True, slots=True)
class OrderedAgain:
    """The basket afterwards, and the lines that could not be put in."""

    basket: Basket
    left_out: tuple[OrderLine, ...]


def order_again(session: Session, order: Order, person_id: PersonId, *, key: str) -> OrderedAgain:
    """Put an order's packs into a person's basket, once per key, beside what is there.

    A pack that nobody offers now, or that does not fit in, is left out and named. Prices are today's.
    """
    basket = baskets.open_for(session, None, person_id)
    left_out: list[OrderLine] = []
    for line in order.lines:
        try:
            basket = baskets.put(
                session, basket.id, line.variant_id, line.quantity, key=f"{key}:{order.id}:{line.no}"
            )
        except (NotForSale, BadQuantity, BasketFull):
            left_out.append(line)
    return OrderedAgain(basket, tuple(left_out))
