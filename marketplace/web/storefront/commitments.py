"""承诺达标合格证 for whoever scans it: what was promised of a lot, and what the promise is worth today."""

from flask import make_response, render_template
from flask.typing import ResponseReturnValue

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue import rules
from marketplace.parties import queries as parties
from marketplace.web import commitment_code, commitment_sheet, lot_words
from marketplace.web.database import read
from marketplace.web.guard import public
from marketplace.web.storefront.routes import blueprint


@blueprint.get("/commitments/<token>")
@public
def commitment(token: str) -> ResponseReturnValue:
    session = read()
    found = catalogue.get_commitment(session, token)
    whole = catalogue.get_whole_lot(session, found.lot_id)
    standing = rules.commitment_standing(found, whole.lot.status)
    answer = make_response(
        render_template(
            "storefront/commitment.html",
            one=found,
            lot=whole.lot,
            product=whole.product,
            promiser=parties.get_party(session, found.promiser_id),
            standing=standing,
            state=lot_words.STANDINGS[standing],
            promises=lot_words.PROMISES,
            bases=lot_words.BASES,
            origin=commitment_sheet.origin(session, found.county_code),
            quantity=commitment_sheet.quantity(found),
            qr=commitment_code.picture(found.token),
        )
    )
    # A lot that is recalled at noon is recalled for whoever scans at noon.
    answer.headers["Cache-Control"] = "no-cache"
    return answer
