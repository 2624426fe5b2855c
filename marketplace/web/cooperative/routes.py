"""The blueprint of a cooperative's working pages, and for whom they work."""

from collections.abc import Mapping
from typing import cast

from flask import Blueprint, Response, current_app, g

from marketplace.kernel.printing import Printer
from marketplace.orders import queries as orders
from marketplace.orders.types import FulfilmentState
from marketplace.parties import rules
from marketplace.parties.types import PartyId, Permission
from marketplace.web import guard, paging, wording
from marketplace.web.database import read
from marketplace.web.language import gettext as _
from marketplace.web.language import name_in_language

blueprint = Blueprint("cooperative", __name__, url_prefix="/cooperative")


def mine() -> tuple[PartyId, ...]:
    """Return the cooperatives somebody works for, the one they act for first."""
    return rules.parties_for(guard.current_actor(), Permission.FULFIL)


def acting_for() -> PartyId:
    """Return the cooperative whose pages are shown."""
    return guard.party_for(Permission.FULFIL)


def printer() -> Printer:
    return cast("Printer", current_app.extensions["printer"])


def counts() -> Mapping[FulfilmentState, int]:
    """Count the cooperative's parts by state, once a request: menu and pages both show them."""
    if "fulfilment_counts" not in g:
        g.fulfilment_counts = orders.count_by_state(read(), acting_for())
    return cast("Mapping[FulfilmentState, int]", g.fulfilment_counts)


@blueprint.context_processor
def portal() -> dict[str, object]:
    """Name the pages and their menu; nothing for a page that says no to a stranger."""
    shared: dict[str, object] = {"page_address": paging.page_address, "wording": wording}
    actor = guard.current_actor()
    if actor is None or not mine():
        return shared
    name = next(one.party_name for one in actor.memberships if one.party_id == acting_for())
    waiting = sum(counts().get(one, 0) for one in (FulfilmentState.TO_ACCEPT, FulfilmentState.ACCEPTED))
    return shared | {
        "portal_title": name_in_language(name),
        "nav_items": [
            ("cooperative.home", _("今天"), "home", None),
            ("cooperative.orders", _("供货单"), "box", waiting),
            ("cooperative.offers", _("报价和库存"), "shelf", None),
            ("cooperative.lots", _("批次管理"), "calendar", None),
            ("cooperative.certificates", _("证书"), "seal", None),
            ("cooperative.statements", _("结算单"), "bill", None),
        ],
    }


@blueprint.after_request
def keep_nowhere(response: Response) -> Response:
    """Nothing of a working page may be kept by anybody on the way."""
    response.headers["Cache-Control"] = "private, no-store"
    return response
