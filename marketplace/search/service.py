"""Writes of the search room: counting what was sold, for the ranking, and what was asked."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from marketplace.catalogue.types import ProductId
from marketplace.kernel import changes
from marketplace.search.models import AskedRow, SaleRow, SoldRow
from marketplace.search.types import AskedKey


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


def count_asked(session: Session, counts: Mapping[AskedKey, int]) -> None:
    """Add what was asked to the days' counts, in one statement."""
    if not counts:
        return
    # In one order for all processes: two that write the same rows never wait for each other in a ring.
    rows = [
        {"on": key.on, "outcome": key.outcome, "query": key.query, "language": key.language, "times": times}
        for key, times in sorted(
            counts.items(), key=lambda one: (one[0].on, one[0].outcome, one[0].query, one[0].language)
        )
    ]
    statement = insert(AskedRow).values(rows)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=[AskedRow.on, AskedRow.outcome, AskedRow.query, AskedRow.language],
            set_={"times": AskedRow.times + statement.excluded.times},
        )
    )


def forget_asked(session: Session, before: date) -> int:
    """Delete the counts of days before a day; returns how many rows."""
    gone = session.execute(delete(AskedRow).where(AskedRow.on < before).returning(AskedRow.on))
    return len(gone.all())
