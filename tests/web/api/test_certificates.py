"""The register by number: however it is written, only what is public, with its holder and its goods."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from marketplace.catalogue import service as shelf
from marketplace.catalogue.types import CertificateDraft, Check, CheckedAgainst
from marketplace.kernel import time
from marketplace.web.language import to_hant
from tests.web.api.conftest import Ask
from tests.web.shop import RED_KIWI, SWEET_RICE, ZHENPIN_NUMBER, Shop

CERTIFICATES = "/api/v1/certificates"


@pytest.mark.parametrize("written", [ZHENPIN_NUMBER, ZHENPIN_NUMBER.lower(), f"  {ZHENPIN_NUMBER} "])
def test_a_number_finds_its_certificate_however_it_is_written(ask: Ask, shop: Shop, written: str) -> None:
    (found,) = ask(CERTIFICATES, number=written)["items"]
    holder = shop.party("DEMO-SC")
    assert found == {
        "scheme": "zhenpin",
        "scheme_names": found["scheme_names"],
        "number": ZHENPIN_NUMBER,
        "holder": holder.name.hans,
        "holder_names": {
            "zh_hans": holder.name.hans,
            "zh_hant": to_hant(holder.name.hans),
            "en": holder.name.en,
        },
        "issuer": found["issuer"],
        "state": "verified",
        "valid_now": True,
        "valid_from": f"{time.today().year}-01-01",
        "valid_to": found["valid_to"],
        "products": [RED_KIWI],
    }
    assert found["issuer"]
    assert "圳品" in found["scheme_names"]["zh_hans"]


def test_the_page_shows_the_same(client: FlaskClient, ask: Ask) -> None:
    (found,) = ask(CERTIFICATES, number=ZHENPIN_NUMBER)["items"]
    page = client.get(f"/certificates/{found['scheme']}/{found['number']}").text
    assert found["number"] in page
    assert found["holder"] in page
    assert found["issuer"] in page


@pytest.mark.parametrize("unknown", ["DEMO-ZP-999999", "ZP", "证书", "'; DROP TABLE x; --"])
def test_an_unknown_number_finds_nothing(ask: Ask, unknown: str) -> None:
    assert ask(CERTIFICATES, number=unknown) == {"items": []}


def test_what_waits_for_review_or_was_rejected_is_nobody_s_business(own_app: Flask, own_ask: Ask) -> None:
    number = "DEMO-ZP-000777"
    with own_app.extensions["sessions"]() as session:
        shop = Shop(session)
        holder, rice = shop.party("DEMO-CJ"), shop.product(SWEET_RICE)
        submitted = shelf.submit_certificate(
            session,
            CertificateDraft(
                scheme_code="zhenpin",
                number=number,
                holder_id=holder.id,
                valid_from=time.today(),
                valid_to=time.today().replace(year=time.today().year + 2),
                product_ids=frozenset({rice.id}),
            ),
        )
        session.commit()
        assert own_ask(CERTIFICATES, number=number) == {"items": []}
        shelf.verify_certificate(session, submitted.id, Check(against=CheckedAgainst.ORIGINAL))
        session.commit()
        assert own_ask(CERTIFICATES, number=number)["items"][0]["valid_now"] is True
        shelf.suspend_certificate(session, submitted.id, "演示")
        session.commit()
        shown = own_ask(CERTIFICATES, number=number)["items"][0]
        assert (shown["state"], shown["valid_now"]) == ("suspended", False)
