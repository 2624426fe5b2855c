"""Idempotency: the same form or request, sent twice, has one effect and one answer."""

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import String, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from marketplace.kernel import time
from marketplace.kernel.database import Base
from marketplace.kernel.message import msg
from marketplace.kernel.refusals import Conflict


class IdempotencyRow(Base):
    __tablename__ = "kernel_idempotency"

    scope: Mapped[str] = mapped_column(String(80), primary_key=True)
    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    request_hash: Mapped[str] = mapped_column(String(64))
    answer: Mapped[dict[str, Any]]
    at: Mapped[datetime]


def once(
    session: Session,
    scope: str,
    key: str,
    request: Mapping[str, Any],
    effect: Callable[[], dict[str, Any]],
) -> dict[str, Any]:
    """Run the effect once per scope and key and return its answer, also to every later caller.

    The row is claimed first in the same transaction: a concurrent twin waits for it, and when the first one
    rolls back the twin runs. Refuses (Conflict) a key that was used with another request.
    """
    digest = hashlib.sha256(json.dumps(request, sort_keys=True, default=str).encode()).hexdigest()
    claimed = session.execute(
        insert(IdempotencyRow)
        .values(scope=scope, key=key, request_hash=digest, answer={}, at=time.now())
        .on_conflict_do_nothing()
        .returning(IdempotencyRow.key)
    ).first()
    row = session.execute(
        select(IdempotencyRow).where(IdempotencyRow.scope == scope, IdempotencyRow.key == key)
    ).scalar_one()
    if claimed is None:
        if row.request_hash != digest:
            raise Conflict(msg("这次提交的编号已用于另一项内容，请刷新页面后重试。"))
        return row.answer
    row.answer = effect()
    return row.answer
