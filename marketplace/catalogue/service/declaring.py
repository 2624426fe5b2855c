"""Writes of papers that an offer's seller declares to have: those that no register keeps."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.catalogue.models import OfferRow
from marketplace.catalogue.queries.goods import get_product
from marketplace.catalogue.queries.reference import papers_for
from marketplace.catalogue.refusals import OfferNotFound
from marketplace.catalogue.types import OfferId, ProductId, SchemeLevel
from marketplace.kernel import changes, journal


def declare_papers(session: Session, offer_id: OfferId, codes: Collection[str]) -> None:
    """Note that the seller has papers such as the label; codes that are nobody's to declare are passed over.

    Refuses (OfferNotFound).
    """
    row = session.scalars(
        select(OfferRow)
        .where(OfferRow.id == offer_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        raise OfferNotFound
    product = get_product(session, ProductId(row.product_id))
    declarable = {
        one.code: one.name.hans
        for one in papers_for(session, product.product_form)
        if one.scheme_code is None and one.level is not SchemeLevel.LOT
    }
    new = (declarable.keys() & set(codes)) - set(row.declared_papers)
    if not new:
        return
    row.declared_papers = sorted({*row.declared_papers, *new})
    session.flush()
    journal.write(
        session,
        "offer",
        row.id,
        "papers_declared",
        papers="、".join(declarable[code] for code in sorted(new)),
    )
    changes.record(session, "offer", [row.id])
