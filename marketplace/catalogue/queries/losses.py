"""What goods have lost since somebody chose them: certificates that were valid then and are not now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from marketplace.catalogue import rules
from marketplace.catalogue.queries.certificates import certificates_for
from marketplace.catalogue.queries.goods import offers_by_id
from marketplace.catalogue.queries.reference import reference
from marketplace.catalogue.types import Certificate, Offer, OfferId, ProductId, Scheme


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """Goods as somebody chose them: from one offer, or from whoever supplies; ``since`` when."""

    product_id: ProductId
    offer_id: OfferId | None
    since: datetime


def certificates_lost(
    session: Session, chosen: Sequence[Chosen], at: datetime
) -> list[tuple[Certificate, ...]]:
    """Return for each choice the certificates that it had then and no longer has (``rules.lost``)."""
    offers = offers_by_id(session, {one.offer_id for one in chosen if one.offer_id is not None})
    found = certificates_for(session, {one.product_id for one in chosen}, list(offers.values()))
    schemes = reference(session).schemes
    return [
        rules.lost(
            [
                certificate
                for certificate in found.get(one.product_id, ())
                if one.offer_id is None or _covers(certificate, schemes, offers.get(one.offer_id))
            ],
            schemes,
            one.since,
            at,
        )
        for one in chosen
    ]


def _covers(certificate: Certificate, schemes: Mapping[str, Scheme], offer: Offer | None) -> bool:
    return offer is not None and rules.covers_offer(certificate, schemes[certificate.scheme_code], offer)
