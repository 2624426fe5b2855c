"""Writes of reviews."""

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from marketplace.kernel import changes, journal, time
from marketplace.orders import queries as orders
from marketplace.orders.refusals import UnknownOrder
from marketplace.orders.types import OrderLineId
from marketplace.parties.types import PersonId
from marketplace.reviews import rules
from marketplace.reviews.models import ReviewRow
from marketplace.reviews.queries import review_from_row
from marketplace.reviews.refusals import AlreadyReviewed, NotYetReceived, RatingOutOfRange, TextTooLong
from marketplace.reviews.types import Review


def write_review(
    session: Session, order_line_id: OrderLineId, person_id: PersonId, *, rating: int, text: str
) -> Review:
    """Keep what the buyer says of goods they have received, once for each line.

    Refuses (UnknownOrder) somebody else's line, (NotYetReceived, AlreadyReviewed, RatingOutOfRange,
    TextTooLong).
    """
    if not 1 <= rating <= rules.BEST:
        raise RatingOutOfRange
    if len(text) > rules.TEXT_MAX:
        raise TextTooLong(rules.TEXT_MAX)
    line = orders.lines_by_id(session, [order_line_id]).get(order_line_id)
    if line is None or orders.get_order(session, line.order_id).person_id != person_id:
        raise UnknownOrder
    part = orders.get_fulfilment(session, line.fulfilment_id)
    if not rules.may_review(part.state, line.refundable_quantity):
        raise NotYetReceived
    row = session.scalar(
        insert(ReviewRow)
        .values(
            order_line_id=order_line_id,
            product_id=line.product_id,
            person_id=person_id,
            rating=rating,
            text=text,
            at=time.now(),
        )
        .on_conflict_do_nothing(index_elements=["order_line_id"])
        .returning(ReviewRow)
    )
    if row is None:
        raise AlreadyReviewed
    changes.record(session, "product", [line.product_id])
    journal.write(session, "product", line.product_id, "reviewed", rating=rating)
    return review_from_row(row)
