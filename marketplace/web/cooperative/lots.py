"""批次: every lot of the cooperative, in store, lapsing, stopped or gone; filtered, sorted, exported."""

from flask import request
from flask.typing import ResponseReturnValue

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue.queries import LotFilter
from marketplace.catalogue.rules import COMMITMENT
from marketplace.catalogue.types import LotOrder, LotView, OfferId
from marketplace.parties.types import Permission
from marketplace.stock import queries as stock
from marketplace.web import list_words, listing, lot_view, lot_words
from marketplace.web.cooperative.routes import acting_for, blueprint
from marketplace.web.database import read
from marketplace.web.guard import require

PER_PAGE = 50
ORDERS = {str(one): said for one, said in lot_words.ORDERS.items()}
_ID_MAX = 2**63


@blueprint.get("/lots", endpoint="lots")
@require(Permission.MANAGE_OFFERS)
def list_lots() -> ResponseReturnValue:
    tools = listing.asked(ORDERS, PER_PAGE, search=list_words.NUMBER)
    wanted = _wanted(tools)
    found = catalogue.list_lots(read(), acting_for(), wanted, tools.page, tools.per_page)
    offer = catalogue.offers_by_id(read(), [wanted.offer_id]) if wanted.offer_id else {}
    of_product = catalogue.titles_by_id(read(), [one.product_id for one in offer.values()])
    papers = catalogue.papers_of_lots(read(), [one.id for one in found.items]) if tools.is_sheet else {}
    return listing.answer(
        "cooperative/lots.html",
        tools,
        found,
        rows=lot_view.rows(read(), found.items),
        wanted=wanted,
        of_product=next(iter(of_product.values()), None),
        views=lot_words.VIEWS,
        promised={lot: one.get(COMMITMENT) for lot, one in papers.items()},
    )


def _wanted(tools: listing.Tools) -> LotFilter:
    """Read what the list is asked for; what makes no sense is left out."""
    view = request.args.get("view", "")
    offer = request.args.get("offer", "")
    number = int(offer) if offer.isascii() and offer.isdecimal() and len(offer) < len(str(_ID_MAX)) else 0
    return LotFilter(
        view=LotView(view) if view in set(LotView) else LotView.IN_STORE,
        in_store=stock.lots_in_store(),
        blocked=stock.blocked_lots(),
        offer_id=OfferId(number) if number else None,
        code=tools.sought.text,
        order=LotOrder(tools.sought.order),
    )
