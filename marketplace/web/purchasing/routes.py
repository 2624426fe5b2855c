"""The blueprint of a purchasing unit's pages, and for which unit they are."""

from typing import cast

from flask import Blueprint, Response, current_app

from marketplace.flow.ports import Ports
from marketplace.parties import rules
from marketplace.parties.types import PartyId, Permission
from marketplace.web import guard, paging, wording
from marketplace.web.language import gettext as _
from marketplace.web.language import name_in_language

blueprint = Blueprint("purchasing", __name__, url_prefix="/purchasing")


def mine() -> tuple[PartyId, ...]:
    """Return the units somebody buys for, the one they act for first."""
    return rules.parties_for(guard.current_actor(), Permission.BUY_FOR_UNIT)


def acting_for() -> PartyId:
    """Return the unit whose pages are shown."""
    return guard.party_for(Permission.BUY_FOR_UNIT)


def ports() -> Ports:
    return cast("Ports", current_app.extensions["ports"])


@blueprint.context_processor
def portal() -> dict[str, object]:
    """Name the pages and their menu; nothing for a page that says no to a stranger."""
    shared: dict[str, object] = {"page_address": paging.page_address, "wording": wording}
    actor = guard.current_actor()
    if actor is None or not mine():
        return shared
    name = next(one.party_name for one in actor.memberships if one.party_id == acting_for())
    return shared | {
        "portal_title": name_in_language(name),
        "nav_items": [
            ("purchasing.home", _("本单位订单"), "bill", None),
            ("storefront.search", _("选购"), "shelf", None),
            ("storefront.basket", _("购物篮"), "basket", None),
        ],
    }


@blueprint.after_request
def keep_nowhere(response: Response) -> Response:
    """Nothing of a working page may be kept by anybody on the way."""
    response.headers["Cache-Control"] = "private, no-store"
    return response
