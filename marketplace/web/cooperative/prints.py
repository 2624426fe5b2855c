"""Labels and packing slips of chosen parts, as PDF."""

from collections.abc import Sequence

from flask import Response, make_response, request
from flask.typing import ResponseReturnValue

from marketplace.orders import queries as orders
from marketplace.orders.refusals import UnknownFulfilment
from marketplace.orders.types import Fulfilment
from marketplace.parties.types import Permission
from marketplace.web.cooperative import sheets
from marketplace.web.cooperative.forms import ChosenParts
from marketplace.web.cooperative.parts import PRINTABLE
from marketplace.web.cooperative.routes import blueprint, mine, printer
from marketplace.web.database import read
from marketplace.web.forms import parse
from marketplace.web.guard import require


@blueprint.get("/orders/labels.pdf")
@require(Permission.FULFIL)
def labels() -> ResponseReturnValue:
    """Print labels, once a part is accepted: a part that may still be declined has none."""
    chosen = _chosen()
    sheet = sheets.labels(chosen, sheets.gather(read(), chosen))
    return as_pdf(printer().pdf("label", sheet), "labels")


@blueprint.get("/orders/packing-slips.pdf")
@require(Permission.FULFIL)
def packing_slips() -> ResponseReturnValue:
    chosen = _chosen()
    sheet = sheets.packing_slips(chosen, sheets.gather(read(), chosen))
    return as_pdf(printer().pdf("packing_slip", sheet), "packing-slips")


def _chosen() -> Sequence[Fulfilment]:
    """Return the parts asked for, in that order. Refuses (UnknownFulfilment) none, or one of others."""
    form = parse(ChosenParts, request.args).model
    found = orders.fulfilments_by_id(read(), form.to_print) if form is not None else {}
    own = [part for part in found.values() if part.cooperative_id in mine() and part.state in PRINTABLE]
    if form is None or not form.to_print or len(own) != len(form.to_print):
        raise UnknownFulfilment
    by_id = {part.id: part for part in own}
    return [by_id[one] for one in form.to_print]


def as_pdf(content: bytes, name: str) -> Response:
    """Answer with a PDF to look at and print, under a name by which it may be kept."""
    answer = make_response(content)
    answer.content_type = "application/pdf"
    answer.headers["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    return answer
