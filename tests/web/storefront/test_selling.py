"""A seller who may not sell is off every shelf at once, and back at once: price, basket, plan, search."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from marketplace.basket import service as baskets
from marketplace.basket.refusals import NotForSale
from marketplace.catalogue import queries as catalogue
from marketplace.flow import verify_sellers
from marketplace.kernel import time, unit_of_work
from marketplace.kernel.time import FixedClock
from marketplace.parties.types import PartyId
from marketplace.routing import queries as routing
from tests.web.browse import submit
from tests.web.conftest import follow_search, signed_in
from tests.web.shop import FOSHAN, SWEET_RICE, Shop

PAGE, SELLER = f"/products/{SWEET_RICE}", "/cooperatives/DEMO-CJ"


@pytest.fixture
def stranger(own_app: Flask) -> FlaskClient:
    return own_app.test_client()


def _party_id(app: Flask) -> PartyId:
    with app.extensions["sessions"]() as session:
        return Shop(session).party("DEMO-CJ").id


def _is_sold(app: Flask) -> bool:
    """Ask everything that chooses among offers; all must say the same."""
    with app.extensions["sessions"]() as session:
        shop = Shop(session)
        product = shop.product(SWEET_RICE)
        _packs, offers = routing.shelf_prices(session, [product.id], FOSHAN, time.today())
        variant = catalogue.variants_of(session, [product.id])[product.id][0].id
        basket = baskets.open_for(session, None, shop.person("consumer").id)
        try:
            baskets.put(session, basket.id, variant, 1)
            is_taken = True
        except NotForSale:
            is_taken = False
        session.rollback()
    assert bool(offers) == is_taken
    page = app.test_client().get(PAGE).text
    assert ("目前没有合作社供应" in page) != is_taken
    return is_taken


def test_suspension_takes_effect_everywhere_and_says_why(own_app: Flask, stranger: FlaskClient) -> None:
    assert _is_sold(own_app)
    operator, page = signed_in(own_app, "operator"), "/operator/parties/DEMO-CJ"
    assert submit(operator, page, f"{page}/suspend", reason="抽检不合格（演示）").status_code == 303
    assert not _is_sold(own_app)
    assert "已暂停营业" in stranger.get(SELLER).text
    assert submit(operator, page, f"{page}/reinstate", reason="复检合格（演示）").status_code == 303
    assert _is_sold(own_app)


def test_the_half_year_ends_at_midnight_and_a_verification_brings_the_goods_back(
    own_app: Flask, clock: FixedClock
) -> None:
    clock.advance(timedelta(days=181))  # the last day, noon
    assert _is_sold(own_app)
    clock.advance(timedelta(hours=12))
    assert not _is_sold(own_app)
    operator, page = signed_in(own_app, "operator"), "/operator/parties/DEMO-CJ"
    assert "DEMO-CJ" in operator.get("/operator/verifications?queue=lapsed").text
    assert submit(operator, page, f"{page}/verify", against="公示系统，存续（演示）").status_code == 303
    assert _is_sold(own_app)


def test_search_follows(own_app: Flask, stranger: FlaskClient) -> None:
    party_id = _party_id(own_app)
    facet = "DEMO-CJ"
    address = "/search?q=香禾糯"
    assert facet in stranger.get(address).text
    with own_app.extensions["sessions"]() as session:
        unit_of_work.commit(session, lambda one: verify_sellers.suspend(one, party_id, "暂停（演示）"))
    follow_search(own_app)
    assert facet not in stranger.get(address).text
