"""Pages of a list: exact totals, and never a whole table."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")

MAX_PER_PAGE = 100


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of a list; ``page`` counts from 1."""

    items: Sequence[T]
    total: int
    page: int
    per_page: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.per_page))

    @property
    def has_next(self) -> bool:
        return self.page < self.pages

    @property
    def has_previous(self) -> bool:
        return self.page > 1


def offset(page: int, per_page: int) -> int:
    return (max(page, 1) - 1) * per_page


def is_whole(found: int, page: int, per_page: int) -> bool:
    """Tell whether a page has said how long its list is: a first one that is not full needs no count."""
    return page == 1 and found < per_page
