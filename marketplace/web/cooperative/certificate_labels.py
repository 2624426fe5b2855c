"""Stickers for packs: what is certified and the code to look it up; printed only while that is valid."""

from typing import Any

from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue import rules
from marketplace.catalogue.types import Certificate, CertificateId
from marketplace.kernel import time
from marketplace.kernel.message import msg
from marketplace.kernel.refusals import Refusal
from marketplace.parties import queries as parties
from marketplace.parties.types import Permission
from marketplace.places import queries as places
from marketplace.web import certificate_code
from marketplace.web.cooperative.certificates import ONE, holder_of
from marketplace.web.cooperative.prints import as_pdf
from marketplace.web.cooperative.routes import blueprint, printer
from marketplace.web.database import read
from marketplace.web.guard import require
from marketplace.web.language import gettext as _
from marketplace.web.language import name_in_language
from marketplace.web.present import full_day

_A_SHEET = 24


class NotValidNow(Refusal):
    """A certificate that is not valid may not be printed onto goods."""

    code = "certificate_not_valid"

    def __init__(self) -> None:
        super().__init__(msg("证书今天不生效，不能印到商品上。"))


@blueprint.get(f"{ONE}/labels.pdf")
@require(Permission.MANAGE_OFFERS, party_from=holder_of)
def certificate_labels(certificate_id: int) -> ResponseReturnValue:
    """Print a sheet of stickers, shared evenly among the certified goods. Refuses (NotValidNow)."""
    session = read()
    found = catalogue.get_certificate(session, CertificateId(certificate_id))
    if not rules.is_valid(found, time.now()):
        raise NotValidNow
    return as_pdf(printer().pdf("certificate_label", _sheet(session, found)), "certificate-labels")


def _sheet(session: Session, certificate: Certificate) -> dict[str, Any]:
    scheme = catalogue.reference(session).schemes[certificate.scheme_code]
    holder = parties.get_party(session, certificate.holder_id)
    atlas = places.atlas(session)
    shared = {
        "scheme": name_in_language(scheme.name),
        "number": certificate.number,
        "until": _("有效期至 %(day)s", day=full_day(certificate.valid_to)) if certificate.valid_to else "",
        "holder": name_in_language(holder.name),
        "scan": _("扫码查证书"),
        "qr": certificate_code.drawing(certificate.scheme_code, certificate.number),
    }
    goods = [
        shared
        | {
            "product": name_in_language(one.name),
            "county": name_in_language(atlas.division(one.county_code).name),
        }
        for one in catalogue.products_by_id(session, certificate.product_ids).values()
    ][:_A_SHEET]
    each = _A_SHEET // len(goods) if goods else 0
    return {"title": certificate.number, "labels": [one for one in goods for _no in range(each)]}
