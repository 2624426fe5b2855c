"""Routing decided without a database: hard limits, then the lowest score, found by enumeration."""

from marketplace.routing.rules.cards import price_offers
from marketplace.routing.rules.frame import Frame
from marketplace.routing.rules.planning import choose

__all__ = ["Frame", "choose", "price_offers"]
