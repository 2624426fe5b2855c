"""Writes of the search room: keeping an index in step with the database, and counting what was sold."""

from collections.abc import Mapping

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from marketplace.catalogue.types import ProductId
from marketplace.kernel import changes
from marketplace.kernel.changes import Position
from marketplace.search import queries
from marketplace.search.documents import indexed
from marketplace.search.lexicon import make_language
from marketplace.search.models import PositionRow, SaleRow, SoldRow
from marketplace.search.port import TextEngine

_MANY = 2000


def rebuild(session: Session, engine: TextEngine, index_name: str) -> int:
    """Build the index anew from the database; returns the number of products."""
    position = changes.latest(session)
    documents = list(queries.documents(session))
    language, signature = make_language(documents)
    engine.rebuild((indexed(document, language) for document in documents), signature=signature)
    _keep_position(session, index_name, position)
    return len(documents)


def follow(session: Session, engine: TextEngine, index_name: str) -> int:
    """Bring the index up to what changed since it last read; returns how many products were looked at.

    The index is written before the position: after a crash in between the same products are written again.
    """
    position = queries.position_of(session, index_name)
    if position is None or engine.signature() is None:
        return rebuild(session, engine, index_name)
    touched, behind = queries.touched(session, position)
    if behind == position:
        return 0
    if touched:
        everything = list(queries.documents(session))
        language, signature = make_language(everything)
        if signature != engine.signature() or len(touched) > _MANY:
            return rebuild(session, engine, index_name)
        found = {document.product_id: document for document in everything if document.product_id in touched}
        engine.apply(
            [indexed(document, language) for document in found.values()],
            [int(product) for product in touched if product not in found],
        )
    _keep_position(session, index_name, behind)
    return len(touched)


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
    changes.record(session, "product", [product_id for product_id, _ in summed])
    return len(summed)


def _keep_position(session: Session, index_name: str, position: Position) -> None:
    values = {"transaction_id": position.transaction_id, "change_id": position.change_id}
    session.execute(
        insert(PositionRow)
        .values(index_name=index_name, **values)
        .on_conflict_do_update(index_elements=[PositionRow.index_name], set_=values)
    )
