"""Who stands behind the shop, what it promises, and how consumption assistance is counted."""

from flask import render_template
from flask.typing import ResponseReturnValue

from marketplace.kernel import time
from marketplace.parties import queries as parties
from marketplace.parties.types import PartyKind, PartyStatus
from marketplace.places import queries as places
from marketplace.places.types import PairingLevel
from marketplace.web.database import read
from marketplace.web.guard import public
from marketplace.web.page_cache import cacheable
from marketplace.web.storefront.routes import blueprint


@blueprint.get("/about")
@cacheable
@public
def about() -> ResponseReturnValue:
    return render_template("storefront/about.html")


@blueprint.get("/about/how-counted")
@cacheable
@public
def how_counted() -> ResponseReturnValue:
    """Say in plain words which orders count, when, and for which pairing (this year's, as confirmed)."""
    session = read()
    pairings = [
        one for one in places.list_pairings(session, on=time.today()) if one.level is PairingLevel.CITY
    ]
    return render_template(
        "storefront/how_counted.html", pairings=pairings, atlas=places.atlas(session), year=time.today().year
    )


@blueprint.get("/about/licences")
@cacheable
@public
def licences() -> ResponseReturnValue:
    """Show the operator's licence, as 电子商务法 art. 15 asks of every shop."""
    operators = parties.list_parties(read(), PartyKind.OPERATOR, status=PartyStatus.ACTIVE).items
    return render_template("storefront/licences.html", operators=operators)
