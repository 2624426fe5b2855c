"""Holding rows to the end of a transaction, always in the order of their ids: nobody waits in a ring."""

from collections.abc import Collection
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.catalogue.models import NominationRow, OfferRow, ProposalRow
from marketplace.kernel.refusals import NotFound

R = TypeVar("R", NominationRow, OfferRow, ProposalRow)


def locked(session: Session, row: type[R], ids: Collection[int], missing: type[NotFound]) -> dict[int, R]:
    """Lock rows by their ids and read them anew; refuses (``missing``) where one is not there."""
    wanted = set(ids)
    rows = session.scalars(
        select(row)
        .where(row.id.in_(wanted))
        .order_by(row.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    found = {one.id: one for one in rows}
    if len(found) < len(wanted):
        raise missing
    return found
