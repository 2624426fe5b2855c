"""Jobs: slow or foreign effects, enqueued by name in the transaction that causes them.

The queue is Procrastinate's, on the same PostgreSQL; ``marketplace.jobs`` registers the names. A rolled back
use case leaves no job behind, and a job may run twice.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

DEFAULT_QUEUE = "default"

_DEFER = text(
    """
    SELECT procrastinate_defer_jobs_v1(ARRAY[ROW(
        :queue, :task, :priority, :lock, :queueing_lock, CAST(:arguments AS jsonb), :scheduled_at
    )::procrastinate_job_to_defer_v1])
    """
)


def enqueue(
    session: Session,
    name: str,
    arguments: Mapping[str, Any],
    *,
    queue: str = DEFAULT_QUEUE,
    scheduled_at: datetime | None = None,
    lock: str | None = None,
) -> None:
    """Enqueue a job of the business transaction; jobs with the same lock run one after another."""
    session.flush()
    session.execute(
        _DEFER,
        {
            "queue": queue,
            "task": name,
            "priority": 0,
            "lock": lock,
            "queueing_lock": None,
            "arguments": json.dumps(dict(arguments)),
            "scheduled_at": scheduled_at,
        },
    )
