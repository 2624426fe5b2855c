"""A certificate for machines: schema.org ``Certification``, with the same facts as the page."""

from collections.abc import Iterable

from marketplace.catalogue.types import Standing
from marketplace.kernel.message import Name
from marketplace.web.present import text
from marketplace.web.setup import settings
from marketplace.web.storefront.certificate_views import Proof

_ACTIVE = frozenset({Standing.VALID, Standing.EXPIRING})


def certification(proof: Proof) -> dict[str, object]:
    """Return one certificate as it stands today, as a part of another thing."""
    status = "CertificationActive" if proof.state in _ACTIVE else "CertificationInactive"
    return {
        "@type": "Certification",
        "name": text(proof.scheme),
        "url": f"{settings().public_url}{proof.href}",
        "certificationIdentification": proof.number,
        "certificationStatus": f"https://schema.org/{status}",
        "issuedBy": {"@type": "Organization", "name": text(proof.issuer)},
        "validFrom": proof.valid_from.isoformat(),
        **({"expires": proof.valid_to.isoformat()} if proof.valid_to else {}),
    }


def certification_page(proof: Proof, holder: Name, goods: Iterable[tuple[Name, str]]) -> dict[str, object]:
    """Return a certificate's own page; ``goods`` are names and paths of the products it speaks about.

    One that names no product speaks about its holder.
    """
    products = [
        {"@type": "Product", "name": text(name), "url": f"{settings().public_url}{path}"}
        for name, path in goods
    ]
    organization = {"@type": "Organization", "name": text(holder)}
    return {"@context": "https://schema.org", **certification(proof), "about": products or organization}
