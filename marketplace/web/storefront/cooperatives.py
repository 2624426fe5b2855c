"""A cooperative's page: who it is, by what licence it sells, what it has to prove, what it offers."""

from datetime import datetime

from flask import render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue.types import CertificateFilter
from marketplace.kernel import time
from marketplace.kernel.refusals import NotFound
from marketplace.parties import queries as parties
from marketplace.parties.rules import selling_problem
from marketplace.parties.types import Party, PartyKind, VerificationState
from marketplace.places import queries as places
from marketplace.search.types import Facet, SearchRequest, Sort
from marketplace.web import brand_views
from marketplace.web.database import read
from marketplace.web.guard import public
from marketplace.web.page_cache import cacheable
from marketplace.web.storefront import stories
from marketplace.web.storefront.cards import make_cards
from marketplace.web.storefront.certificate_views import proofs
from marketplace.web.storefront.certificates import PUBLIC_STATES
from marketplace.web.storefront.routes import blueprint, search_engine


@blueprint.get("/cooperatives/<code>")
@cacheable
@public
def cooperative(code: str) -> ResponseReturnValue:
    session, atlas = read(), places.atlas(read())
    party = parties.find_party_by_code(session, code)
    if party is None or party.kind is not PartyKind.COOPERATIVE:
        raise NotFound
    wanted = CertificateFilter(states=PUBLIC_STATES, holder_id=party.id, valid_at=time.now())
    held = catalogue.list_certificates(session, wanted, per_page=50).items
    asked = SearchRequest(at=time.now(), chosen={Facet.COOPERATIVE: (code,)}, sort=Sort.SEASON, per_page=48)
    page = search_engine().search(session, asked)
    return render_template(
        "storefront/cooperative.html",
        cooperative=party,
        licence=parties.find_business_licence(session, party.id),
        verified_at=_verified_at(session, party),
        problem=selling_problem(party, time.today()),
        division=atlas.find(party.division_code),
        brands=brand_views.standing_uses(session, party),
        proofs=proofs(held, catalogue.reference(session), time.now()),
        total=page.total,
        cards=make_cards(session, page.product_ids),
        told=stories.of_cooperative(session, code),
    )


def _verified_at(session: Session, party: Party) -> datetime | None:
    """Return when the operator last compared the seller's papers."""
    return next(
        (
            one.decided_at
            for one in parties.verifications_of(session, party.id)
            if one.state is VerificationState.VERIFIED
        ),
        None,
    )
