"""Reads of papers that an offer's seller declares to have, such as the label."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.catalogue.models import OfferRow
from marketplace.catalogue.types import OfferId


def declared_papers(session: Session, offer_id: OfferId) -> frozenset[str]:
    """Return the codes of papers for which the seller's word stands."""
    return frozenset(session.scalar(select(OfferRow.declared_papers).where(OfferRow.id == offer_id)) or ())
