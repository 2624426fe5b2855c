"""Producers, brands and verification through the pages: each decides on its own, and the public sees it."""

from datetime import timedelta

from flask import Flask
from flask.testing import FlaskClient

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue.types import BrandFilter
from marketplace.kernel.time import FixedClock
from tests.web.browse import statements, submit
from tests.web.conftest import follow_search, signed_in
from tests.web.shop import RED_KIWI, Shop

MOST_STATEMENTS = 12
PRODUCERS, BRANDS, STANDING = "/cooperative/producers", "/cooperative/brands", "/cooperative/standing"


def _offer_id(app: Flask) -> int:
    with app.extensions["sessions"]() as session:
        return Shop(session).offer(RED_KIWI, "DEMO-SC").id


def test_a_producer_is_named_sees_it_and_denies(own_app: Flask) -> None:
    seller, producer = signed_in(own_app, "manager"), signed_in(own_app, "cooperative2")
    offer_id = _offer_id(own_app)
    unknown = submit(seller, PRODUCERS, PRODUCERS, offer=str(offer_id), producer="NOBODY")
    assert unknown.status_code == 422
    assert submit(seller, PRODUCERS, PRODUCERS, offer=str(offer_id), producer="demo-xw").status_code == 303
    follow_search(own_app)
    assert "修文果业合作社（演示）生产" in own_app.test_client().get(f"/products/{RED_KIWI}").text
    assert "有商家说卖的是您生产的" in producer.get("/cooperative").text
    with own_app.extensions["sessions"]() as session:
        (claim,) = catalogue.claims_naming(session, Shop(session).party("DEMO-XW").id).items
    deny = f"{PRODUCERS}/{claim.id}/deny"
    assert submit(seller, PRODUCERS, deny, reason="不是").status_code == 404
    assert submit(producer, PRODUCERS, deny, reason="").status_code == 422
    assert submit(producer, PRODUCERS, deny, reason="我们不种这个（演示）").status_code == 303
    with own_app.extensions["sessions"]() as session:
        assert Shop(session).offer(RED_KIWI).cooperative_id != claim.seller_id
    said = seller.get(f"{PRODUCERS}?list=named&q=红心&order=oldest").text
    assert said.count("我们不种这个（演示）") == 2  # what holds now, and what happened
    assert "生产者否认" in said
    assert "没有这样的商品" in seller.get(f"{PRODUCERS}?list=named&q=莫须有").text
    other = submit(seller, PRODUCERS, PRODUCERS, offer=str(2**60), producer="DEMO-XW")
    assert other.status_code == 404


def _brand(operator: FlaskClient, app: Flask) -> int:
    fields = {
        "kind": "regional",
        "name": "水城红心（演示）",
        "holder": "DEMO-GZ",
        "division": "520204",
    }
    assert submit(operator, "/operator/brands", "/operator/brands", **fields).status_code == 303
    with app.extensions["sessions"]() as session:
        return catalogue.list_brands(session, BrandFilter()).items[0].id


def test_a_brand_stands_on_goods_by_its_holders_word(own_app: Flask) -> None:
    operator, seller, holder = (signed_in(own_app, one) for one in ("operator", "manager", "official"))
    brand_id = _brand(operator, own_app)
    with own_app.extensions["sessions"]() as session:
        product_id = Shop(session).product(RED_KIWI).id
    asked = {"brand": str(brand_id), "product": [str(product_id)], "note": "自有果园（演示）"}
    assert submit(seller, BRANDS, f"{BRANDS}/uses", **(asked | {"product": []})).status_code == 422
    assert submit(seller, BRANDS, f"{BRANDS}/uses", **asked).status_code == 303
    desk = "/oversight/brands"
    assert "自有果园（演示）" in holder.get(desk).text
    with own_app.extensions["sessions"]() as session:
        (use,) = catalogue.uses_by(session, Shop(session).party("DEMO-SC").id).items
    granting = f"{desk}/uses/{use.id}/authorise"
    other = signed_in(own_app, "official2")
    assert submit(other, "/account", granting).status_code == 404
    assert submit(holder, desk, granting, document="授权书DEMO-7").status_code == 303
    follow_search(own_app)
    public = own_app.test_client()
    for address in (f"/products/{RED_KIWI}", f"/brands/{brand_id}", "/cooperatives/DEMO-SC", "/brands"):
        assert "水城红心（演示）" in public.get(address).text, address
    assert submit(holder, desk, f"{desk}/uses/{use.id}/withdraw", reason="").status_code == 422
    assert submit(holder, desk, f"{desk}/uses/{use.id}/withdraw", reason="整改（演示）").status_code == 303
    follow_search(own_app)
    assert "水城红心（演示）" not in public.get(f"/products/{RED_KIWI}").text
    past = seller.get(f"{BRANDS}?q=红心").text
    assert [word in past for word in ("整改（演示）", "收回授权", "授权书DEMO-7", "申请使用")] == [True] * 4
    assert "没有这样的品牌" in seller.get(f"{BRANDS}?q=莫须有").text
    assert "收回授权" in holder.get(desk).text


def test_verification_is_asked_for_by_the_manager_in_time(own_app: Flask, clock: FixedClock) -> None:
    manager = signed_in(own_app, "manager")
    assert "到期前三十天起可以申请" in manager.get(STANDING).text
    clock.advance(timedelta(days=160))
    manager, clerk = signed_in(own_app, "manager"), signed_in(own_app, "cooperative")
    assert "过期后商品会停止销售" in manager.get("/cooperative").text
    assert "请负责人来申请复核" in clerk.get(STANDING).text
    asking = "/cooperative/verification"
    assert submit(manager, STANDING, asking, note="").status_code == 422
    assert submit(manager, STANDING, asking, stands="1", note="换了地址（演示）").status_code == 303
    operator = signed_in(own_app, "operator")
    assert "换了地址（演示）" in operator.get("/operator/verifications").text
    page = "/operator/parties/DEMO-SC"
    refused = submit(operator, page, f"{page}/refuse-verification", reason="执照没有变更（演示）")
    assert refused.status_code == 303
    assert "执照没有变更（演示）" in manager.get(STANDING).text
    changed = submit(operator, page, f"{page}/contract", contract_mode="agency", reason="双方约定（演示）")
    assert changed.status_code == 303
    assert "代销" in own_app.test_client().get("/cooperatives/DEMO-SC").text


def test_pages_ask_few_statements(own_app: Flask) -> None:
    pages = {
        "manager": (
            PRODUCERS,
            f"{PRODUCERS}?list=named",
            BRANDS,
            f"{BRANDS}?list=others",
            f"{BRANDS}?list=own",
            STANDING,
        ),
        "operator": (
            "/operator/brands",
            "/operator/brands?state=uses",
            "/operator/verifications",
            "/operator/parties/DEMO-SC",
        ),
        "official": ("/oversight/brands",),
    }
    for name, addresses in pages.items():
        browser = signed_in(own_app, name)
        for address in addresses:
            browser.get(address)
            with statements(own_app) as sent:
                assert browser.get(address).status_code == 200
            assert len(sent) <= MOST_STATEMENTS, address
