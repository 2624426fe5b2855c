"""Reads of what was asked: what many look for, what nobody finds."""

from collections.abc import Collection
from datetime import date, timedelta

from sqlalchemy import case, func, literal, select
from sqlalchemy.orm import Session

from marketplace.kernel.paging import ANY, Page, Sought, in_order, offset
from marketplace.search.models import AskedRow
from marketplace.search.types import AskedCount, AskedFilter, Outcome

_POPULAR_DAYS = 7
_POPULAR_TIMES = 3


def popular(session: Session, languages: Collection[str], today: date, *, limit: int) -> tuple[str, ...]:
    """Return what was asked most in these languages in the last seven days and found whole.

    At least three readers' hours must have asked it: what a single one types stands on no page.
    """
    total = func.sum(AskedRow.times)
    found = session.scalars(
        select(AskedRow.query)
        .where(
            AskedRow.on > today - timedelta(days=_POPULAR_DAYS),
            AskedRow.on <= today,
            AskedRow.outcome == Outcome.FOUND,
            AskedRow.language.in_(languages),
        )
        .group_by(AskedRow.query)
        .having(total >= _POPULAR_TIMES)
        .order_by(total.desc(), AskedRow.query)
        .limit(limit)
    )
    return tuple(found)


def list_asked(
    session: Session, wanted: AskedFilter, *, sought: Sought = ANY, page: int = 1, per_page: int = 50
) -> Page[AskedCount]:
    """Return what was asked and answered so in the last days, the most asked first, in two statements.

    Beside each stands how often it was asked in as many days before; what was asked only then is left out.
    """
    today, days = wanted.today, wanted.days
    since, before = today - timedelta(days=days), today - timedelta(days=2 * days)
    times = func.sum(case((AskedRow.on > since, AskedRow.times), else_=0))
    earlier = func.sum(case((AskedRow.on <= since, AskedRow.times), else_=0))
    groups = (
        select(
            AskedRow.query,
            AskedRow.language,
            times.label("times"),
            earlier.label("times_before"),
            func.max(AskedRow.on).label("last_on"),
        )
        .where(AskedRow.on > before, AskedRow.on <= today, AskedRow.outcome == wanted.outcome)
        .group_by(AskedRow.query, AskedRow.language)
        .having(times > literal(0))
    )
    if sought.text:
        groups = groups.where(AskedRow.query.icontains(sought.text, autoescape=True))
    orders = {
        "times": (times.desc(),),
        "rising": ((times - earlier).desc(),),
        "latest": (func.max(AskedRow.on).desc(),),
    }
    total = session.scalar(select(func.count()).select_from(groups.subquery())) or 0
    rows = session.execute(
        groups.order_by(*in_order(orders, sought), AskedRow.query, AskedRow.language)
        .limit(per_page)
        .offset(offset(page, per_page))
    )
    items = [
        AskedCount(
            query=query, language=language, times=int(count), times_before=int(former), last_on=last_on
        )
        for query, language, count, former, last_on in rows
    ]
    return Page(items, total, page, per_page)
