"""Producer and seller are kept apart: who is named is told, and whoever denies stops a false claim."""

import pytest
from sqlalchemy.orm import Session

from marketplace.catalogue import queries, service
from marketplace.catalogue.named import ClaimAnswered, ClaimNotFound, ProducerDenied
from marketplace.catalogue.refusals import OfferExists
from marketplace.catalogue.types import ClaimState, OfferStatus
from marketplace.kernel.time import FixedClock
from marketplace.notices import queries as notices
from marketplace.parties import queries as parties
from marketplace.parties.types import Party, Person, Role
from tests.factories.catalogue import make_offer, make_reference, make_variant
from tests.factories.parties import make_member, make_party

Ground = tuple[Party, Person, Party, Person]


@pytest.fixture
def ground(session: Session, clock: FixedClock) -> Ground:
    """An agent and a producer, each with a manager."""
    del clock
    make_reference(session)
    agent = make_party(session, name="代销商（演示）")
    producer = make_party(session, name="香禾农户合作社（演示）")
    first, _party, _held = make_member(session, Role.COOPERATIVE_MANAGER, agent)
    second, _party, _held = make_member(session, Role.COOPERATIVE_MANAGER, producer)
    return agent, first, producer, second


def _told(session: Session, person: Person) -> list[str]:
    return [str(one.message) for one in notices.inbox(session, person_id=person.id).items]


def test_a_named_producer_is_told_once_and_may_confirm(session: Session, ground: Ground) -> None:
    agent, _first, producer, second = ground
    variant = make_variant(session)
    offer = make_offer(session, variant, agent, producer_id=producer.id)
    (claim,) = queries.claims_naming(session, producer.id).items
    assert (claim.seller_id, claim.product_id, claim.state) == (agent.id, offer.product_id, ClaimState.NAMED)
    (said,) = _told(session, second)
    assert "代销商（演示）" in said
    assert queries.count_unanswered(session, producer.id) == 1
    assert service.confirm_claim(session, claim.id, producer.id).state is ClaimState.CONFIRMED
    with pytest.raises(ClaimAnswered):
        service.confirm_claim(session, claim.id, producer.id)
    service.change_producer(session, offer.id, agent.id)
    service.change_producer(session, offer.id, producer.id)
    assert len(_told(session, second)) == 1


def test_a_denial_takes_the_goods_off_sale_until_it_is_settled(session: Session, ground: Ground) -> None:
    agent, first, producer, _second = ground
    variant = make_variant(session)
    offer = make_offer(session, variant, agent, producer_id=producer.id)
    (claim,) = queries.claims_naming(session, producer.id).items
    with pytest.raises(ClaimNotFound):
        service.deny_claim(session, claim.id, agent.id, "不是")
    service.deny_claim(session, claim.id, producer.id, "今年没有供过他（演示）")
    assert queries.get_offer(session, offer.id).status is OfferStatus.PAUSED
    assert "今年没有供过他（演示）" in _told(session, first)[0]
    with pytest.raises(ProducerDenied):
        service.resume_offer(session, offer.id)
    service.withdraw_offer(session, offer.id)
    with pytest.raises(ProducerDenied):
        make_offer(session, variant, agent, producer_id=producer.id)
    service.confirm_claim(session, claim.id, producer.id)
    assert make_offer(session, variant, agent, producer_id=producer.id).producer_id == producer.id


def test_changing_the_producer_keeps_offers_apart(session: Session, ground: Ground) -> None:
    agent, _first, producer, _second = ground
    variant = make_variant(session)
    own = make_offer(session, variant, agent)
    others = make_offer(session, variant, agent, producer_id=producer.id)
    with pytest.raises(OfferExists):
        service.change_producer(session, own.id, producer.id)
    beside = queries.producers_beside(session, [own.product_id])
    assert beside == {own.product_id: {others.id: producer.id}}
    assert parties.find_producer(session, producer.code.lower()) == producer
    assert parties.find_producer(session, "nobody") is None
