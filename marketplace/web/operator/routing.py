"""Why an order was routed as it was: the terms of what was chosen beside those of the second best."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from flask import render_template
from flask.typing import ResponseReturnValue

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue.types import Offer, OfferId
from marketplace.orders.refusals import UnknownOrder
from marketplace.orders.waiting import find_order_id
from marketplace.parties import queries as parties
from marketplace.parties.types import PartyId, Permission
from marketplace.places import queries as places
from marketplace.routing import queries as routing
from marketplace.routing.types import Decision, Term
from marketplace.web import wording
from marketplace.web.database import read
from marketplace.web.guard import require
from marketplace.web.language import render
from marketplace.web.operator.routes import blueprint


@dataclass(frozen=True, slots=True, kw_only=True)
class TermRow:
    """One term of the policy in both plans, in fen; the second is None where there was no second plan."""

    name: str
    chosen_fen: int
    second_fen: int | None


@blueprint.get("/orders/<number>/routing")
@require(Permission.OPERATE)
def order_routing(number: str) -> ResponseReturnValue:
    """Show why the order was routed as it was: terms of what was chosen beside those of the second best."""
    order_id = find_order_id(read(), number)
    if order_id is None:
        raise UnknownOrder
    decisions = routing.decisions_of(read(), "order", order_id)
    offers = catalogue.offers_by_id(read(), _offers_in(decisions))
    return render_template(
        "operator/routing.html",
        number=number,
        decisions=list(reversed(decisions)),
        offers=offers,
        products=catalogue.products_by_id(read(), {one.product_id for one in offers.values()}),
        parties=parties.parties_by_id(read(), _parties_in(decisions, offers)),
        atlas=places.atlas(read()),
        term_rows={one.id: term_rows(one) for one in decisions},
    )


def term_rows(decision: Decision) -> list[TermRow]:
    """Return the terms that weighed in either plan, in the policy's order."""
    chosen = {one.term: one.amount_fen for one in decision.score_terms}
    second = None
    if decision.runner_up is not None:
        second = {one.term: one.amount_fen for one in decision.runner_up.score_terms}
    return [
        TermRow(
            name=render(wording.TERMS[term]),
            chosen_fen=chosen.get(term, 0),
            second_fen=None if second is None else second.get(term, 0),
        )
        for term in Term
        if chosen.get(term) or (second or {}).get(term)
    ]


def _offers_in(decisions: Collection[Decision]) -> set[OfferId]:
    taken = {line.offer_id for one in decisions for part in one.parts for line in part.lines}
    return taken | {offer for one in decisions if one.runner_up for _no, offer in one.runner_up.offer_ids}


def _parties_in(decisions: Collection[Decision], offers: Mapping[OfferId, Offer]) -> set[PartyId]:
    warehouses = {
        part.warehouse_id for one in decisions for part in one.parts if part.warehouse_id is not None
    }
    return {one.cooperative_id for one in offers.values()} | warehouses
