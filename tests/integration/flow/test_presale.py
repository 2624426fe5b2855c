"""A harvest is sold before it is in: never above its cap, packed only once it is there."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue import service as goods
from marketplace.catalogue.refusals import OfferTermsWrong, StatusMovedOn
from marketplace.catalogue.types import OfferId, Presale, SellingTerms, Step
from marketplace.flow import presale
from marketplace.flow.presale import Harvest, NotHarvestedYet, StillOnSale
from marketplace.kernel import time
from marketplace.kernel.time import FixedClock
from marketplace.parties.types import PersonId
from marketplace.places.types import DivisionCode
from marketplace.routing import queries as routing
from marketplace.routing import service as routes
from marketplace.routing.burden import burdens
from marketplace.routing.refusals import CannotSupply
from marketplace.routing.types import Need, PlanRequest
from marketplace.stock import queries as stock_queries
from marketplace.stock import service as stock
from marketplace.stock.refusals import BelowHeld, OutOfStock
from marketplace.stock.types import Cause, Wanted
from tests.factories.places import FOSHAN
from tests.factories.routing import make_market, make_supply

ME = PersonId(1)
PAPERS = {"commitment_cert": "DEMO-YS-1"}


def order(session: Session, offer_id: OfferId, quantity: int) -> None:
    until = time.now() + timedelta(minutes=36)
    wanted = [Wanted(offer_id=offer_id, quantity=quantity)]
    stock.commit_hold(session, stock.hold(session, wanted, until, Cause("order", quantity, "placed")).id)


def test_from_the_promise_to_the_boxes(session: Session, clock: FixedClock) -> None:
    make_market(session)
    offer = make_supply(session, packs=0)
    harvest_on = time.today() + timedelta(days=20)
    wanted = Presale(harvest_on, 30)
    lot_id = presale.open_presale(session, offer.id, wanted, person_id=ME, key="a-pre-sale")
    assert presale.open_presale(session, offer.id, wanted, person_id=ME, key="a-pre-sale") == lot_id
    with pytest.raises(StillOnSale):
        presale.open_presale(session, offer.id, wanted, person_id=ME, key="another-one")

    # The plan packs it on the day of the harvest; the card says so; more than the cap is not to be had.
    need = Need(line_no=1, variant_id=offer.variant_id, quantity=30)
    plan = routes.plan(session, PlanRequest(destination_code=FOSHAN, needs=(need,), at=time.now()))
    assert plan.parts[0].ships_on >= harvest_on
    price = routing.offer_prices(session, [offer.product_id], FOSHAN, time.today())[offer.id]
    assert price.presale_on == harvest_on
    assert price.problem is None
    over = Need(line_no=1, variant_id=offer.variant_id, quantity=31)
    with pytest.raises(CannotSupply):
        routes.plan(session, PlanRequest(destination_code=FOSHAN, needs=(over,), at=time.now()))
    order(session, offer.id, 12)
    with pytest.raises(OutOfStock):
        order(session, offer.id, 19)
    with pytest.raises(NotHarvestedYet):
        presale.check_harvested(session, [lot_id])

    # In the field it grew less than promised at most, but never less than was ordered.
    clock.advance(timedelta(days=21))
    day = time.today()
    few = Harvest(harvested_on=day, packs=11, papers=PAPERS)
    with pytest.raises(BelowHeld), session.begin_nested():
        presale.bring_in(session, offer.id, few, person_id=ME)
    presale.bring_in(session, offer.id, Harvest(harvested_on=day, packs=20, papers=PAPERS), person_id=ME)
    there = stock_queries.lots_by_id(session, [lot_id])[lot_id]
    kept = catalogue.get_product(session, offer.product_id).shelf_life_days
    assert (there.on_hand, there.held) == (20, 12)
    assert there.expires_on == day + timedelta(days=kept or 0)
    assert catalogue.get_offer(session, offer.id).presale is None
    presale.check_harvested(session, [lot_id])
    assert stock_queries.differences(session) == []
    with pytest.raises(StatusMovedOn):
        goods.end_presale(session, offer.id, lot_id, day, PAPERS)


@pytest.mark.parametrize(("days", "cap"), [(0, 10), (-3, 10), (400, 10), (20, 0), (20, 10**9)])
def test_a_promise_that_cannot_be_kept_is_refused(session: Session, days: int, cap: int) -> None:
    make_market(session)
    offer = make_supply(session, packs=0)
    with pytest.raises(OfferTermsWrong):
        goods.open_presale(session, offer.id, Presale(time.today() + timedelta(days=days), cap), "YS1")


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        (SellingTerms(ladder=(Step(1, 5000),)), "ladder"),
        (SellingTerms(ladder=(Step(3, 6000),)), "ladder"),
        (SellingTerms(ladder=(Step(3, 5500), Step(2, 5000))), "ladder"),
        (SellingTerms(ladder=(Step(3, 2999),)), "ladder"),
        (SellingTerms(ship_weekdays=()), "ship_weekdays"),
        (SellingTerms(ship_weekdays=(8,)), "ship_weekdays"),
        (SellingTerms(served_cities=("810000",)), "served_cities"),
        (SellingTerms(free_freight_fen=0), "free_freight"),
    ],
)
def test_terms_that_make_no_sense_name_their_field(session: Session, terms: SellingTerms, field: str) -> None:
    make_market(session)
    offer = make_supply(session)
    with pytest.raises(OfferTermsWrong) as refused:
        goods.change_selling(session, offer.id, terms)
    assert refused.value.field == field


def test_terms_reach_the_price_that_a_buyer_sees_at_once(session: Session) -> None:
    make_market(session)
    offer = make_supply(session)
    guangzhou = DivisionCode("440100")

    def seen(city: DivisionCode) -> tuple[int, int, bool]:
        one = routing.price_with_freight(session, [offer.product_id], city, time.today())[offer.product_id]
        return one.total_fen, one.freight_inside_fen, one.problem is None

    total, inside, there = seen(FOSHAN)
    assert (inside, there) == (0, True)
    goods.change_selling(session, offer.id, SellingTerms(free_freight_fen=100, served_cities=(guangzhou,)))
    session.flush()
    assert seen(FOSHAN)[2] is False
    assert seen(guangzhou)[2] is True
    goods.change_selling(session, offer.id, SellingTerms(free_freight_fen=100))
    total_free, inside, _there = seen(FOSHAN)
    assert (total_free, inside >= total - offer.price_fen) == (offer.price_fen, True)
    goods.change_selling(session, offer.id, SellingTerms(ladder=(Step(5, offer.price_fen - 100),)))
    with pytest.raises(OfferTermsWrong):
        goods.change_price(session, offer.id, offer.price_fen - 100)


def test_freight_that_weighs_too_much_is_flagged_with_what_would_help(session: Session) -> None:
    make_market(session)
    light = make_supply(session, price_fen=3000)
    dear = make_supply(session, price_fen=9000)
    found = burdens(session, [light, dear])
    assert dear.id not in found
    heavy = found[light.id]
    assert heavy.now.freight_fen * 10 > heavy.now.goods_fen * 4
    assert heavy.more_packs is not None
    assert heavy.more_packs.quantity > 1
    assert not heavy.more_packs.is_heavy
    assert heavy.price_needed_fen > 3000
    changed = goods.change_price(session, light.id, heavy.price_needed_fen)
    assert burdens(session, [changed]) == {}
