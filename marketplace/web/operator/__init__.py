"""The operator's working pages: what waits for a person, orders and their routing, money, proofs, parties."""

from marketplace.web.operator import (
    applications,
    brands,
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
    stopped,
    stories,
    verifications,
)
from marketplace.web.operator.routes import blueprint

__all__ = [
    "applications",
    "blueprint",
    "brands",
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
    "stopped",
    "stories",
    "verifications",
]
