"""The operator's working pages: what waits for a person, orders and their routing, money, proofs, parties."""

from marketplace.web.operator import (
    certificates,
    editions,
    home,
    lots,
    orders,
    parties,
    payments,
    routing,
    search,
    stopped,
)
from marketplace.web.operator.routes import blueprint

__all__ = [
    "blueprint",
    "certificates",
    "editions",
    "home",
    "lots",
    "orders",
    "parties",
    "payments",
    "routing",
    "search",
    "stopped",
]
