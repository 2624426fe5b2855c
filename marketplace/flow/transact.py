"""How a use case that talks to the outside opens its transactions: one before, one after, never around."""

from collections.abc import Callable
from typing import Protocol, TypeVar

from sqlalchemy.orm import Session

T = TypeVar("T")


class Transact(Protocol):
    """Runs one step in a transaction of its own and commits it; each edge brings its way."""

    def __call__(self, use_case: Callable[[Session], T], /) -> T: ...
