"""The shop: home, shelves, products, origins, proofs, basket, checkout, orders."""

from marketplace.web.storefront import (
    about,
    basket,
    certificates,
    checkout,
    choices,
    cooperatives,
    home,
    orders,
    origins,
    pay,
    products,
    share,
    shelves,
)
from marketplace.web.storefront.routes import blueprint

__all__ = [
    "about",
    "basket",
    "blueprint",
    "certificates",
    "checkout",
    "choices",
    "cooperatives",
    "home",
    "orders",
    "origins",
    "pay",
    "products",
    "share",
    "shelves",
]
