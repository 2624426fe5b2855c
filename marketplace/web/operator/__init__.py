"""The operator's working pages: what waits for a person, orders and their routing, money, proofs, parties."""

from marketplace.web.operator import (
    certificates,
    editions,
    goods,
    home,
    lots,
    orders,
    parties,
    payments,
    routing,
    search,
    stories,
)
from marketplace.web.operator.routes import blueprint

__all__ = [
    "blueprint",
    "certificates",
    "editions",
    "goods",
    "home",
    "lots",
    "orders",
    "parties",
    "payments",
    "routing",
    "search",
    "stories",
]
