"""Stock for tests: lots that came in through the service."""

from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from marketplace.catalogue.types import Offer
from marketplace.kernel import time
from marketplace.stock import service
from marketplace.stock.types import Cause, Hold, LotStock, Wanted
from tests.factories.catalogue import make_lot, make_offer

ORDER = Cause("order", 1, "placed")
HARVEST = Cause("harvest", 1)


def make_stock(
    session: Session, offer: Offer | None = None, quantity: int = 10, **overrides: Any
) -> LotStock:
    """Record a lot of an offer and bring its packs in."""
    offer = offer or make_offer(session)
    lot = make_lot(session, offer, **overrides)
    return service.receive(session, lot.id, offer.id, quantity, HARVEST)


def make_hold(session: Session, lot: LotStock, quantity: int = 1, **overrides: Any) -> Hold:
    """Hold packs of a lot's offer for half an hour."""
    values: dict[str, Any] = {"until": time.now() + timedelta(minutes=30), "cause": ORDER} | overrides
    return service.hold(session, [Wanted(offer_id=lot.offer_id, quantity=quantity)], **values)
