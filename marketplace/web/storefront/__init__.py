"""The shop: home, shelves, products, origins, proofs, basket, checkout, orders."""

from marketplace.web.storefront import (
    about,
    basket,
    certificates,
    choices,
    cooperatives,
    home,
    origins,
    products,
    shelves,
)
from marketplace.web.storefront.routes import blueprint

__all__ = [
    "about",
    "basket",
    "blueprint",
    "certificates",
    "choices",
    "cooperatives",
    "home",
    "origins",
    "products",
    "shelves",
]
