"""Entries of an edition as pages show them: with the goods' page where they are still on the shelf."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy.orm import Session

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue.types import Entry, ProductId, ProductStatus
from marketplace.kernel.message import Name
from marketplace.places import queries as places
from marketplace.places.types import Division
from marketplace.web import edition_words


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryView:
    """One entry as the page shows it; ``slug`` is None where the goods are no longer on the shelf."""

    entry: Entry
    slug: str | None
    county: Division
    industry: Name | None
    certificates: str


def entry_views(session: Session, entries: Collection[Entry]) -> list[EntryView]:
    """Return entries as pages show them, in one statement."""
    atlas, reference = places.atlas(session), catalogue.reference(session)
    shelf = _on_shelf(session, [one.product_id for one in entries])
    return [
        EntryView(
            entry=one,
            slug=shelf.get(one.product_id),
            county=atlas.division(one.county_code),
            industry=reference.industries[one.industry_code].name if one.industry_code else None,
            certificates=edition_words.certificates(one, reference),
        )
        for one in entries
    ]


def _on_shelf(session: Session, product_ids: Collection[ProductId]) -> dict[ProductId, str]:
    found = catalogue.products_by_id(session, product_ids)
    return {key: one.slug for key, one in found.items() if one.status is ProductStatus.LISTED}
