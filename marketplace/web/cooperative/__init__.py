"""A cooperative's working pages: orders to accept and pack, offers and stock, certificates, statements."""

from marketplace.web.cooperative import (
    certificates,
    detail,
    home,
    lot,
    lots,
    offers,
    orders,
    prints,
    statements,
    stock,
    tables,
)
from marketplace.web.cooperative.routes import blueprint

__all__ = [
    "blueprint",
    "certificates",
    "detail",
    "home",
    "lot",
    "lots",
    "offers",
    "orders",
    "prints",
    "statements",
    "stock",
    "tables",
]
