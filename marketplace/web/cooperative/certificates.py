"""A cooperative's certificates: which stand, which lapse soon, and a new one handed in with its paper."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue import rules
from marketplace.catalogue.types import (
    Base,
    Certificate,
    CertificateDraft,
    CertificateFilter,
    CertificateId,
    CertificateState,
    Product,
    ProductId,
    Scheme,
    SchemeLevel,
    SchemeStatus,
)
from marketplace.flow import hand_in_certificate
from marketplace.kernel import journal, time
from marketplace.kernel.message import Name
from marketplace.kernel.refusals import Refusal
from marketplace.parties import queries as parties
from marketplace.parties.types import PartyId, Permission
from marketplace.places import queries as places
from marketplace.places.types import DivisionCode
from marketplace.web import certificate_history, evidence, list_words, listing, wording
from marketplace.web.cooperative.forms import CertificateForm
from marketplace.web.cooperative.routes import acting_for, blueprint
from marketplace.web.database import read, write
from marketplace.web.forms import Form, FormModel, blank, parse
from marketplace.web.guard import require
from marketplace.web.language import gettext as _
from marketplace.web.language import name_in_language

PER_PAGE = 30
MOST_OFFERED = 100
"""So many goods stand in the form to be ticked; others are named by their numbers."""

LOOK_AHEAD = timedelta(days=60)
ONE = "/certificates/<int(max=9223372036854775807):certificate_id>"


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateRow:
    """A certificate as a row: what it is, for what, until when, and when to renew it."""

    id: CertificateId
    scheme: Name
    number: str
    issuer: Name | str
    products: tuple[Name, ...]
    valid_from: date
    valid_to: date | None
    renew_by: date | None
    is_renewal: bool
    state: wording.Toned


def holder_of(session: Session, certificate_id: int) -> PartyId:
    """Say whose a certificate is, for the guard. Refuses (CertificateNotFound)."""
    return catalogue.get_certificate(session, CertificateId(certificate_id)).holder_id


@blueprint.get("/certificates", endpoint="certificates")
@require(Permission.MANAGE_OFFERS)
def list_certificates() -> ResponseReturnValue:
    return _page(_first_form())


@blueprint.post("/certificates")
@require(Permission.MANAGE_OFFERS)
def submit_certificate() -> ResponseReturnValue:
    """Hand in a certificate; a paper that arrived is kept, also where something else is to be mended."""
    form = parse(CertificateForm, request.form)
    holder = acting_for()
    kept = evidence.opened(request.form.get("kept", ""), holder)
    try:
        sent = request.files.get("evidence")
        digest = kept if kept is not None and not (sent and sent.filename) else evidence.keep(sent)
    except Refusal as refusal:
        form.refuse(refusal)
        return make_response(_page(form), 422)
    if form.model is None:
        return make_response(_page(form, digest), 422)
    named, unknown = _numbered(form.model.product_numbers)
    if unknown:
        form.errors["product_numbers"] = _("没有编号是 %(numbers)s 的商品。", numbers=_("、").join(unknown))
        return make_response(_page(form, digest), 422)
    draft = _draft(form.model, holder, named)
    try:
        write(lambda session: hand_in_certificate.hand_in(session, draft, digest))
    except Refusal as refusal:
        form.refuse(refusal)
        return make_response(_page(form, digest), refusal.status)
    flash(_("证书已提交，核验通过后会显示在商品上。"), "good")
    return redirect(url_for("cooperative.certificates"), code=303)


@blueprint.get(ONE)
@require(Permission.MANAGE_OFFERS, party_from=holder_of)
def certificate(certificate_id: int) -> ResponseReturnValue:
    session = read()
    found = catalogue.get_certificate(session, CertificateId(certificate_id))
    scheme = catalogue.reference(session).schemes[found.scheme_code]
    return render_template(
        "cooperative/certificate.html",
        certificate=found,
        scheme=scheme,
        holder=parties.get_party(session, found.holder_id),
        county=places.atlas(session).division(found.base.county_code) if found.base else None,
        products=list(catalogue.products_by_id(session, found.product_ids).values()),
        paper=evidence.kind(found.evidence_digest),
        is_valid=rules.is_valid(found, time.now()),
        renew_by=_renew_by(found, scheme),
        state=_state(found),
        steps=certificate_history.steps(journal.history(session, "certificate", found.id)),
    )


@blueprint.get(f"{ONE}/evidence")
@require(Permission.MANAGE_OFFERS, party_from=holder_of)
def certificate_evidence(certificate_id: int) -> ResponseReturnValue:
    found = catalogue.get_certificate(read(), CertificateId(certificate_id))
    return evidence.answer(found.evidence_digest)


def _numbered(typed: str) -> tuple[frozenset[ProductId], list[str]]:
    """Read which goods are named by their numbers, and which numbers nobody has."""
    numbers = dict.fromkeys(re.findall(r"[\w-]+", typed.upper()))
    found = catalogue.product_ids_by_number(read(), numbers) if numbers else {}
    return frozenset(found.values()), [one for one in numbers if one not in found]


def _draft(sent: CertificateForm, holder: PartyId, named: frozenset[ProductId]) -> CertificateDraft:
    base = None
    if sent.base_name:
        base = Base(name=sent.base_name, county_code=DivisionCode(sent.base_county))
    return CertificateDraft(
        scheme_code=sent.scheme_code,
        number=sent.number,
        holder_id=holder,
        valid_from=sent.valid_from,
        valid_to=sent.valid_to,
        product_ids=frozenset(map(ProductId, sent.product)) | named,
        issuer=sent.issuer or None,
        base=base,
    )


def _first_form() -> Form[FormModel]:
    """Return an empty form, or one with what is known of a certificate to renew or to hand in once more."""
    asked = request.args.get("again", "")
    former = None
    if asked.isdecimal() and len(asked) < len(str(2**63)):
        former = catalogue.certificates_by_id(read(), [CertificateId(int(asked))]).get(
            CertificateId(int(asked))
        )
    if former is None or former.holder_id != acting_for():
        return blank()
    is_term = former.state is not CertificateState.REJECTED
    begins = former.valid_to + timedelta(days=1) if is_term and former.valid_to else former.valid_from
    typed: dict[str, str | list[str]] = {
        "scheme_code": former.scheme_code,
        "number": former.number,
        "issuer": former.issuer,
        "valid_from": begins.isoformat(),
        "product": [str(one) for one in sorted(former.product_ids)],
        "base_name": former.base.name if former.base else "",
        "base_county": former.base.county_code if former.base else "",
    }
    return Form(typed=typed)


def lapsing(session: Session) -> list[CertificateRow]:
    """Return the cooperative's standing certificates whose end is near, the first to end first."""
    found = catalogue.list_certificates(
        session,
        CertificateFilter(
            states=frozenset({CertificateState.VERIFIED}),
            holder_id=acting_for(),
            ends_before=time.today() + LOOK_AHEAD,
        ),
    )
    rows = certificate_rows(session, list(found.items), {})
    return sorted(rows, key=lambda row: row.valid_to or date.max)


def certificate_rows(
    session: Session, found: list[Certificate], products: Mapping[ProductId, Product]
) -> list[CertificateRow]:
    schemes = catalogue.reference(session).schemes
    return [_row(one, schemes[one.scheme_code], products) for one in found]


def _row(one: Certificate, scheme: Scheme, products: Mapping[ProductId, Product]) -> CertificateRow:
    return CertificateRow(
        id=one.id,
        scheme=scheme.name,
        number=one.number,
        issuer=rules.issuer_name(one.issuer, scheme),
        products=tuple(products[product].name for product in sorted(one.product_ids) if product in products),
        valid_from=one.valid_from,
        valid_to=one.valid_to,
        renew_by=_renew_by(one, scheme),
        is_renewal=one.renews_id is not None,
        state=_state(one),
    )


def _renew_by(one: Certificate, scheme: Scheme) -> date | None:
    """Return the day by which to apply for renewal, while there is still something to renew."""
    is_over = one.valid_to is not None and one.valid_to < time.today()
    return None if is_over or one.state not in rules.STANDING else rules.renewal_due_on(one, scheme)


def _state(one: Certificate) -> wording.Toned:
    """Say the state; one whose last day is over says so before any job has marked it."""
    if one.state is CertificateState.VERIFIED and one.valid_to is not None and one.valid_to < time.today():
        return wording.CERTIFICATE_STATES[CertificateState.LAPSED]
    return wording.CERTIFICATE_STATES[one.state]


def _page(form: Form[FormModel] | Form[CertificateForm], digest: str | None = None) -> ResponseReturnValue:
    session, asked = read(), request.args.get("state", "")
    state = CertificateState(asked) if asked in set(CertificateState) else None
    tools = listing.asked(list_words.CERTIFICATES, PER_PAGE, search=list_words.NUMBER)
    wanted = CertificateFilter(holder_id=acting_for())
    if state is not None:
        wanted = replace(wanted, states=frozenset({state}))
    found = catalogue.list_certificates(session, wanted, tools.page, tools.per_page, sought=tools.sought)
    offered = catalogue.product_ids_of(session, acting_for(), MOST_OFFERED + 1)
    has_more, offered = len(offered) > MOST_OFFERED, offered[:MOST_OFFERED]
    named = set(offered) | set().union(*(one.product_ids for one in found.items))
    products = catalogue.products_by_id(session, named)
    schemes = [
        one
        for one in catalogue.reference(session).schemes.values()
        if one.level not in {SchemeLevel.LOT, SchemeLevel.BRAND} and one.status is SchemeStatus.ACTIVE
    ]
    return listing.answer(
        "cooperative/certificates.html",
        tools,
        found,
        state=state,
        states=wording.CERTIFICATE_STATES,
        rows=certificate_rows(session, list(found.items), products),
        schemes=schemes,
        products=[products[one] for one in offered if one in products],
        has_more=has_more,
        counties=_counties(session),
        own_county=_own_county(session),
        kept=evidence.sealed(digest, acting_for()) if digest else None,
        accepted=evidence.ACCEPTED,
        form=form,
    )


def _counties(session: Session) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return Guizhou's counties by prefecture, as a form's choices."""
    atlas = places.atlas(session)
    groups: dict[DivisionCode, list[tuple[str, str]]] = {}
    for one in atlas.counties:
        groups.setdefault(atlas.prefecture_of(one.code), []).append((one.code, name_in_language(one.name)))
    return [(name_in_language(atlas.division(code).name), found) for code, found in groups.items()]


def _own_county(session: Session) -> str:
    atlas = places.atlas(session)
    lineage = atlas.lineage(parties.get_party(session, acting_for()).division_code)
    return next((code for code in lineage if any(one.code == code for one in atlas.counties)), "")
