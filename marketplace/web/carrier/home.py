"""``/carrier/``: what waits to be taken over, what one has, what is on its way here."""

import re

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.custody import queries as custody
from marketplace.custody.refusals import UnknownConsignment
from marketplace.custody.types import Consignment, ConsignmentState
from marketplace.orders import queries as orders
from marketplace.parties.types import PartyId, PartyKind, Permission
from marketplace.web import guard
from marketplace.web.carrier import present
from marketplace.web.carrier.forms import MergeForm
from marketplace.web.carrier.routes import blueprint, mine
from marketplace.web.database import read
from marketplace.web.forms import Form, FormModel, blank
from marketplace.web.guard import require
from marketplace.web.paging import page_number

PER_PAGE = 50
_LABEL = re.compile(r"/h/([A-Za-z0-9_-]{8,64})(?:$|[/?#])")
_NUMBER_MAX = 50
_LAST_PAGE = 100_000


@blueprint.get("/carrier/")
@require(Permission.TAKE_CUSTODY)
def home() -> ResponseReturnValue:
    """A carrier sees what is packed and waits; a warehouse sees what is on its way to it."""
    return home_page(blank())


def home_page(form: Form[MergeForm] | Form[FormModel]) -> str:
    """Show the loads; ``form`` is what was typed to put some together and could not be taken."""
    party_id = mine()[0]
    is_warehouse = _kind(party_id) is PartyKind.WAREHOUSE
    at = min(max(1, request.args.get("coming", 1, type=int)), _LAST_PAGE)
    coming = (
        custody.expected_at(read(), party_id, page=at) if is_warehouse else custody.waiting(read(), page=at)
    )
    held = custody.in_custody(read(), party_ids=[party_id], page=page_number(), per_page=PER_PAGE)
    views = {view.load.id: view for view in present.load_views(read(), [*coming.items, *held.items])}
    return render_template(
        "carrier/home.html",
        is_warehouse=is_warehouse,
        coming=[views[one.id] for one in coming.items],
        coming_page=coming,
        coming_address=lambda page: url_for("carrier.home", coming=page, _anchor="coming"),
        held=[views[one.id] for one in held.items],
        page=held,
        form=form,
    )


@blueprint.get("/carrier/find")
@require(Permission.TAKE_CUSTODY)
def find() -> ResponseReturnValue:
    """Open the load of a label that was scanned, or of the number that was typed from it."""
    typed = request.args.get("label", "").strip()
    scanned = _LABEL.search(typed)
    if scanned is not None:
        return redirect(url_for("carrier.scanned", token=scanned.group(1)))
    found = _by_number(typed.upper()) if 0 < len(typed) <= _NUMBER_MAX else None
    if found is None:
        raise UnknownConsignment
    return redirect(url_for("carrier.scanned", token=found.label_token))


def _by_number(number: str) -> Consignment | None:
    """Find a load by its own number or its part's, among those that wait or that one has."""
    found = custody.find_by_number(read(), number)
    if found is None and "-" in number:
        order = orders.get_order_by_number(read(), number.rpartition("-")[0])
        parts = [part.id for part in order.fulfilments if part.number == number]
        loads = custody.consignments_of(read(), parts)
        found = next((load for of_part in loads.values() for load in of_part), None)
    if found is None:
        return None
    is_mine = not {found.holder.party_id, found.warehouse_id}.isdisjoint(mine())
    return found if is_mine or found.state is ConsignmentState.WAITING else None


def _kind(party_id: PartyId) -> PartyKind:
    return next(one.party_kind for one in guard.actor().memberships if one.party_id == party_id)
