"""Pages of a list, read in one statement: a count that never walks a whole table, and never a whole table.

What a page costs depends on how far down its list it lies, not on how long the list is: beyond its bound a
count says 「1,000+」, and the pages further down come as one goes there. Totals that must be exact whatever
their size (money, quantities, what a statement counts) are no pages.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Row, Select, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

T = TypeVar("T")

MAX_PER_PAGE = 100
MOST_COUNTED = 1_000
"""So many rows behind the page asked for are counted at most."""


@dataclass(frozen=True, slots=True)
class Sought:
    """What a reader seeks in a list: words, and one of the list's own orders by its name."""

    text: str = ""
    order: str = ""


ANY = Sought()


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of a list; ``page`` counts from 1. Where ``is_more``, the list is longer than ``total``."""

    items: Sequence[T]
    total: int
    page: int
    per_page: int
    is_more: bool = False

    @property
    def pages(self) -> int:
        """How many pages are known to be there."""
        return max(1, -(-self.total // self.per_page))

    @property
    def has_next(self) -> bool:
        return self.page < self.pages

    @property
    def has_previous(self) -> bool:
        return self.page > 1


@dataclass(frozen=True, slots=True)
class Listing:
    """A list as a statement: ``key`` is its rows' own, ``where`` and ``order`` say which and how sorted."""

    statement: Select[Any]
    key: InstrumentedAttribute[int]
    where: Sequence[ColumnElement[bool]]
    order: Sequence[Any]


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of one page, with how long their list is; ``page`` is the one that was read."""

    rows: Sequence[Row[Any]]
    total: int
    page: int
    per_page: int
    is_more: bool

    def of(self, items: Sequence[T]) -> Page[T]:
        """Return the page of what was made of the rows."""
        return Page(items, self.total, self.page, self.per_page, self.is_more)


def in_order(orders: Mapping[str, Sequence[Any]], sought: Sought) -> Sequence[Any]:
    """Return the order that is sought, or the list's first."""
    return orders.get(sought.order) or next(iter(orders.values()))


def offset(page: int, per_page: int) -> int:
    return (max(page, 1) - 1) * per_page


def page_of(items: Sequence[T], page: int, per_page: int) -> Page[T]:
    """Return one page of what is all at hand; a page behind the last one is the last one."""
    page = min(max(page, 1), max(1, -(-len(items) // per_page)))
    start = offset(page, per_page)
    return Page(items[start : start + per_page], len(items), page, per_page)


def read_page(session: Session, listing: Listing, page: int, per_page: int) -> Rows:
    """Read one page in one statement; a page behind the last one is the last one, in three.

    The page's keys come first: what stands beside a row is read for those, never for the ones skipped.
    """
    page = max(page, 1)
    found = _read(session, listing, page, per_page)
    if found.rows or page == 1:
        return found
    before = select(listing.key).where(*listing.where).limit(offset(page, per_page)).subquery()
    total = session.scalar(select(func.count()).select_from(before)) or 0
    return _read(session, listing, max(1, -(-total // per_page)), per_page)


def _read(session: Session, listing: Listing, page: int, per_page: int) -> Rows:
    skipped = offset(page, per_page)
    most = skipped + MOST_COUNTED
    ids = select(listing.key).where(*listing.where)
    counted = select(func.count()).select_from(ids.limit(most + 1).subquery()).scalar_subquery()
    shown = ids.order_by(*listing.order).limit(per_page).offset(skipped).cte("shown")
    rows = session.execute(
        listing.statement.where(listing.key.in_(select(shown.c[0])))
        .add_columns(counted.label("counted"))
        .order_by(*listing.order)
    ).all()
    total = rows[0].counted if rows else 0
    return Rows(rows, min(total, most), page, per_page, is_more=total > most)
