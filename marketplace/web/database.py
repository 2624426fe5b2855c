"""The request's session, and the one way a view writes."""

from collections.abc import Callable
from typing import TypeVar, cast

from flask import current_app
from sqlalchemy.orm import Session

from marketplace.kernel import unit_of_work

T = TypeVar("T")


def read() -> Session:
    """Return the request's session for reading; it ends, rolled back, with the request."""
    return cast("Session", current_app.extensions["sqlalchemy"].session())


def write(use_case: Callable[[Session], T]) -> T:
    """Run one use case and commit it; a refusal rolls everything back."""
    return unit_of_work.commit(read(), use_case)
