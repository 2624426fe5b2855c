"""证书查验: anybody may look up a certificate by its number, its holder or its scheme."""

from dataclasses import dataclass

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue import rules
from marketplace.catalogue.types import Certificate, CertificateFilter, CertificateState, SchemeLevel
from marketplace.kernel import time
from marketplace.kernel.paging import Page
from marketplace.kernel.refusals import NotFound
from marketplace.parties import queries as parties
from marketplace.parties.types import Party, PartyKind
from marketplace.web.database import read
from marketplace.web.guard import public
from marketplace.web.page_cache import cacheable
from marketplace.web.present import text
from marketplace.web.storefront.cards import make_cards
from marketplace.web.storefront.certificate_views import Proof, proof, proofs
from marketplace.web.storefront.routes import blueprint

PER_PAGE = 24
_MOST_TYPED = 60
# Submitted papers are nobody's business yet, rejected ones never existed.
PUBLIC_STATES = frozenset(
    {
        CertificateState.VERIFIED,
        CertificateState.SUSPENDED,
        CertificateState.REVOKED,
        CertificateState.LAPSED,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterRow:
    proof: Proof
    holder: Party


@blueprint.get("/certificates")
@cacheable
@public
def certificates() -> ResponseReturnValue:
    """Show the register, or what fits a number, a holder's name and a scheme."""
    session, typed = read(), request.args.get("q", "").strip()[:_MOST_TYPED]
    schemes = catalogue.reference(session).schemes
    scheme = request.args.get("scheme") if request.args.get("scheme") in schemes else None
    page = max(1, request.args.get("page", 1, type=int))
    found = _find(session, typed, scheme, page)
    return render_template(
        "storefront/certificates.html",
        typed=typed,
        scheme=scheme,
        schemes=[(one.code, text(one.name)) for one in schemes.values() if one.level is not SchemeLevel.LOT],
        found=found,
        rows=_rows(session, list(found.items)),
        page_url=lambda number: url_for(
            "storefront.certificates", q=typed or None, scheme=scheme, page=number
        ),
    )


@blueprint.get("/certificates/<scheme>/<path:number>")
@cacheable
@public
def certificate(scheme: str, number: str) -> ResponseReturnValue:
    """Show one certificate: its days, where it stands today, and the goods it stands behind."""
    session = read()
    found = [one for one in catalogue.find_certificates(session, number) if one.scheme_code == scheme]
    shown = next((one for one in found if one.state in PUBLIC_STATES), None)
    if shown is None:
        raise NotFound
    scheme_row = catalogue.reference(session).schemes[scheme]
    return render_template(
        "storefront/certificate.html",
        certificate=shown,
        scheme=scheme_row,
        proof=proof(shown, scheme_row, time.now()),
        is_valid=rules.is_valid(shown, time.now()),
        holder=parties.get_party(session, shown.holder_id),
        cards=make_cards(session, sorted(shown.product_ids)[:PER_PAGE]),
    )


def _find(session: Session, typed: str, scheme: str | None, page: int) -> Page[Certificate]:
    """Look for a number first, whole; then for holders by name; without words show the register."""
    if typed:
        numbered = [
            one
            for one in catalogue.find_certificates(session, typed)
            if one.state in PUBLIC_STATES and scheme in {None, one.scheme_code}
        ]
        if numbered:
            return Page(numbered, len(numbered), 1, PER_PAGE)
    holders = parties.parties_named(session, typed, PartyKind.COOPERATIVE) if typed else None
    wanted = CertificateFilter(
        states=PUBLIC_STATES,
        scheme_code=scheme,
        holder_ids=None if holders is None else frozenset(one.id for one in holders),
    )
    return catalogue.list_certificates(session, wanted, page, PER_PAGE)


def _rows(session: Session, found: list[Certificate]) -> list[RegisterRow]:
    holders = parties.parties_by_id(session, {one.holder_id for one in found})
    shown = proofs(found, catalogue.reference(session), time.now())
    return [
        RegisterRow(proof=row, holder=holders[one.holder_id]) for row, one in zip(shown, found, strict=True)
    ]
