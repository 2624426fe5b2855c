"""Whose order a request may open: its person's, their purchasing unit's, or the bearer's of its link."""

from flask import request, url_for

from marketplace.orders import queries as orders
from marketplace.orders.types import Order
from marketplace.parties import rules
from marketplace.parties.types import Permission
from marketplace.web import guard
from marketplace.web.database import read


def own_order(number: str) -> Order:
    """Return an order whole; refuses (UnknownOrder) everybody who may not see it."""
    actor = guard.current_actor()
    return orders.open_order(
        read(),
        number,
        person_id=actor.person.id if actor else None,
        unit_ids=rules.parties_for(actor, Permission.BUY_FOR_UNIT),
        token=link_token(),
    )


def link_token() -> str | None:
    """Return the token of the order's link that this request came by, None where it came by an account."""
    return request.args.get("token") or None


def order_link(order: Order, endpoint: str = "storefront.order") -> str:
    """Return an address of the order that the visitor can go on using: by the link, if they came by it."""
    return url_for(endpoint, number=order.number, token=link_token())
