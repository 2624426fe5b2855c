"""No page asks the database more than a dozen times, and none asks more often for showing more rows."""

from collections import Counter
from collections.abc import Mapping
from itertools import count
from urllib.parse import urljoin

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from marketplace.basket import service as baskets
from marketplace.catalogue import queries as catalogue
from marketplace.catalogue import service as shelf
from marketplace.catalogue.rules import certificates
from marketplace.catalogue.types import CertificateDraft, ProductFilter
from marketplace.custody.types import CustodyEvidence
from marketplace.kernel import time, unit_of_work
from marketplace.parties.types import PartyId
from tests.factories.assistance import complete_by_hand
from tests.web import ordering
from tests.web.browse import statements
from tests.web.conftest import follow_search, signed_in
from tests.web.ground import OF_A_KIND, READERS, SIMPLIFIED, STRANGER, Ground
from tests.web.shop import COOPERATIVES, RED_KIWI, Shop, add_offer

MOST = 12
FEW, MANY = 3, 12
_numbers = count(500_000)


def asked(app: Flask, browser: FlaskClient, address: str) -> list[str]:
    """Return what a page asks when everything that is kept between requests is there."""
    with statements(app) as sent:
        browser.get(address).close()
    if len(sent) > MOST:  # what is kept may just have grown old: then it is there now
        with statements(app) as sent:
            browser.get(address).close()
    return sent


def files_of(ground: Ground, reader: str) -> list[str]:
    """Return the files that a reader's pages lead to, a few of each kind."""
    pages = ground.read_by(reader)
    known, seen = {read.address for read in pages}, Counter(ground.view(read.address) or "" for read in pages)
    files = []
    for address in dict.fromkeys(
        urljoin(read.address, link).partition("#")[0] for read in pages for link in read.page.links
    ):
        view = ground.view(address)
        if view and address not in known and seen[view] < OF_A_KIND:
            seen[view] += 1
            files.append(address)
    return files


@pytest.mark.parametrize("reader", READERS)
def test_no_page_and_no_file_asks_more_than_a_dozen_times(ground: Ground, reader: str) -> None:
    browser = ground.browser(reader, SIMPLIFIED)
    sent = {read.address: read.sent for read in ground.read_by(reader)}
    assert len(sent) >= 10
    asked_again = [address for address, many in sent.items() if len(many) > MOST]  # what is kept is there now
    sent |= {
        address: asked(ground.app, browser, address) for address in asked_again + files_of(ground, reader)
    }
    over = {f"{len(many)} {address}": many for address, many in sent.items() if len(many) > MOST}
    assert over == {}


def goods(session: Session) -> list[tuple[str, str]]:
    """Return what is offered: products with one of their sellers."""
    shop = Shop(session)
    codes = {shop.party(code).id: code for code in COOPERATIVES}
    listed = catalogue.list_products(session, ProductFilter(offered=True), per_page=300).items
    return [
        (one.slug, codes[catalogue.offers_of(session, [one.id])[one.id][0].cooperative_id])
        for one in listed
        if one.consumer_sellable
    ]


def trade(session: Session, rows: int) -> None:
    """Make every list longer: orders at each step, proofs that wait for review, goods on a shelf."""
    shop = Shop(session)
    offered = {slug for slug, _seller in goods(session)}
    others = catalogue.list_products(session, ProductFilter(offered=False), per_page=300).items
    fresh = iter([one for one in others if one.slug not in offered and one.consumer_sellable])
    for _row in range(rows):
        done = ordering.packed(session, person="unit", unit="DEMO-UNIT")
        unit_of_work.commit(
            session, lambda one, order=done: complete_by_hand(one, order, CustodyEvidence.RECEIPT_ONLY)
        )
        ordering.packed(session)
        ordering.paid(session)
        product = next(fresh)
        variant = catalogue.variants_of(session, [product.id])[product.id][0]
        unit_of_work.commit(session, lambda one, what=(product, variant): add_offer(one, "DEMO-SC", *what))
        unit_of_work.commit(session, lambda one: hand_in(one, shop.party("DEMO-SC").id))


def hand_in(session: Session, holder_id: PartyId) -> None:
    """Let a cooperative send a proof that waits for the operator."""
    kiwi = Shop(session).product(RED_KIWI)
    shelf.submit_certificate(
        session,
        CertificateDraft(
            scheme_code="zhenpin",
            number=f"DEMO-ZP-{next(_numbers):06}",
            holder_id=holder_id,
            valid_from=time.today(),
            valid_to=certificates.add_months(time.today(), 24),
            product_ids=frozenset({kiwi.id}),
        ),
    )


LISTS = {
    STRANGER: ["/", "/search", "/search?in_stock=1", "/certificates", "/cooperatives/DEMO-SC", "/demo/inbox"],
    "consumer": ["/account", "/account/orders", "/account/notices"],
    "unit": ["/purchasing"],
    "cooperative": [
        "/cooperative",
        "/cooperative/orders",
        "/cooperative/orders?state=packed",
        "/cooperative/offers",
        "/cooperative/certificates",
        "/cooperative/statements",
        "/cooperative/statements/2026-11",
    ],
    "carrier": ["/carrier/", "/carrier/waybills"],
    "official": [
        "/oversight",
        "/oversight/lines",
        "/oversight/lines.csv",
        "/oversight/table?by=county",
        "/oversight/print",
    ],
    "operator": [
        "/operator",
        "/operator/orders",
        "/operator/certificates",
        "/operator/certificates?state=submitted",
        "/operator/parties",
        "/operator/payments",
        "/operator/breaches",
        "/operator/unaccepted",
    ],
}


@pytest.fixture(autouse=True)
def looked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no request look for changes itself: a served process has a thread for it."""
    monkeypatch.setattr("marketplace.search.engine.CHECK_SECONDS", 3600)


def lists(app: Flask, before: Mapping[str, int] | None = None) -> Mapping[str, int]:
    """Return how often each list asks when what is kept between requests is there.

    What is kept for a second may just have gone: an answer that differs from the one before is asked again.
    """
    found = {}
    for reader, addresses in LISTS.items():
        browser = app.test_client() if reader == STRANGER else signed_in(app, reader)
        for address in addresses:
            answer = browser.get(address)
            assert answer.status_code == 200, address
            answer.close()
            times = 1 if before is not None else 3
            many = min(len(asked(app, browser, address)) for _ in range(times))
            if before is not None and many != before[f"{reader} {address}"]:
                many = min(len(asked(app, browser, address)) for _ in range(3))
            found[f"{reader} {address}"] = many
    return found


def test_lists_ask_the_same_for_three_rows_and_for_a_dozen(own_app: Flask) -> None:
    with own_app.extensions["sessions"]() as session:
        trade(session, FEW)
        follow_search(own_app)
        few = lists(own_app)
        trade(session, MANY - FEW)
        follow_search(own_app)
    assert lists(own_app, few) == few
    assert max(few.values()) <= MOST
    orders_page = signed_in(own_app, "operator").get("/operator/orders").text
    assert orders_page.count("/operator/orders/Q") >= MANY


def test_an_order_and_a_basket_ask_the_same_for_three_lines_and_for_a_dozen(own_app: Flask) -> None:
    counts = {}
    with own_app.extensions["sessions"]() as session:
        offered = goods(session)
        assert len(offered) >= MANY
        for lines in (FEW, MANY):
            order = ordering.packed(session, dict.fromkeys(offered[:lines], 1))
            part = max(order.fulfilments, key=lambda one: len(one.lines))
            fill_basket(session, offered[:lines])
            counts[lines] = {
                f"{reader} {name}": len(asked_twice(own_app, reader, address))
                for reader, name, address in (
                    ("consumer", "order", f"/orders/{order.number}"),
                    ("consumer", "basket", "/basket"),
                    ("consumer", "checkout", "/checkout"),
                    ("operator", "order", f"/operator/orders/{order.number}"),
                    ("operator", "routing", f"/operator/orders/{order.number}/routing"),
                    ("carrier", "load", f"/h/{part.label_token}"),
                )
            }
    assert counts[MANY] == counts[FEW]
    assert max(counts[MANY].values()) <= MOST


def asked_twice(app: Flask, reader: str, address: str) -> list[str]:
    browser = signed_in(app, reader)
    answer = browser.get(address)
    assert answer.status_code == 200, address
    return min((asked(app, browser, address) for _ in range(3)), key=len)


def fill_basket(session: Session, wanted: list[tuple[str, str]]) -> None:
    shop = Shop(session)

    def fill(one: Session) -> None:
        basket = baskets.clear(one, baskets.open_for(one, None, shop.person("consumer").id).id)
        for slug, seller in wanted:
            offer = shop.offer(slug, seller)
            baskets.put(one, basket.id, offer.variant_id, 1, offer_id=offer.id)

    unit_of_work.commit(session, fill)
