"""A cooperative's working pages: orders to accept and pack, offers and stock, certificates, statements."""

from marketplace.web.cooperative import (
    certificate_labels,
    certificates,
    detail,
    goods,
    home,
    offers,
    orders,
    prints,
    selling,
    statements,
    stock,
    story,
    tables,
)
from marketplace.web.cooperative.routes import blueprint

__all__ = [
    "blueprint",
    "certificate_labels",
    "certificates",
    "detail",
    "goods",
    "home",
    "offers",
    "orders",
    "prints",
    "selling",
    "statements",
    "stock",
    "story",
    "tables",
]
