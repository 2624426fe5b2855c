"""One's own home: what to do next, for whom one acts, orders and messages."""

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from marketplace.kernel.refusals import NotFound
from marketplace.notices import queries as notices
from marketplace.orders import queries as orders
from marketplace.parties import queries as parties
from marketplace.places import queries as places
from marketplace.web import guard
from marketplace.web.account import present
from marketplace.web.account.forms import ActingForm
from marketplace.web.account.routes import blueprint
from marketplace.web.cooperative import turned_back
from marketplace.web.database import read
from marketplace.web.forms import parse

PER_PAGE = 20


@blueprint.get("/account")
@guard.signed_in
def home() -> ResponseReturnValue:
    actor = guard.actor()
    choices = present.acting_choices(actor, places.atlas(read()))
    suspended = parties.suspended_of(read(), actor.person.id)
    returned = turned_back.applied(read(), actor.person.id)
    return render_template(
        "account/home.html", actor=actor, choices=choices, suspended=suspended, returned=returned
    )


@blueprint.post("/account/acting")
@guard.signed_in
def act_for() -> ResponseReturnValue:
    """Choose for whom to act, and go to where that work is done."""
    form = parse(ActingForm, request.form)
    if form.model is None:
        raise NotFound
    guard.act_for(form.model.membership)
    wanted = form.model.membership
    membership = next(one for one in guard.actor().memberships if one.id == wanted)
    return redirect(present.portal_of(membership), code=303)


@blueprint.get("/account/orders")
@guard.signed_in
def my_orders() -> ResponseReturnValue:
    found = orders.orders_of_person(read(), guard.actor().person.id, page=_page_number(), per_page=PER_PAGE)
    return render_template("account/orders.html", found=found, states=present.ORDER_STATES)


@blueprint.get("/account/notices")
@guard.signed_in
def my_notices() -> ResponseReturnValue:
    person = guard.actor().person
    found = notices.inbox(
        read(),
        phone=person.phone,
        person_id=person.id,
        with_codes=False,
        page=_page_number(),
        per_page=PER_PAGE,
    )
    return render_template("account/notices.html", found=found)


def _page_number() -> int:
    return max(1, request.args.get("page", 1, type=int))
