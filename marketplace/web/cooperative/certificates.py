"""A cooperative's certificates: which stand, which lapse soon, and a new one handed in for review."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue import rules
from marketplace.catalogue import service as catalogue_service
from marketplace.catalogue.types import (
    Certificate,
    CertificateDraft,
    CertificateFilter,
    CertificateState,
    Product,
    ProductId,
    Scheme,
    SchemeLevel,
    SchemeStatus,
)
from marketplace.kernel import time
from marketplace.kernel.message import Name
from marketplace.kernel.refusals import Refusal
from marketplace.parties.types import Permission
from marketplace.web import wording
from marketplace.web.cooperative.forms import CertificateForm
from marketplace.web.cooperative.routes import acting_for, blueprint
from marketplace.web.database import read, write
from marketplace.web.forms import Form, FormModel, blank, parse
from marketplace.web.guard import require
from marketplace.web.language import gettext as _
from marketplace.web.paging import page_number

PER_PAGE = 30
LOOK_AHEAD = timedelta(days=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateRow:
    """A certificate as a row: what it is, for what, until when, and when to renew it."""

    scheme: Name
    number: str
    issuer: Name | str
    products: tuple[Name, ...]
    valid_from: date
    valid_to: date | None
    renew_by: date | None
    state: wording.Toned


@blueprint.get("/certificates", endpoint="certificates")
@require(Permission.MANAGE_OFFERS)
def list_certificates() -> ResponseReturnValue:
    return _page(blank())


@blueprint.post("/certificates")
@require(Permission.MANAGE_OFFERS)
def submit_certificate() -> ResponseReturnValue:
    form = parse(CertificateForm, request.form)
    if form.model is None:
        return _page(form), 422
    draft = CertificateDraft(
        scheme_code=form.model.scheme_code,
        number=form.model.number,
        holder_id=acting_for(),
        valid_from=form.model.valid_from,
        valid_to=form.model.valid_to,
        product_ids=frozenset(map(ProductId, form.model.product)),
    )
    try:
        write(lambda session: catalogue_service.submit_certificate(session, draft))
    except Refusal as refusal:
        form.refuse(refusal)
        return _page(form), refusal.status
    flash(_("证书已提交，核验通过后会显示在商品上。"), "good")
    return redirect(url_for("cooperative.certificates"), code=303)


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
    state = wording.CERTIFICATE_STATES[one.state]
    if one.state is CertificateState.VERIFIED and not rules.is_valid(one, time.now()):
        state = wording.CERTIFICATE_STATES[CertificateState.LAPSED]
    return CertificateRow(
        scheme=scheme.name,
        number=one.number,
        issuer=rules.issuer_name(one.issuer, scheme),
        products=tuple(products[product].name for product in sorted(one.product_ids) if product in products),
        valid_from=one.valid_from,
        valid_to=one.valid_to,
        renew_by=rules.renewal_due_on(one, scheme),
        state=state,
    )


def _page(form: Form[FormModel] | Form[CertificateForm]) -> str:
    session = read()
    found = catalogue.list_certificates(
        session, CertificateFilter(holder_id=acting_for()), page_number(), PER_PAGE
    )
    offered = catalogue.offers_of_cooperative(session, acting_for(), per_page=100)
    wanted = {one.product_id for one in offered.items} | set().union(
        *(one.product_ids for one in found.items)
    )
    products = catalogue.products_by_id(session, wanted)
    schemes = [
        one
        for one in catalogue.reference(session).schemes.values()
        if one.level not in {SchemeLevel.LOT, SchemeLevel.BRAND} and one.status is SchemeStatus.ACTIVE
    ]
    return render_template(
        "cooperative/certificates.html",
        found=found,
        rows=certificate_rows(session, list(found.items), products),
        schemes=schemes,
        products=[products[one] for one in dict.fromkeys(offer.product_id for offer in offered.items)],
        form=form,
    )
