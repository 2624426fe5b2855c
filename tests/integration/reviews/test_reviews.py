import pytest
from sqlalchemy.orm import Session

from marketplace.kernel import changes
from marketplace.orders.refusals import UnknownOrder
from marketplace.orders.types import Order
from marketplace.reviews import queries, service
from marketplace.reviews.refusals import AlreadyReviewed, NotYetReceived, RatingOutOfRange, TextTooLong
from tests.factories.assistance import complete_by_hand, give_back
from tests.factories.orders import make_ground, make_packed_order
from tests.factories.parties import make_person

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def received(session: Session) -> Order:
    make_ground(session)
    return complete_by_hand(session, make_packed_order(session, quantity=2))


def test_a_buyer_speaks_of_what_they_received(session: Session, received: Order) -> None:
    line = received.lines[0]
    written = service.write_review(session, line.id, received.person_id, rating=4, text="果子很甜")
    assert queries.reviews_of_product(session, line.product_id).items == [written]
    assert queries.reviews_of_lines(session, [line.id]) == {line.id: written}
    rating = queries.ratings(session, [line.product_id])[line.product_id]
    assert (rating.count, rating.average_tenths) == (1, 40)


def test_search_hears_of_it(session: Session, received: Order) -> None:
    line = received.lines[0]
    service.write_review(session, line.id, received.person_id, rating=5, text="")
    session.flush()
    rows = session.query(changes.ChangeRow).order_by(changes.ChangeRow.id.desc()).first()
    assert rows is not None
    assert (rows.topic, rows.subject_id) == ("product", line.product_id)


def test_once_for_each_line(session: Session, received: Order) -> None:
    line = received.lines[0]
    service.write_review(session, line.id, received.person_id, rating=5, text="")
    with pytest.raises(AlreadyReviewed):
        service.write_review(session, line.id, received.person_id, rating=1, text="")


def test_somebody_elses_line_is_not_there(session: Session, received: Order) -> None:
    stranger = make_person(session)
    with pytest.raises(UnknownOrder):
        service.write_review(session, received.lines[0].id, stranger.id, rating=5, text="")


def test_not_before_receipt_and_not_after_giving_all_back(session: Session, received: Order) -> None:
    waiting = make_packed_order(session)
    with pytest.raises(NotYetReceived):
        service.write_review(session, waiting.lines[0].id, waiting.person_id, rating=5, text="")
    give_back(session, received, 2)
    with pytest.raises(NotYetReceived):
        service.write_review(session, received.lines[0].id, received.person_id, rating=5, text="")


@pytest.mark.parametrize(
    ("rating", "text", "refusal"),
    [(0, "", RatingOutOfRange), (6, "", RatingOutOfRange), (5, "好" * 501, TextTooLong)],
)
def test_ratings_and_texts_have_bounds(
    session: Session, received: Order, rating: int, text: str, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        service.write_review(session, received.lines[0].id, received.person_id, rating=rating, text=text)
