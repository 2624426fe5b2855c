"""Baskets for tests."""

from sqlalchemy.orm import Session

from marketplace.basket import service
from marketplace.basket.types import Basket
from marketplace.catalogue.types import Offer
from tests.factories.catalogue import make_offer


def make_basket(session: Session, *offers: Offer, person_id: int | None = None, quantity: int = 1) -> Basket:
    """Open a basket and put a pack of each offer's variant in, whoever may supply it."""
    basket = service.open_for(session, None, person_id)
    for offer in offers or (make_offer(session),):
        basket = service.put(session, basket.id, offer.variant_id, quantity)
    return basket
