"""What is kept beside the search is read again when, and only when, the search heard of a change."""

from collections.abc import Collection, Iterator, Mapping

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from marketplace.adapters.postgres_text import PostgresText
from marketplace.catalogue import queries as catalogue
from marketplace.catalogue import service as shelf
from marketplace.catalogue.types import OfferId, ProductId
from marketplace.kernel.time import FixedClock
from marketplace.search.beside import Beside
from marketplace.search.engine import SearchEngine
from tests.factories.catalogue import make_offer, make_reference
from tests.factories.parties import make_party
from tests.factories.search import follow_changes

pytestmark = pytest.mark.usefixtures("clock")


class Counted:
    """Reads names of products, and remembers for which it was asked."""

    def __init__(self) -> None:
        self.asked: list[list[ProductId]] = []

    def read(self, session: Session, product_ids: Collection[ProductId]) -> Mapping[ProductId, str]:
        self.asked.append(sorted(product_ids))
        return {key: one.name.hans for key, one in catalogue.products_by_id(session, product_ids).items()}


@pytest.fixture
def opened(engine: Engine) -> Iterator[Session]:
    with Session(engine, expire_on_commit=False) as session:
        yield session


@pytest.fixture
def offers(opened: Session) -> list[tuple[OfferId, ProductId]]:
    make_reference(opened)
    seller = make_party(opened)
    made = [make_offer(opened, cooperative=seller) for _ in range(2)]
    opened.commit()
    return [(one.id, one.product_id) for one in made]


@pytest.fixture
def search(engine: Engine, offers: list[tuple[OfferId, ProductId]]) -> SearchEngine:
    made = SearchEngine(PostgresText(sessionmaker(engine)))
    follow_changes(made, sessionmaker(engine))
    return made


def test_only_what_changed_is_read_again(
    opened: Session, search: SearchEngine, offers: list[tuple[OfferId, ProductId]], clock: FixedClock
) -> None:
    counted = Counted()
    beside = Beside(counted.read)
    (offer_id, changed), (_other, same) = offers
    first = beside.get(search, opened, [same, changed])
    assert list(first) == [same, changed]
    assert beside.get(search, opened, [changed, same]) == first
    assert counted.asked == [sorted([changed, same])]
    offer = catalogue.get_offer(opened, offer_id)
    shelf.change_price(opened, offer_id, offer.price_fen + 1)
    opened.commit()
    follow_changes(search, sessionmaker(opened.get_bind()))
    beside.get(search, opened, [changed, same])
    assert counted.asked[1:] == [[changed]]
    beside.get(search, opened, [changed, same])
    assert len(counted.asked) == 2


def test_what_the_search_does_not_know_is_never_kept(
    opened: Session, search: SearchEngine, offers: list[tuple[OfferId, ProductId]]
) -> None:
    counted = Counted()
    beside = Beside(counted.read)
    nobody = ProductId(10**9)
    assert beside.get(search, opened, [nobody]) == {}
    search.refresh(opened)
    later = make_offer(opened, cooperative=make_party(opened))
    opened.commit()
    assert search.versions(opened, [later.product_id]) == {}
    for _ in range(2):
        assert list(beside.get(search, opened, [later.product_id])) == [later.product_id]
    assert counted.asked == [[nobody], [later.product_id], [later.product_id]]


def test_it_keeps_to_its_bound_and_to_its_engine(
    engine: Engine, opened: Session, search: SearchEngine, offers: list[tuple[OfferId, ProductId]]
) -> None:
    counted = Counted()
    beside = Beside(counted.read, bound=1)
    (_, one), (_, other) = offers
    for product_id in (one, one, other, one):
        beside.get(search, opened, [product_id])
    assert counted.asked == [[one], [other], [one]]
    elsewhere = SearchEngine(PostgresText(sessionmaker(engine)))
    beside.get(elsewhere, opened, [one])
    assert counted.asked[-1] == [one]
    assert len(counted.asked) == 4
