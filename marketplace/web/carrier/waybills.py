"""Parcels that one gave to couriers: their numbers, and 揽收 and 签收 as they are reported."""

from flask import render_template
from flask.typing import ResponseReturnValue

from marketplace.custody import queries as custody
from marketplace.kernel import time
from marketplace.parties.types import Permission
from marketplace.web.carrier import present
from marketplace.web.carrier.routes import blueprint, mine
from marketplace.web.database import read
from marketplace.web.guard import require
from marketplace.web.paging import page_number

PER_PAGE = 50


@blueprint.get("/carrier/waybills")
@require(Permission.TAKE_CUSTODY)
def waybills() -> ResponseReturnValue:
    page = custody.with_couriers(read(), mine(), page=page_number(), per_page=PER_PAGE)
    found = custody.waybills_of(read(), [load.id for load in page.items])
    return render_template(
        "carrier/waybills.html",
        rows=[(view, found[view.load.id][-1]) for view in present.load_views(read(), page.items)],
        page=page,
        now=time.now(),
    )
