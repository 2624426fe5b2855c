"""交接单: hand-offs on paper, for whoever gave or took, as signed (GB/T 40956-2021)."""

from dataclasses import dataclass

from flask import render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from marketplace.catalogue import queries as catalogue
from marketplace.custody import queries as custody
from marketplace.custody.refusals import UnknownHandOff
from marketplace.custody.types import HandOff, HandOffQuantity, Holder, HolderKind
from marketplace.kernel.message import Name
from marketplace.orders import queries as orders
from marketplace.places import queries as places
from marketplace.web import guard
from marketplace.web.carrier import access, pictures, present, qr
from marketplace.web.carrier.present import LoadView
from marketplace.web.carrier.routes import blueprint, ports
from marketplace.web.database import read

MOST = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetLine:
    name: Name
    pack: Name
    lot: str
    counted: HandOffQuantity


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One hand-off as it is printed."""

    made: HandOff
    view: LoadView
    place: Name
    lines: tuple[SheetLine, ...]
    giver_drawn: str | None
    receiver_drawn: str | None
    qr: str


@blueprint.get("/carrier/sheets")
@guard.signed_in
def sheets() -> ResponseReturnValue:
    """Print hand-offs on which somebody stands on one side; others' do not exist for them."""
    numbers = list(dict.fromkeys(request.args.getlist("number")))[:MOST]
    found = custody.hand_offs_by_number(read(), numbers)
    loads = custody.consignments_by_id(read(), {one.consignment_id for one in found})
    senders = {
        one.id: Holder(kind=HolderKind.COOPERATIVE, party_id=loads[one.consignment_id].sender_id)
        for one in found
    }
    if not found or len(found) != len(numbers):
        raise UnknownHandOff
    for one in found:
        if not access.is_party_to(one.from_holder, one.to_holder, senders[one.id]):
            raise UnknownHandOff
    return render_template("carrier/sheets.html", sheets=_sheets(read(), found))


def _sheets(session: Session, found: list[HandOff]) -> list[Sheet]:
    loads = custody.consignments_by_id(session, {one.consignment_id for one in found})
    views = {view.load.id: view for view in present.load_views(session, list(loads.values()))}
    quantities = [one for made in found for one in made.quantities]
    lines = orders.lines_by_id(session, {one.order_line_id for one in quantities})
    lots = catalogue.lots_by_id(session, {one.lot_id for one in quantities})
    atlas = places.atlas(session)
    files = ports().files
    return [
        Sheet(
            made=made,
            view=views[made.consignment_id],
            place=atlas.division(made.place_code).name,
            lines=tuple(
                SheetLine(
                    name=lines[one.order_line_id].product_name,
                    pack=lines[one.order_line_id].pack,
                    lot=lots[one.lot_id].code,
                    counted=one,
                )
                for one in made.quantities
            ),
            giver_drawn=pictures.as_address(
                made.giver_signature.drawn_digest if made.giver_signature else None, files
            ),
            receiver_drawn=pictures.as_address(
                made.receiver_signature.drawn_digest if made.receiver_signature else None, files
            ),
            qr=qr.of_trace(views[made.consignment_id].load.trace_token),
        )
        for made in found
    ]
