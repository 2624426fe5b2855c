"""Stories: written by a cooperative or a county, looked at, read by everybody, changed without a gap."""

import io
import re

from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy.orm import Session

from marketplace.kernel import unit_of_work
from marketplace.parties import service as register
from marketplace.parties.types import PartyKind, Role, Scope
from marketplace.places.types import DivisionCode
from tests.web.browse import submit, token_of
from tests.web.conftest import signed_in
from tests.web.shop import Shop

TEXT = "水城的红心果长在凉都的坡地上。\n\n每年八月，我们按糖度一棵一棵地采，不到标准不下树。"
TITLE = "坡地上的红心果（演示）"


def photo() -> io.BytesIO:
    written = io.BytesIO()
    Image.new("RGB", (900, 700), "#3f7d4e").save(written, "JPEG")
    return io.BytesIO(written.getvalue())


def upload(browser: FlaskClient, page: str) -> int:
    data = {"csrf_token": token_of(browser.get(page)), "photo": (photo(), "a.jpg")}
    return browser.post(f"{page}/pictures", data=data).status_code


def decide(app: Flask, wanted: str, **fields: str) -> None:
    operator = signed_in(app, "operator")
    listed = operator.get("/operator/stories").text
    found = re.search(r"/operator/stories/\d+", listed)
    assert found is not None
    page = found.group(0)
    seen = re.search(r'name="seen" value="(\w+)"', operator.get(page).text)
    assert seen is not None
    answer = submit(operator, page, f"{page}/{wanted}", seen=seen.group(1), **fields)
    assert answer.status_code == 303


def test_a_cooperatives_story_is_read_once_somebody_looked(own_app: Flask) -> None:
    browser, stranger = signed_in(own_app, "cooperative"), own_app.test_client()
    page, public = "/cooperative/story", "/cooperatives/DEMO-SC/story"
    assert browser.get(page).status_code == 200
    assert submit(browser, page, page, title=TITLE, text="太短", hand_in="1").status_code == 422
    assert submit(browser, page, page, title=TITLE, text=TEXT + "全国第一", hand_in="1").status_code == 422
    assert upload(browser, page) == 303
    assert submit(browser, page, page, title=TITLE, text=TEXT, hand_in="1").status_code == 303
    assert stranger.get(public).status_code == 404
    decide(own_app, "back", note="请写上年份")
    assert "请写上年份" in browser.get(page).text
    said = {
        "title": TITLE,
        "text": TEXT + "\n\n2026年收了三万斤。",
        "title_en": "Red kiwis",
        "text_en": "On hills.",
    }
    assert submit(browser, page, page, **said, hand_in="1").status_code == 303
    decide(own_app, "publish")
    shown = stranger.get(public)
    assert shown.status_code == 200
    assert shown.text.count('<p class="prose">') == 3
    assert TITLE in stranger.get("/cooperatives/DEMO-SC").text
    assert "Red kiwis" in own_app.test_client().get(public, headers={"Accept-Language": "en"}).text
    picture = re.search(r"/stories/\d+/pictures/\w+", shown.text)
    assert picture is not None
    assert stranger.get(picture.group(0)).mimetype == "image/webp"

    # What everybody reads stays while it is being changed; a new picture is nobody's before.
    changed = said | {"text": TEXT + "\n\n明年种新园。"}
    assert submit(browser, page, page, **changed, hand_in="1").status_code == 303
    assert "三万斤" in stranger.get(public).text
    decide(own_app, "publish")
    assert "明年种新园" in stranger.get(public).text
    assert signed_in(own_app, "cooperative2").get(f"{page}/pictures/{'0' * 64}").status_code == 404


def test_a_county_tells_its_own_story_and_no_other_scope_does(own_app: Flask) -> None:
    county = DivisionCode("522633")
    with own_app.extensions["sessions"]() as session:

        def join(session: Session) -> None:
            shop = Shop(session)
            office = register.register_party(
                shop.session,
                kind=PartyKind.AUTHORITY,
                name=shop.party("DEMO-GZ").name,
                division_code=county,
                code="DEMO-COUNTY",
                licence_number=None,
                is_demo=True,
            )
            person = shop.person("consumer2")
            scope = Scope(division_code=county)
            register.add_member(shop.session, person.id, office.id, Role.OFFICIAL, scope)

        unit_of_work.commit(session, join)
    official = signed_in(own_app, "consumer2")
    page = "/oversight/story"
    assert submit(official, page, page, title="梯田（演示）", text=TEXT, hand_in="1").status_code == 303
    decide(own_app, "publish")
    stranger = own_app.test_client()
    assert "梯田（演示）" in stranger.get(f"/counties/{county}/story").text
    assert "梯田（演示）" in stranger.get(f"/counties/{county}").text
    assert stranger.get("/counties/522701/story").status_code == 404
    assert signed_in(own_app, "official").get(page).status_code == 404
