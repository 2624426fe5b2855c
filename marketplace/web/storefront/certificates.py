"""证书查验: anybody may look up a certificate by number, holder, scheme and where it stands today."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Response, redirect, render_template, request, url_for
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
from marketplace.kernel import journal, time
from marketplace.kernel.message import Message, msg
from marketplace.kernel.paging import Page
from marketplace.kernel.refusals import NotFound
from marketplace.parties import queries as parties
from marketplace.parties.types import Party
from marketplace.places import queries as places
from marketplace.web import certificate_code, certificate_history, wording
from marketplace.web.database import read
from marketplace.web.guard import public
from marketplace.web.page_cache import cacheable
from marketplace.web.paging import page_number
from marketplace.web.present import text
from marketplace.web.searching import printable
from marketplace.web.storefront.cards import make_cards
from marketplace.web.storefront.certificate_data import certification_page
from marketplace.web.storefront.certificate_views import Proof, proof, proofs
from marketplace.web.storefront.routes import blueprint

PER_PAGE = 24
_MOST_TYPED = 60
_MOST_HOLDERS = 200
_LONGEST_NUMBER = 80
_MOST_STEPS = 60
_DAY_SECONDS = 86_400
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


@blueprint.get("/certificates/<number>")
@public
def certificates_numbered(number: str) -> ResponseReturnValue:
    """Lead from a bare number to its certificate; where several schemes know it, show them all."""
    session = read()
    found = {
        (one.scheme_code, one.number): one for one in _public(session, printable(number)[:_LONGEST_NUMBER])
    }
    if not found:
        raise NotFound
    if len(found) == 1:
        one = next(iter(found.values()))
        return redirect(url_for("storefront.certificate", scheme=one.scheme_code, number=one.number))
    return render_template(
        "storefront/certificates_numbered.html",
        number=rules.normal_number(number),
        rows=_rows(session, list(found.values())),
    )


@blueprint.get("/certificates/<scheme>/<path:number>")
@cacheable
@public
def certificate(scheme: str, number: str) -> ResponseReturnValue:
    """Show one certificate: where it stands today, its scope and days, its history and its goods."""
    session, now = read(), time.now()
    terms = _terms(session, scheme, number)
    shown = rules.term_at(terms, now)
    scheme_row = catalogue.reference(session).schemes[scheme]
    holder = parties.get_party(session, shown.holder_id)
    cards = make_cards(session, sorted(shown.product_ids)[:PER_PAGE])
    proved = proof(shown, scheme_row, now)
    goods = [(one.name, url_for("storefront.product", slug=one.slug)) for one in cards]
    return render_template(
        "storefront/certificate.html",
        certificate=shown,
        scheme=scheme_row,
        proof=proved,
        is_valid=rules.is_valid(shown, now),
        holder=holder,
        county=places.atlas(session).division(shown.base.county_code) if shown.base else None,
        cards=cards,
        terms=[(one, proof(one, scheme_row, now).state) for one in terms if one.id != shown.id],
        steps=certificate_history.steps(
            journal.histories(session, "certificate", [one.id for one in terms], limit=_MOST_STEPS)
        ),
        against=wording.CHECKED_AGAINST[shown.check.against] if shown.check else None,
        code=certificate_code.picture(shown.scheme_code, shown.number),
        linked_data=certification_page(proved, holder.name, goods),
    )


@blueprint.get("/certificate-codes/<scheme>/<path:number>", endpoint="certificate_code")
@public
def certificate_code_picture(scheme: str, number: str) -> ResponseReturnValue:
    """Draw the code that leads to a certificate's page; nothing for a number that nobody was given."""
    shown = _terms(read(), scheme, number)[0]
    answer = Response(certificate_code.drawing(shown.scheme_code, shown.number), mimetype="image/svg+xml")
    answer.cache_control.public = True
    answer.cache_control.max_age = _DAY_SECONDS
    return answer


def _public(session: Session, number: str) -> list[Certificate]:
    return [one for one in catalogue.find_certificates(session, number) if one.state in PUBLIC_STATES]


def _terms(session: Session, scheme: str, number: str) -> list[Certificate]:
    """Return the public terms of a certificate, the first one first; refuses (NotFound) where none is."""
    number = printable(number)[:_LONGEST_NUMBER]
    found = [one for one in _public(session, number) if one.scheme_code == scheme]
    if not found:
        raise NotFound
    return sorted(found, key=lambda one: (one.valid_from, one.id))


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
