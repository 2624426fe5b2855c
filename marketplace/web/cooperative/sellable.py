"""能不能卖: which papers an offer needs, which are there, and what to do about the others."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy.orm import Session

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue import rules
from marketplace.catalogue.types import LotId, Offer, PaperCheck, PaperState, Product
from marketplace.kernel.message import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Sale:
    """Whether an offer may be sold now, with the reason where not, and every paper's line."""

    barred: Message | None
    checks: tuple[PaperCheck, ...]

    @property
    def missing(self) -> int:
        return sum(one.state in {PaperState.MISSING, PaperState.NEVER} for one in self.checks)


def look(session: Session, offer: Offer, product: Product, lots_in_store: Collection[LotId]) -> Sale:
    """Look at an offer's papers in three statements."""
    papers = catalogue.papers_for(session, product.product_form)
    held = catalogue.held_papers(
        session,
        product,
        {offer.cooperative_id, offer.producer_id},
        catalogue.declared_papers(session, offer.id),
    )
    lots = catalogue.papers_of_lots(session, lots_in_store)
    return Sale(
        barred=rules.sellable(product, papers, held),
        checks=rules.paper_checks(papers, held, list(lots.values())),
    )
