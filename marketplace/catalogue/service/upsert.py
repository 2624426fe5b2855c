"""Bringing rows to what the data says, touching only those that differ."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Table, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from marketplace.kernel.database import Base

# PostgreSQL takes at most 65,535 parameters a statement.
_ROWS_A_STATEMENT = 500


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
    assert isinstance(table.__table__, Table)
    columns = table.__table__.c
    changed: list[Any] = []
    for first in range(0, len(values), _ROWS_A_STATEMENT):
        rows = values[first : first + _ROWS_A_STATEMENT]
        statement = insert(table)
        others = [name for name in rows[0] if name not in key and name not in only_new]
        held = tuple_(*(columns[name] for name in others))
        offered = tuple_(*(statement.excluded[name] for name in others))
        found = session.scalars(
            statement.values([dict(row) for row in rows])
            .on_conflict_do_update(
                index_elements=list(key),
                set_={name: statement.excluded[name] for name in others},
                where=held.is_distinct_from(offered),
            )
            .returning(columns[key[0]])
        )
        changed += found.all()
    if changed:
        session.expire_all()  # rows in the session's memory would go on saying what they said before
    return changed
