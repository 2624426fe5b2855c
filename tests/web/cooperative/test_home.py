"""The home of a cooperative says what came back and why, and each line leads to where it is mended."""

import re
from datetime import timedelta

from flask import Flask
from sqlalchemy.orm import Session

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue import rules
from marketplace.catalogue import service as goods
from marketplace.catalogue.types import (
    Base,
    BrandDraft,
    BrandKind,
    CertificateDraft,
    CertificateId,
    StoryContent,
)
from marketplace.kernel import time, unit_of_work
from marketplace.kernel.message import Name
from marketplace.parties.types import Party
from tests.web.browse import statements
from tests.web.conftest import signed_in
from tests.web.shop import RED_KIWI, ZHENPIN_NUMBER, Shop

HOME = "/cooperative"
MOST_STATEMENTS = 12


def hand_in(session: Session, holder: Party, number: str) -> CertificateId:
    return goods.submit_certificate(
        session,
        CertificateDraft(
            scheme_code="gap",
            number=number,
            holder_id=holder.id,
            valid_from=time.today(),
            valid_to=time.today() + timedelta(days=300),
            product_ids=frozenset({Shop(session).product(RED_KIWI).id}),
            base=Base(name="山坡基地（演示）", county_code=holder.division_code),
        ),
    ).id


def turn_back(session: Session) -> dict[str, str]:
    """Give back a story, a certificate and a brand, and revoke a certificate; return reasons and ways."""
    party = Shop(session).party("DEMO-SC")
    story = goods.open_story(session, party_id=party.id)
    goods.write_story(session, story.id, StoryContent(title="坡地上的红心果", text="每年八月采收。" * 20))
    told = goods.submit_story(session, story.id)
    goods.return_story(
        session, story.id, "请写上年份（演示）", rules.story_revision(told.draft or StoryContent())
    )
    rejected = hand_in(session, party, "DEMO-GAP-000901")
    goods.reject_certificate(session, rejected, "扫描件看不清（演示）")
    brand = goods.submit_brand(
        session,
        BrandDraft(
            kind=BrandKind.ENTERPRISE,
            name=Name("山果红（演示）", "", "Hill red (demonstration)"),
            holder_id=party.id,
            holder_name=party.name.hans,
            division_code=None,
            registration="",
        ),
    )
    goods.refuse_brand(session, brand.id, "商标还没有注册（演示）")
    [zhenpin] = catalogue.find_certificates(session, ZHENPIN_NUMBER)
    goods.revoke_certificate(session, zhenpin.id, "抽检不合格（演示）")
    return {
        "请写上年份（演示）": "/cooperative/story",
        "扫描件看不清（演示）": f"/cooperative/certificates?again={rejected}#new",
        "商标还没有注册（演示）": "/cooperative/brands#register",
        "抽检不合格（演示）": f"/cooperative/certificates/{zhenpin.id}",
    }


def test_what_came_back_says_why_and_leads_to_where_it_is_mended(own_app: Flask) -> None:
    browser, other, packer = (signed_in(own_app, one) for one in ("cooperative", "cooperative2", "packer"))
    assert "没有通过的" not in browser.get(HOME).text
    with own_app.extensions["sessions"]() as session:
        ways = unit_of_work.commit(session, turn_back)
    with statements(own_app) as sent:
        page = browser.get(HOME).text
    assert len(sent) <= MOST_STATEMENTS, [" ".join(re.findall(r"FROM \w+", one)) for one in sent]
    for reason, href in ways.items():
        assert re.search(rf'<a href="{re.escape(href)}">(?:(?!</a>).)*{reason}', page, re.DOTALL), reason
        assert browser.get(href).status_code == 200
    for somebody_else in (other, packer):
        assert "没有通过的" not in somebody_else.get(HOME).text
    with own_app.extensions["sessions"]() as session:
        unit_of_work.commit(session, lambda now: hand_in(now, Shop(now).party("DEMO-SC"), "DEMO-GAP-000902"))
    assert "扫描件看不清（演示）" not in browser.get(HOME).text
