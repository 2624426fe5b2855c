"""证书查验: anybody may look up a certificate by number, holder, scheme and where it stands today."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue import rules
from marketplace.catalogue.types import (
    Certificate,
    CertificateState,
    RegisterSearch,
    SchemeLevel,
    Standing,
)
from marketplace.kernel import time
from marketplace.kernel.message import Message, msg
from marketplace.kernel.paging import Page
from marketplace.kernel.refusals import NotFound
from marketplace.parties import queries as parties
from marketplace.parties.types import Party
from marketplace.web.database import read
from marketplace.web.guard import public
from marketplace.web.page_cache import cacheable
from marketplace.web.paging import page_number
from marketplace.web.present import text
from marketplace.web.searching import printable
from marketplace.web.storefront.cards import make_cards
from marketplace.web.storefront.certificate_views import Proof, proof, proofs
from marketplace.web.storefront.routes import blueprint

PER_PAGE = 24
_MOST_TYPED = 60
_MOST_HOLDERS = 2_000
# Submitted papers are nobody's business yet, rejected ones never existed.
PUBLIC_STATES = frozenset(
    {
        CertificateState.VERIFIED,
        CertificateState.SUSPENDED,
        CertificateState.REVOKED,
        CertificateState.LAPSED,
    }
)
STANDINGS: Mapping[Standing, Message] = {
    Standing.VALID: msg("有效"),
    Standing.EXPIRING: msg("即将到期"),
    Standing.EXPIRED: msg("已过期"),
    Standing.SUSPENDED: msg("暂停使用"),
    Standing.REVOKED: msg("已撤销"),
    Standing.NOT_YET: msg("未生效"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterRow:
    proof: Proof
    holder: Party


@blueprint.get("/certificates")
@cacheable
@public
def certificates() -> ResponseReturnValue:
    """Show the register, or what fits a number or its beginning, a holder's name, a scheme and a standing."""
    session, typed = read(), printable(request.args.get("q", ""))[:_MOST_TYPED]
    schemes = catalogue.reference(session).schemes
    scheme = request.args.get("scheme") if request.args.get("scheme") in schemes else None
    standing = _standing(request.args.get("state"))
    found = _find(session, typed, scheme, standing, page_number())
    return render_template(
        "storefront/certificates.html",
        typed=typed,
        scheme=scheme,
        standing=standing,
        schemes=[(one.code, text(one.name)) for one in schemes.values() if one.level is not SchemeLevel.LOT],
        standings=[(one.value, text(name)) for one, name in STANDINGS.items()],
        found=found,
        rows=_rows(session, list(found.items)),
        page_url=lambda number: url_for(
            "storefront.certificates", q=typed or None, scheme=scheme, state=standing, page=number
        ),
    )


@blueprint.get("/certificates/<scheme>/<path:number>")
@cacheable
@public
def certificate(scheme: str, number: str) -> ResponseReturnValue:
    """Show one certificate: its days, where it stands today, and the goods it stands behind."""
    session = read()
    found = [
        one for one in catalogue.find_certificates(session, printable(number)) if one.scheme_code == scheme
    ]
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


def _standing(asked: str | None) -> Standing | None:
    return Standing(asked) if asked in set(Standing) else None


def _find(
    session: Session, typed: str, scheme: str | None, standing: Standing | None, page: int
) -> Page[Certificate]:
    """Look for what was typed as the beginning of a number and as a part of a holder's name."""
    number = rules.normal_number(typed)
    wanted = RegisterSearch(
        at=time.now(),
        number_start=number if typed else None,
        holder_ids=parties.party_ids_named(session, typed, limit=_MOST_HOLDERS) if typed else None,
        scheme_code=scheme,
        standing=standing,
    )
    return catalogue.search_register(session, wanted, page, PER_PAGE)


def _rows(session: Session, found: list[Certificate]) -> list[RegisterRow]:
    holders = parties.parties_by_id(session, {one.holder_id for one in found})
    shown = proofs(found, catalogue.reference(session), time.now())
    return [
        RegisterRow(proof=row, holder=holders[one.holder_id]) for row, one in zip(shown, found, strict=True)
    ]
