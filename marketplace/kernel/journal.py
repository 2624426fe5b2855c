"""The journal: who changed what, when and why, in the same transaction as the change. Append-only."""

import json
from collections.abc import Collection, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from marketplace.kernel import time
from marketplace.kernel.database import Base, Key

# The person at the edge whose request this is; None is the marketplace itself (jobs, rules).
acting_person: ContextVar[int | None] = ContextVar("acting_person", default=None)


class JournalRow(Base):
    __tablename__ = "kernel_journal"
    __table_args__ = (Index(None, "subject_type", "subject_id", "id"),)

    id: Mapped[Key]
    at: Mapped[datetime]
    person_id: Mapped[int | None]
    subject_type: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[int]
    action: Mapped[str] = mapped_column(String(60))
    detail: Mapped[dict[str, Any]]


_MANY = text(
    """
    INSERT INTO kernel_journal (at, person_id, subject_type, subject_id, action, detail)
    SELECT CAST(:at AS timestamptz), CAST(:person_id AS bigint), CAST(:subject_type AS text), subject_id,
        action, CAST(detail AS jsonb)
    FROM unnest(CAST(:subjects AS bigint[]), CAST(:actions AS text[]), CAST(:details AS text[]))
        WITH ORDINALITY AS line(subject_id, action, detail, place)
    ORDER BY place
    """
)

_OF_EACH = text(
    """
    SELECT line.subject_id, line.at, line.person_id, line.action, line.detail
    FROM unnest(CAST(:ids AS bigint[])) AS wanted(id)
    CROSS JOIN LATERAL (
        SELECT * FROM kernel_journal
        WHERE subject_type = :subject_type AND subject_id = wanted.id
        ORDER BY id DESC LIMIT :most
    ) AS line
    ORDER BY line.id DESC
    """
)


@dataclass(frozen=True, slots=True)
class JournalEntry:
    at: datetime
    person_id: int | None
    action: str
    detail: Mapping[str, Any]


def write(session: Session, subject_type: str, subject_id: int, action: str, **detail: Any) -> None:
    """Append one line; detail holds plain JSON values, never personal data."""
    session.add(
        JournalRow(
            at=time.now(),
            person_id=acting_person.get(),
            subject_type=subject_type,
            subject_id=subject_id,
            action=action,
            detail=detail,
        )
    )


def write_many(
    session: Session, subject_type: str, lines: Sequence[tuple[int, str, Mapping[str, Any]]]
) -> None:
    """Append a line each for many subjects (id, action, detail) in one statement, in the order given."""
    if not lines:
        return
    session.flush()  # what was written before comes before
    session.execute(
        _MANY,
        {
            "at": time.now(),
            "person_id": acting_person.get(),
            "subject_type": subject_type,
            "subjects": [subject_id for subject_id, _action, _detail in lines],
            "actions": [action for _subject_id, action, _detail in lines],
            "details": [json.dumps(detail, ensure_ascii=False) for _subject_id, _action, detail in lines],
        },
    )


def histories(
    session: Session, subject_type: str, subject_ids: Collection[int], *, limit: int = 100
) -> list[JournalEntry]:
    """Return what happened to several subjects together, newest first."""
    rows = session.scalars(
        select(JournalRow)
        .where(JournalRow.subject_type == subject_type, JournalRow.subject_id.in_(subject_ids))
        .order_by(JournalRow.id.desc())
        .limit(limit)
    )
    return [JournalEntry(row.at, row.person_id, row.action, row.detail) for row in rows]


def histories_by_subject(
    session: Session, subject_type: str, subject_ids: Collection[int], *, limit: int = 20
) -> dict[int, list[JournalEntry]]:
    """Return what happened last to each of several subjects, newest first, in one statement."""
    found: dict[int, list[JournalEntry]] = {one: [] for one in subject_ids}
    if not found:
        return found
    asked = {"ids": list(found), "subject_type": subject_type, "most": limit}
    for subject_id, at, person_id, action, detail in session.execute(_OF_EACH, asked):
        found[subject_id].append(JournalEntry(at, person_id, action, detail))
    return found


def history(session: Session, subject_type: str, subject_id: int, *, limit: int = 100) -> list[JournalEntry]:
    """Return what happened to a subject, newest first."""
    return histories(session, subject_type, [subject_id], limit=limit)
