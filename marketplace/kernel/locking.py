"""Holding rows to the end of a transaction, always in the order of their keys: nobody waits in a ring."""

from collections.abc import Collection
from typing import TypeVar

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from marketplace.kernel.database import Base
from marketplace.kernel.refusals import Refusal

R = TypeVar("R", bound=Base)


def locked(session: Session, row: type[R], keys: Collection[int], missing: type[Refusal]) -> dict[int, R]:
    """Lock rows by their keys and read them anew; refuses (``missing``) where one is not there."""
    (key,), wanted = inspect(row).primary_key, set(keys)
    rows = session.scalars(
        select(row)
        .where(key.in_(wanted))
        .order_by(key)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    if len(rows) < len(wanted):
        raise missing
    return {inspect(row).primary_key_from_instance(one)[0]: one for one in rows}


def locked_one(session: Session, row: type[R], key: int, missing: type[Refusal]) -> R:
    """Lock one row and read it anew; refuses (``missing``)."""
    return locked(session, row, [key], missing)[key]
