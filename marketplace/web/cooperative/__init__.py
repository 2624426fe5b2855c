"""A cooperative's working pages: orders to accept and pack, offers and stock, certificates, statements."""

from marketplace.web.cooperative import (
    brands,
    certificate_labels,
    certificates,
    detail,
    goods,
    home,
    offers,
    orders,
    prints,
    producers,
    selling,
    standing,
    statements,
    stock,
    story,
    tables,
)
from marketplace.web.cooperative.routes import blueprint

__all__ = [
    "blueprint",
    "brands",
    "certificate_labels",
    "certificates",
    "detail",
    "goods",
    "home",
    "offers",
    "orders",
    "prints",
    "producers",
    "selling",
    "standing",
    "statements",
    "stock",
    "story",
    "tables",
]
