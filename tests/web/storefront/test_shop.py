"""The shop that the web tests stand on."""

from flask import Flask
from flask.testing import FlaskClient

from marketplace.catalogue.types import ProductId
from marketplace.kernel import time
from marketplace.routing import queries as routing
from tests.web.shop import FOSHAN, RED_KIWI, Shop


def test_shop_sells(app: Flask, client: FlaskClient, shop: Shop) -> None:
    assert client.get("/healthz").status_code == 200
    kiwi = shop.product(RED_KIWI)
    priced = routing.price_with_freight(shop.session, [kiwi.id], FOSHAN, time.today())
    assert priced[ProductId(kiwi.id)].arrives_on is not None
