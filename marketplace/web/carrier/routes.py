"""The blueprint of the road's pages, and for whom they work."""

from datetime import datetime
from typing import cast

from flask import Blueprint, Response, current_app

from marketplace.flow.ports import Ports
from marketplace.kernel.time import SHANGHAI
from marketplace.parties import rules
from marketplace.parties.types import PartyId, Permission
from marketplace.web import guard, paging
from marketplace.web.carrier import wording
from marketplace.web.language import gettext as _
from marketplace.web.language import name_in_language

blueprint = Blueprint("carrier", __name__)


def ports() -> Ports:
    return cast("Ports", current_app.extensions["ports"])


def mine() -> tuple[PartyId, ...]:
    """Return the carriers and warehouses somebody works for, the one they act for first."""
    return rules.parties_for(guard.current_actor(), Permission.TAKE_CUSTODY)


@blueprint.context_processor
def frame() -> dict[str, object]:
    """Name whose pages these are: the party's, or just the hand-off's for whoever scanned a label."""
    actor = guard.current_actor()
    parties = mine()
    name = (
        next((one.party_name for one in actor.memberships if one.party_id in parties), None)
        if actor
        else None
    )
    return {
        "carrier_title": _("货物交接") if name is None else name_in_language(name),
        "wording": wording,
        "page_address": paging.page_address,
    }


@blueprint.app_template_filter("local_minute")
def local_minute(instant: datetime) -> str:
    """Write an instant as a browser's field for date and time takes it, in Shanghai's wall clock."""
    return instant.astimezone(SHANGHAI).strftime("%Y-%m-%dT%H:%M")


@blueprint.after_request
def keep_nowhere(response: Response) -> Response:
    """Nothing of the road's pages may be kept by anybody on the way; the public journey says otherwise."""
    response.headers.setdefault("Cache-Control", "private, no-store")
    return response
