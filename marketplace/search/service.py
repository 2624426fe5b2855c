"""Writes of the search room: counting what was sold, for the sort and the ranking."""

from collections.abc import Mapping

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from marketplace.catalogue.types import ProductId
from marketplace.kernel import changes
from marketplace.search.models import SaleRow, SoldRow


def record_sales(session: Session, packs: Mapping[ProductId, int]) -> None:
    """Append what was sold; the folder adds it up."""
    session.add_all(SaleRow(product_id=int(product), packs=count) for product, count in sorted(packs.items()))


def fold_sales(session: Session) -> int:
    """Fold appended sales into the totals that sort results; returns how many products changed."""
    taken = (
        delete(SaleRow)
        .where(
            SaleRow.id.in_(
                select(SaleRow.id).order_by(SaleRow.id).limit(10_000).with_for_update(skip_locked=True)
            )
        )
        .returning(SaleRow.product_id, SaleRow.packs)
        .cte("taken")
    )
    summed = session.execute(
        select(taken.c.product_id, func.sum(taken.c.packs))
        .group_by(taken.c.product_id)
        .order_by(taken.c.product_id)
    ).all()
    for product_id, packs in summed:
        statement = insert(SoldRow).values(product_id=product_id, packs=packs)
        session.execute(
            statement.on_conflict_do_update(
                index_elements=[SoldRow.product_id], set_={"packs": SoldRow.packs + statement.excluded.packs}
            )
        )
    changes.record(session, "sales", [product_id for product_id, _ in summed])
    return len(summed)
