"""Reads of reviews."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Row, func, select, text
from sqlalchemy.orm import Session

from marketplace.catalogue.types import ProductId
from marketplace.kernel.paging import Page, offset
from marketplace.orders.types import OrderLineId
from marketplace.parties.types import PersonId
from marketplace.reviews.models import ReviewRow
from marketplace.reviews.rules import average_tenths
from marketplace.reviews.types import Rating, Review, ReviewId

# Every product's page asks this: columns, no object of a row.
_OPINIONS = text(
    """
    SELECT id, order_line_id, product_id, person_id, rating, text, at,
        count(*) OVER () AS reviews, sum(rating) OVER () AS total
    FROM reviews_review WHERE product_id = :product_id ORDER BY id DESC LIMIT :limit
    """
)


def reviews_of_product(
    session: Session, product_id: ProductId, *, page: int = 1, per_page: int = 10
) -> Page[Review]:
    """Return what buyers say of a product, newest first."""
    wanted = ReviewRow.product_id == product_id
    total = session.scalar(select(func.count()).select_from(ReviewRow).where(wanted)) or 0
    rows = session.scalars(
        select(ReviewRow)
        .where(wanted)
        .order_by(ReviewRow.id.desc())
        .limit(per_page)
        .offset(offset(page, per_page))
    )
    return Page([review_from_row(row) for row in rows], total, page, per_page)


def opinions(
    session: Session, product_id: ProductId, *, limit: int = 5
) -> tuple[Rating | None, tuple[Review, ...]]:
    """Return what a product's reviews come to and the newest of them, in one statement."""
    rows = session.execute(_OPINIONS, {"product_id": product_id, "limit": limit}).all()
    if not rows:
        return None, ()
    count, total = rows[0].reviews, int(rows[0].total)
    rating = Rating(count=count, average_tenths=average_tenths(total, count))
    return rating, tuple(map(review_from_row, rows))


def ratings(session: Session, product_ids: Collection[ProductId]) -> Mapping[ProductId, Rating]:
    """Return the ratings of products that have any, in one statement."""
    rows = session.execute(
        select(ReviewRow.product_id, func.count(), func.sum(ReviewRow.rating))
        .where(ReviewRow.product_id.in_(product_ids))
        .group_by(ReviewRow.product_id)
    )
    return {
        ProductId(product_id): Rating(count=count, average_tenths=average_tenths(int(total), count))
        for product_id, count, total in rows
    }


def reviews_of_lines(session: Session, line_ids: Collection[OrderLineId]) -> Mapping[OrderLineId, Review]:
    """Return the reviews of those lines that have one."""
    rows = session.scalars(select(ReviewRow).where(ReviewRow.order_line_id.in_(line_ids)))
    return {OrderLineId(row.order_line_id): review_from_row(row) for row in rows}


def review_from_row(row: ReviewRow | Row[Any]) -> Review:
    return Review(
        id=ReviewId(row.id),
        order_line_id=OrderLineId(row.order_line_id),
        product_id=ProductId(row.product_id),
        person_id=PersonId(row.person_id),
        rating=row.rating,
        text=row.text,
        at=row.at,
    )
