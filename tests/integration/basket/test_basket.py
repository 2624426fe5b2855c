"""Baskets of visitors and people, before and after sign-in."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from marketplace.basket import queries, rules, service
from marketplace.basket.refusals import BadQuantity, BasketFull, NotForSale, UnknownBasket, UnknownLine
from marketplace.basket.types import BasketId
from marketplace.catalogue import service as catalogue
from marketplace.catalogue.types import Offer, VariantId
from marketplace.kernel import time
from marketplace.kernel.refusals import Conflict
from marketplace.kernel.time import FixedClock
from marketplace.kernel.unit_of_work import commit
from tests.factories.basket import make_basket
from tests.factories.catalogue import make_offer, make_product, make_reference, make_variant
from tests.factories.parties import make_person


@pytest.fixture
def offer(session: Session, clock: FixedClock) -> Offer:
    make_reference(session)
    return make_offer(session)


def test_a_visitor_keeps_a_basket_by_its_token(session: Session, offer: Offer) -> None:
    basket = make_basket(session, offer, quantity=2)
    assert basket.token
    assert basket.person_id is None
    found = queries.get_basket(session, basket.token, None)
    assert found == basket
    assert [(line.variant_id, line.offer_id, line.quantity) for line in found.lines] == [
        (offer.variant_id, None, 2)
    ]
    assert service.open_for(session, basket.token, None).id == basket.id
    assert queries.count(session, basket.token, None) == 2


def test_reading_opens_nothing(session: Session, offer: Offer) -> None:
    assert queries.get_basket(session, None, None) == queries.EMPTY
    assert queries.get_basket(session, "nobody's", None) == queries.EMPTY
    assert queries.count(session, None, None) == queries.count(session, "nobody's", None) == 0
    assert queries.find_basket(session, None, make_person(session).id) is None


def test_a_strange_token_is_not_taken_over(session: Session, offer: Offer) -> None:
    assert service.open_for(session, "chosen-by-somebody", None).token != "chosen-by-somebody"


def test_a_person_has_one_basket(session: Session, offer: Offer) -> None:
    person = make_person(session)
    basket = service.open_for(session, "any", person.id)
    assert basket.token is None
    assert service.open_for(session, None, person.id).id == basket.id


def test_the_same_goods_are_added_up(session: Session, offer: Offer) -> None:
    basket = make_basket(session, offer, quantity=2)
    basket = service.put(session, basket.id, offer.variant_id, 3)
    assert [line.quantity for line in basket.lines] == [5]
    basket = service.put(session, basket.id, offer.variant_id, 1, offer_id=offer.id)
    assert [(line.no, line.offer_id, line.quantity) for line in basket.lines] == [
        (1, None, 5),
        (2, offer.id, 1),
    ]


def test_the_same_form_puts_in_once(session: Session, offer: Offer) -> None:
    basket = make_basket(session, offer)
    for _ in range(3):
        basket = service.put(session, basket.id, offer.variant_id, 2, key="form-1")
    assert basket.count == 3
    with pytest.raises(Conflict):
        service.put(session, basket.id, offer.variant_id, 5, key="form-1")
    assert service.put(session, basket.id, offer.variant_id, 2, key="form-2").count == 5


@pytest.mark.parametrize("quantity", [0, -1, rules.MAX_QUANTITY + 1])
def test_a_line_holds_a_sensible_number(session: Session, offer: Offer, quantity: int) -> None:
    basket = make_basket(session, offer)
    with pytest.raises(BadQuantity):
        service.put(session, basket.id, offer.variant_id, quantity)
    if quantity:
        with pytest.raises(BadQuantity):
            service.set_quantity(session, basket.id, 1, quantity)


def test_adding_up_stays_within_the_limit(session: Session, offer: Offer) -> None:
    basket = make_basket(session, offer, quantity=rules.MAX_QUANTITY)
    with pytest.raises(BadQuantity):
        service.put(session, basket.id, offer.variant_id, 1)


def test_a_basket_has_its_end(session: Session, offer: Offer) -> None:
    product = make_product(session)
    variants = [make_variant(session, product, order_no=no) for no in range(1, rules.MAX_LINES + 1)]
    basket = make_basket(session, *(make_offer(session, variant) for variant in variants))
    assert len(basket.lines) == rules.MAX_LINES
    with pytest.raises(BasketFull):
        service.put(session, basket.id, offer.variant_id, 1)
    assert service.put(session, basket.id, variants[0].id, 1).lines[0].quantity == 2


def test_only_what_is_offered_goes_in(session: Session, offer: Offer) -> None:
    basket = make_basket(session, offer)
    with pytest.raises(NotForSale):
        service.put(session, basket.id, VariantId(999_999))
    other = make_offer(session, make_variant(session))
    with pytest.raises(NotForSale):
        service.put(session, basket.id, offer.variant_id, offer_id=other.id)
    catalogue.pause_offer(session, other.id)
    with pytest.raises(NotForSale):
        service.put(session, basket.id, other.variant_id)


def test_lines_are_changed_and_taken_out(session: Session, offer: Offer) -> None:
    other = make_offer(session, make_variant(session))
    basket = make_basket(session, offer, other)
    assert service.set_quantity(session, basket.id, 2, 7).lines[1].quantity == 7
    assert [line.no for line in service.set_quantity(session, basket.id, 1, 0).lines] == [2]
    assert [line.no for line in service.remove(session, basket.id, 1).lines] == [2]
    with pytest.raises(UnknownLine):
        service.set_quantity(session, basket.id, 1, 3)
    assert [line.no for line in service.put(session, basket.id, offer.variant_id).lines] == [2, 3]
    assert service.clear(session, basket.id).lines == ()


def test_an_unknown_basket_is_refused(session: Session, offer: Offer) -> None:
    nobodys = BasketId(999_999)
    with pytest.raises(UnknownBasket):
        service.put(session, nobodys, offer.variant_id)
    with pytest.raises(UnknownBasket):
        service.clear(session, nobodys)


def test_signing_in_brings_the_basket_along(session: Session, offer: Offer) -> None:
    other = make_offer(session, make_variant(session))
    person = make_person(session)
    make_basket(session, offer, person_id=person.id, quantity=990)
    visitor = make_basket(session, other, offer, quantity=20)
    merged = service.merge(session, visitor.token, person.id)
    assert [(line.no, line.variant_id, line.quantity) for line in merged.lines] == [
        (1, offer.variant_id, rules.MAX_QUANTITY),
        (2, other.variant_id, 20),
    ]
    assert queries.find_basket(session, visitor.token, None) is None
    assert service.merge(session, visitor.token, person.id) == merged
    assert service.merge(session, None, person.id) == merged


def test_forgotten_baskets_of_visitors_are_deleted(session: Session, offer: Offer, clock: FixedClock) -> None:
    person = make_person(session)
    make_basket(session, offer, person_id=person.id)
    forgotten = make_basket(session, offer)
    clock.advance(timedelta(days=90))
    fresh = make_basket(session, offer)
    assert service.purge(session, time.now() - timedelta(days=60)) == 1
    assert queries.find_basket(session, forgotten.token, None) is None
    assert queries.find_basket(session, fresh.token, None) is not None
    assert queries.count(session, None, person.id) == 1


def test_taps_at_the_same_moment_are_all_counted(engine: Engine) -> None:
    def prepare(session: Session) -> tuple[BasketId, VariantId]:
        make_reference(session)
        offer = make_offer(session)
        return service.open_for(session, None, None).id, offer.variant_id

    with Session(engine) as session:
        basket_id, variant_id = commit(session, prepare)

    def tap(key: int) -> None:
        with Session(engine) as session:
            commit(
                session,
                partial(service.put, basket_id=basket_id, variant_id=variant_id, key=f"tap-{key % 10}"),
            )

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(tap, range(20)))
    with Session(engine) as session:
        assert [line.quantity for line in service.remove(session, basket_id, 99).lines] == [10]
