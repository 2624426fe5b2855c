"""Reads of a cooperative's own goods, all of them at once."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.catalogue import rules
from marketplace.catalogue.models import ProductRow, ProposalRow
from marketplace.catalogue.queries.goods import variants_of
from marketplace.catalogue.queries.proposals import content_of, proposal_from_row
from marketplace.catalogue.queries.reference import reference
from marketplace.catalogue.queries.rows import product_from_row
from marketplace.catalogue.types import GoodsContent, OwnGoods, ProposalState
from marketplace.kernel.message import Message
from marketplace.parties.types import PartyId
from marketplace.places import queries as places
from marketplace.places.types import Level, Side

_ON_ITS_WAY = (ProposalState.DRAFT, ProposalState.SUBMITTED, ProposalState.RETURNED)


def own_goods(session: Session, cooperative_id: PartyId) -> tuple[OwnGoods, ...]:
    """Return what a cooperative described itself, live goods first, in three statements however many.

    A draft that was given up before it was ever live is none.
    """
    rows = session.scalars(
        select(ProposalRow)
        .where(ProposalRow.cooperative_id == cooperative_id, ProposalRow.state.in_(_ON_ITS_WAY))
        .order_by(ProposalRow.id)
    )
    begun = [proposal_from_row(row) for row in rows]
    owned = select(ProductRow).where(ProductRow.owner_id == cooperative_id).order_by(ProductRow.id)
    known = reference(session)
    products = [product_from_row(row, known) for row in session.scalars(owned)]
    variants = variants_of(session, [one.id for one in products])
    changing = {one.product_id: one for one in begun if one.product_id is not None}
    found = []
    for product in products:
        change = changing.get(product.id)
        found.append(
            OwnGoods(
                number=product.number,
                product_id=product.id,
                proposal_id=None if change is None else change.id,
                state=None if change is None else change.state,
                content=content_of(product, variants[product.id]) if change is None else change.content,
            )
        )
    return (
        *found,
        *(
            OwnGoods(
                number=rules.goods_number(one.id),
                product_id=None,
                proposal_id=one.id,
                state=one.state,
                content=one.content,
            )
            for one in begun
            if one.product_id is None
        ),
    )


def lacking(session: Session, content: GoodsContent) -> dict[str, Message]:
    """Return what a description lacks before it can be handed in, by field; a county of Guizhou among it."""
    found = rules.missing(content, reference(session))
    county = places.atlas(session).find(content.county_code)
    if county is None or county.level is not Level.COUNTY or county.side is not Side.GUIZHOU:
        found.setdefault("county_code", rules.NO_COUNTY)
    return found
