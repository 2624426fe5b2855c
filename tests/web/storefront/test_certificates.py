"""A certificate as anybody looks it up; and what changes everywhere at once when it is taken away."""

import json
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from marketplace.basket import service as baskets
from marketplace.catalogue import queries as catalogue
from marketplace.catalogue.types import CertificateDraft, Check, CheckedAgainst
from marketplace.flow import checkout, decide_certificate, hand_in_certificate
from marketplace.flow.checkout import PlaceWish
from marketplace.kernel import journal, time, unit_of_work
from marketplace.kernel.message import Name
from marketplace.kernel.time import FixedClock
from marketplace.orders.types import Address, Contact
from marketplace.parties import service as parties
from marketplace.parties.types import PartyKind
from marketplace.payment.types import Processor
from tests.factories.places import CONGJIANG
from tests.factories.search import follow_changes
from tests.web import ordering
from tests.web.conftest import signed_in
from tests.web.shop import FOSHAN, RED_KIWI, ZHENPIN_NUMBER, Shop

PAGE = f"/certificates/zhenpin/{ZHENPIN_NUMBER}"
SHELF = "/search?certification=zhenpin"
SEEN = Check(against=CheckedAgainst.ORIGINAL)


def linked_data(page: str) -> dict[str, object]:
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert found is not None
    read: dict[str, object] = json.loads(found.group(1))
    return read


def decide(app: Flask, act: Callable[..., object], *arguments: object) -> None:
    """Let an operator decide about the shop's 圳品."""
    with app.extensions["sessions"]() as session:
        one = catalogue.find_certificates(session, ZHENPIN_NUMBER)[0]
        journal.acting_person.set(Shop(session).person("operator").id)
        unit_of_work.commit(session, lambda now: act(now, one.id, *arguments))
        journal.acting_person.set(None)
    follow_changes(app.extensions["ports"].search, app.extensions["sessions"])


def test_the_page_says_state_scope_days_and_what_it_was_checked_against(client: FlaskClient) -> None:
    page = client.get(PAGE).text
    for said in (
        ZHENPIN_NUMBER,
        "今天有效",
        "持证者生产或销售的下列商品",
        "证书原件或扫描件",
        "平台核验通过",
    ):
        assert said in page
    data = linked_data(page)
    assert (data["@type"], data["certificationIdentification"]) == ("Certification", ZHENPIN_NUMBER)
    assert data["certificationStatus"] == "https://schema.org/CertificationActive"
    assert "data:image/svg+xml" in page
    code = client.get(f"/certificate-codes/zhenpin/{ZHENPIN_NUMBER}")
    assert (code.status_code, code.mimetype) == (200, "image/svg+xml")
    assert client.get("/certificate-codes/zhenpin/DEMO-ZP-999999").status_code == 404
    product = client.get(f"/products/{RED_KIWI}").text
    assert f"/certificate-codes/zhenpin/{ZHENPIN_NUMBER}" in product


def test_a_bare_number_leads_to_its_certificate_or_shows_the_candidates(own_app: Flask) -> None:
    browser = own_app.test_client()
    found = browser.get(f"/certificates/{ZHENPIN_NUMBER.lower()}")
    assert (found.status_code, found.location) == (302, PAGE)
    assert browser.get("/certificates/DEMO-ZP-999999").status_code == 404
    with own_app.extensions["sessions"]() as session:
        hand_in_the_same_number(session)
    shown = browser.get("/certificates/2099-001").text
    assert "haccp/2099-001" in shown
    assert "supplier_832/2099-001" in shown


def hand_in_the_same_number(session: Session) -> None:
    """Two schemes without a pattern give a holder, who is no demonstration, the same number."""
    name = Name("真实合作社", "真實合作社", "Real cooperative")
    holder = unit_of_work.commit(
        session,
        lambda now: parties.register_party(
            now, kind=PartyKind.COOPERATIVE, name=name, division_code=CONGJIANG, is_demo=False
        ),
    )
    schemes = catalogue.reference(session).schemes
    assert schemes["haccp"].number_pattern is None
    for code in ("haccp", "supplier_832"):
        draft = CertificateDraft(
            scheme_code=code,
            number="2099-001",
            holder_id=holder.id,
            valid_from=time.today(),
            valid_to=time.today() + timedelta(days=300),
        )
        unit_of_work.commit(
            session,
            lambda now, draft=draft: decide_certificate.verify(
                now, hand_in_certificate.hand_in(now, draft, "0" * 64).id, SEEN
            ),
        )


def fill_basket(session: Session) -> None:
    """Put a pack of red kiwifruit in, from whoever supplies it."""
    shop = Shop(session)
    variant, buyer = shop.offer(RED_KIWI, "DEMO-SC").variant_id, shop.person("consumer").id
    unit_of_work.commit(
        session, lambda now: baskets.put(now, baskets.open_for(now, None, buyer).id, variant, 1)
    )


def wish_of(session: Session) -> PlaceWish:
    """Return the wish of a buyer who looks at the checkout now."""
    buyer = Shop(session).person("consumer")
    basket = baskets.open_for(session, None, buyer.id)
    return PlaceWish(
        person_id=buyer.id,
        unit_id=None,
        contact=Contact(phone=buyer.phone or ""),
        address=Address(recipient="演示", phone=buyer.phone or "", division_code=FOSHAN, line="演示路 1 号"),
        basket=basket,
        processor=Processor.SANDBOX,
        fingerprint=checkout.preview(session, basket, FOSHAN).fingerprint,
    )


@pytest.mark.parametrize("fate", ["revoked", "expired"])
def test_a_certificate_gone_is_gone_everywhere_and_stays_with_what_was_ordered(
    own_app: Flask, clock: FixedClock, fate: str
) -> None:
    buyer, stranger = signed_in(own_app, "consumer"), own_app.test_client()
    with own_app.extensions["sessions"]() as session:
        ordered = ordering.paid(session)
        valid_to = catalogue.find_certificates(session, ZHENPIN_NUMBER)[0].valid_to
        fill_basket(session)
    badge = f"<code>{ZHENPIN_NUMBER}</code>"
    assert badge in stranger.get(f"/products/{RED_KIWI}").text
    assert RED_KIWI in stranger.get(SHELF).text
    assert "不带这份证明" not in buyer.get("/basket").text
    clock.advance(timedelta(minutes=5))
    with own_app.extensions["sessions"]() as session:
        wish = wish_of(session)
    clock.advance(timedelta(minutes=1))
    if fate == "revoked":
        decide(own_app, decide_certificate.revoke, "抽检不合格")
    else:
        assert valid_to is not None
        clock.instant = time.end_of_day(valid_to)
    assert badge not in stranger.get(f"/products/{RED_KIWI}").text
    assert RED_KIWI not in stranger.get(SHELF).text
    said = "圳品证书已被撤销" if fate == "revoked" else "圳品证书已过期"
    basket = buyer.get("/basket").text
    assert said in basket
    if fate == "revoked":  # at the year's end there is no stock left to plan with
        with own_app.extensions["sessions"]() as session, pytest.raises(checkout.PlanChanged):
            checkout.place(session, wish, "placed-late")
    page = stranger.get(PAGE).text
    assert linked_data(page)["certificationStatus"] == "https://schema.org/CertificationInactive"
    assert ("抽检不合格" in page) is (fate == "revoked")
    assert "operator（演示）" not in page
    kept = buyer.get(f"/orders/{ordered.number}").text
    assert "下单时有效" in kept
    assert PAGE in kept
