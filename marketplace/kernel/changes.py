"""Change rows: a fact of one room, written in its transaction, for rooms that follow it (search, routing).

Readers keep a position and never miss a row of a transaction that commits late: a row is handed out only
once every transaction that could still write an earlier one has ended.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, Index, String, bindparam, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column
from sqlalchemy.sql import func

from marketplace.kernel import time
from marketplace.kernel.database import Base, Key


class ChangeRow(Base):
    __tablename__ = "kernel_change"
    __table_args__ = (Index(None, "transaction_id", "id"),)

    id: Mapped[Key]
    transaction_id: Mapped[int] = mapped_column(
        BigInteger, server_default=text("(pg_current_xact_id()::text::bigint)")
    )
    topic: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[int]
    at: Mapped[datetime]


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """How far a reader has read; the beginning is ``Position()``."""

    transaction_id: int = 0
    change_id: int = 0


@dataclass(frozen=True, slots=True)
class Change:
    topic: str
    subject_id: int
    position: Position


_SETTLED = text("(pg_snapshot_xmin(pg_current_snapshot())::text::bigint)")


_FEW = 100
_MANY = text(
    """
    INSERT INTO kernel_change (topic, subject_id, at)
    SELECT CAST(:topic AS text), subject_id, CAST(:at AS timestamptz)
    FROM unnest(CAST(:subjects AS bigint[])) WITH ORDINALITY AS one(subject_id, place) ORDER BY place
    """
)


def record(session: Session, topic: str, subject_ids: Sequence[int]) -> None:
    """Say that something about these subjects changed, in the transaction that changes it."""
    now, subjects = time.now(), sorted(set(subject_ids))
    if len(subjects) > _FEW:
        session.flush()  # what was recorded before comes before
        session.execute(_MANY, {"topic": topic, "at": now, "subjects": subjects})
    else:
        session.add_all(ChangeRow(topic=topic, subject_id=subject, at=now) for subject in subjects)


def since(session: Session, position: Position, *, limit: int = 1000) -> list[Change]:
    """Return the settled changes after a position, in order."""
    rows = session.execute(
        select(ChangeRow)
        .where(
            text("(kernel_change.transaction_id, kernel_change.id) > (:xid, :row)").bindparams(
                bindparam("xid", position.transaction_id), bindparam("row", position.change_id)
            ),
            ChangeRow.transaction_id < _SETTLED,
        )
        .order_by(ChangeRow.transaction_id, ChangeRow.id)
        .limit(limit)
    ).scalars()
    return [_change(row) for row in rows]


def early(session: Session) -> list[Change]:
    """Return the changes that can be seen already and are handed out once more when they are settled.

    For readers that must be quick, or show no transaction by half: a slow writer holds back what is settled.
    """
    rows = session.scalars(
        select(ChangeRow)
        .where(ChangeRow.transaction_id >= _SETTLED)
        .order_by(ChangeRow.transaction_id, ChangeRow.id)
    )
    return [_change(row) for row in rows]


def latest(session: Session) -> Position:
    """Return the position behind every settled change, for a reader about to read the tables whole."""
    settled = session.execute(
        select(ChangeRow.transaction_id, func.max(ChangeRow.id))
        .where(ChangeRow.transaction_id < _SETTLED)
        .group_by(ChangeRow.transaction_id)
        .order_by(ChangeRow.transaction_id.desc())
        .limit(1)
    ).first()
    return Position(*settled) if settled else Position()


def _change(row: ChangeRow) -> Change:
    return Change(row.topic, row.subject_id, Position(row.transaction_id, row.id))
