"""The blueprint of a cooperative's working pages, and for whom they work."""

from collections.abc import Mapping
from typing import cast

from flask import Blueprint, Response, current_app, g, request

from marketplace.kernel import time
from marketplace.kernel.printing import Printer
from marketplace.kernel.refusals import Forbidden
from marketplace.orders.types import FulfilmentState, Work
from marketplace.orders.work import work_of
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


def work() -> Mapping[FulfilmentState, Work]:
    """Sum up the cooperative's parts by state, once a request: menu and pages both show them."""
    if "fulfilment_work" not in g:
        g.fulfilment_work = work_of(read(), acting_for(), time.today())
    return cast("Mapping[FulfilmentState, Work]", g.fulfilment_work)


def counts() -> Mapping[FulfilmentState, int]:
    return {state: one.parts for state, one in work().items()}


@blueprint.before_request
def ask_of_the_party_shown() -> None:
    """Ask for a page's permission for the very cooperative that is shown, not for any of one's several."""
    if mine() and not _may_see(request.endpoint or ""):
        raise Forbidden


def _may_see(endpoint: str) -> bool:
    """Tell whether somebody may do for the cooperative that is shown what a page asks for."""
    asked = guard.mark_of(current_app.view_functions[endpoint])
    wanted = next((one for one in rules.BOUND_TO_PARTY if one == asked), None)
    return wanted is None or rules.may(guard.current_actor(), wanted, acting_for())


@blueprint.context_processor
def portal() -> dict[str, object]:
    """Name the pages and their menu; nothing for a page that says no to a stranger."""
    shared: dict[str, object] = {"page_address": paging.page_address, "wording": wording}
    actor = guard.current_actor()
    if actor is None or not mine():
        return shared
    name = next(one.party_name for one in actor.memberships if one.party_id == acting_for())
    waiting = sum(counts().get(one, 0) for one in (FulfilmentState.TO_ACCEPT, FulfilmentState.ACCEPTED))
    pages: list[tuple[str, str, str, int | None]] = [
        ("cooperative.home", _("今天"), "home", None),
        ("cooperative.orders", _("供货单"), "box", waiting),
        ("cooperative.offers", _("报价和库存"), "shelf", None),
        ("cooperative.lots", _("批次管理"), "calendar", None),
        ("cooperative.goods", _("自有商品"), "leaf", None),
        ("cooperative.story", _("故事"), "list", None),
        ("cooperative.certificates", _("证书"), "seal", None),
        ("cooperative.statements", _("结算单"), "bill", None),
        ("cooperative.standing", _("证照和成员"), "people", None),
    ]
    return shared | {
        "portal_title": name_in_language(name),
        "nav_items": [one for one in pages if _may_see(one[0])],
    }


@blueprint.after_request
def keep_nowhere(response: Response) -> Response:
    """Nothing of a working page may be kept by anybody on the way."""
    response.headers["Cache-Control"] = "private, no-store"
    return response
