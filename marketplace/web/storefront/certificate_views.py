"""Certificates as pages show them: proof with number, issuer and days, and where it stands today."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from flask import url_for

from marketplace.catalogue import rules
from marketplace.catalogue.types import Certificate, Reference, Scheme, Standing
from marketplace.kernel.message import Name


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """One certificate, as ``components/certificate.html`` reads it."""

    scheme: Name
    number: str
    issuer: Name | str
    valid_from: date
    valid_to: date | None
    state: Standing
    href: str
    code_href: str | None = None


def proofs(certificates: Iterable[Certificate], reference: Reference, at: datetime) -> list[Proof]:
    """Return certificates as proof, in the order given."""
    return [proof(one, reference.schemes[one.scheme_code], at) for one in certificates]


def proof(certificate: Certificate, scheme: Scheme, at: datetime) -> Proof:
    return Proof(
        scheme=scheme.name,
        number=certificate.number,
        issuer=rules.issuer_name(certificate.issuer, scheme),
        valid_from=certificate.valid_from,
        valid_to=certificate.valid_to,
        state=rules.standing(certificate, scheme, at),
        href=url_for("storefront.certificate", scheme=certificate.scheme_code, number=certificate.number),
        code_href=url_for(
            "storefront.certificate_code", scheme=certificate.scheme_code, number=certificate.number
        ),
    )
