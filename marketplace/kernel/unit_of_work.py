"""One boundary for every use case: returning commits, raising rolls back.

Opened only by the edges (web, cli, jobs). Services may flush, never commit.
"""

import random
import time
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

T = TypeVar("T")

ATTEMPTS = 3
_RETRIED_SQLSTATES = frozenset({"40001", "40P01"})  # serialisation failure, deadlock detected


def commit(session: Session, use_case: Callable[[Session], T]) -> T:
    """Run a use case whole and commit it, at most three times where PostgreSQL asks to try again.

    Deferred constraints are checked inside the attempt, so that their refusal is this use case's own and
    also holds where a test wraps it in a savepoint.
    """
    for attempt in range(1, ATTEMPTS + 1):
        try:
            session.execute(text("SET CONSTRAINTS ALL DEFERRED"))
            result = use_case(session)
            session.flush()
            session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
            session.commit()
        except DBAPIError as error:
            session.rollback()
            if getattr(error.orig, "sqlstate", None) not in _RETRIED_SQLSTATES or attempt == ATTEMPTS:
                raise
            time.sleep(random.uniform(0.005, 0.03) * attempt)  # noqa: S311 - jitter, no secret
        except BaseException:
            session.rollback()
            raise
        else:
            return result
    raise AssertionError("unreachable")
