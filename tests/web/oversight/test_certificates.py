"""An official sees the certificates of the counties they answer for, with their paper; nobody else's."""

from datetime import timedelta

from flask import Flask

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue.types import CertificateDraft
from marketplace.flow import hand_in_certificate
from marketplace.kernel import time, unit_of_work
from tests.factories.files import picture
from tests.web.browse import statements
from tests.web.conftest import signed_in
from tests.web.shop import SWEET_RICE, ZHENPIN_NUMBER, Shop

MOST_STATEMENTS = 12
PAPER = picture("JPEG")


def test_a_county_sees_what_waits_and_what_ends_in_it(own_app: Flask) -> None:
    with own_app.extensions["sessions"]() as session:
        shop = Shop(session)
        draft = CertificateDraft(
            scheme_code="zhenpin",
            number="DEMO-ZP-800001",
            holder_id=shop.party("DEMO-CJ").id,
            valid_from=time.today(),
            valid_to=time.today() + timedelta(days=20),
            product_ids=frozenset({shop.product(SWEET_RICE).id}),
        )
        digest = hand_in_certificate.keep_evidence(PAPER, own_app.extensions["ports"].files)
        one = unit_of_work.commit(session, lambda now: hand_in_certificate.hand_in(now, draft, digest))
        other = catalogue.find_certificates(session, ZHENPIN_NUMBER)[0]
    mine = f"/oversight/certificates/{one.id}"
    for name in ("official", "official2"):
        browser = signed_in(own_app, name)
        assert one.number in browser.get("/oversight/certificates?queue=to_verify").text
        assert one.number in browser.get(mine).text
        assert browser.get(f"{mine}/evidence").data == PAPER
    paired = signed_in(own_app, "official2")
    for path in ("", "/evidence"):
        assert paired.get(f"/oversight/certificates/{other.id}{path}").status_code == 404
    with statements(own_app) as sent:
        paired.get("/oversight/certificates")
    assert len(sent) <= MOST_STATEMENTS
