"""A cooperative's working pages: orders to accept and pack, offers and stock, certificates, statements."""

from marketplace.web.cooperative import (
    brands,
    certificates,
    detail,
    home,
    offers,
    orders,
    prints,
    producers,
    standing,
    statements,
    stock,
    tables,
)
from marketplace.web.cooperative.routes import blueprint

__all__ = [
    "blueprint",
    "brands",
    "certificates",
    "detail",
    "home",
    "offers",
    "orders",
    "prints",
    "producers",
    "standing",
    "statements",
    "stock",
    "tables",
]
