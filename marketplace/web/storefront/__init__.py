"""The shop: home, shelves, products, origins, proofs, basket, checkout, orders."""

from marketplace.web.storefront import (
    about,
    basket,
    certificates,
    checkout,
    choices,
    choosing,
    cooperatives,
    editions,
    home,
    orders,
    origins,
    pay,
    products,
    share,
    shelves,
    suggesting,
    zones,
)
from marketplace.web.storefront.routes import blueprint

__all__ = [
    "about",
    "basket",
    "blueprint",
    "certificates",
    "checkout",
    "choices",
    "choosing",
    "cooperatives",
    "editions",
    "home",
    "orders",
    "origins",
    "pay",
    "products",
    "share",
    "shelves",
    "suggesting",
    "zones",
]
