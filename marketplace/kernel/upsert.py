"""Bringing rows to what the data says, touching only those that differ."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Table, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from marketplace.kernel.database import Base


def upsert(
    session: Session,
    table: type[Base],
    key: Sequence[str],
    values: Sequence[Mapping[str, Any]],
    only_new: Collection[str] = (),
) -> list[Any]:
    """Insert or update rows by a unique key; returns the first key column of the rows that really changed.

    Columns named in ``only_new`` are written with a new row and left alone in one that is there.
    """
    if not values:
        return []
    target = table.__table__
    assert isinstance(target, Table)
    statement = insert(target)
    others = [name for name in values[0] if name not in key and name not in only_new]
    held = tuple_(*(target.c[name] for name in others))
    offered = tuple_(*(statement.excluded[name] for name in others))
    session.flush()
    changed = session.scalars(
        statement.on_conflict_do_update(
            index_elements=list(key),
            set_={name: statement.excluded[name] for name in others},
            where=held.is_distinct_from(offered),
        ).returning(target.c[key[0]]),
        [dict(row) for row in values],
    ).all()
    if changed:
        session.expire_all()  # rows in the session's memory would go on saying what they said before
    return list(changed)
