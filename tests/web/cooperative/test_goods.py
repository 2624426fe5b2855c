"""A cooperative's own goods: described on a phone, looked at, given back, approved, listed, changed."""

import io
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy.orm import Session

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue.types import Proposal, ProposalId, ProposalState
from tests.web.browse import statements, submit, token_of
from tests.web.conftest import follow_search, signed_in
from tests.web.shop import RED_KIWI, Shop

PLACE = b"26.65N"
NAME = "加榜红米（演示）"
MOST_STATEMENTS = 12
DESCRIPTION = "从江加榜梯田里一年一季的老红米，煮出来粒粒分开。\n\n和白米各半煮饭最好，提前泡半小时。"
WHOLE = {
    "name": NAME,
    "county_code": "522633",
    "aisle_code": "grain",
    "product_form": "primary_plant",
    "picture_kind": "rice",
    "storage_code": "dry_ambient",
    "harvest_months": ["9", "10"],
    "sale_months": ["11", "12"],
    "allergens": ["nut"],
    "description": DESCRIPTION,
    "keywords": "红米 糙米",
    "pack_code": ["", ""],
    "pack": ["真空袋 2.5 千克", ""],
    "pack_en": ["", ""],
    "pack_cut": ["", ""],
    "pack_unit": ["bag", ""],
    "pack_weight": ["2500", ""],
    "pack_price": ["48.00", ""],
}


def photo(colour: str = "#a33") -> io.BytesIO:
    noted = Image.Exif()
    noted[0x010E] = PLACE.decode()
    written = io.BytesIO()
    Image.new("RGB", (1800, 1350), colour).save(written, "JPEG", exif=noted.tobytes())
    return io.BytesIO(written.getvalue())


def begin(browser: FlaskClient, **fields: str) -> str:
    sent = {"name": NAME, "county_code": "522633", "key": "first-goods-of-ours", **fields}
    answer = submit(browser, "/cooperative/goods/new", "/cooperative/goods", **sent)
    assert answer.status_code == 303
    return str(answer.location)


def upload(browser: FlaskClient, page: str, content: io.BytesIO, name: str = "IMG.jpg") -> int:
    token = token_of(browser.get(page))
    answer = browser.post(f"{page}/pictures", data={"csrf_token": token, "photo": (content, name)})
    return answer.status_code


def kept(app: Flask, page: str) -> Proposal:
    with app.extensions["sessions"]() as session:
        return catalogue.get_proposal(session, ProposalId(int(page.rsplit("/", 1)[1])))


def seen(page: str) -> str:
    found = re.search(r'name="seen" value="(\w+)"', page)
    assert found is not None
    return found.group(1)


def approve(app: Flask, page: str, **fields: object) -> int:
    operator = signed_in(app, "operator")
    review = page.replace("/cooperative/", "/operator/")
    shown = operator.get(review).text
    sent = {"seen": seen(shown), "name_en": "Jiabang red rice", "pack_en": ["Vacuum bag, 2.5 kg"], **fields}
    return submit(operator, review, f"{review}/approve", **sent).status_code


def test_from_a_phone_photo_to_the_shelf_and_off_it_again(own_app: Flask) -> None:
    page = describe(own_app)
    be_given_back_and_approved(own_app, page)
    slug = put_on_shelf(own_app, page)
    change = change_what_is_live(own_app, page, slug)
    browser, stranger = signed_in(own_app, "cooperative"), own_app.test_client()
    assert submit(browser, change, f"{change}/withdraw", reason="今年卖完了").status_code == 303
    follow_search(own_app)
    assert stranger.get(f"/products/{slug}").status_code == 404
    assert kept(own_app, change).state is ProposalState.WITHDRAWN
    assert "今年卖完了" not in stranger.get("/").text

    # A change begun and given up leaves the goods as they were; next year they come back to the shelf.
    begun = str(submit(browser, change, f"{change}/change").location)
    assert submit(browser, begun, f"{begun}/drop").status_code == 303
    with own_app.extensions["sessions"]() as session:
        product_id = kept(own_app, change).product_id
        assert product_id is not None
        pack = catalogue.variants_of(session, [product_id])[product_id][0].id
    again = submit(browser, change, f"{change}/list", variant=[pack], price=["50.00"], paper=["label"])
    assert again.status_code == 303
    assert kept(own_app, change).state is ProposalState.LISTED
    assert kept(own_app, begun).state is ProposalState.REPLACED


def describe(own_app: Flask) -> str:
    browser = signed_in(own_app, "cooperative")
    page = begin(browser)
    assert begin(browser) == page  # the same form sent twice describes one thing

    browser.set_cookie("lang", "en")
    assert f"<title>{WHOLE['name']} · " in browser.get(page).text  # a title is text, whatever its language
    browser.delete_cookie("lang")

    # What is missing is said before a person looks at it; what may not be said is refused in its place.
    assert "至少放一张照片" in browser.get(page).text
    answer = submit(browser, page, page, **(WHOLE | {"hand_in": "1"}))
    assert answer.status_code == 422
    assert "至少放一张照片" in answer.text
    wrong = submit(browser, page, page, **(WHOLE | {"description": DESCRIPTION + "能降血糖", "hand_in": "1"}))
    assert wrong.status_code == 422

    assert upload(browser, page, photo()) == 303
    assert upload(browser, page, photo("#383")) == 303
    assert upload(browser, page, io.BytesIO(b"<svg/>")) == 422
    assert submit(browser, page, page, **(WHOLE | {"hand_in": "1"})).status_code == 303
    assert kept(own_app, page).state is ProposalState.SUBMITTED
    assert submit(browser, page, page, **WHOLE).status_code == 409  # what is looked at stands still
    return page


def be_given_back_and_approved(own_app: Flask, page: str) -> None:
    """Goods come of it, not yet to be bought."""
    browser = signed_in(own_app, "cooperative")
    operator = signed_in(own_app, "operator")
    review = page.replace("/cooperative/", "/operator/")
    assert "商品资料等审核" in operator.get("/operator").text
    revision = seen(operator.get(review).text)
    sent = {"seen": revision, "note": "请写清怎么保存"}
    assert submit(operator, review, f"{review}/return", **sent).status_code == 303
    assert "请写清怎么保存" in browser.get(page).text
    mended = WHOLE | {"description": DESCRIPTION + "阴凉处存放。", "hand_in": "1"}
    assert submit(browser, page, page, **mended).status_code == 303
    stale = submit(operator, review, f"{review}/approve", seen=revision, name_en="Rice", pack_en=["Bag"])
    assert stale.status_code == 409
    assert approve(own_app, page, name_en="") == 422
    assert approve(own_app, page) == 303
    assert kept(own_app, page).state is ProposalState.APPROVED


def put_on_shelf(own_app: Flask, page: str) -> str:
    """With its first price; the product's page shows photo, paragraphs, allergens, and not the place."""
    browser, approved = signed_in(own_app, "cooperative"), kept(own_app, page)
    assert approved.product_id is not None
    with own_app.extensions["sessions"]() as session:
        variant = catalogue.variants_of(session, [approved.product_id])[approved.product_id][0]
        slug = catalogue.get_product(session, approved.product_id).slug
    assert browser.get(f"/products/{slug}").status_code == 404
    far = submit(browser, page, f"{page}/list", variant=[variant.id], price=["480.00"])
    assert far.status_code == 422
    bare = submit(browser, page, f"{page}/list", variant=[variant.id], price=["50.00"])
    assert bare.status_code == 422  # without its label it may not be sold, and nothing of it is
    assert "产品标识" in bare.text
    assert browser.get(f"/products/{slug}").status_code == 404
    sold = submit(browser, page, f"{page}/list", variant=[variant.id], price=["50.00"], paper=["label"])
    assert sold.status_code == 303, sold.text
    follow_search(own_app)
    stranger = own_app.test_client()
    shown = stranger.get(f"/products/{slug}").text
    assert "致敏物质" in shown
    assert "坚果" in shown
    assert shown.count('<p class="prose">') == 2
    address = re.search(rf"/products/{slug}/pictures/\w+", shown)
    assert address is not None
    for size in ("large", "small"):
        picture = stranger.get(address.group(0), query_string={"size": size})
        assert picture.mimetype == "image/webp"
        assert PLACE not in picture.data
    assert stranger.get(f"/products/{slug}/photo?size=small").status_code == 200
    assert stranger.get(f"/products/{slug}/pictures/{'0' * 64}").status_code == 404
    assert (
        "Jiabang red rice"
        in own_app.test_client().get(f"/products/{slug}", headers={"Accept-Language": "en"}).text
    )
    return slug


def change_what_is_live(own_app: Flask, page: str, slug: str) -> str:
    """A change is live only once it is approved, and what changed is on the reviewer's page."""
    browser, operator = signed_in(own_app, "cooperative"), signed_in(own_app, "operator")
    stranger = own_app.test_client()
    change = str(submit(browser, page, f"{page}/change").location)
    assert change != page
    code = kept(own_app, change).content.packs[0].code
    said = WHOLE | {
        "name_en": "Jiabang red rice",
        "description": DESCRIPTION + "阴凉处存放。也可以磨粉做糕。",
        "pack_code": [code],
        "pack": ["真空袋 2.5 千克"],
        "pack_en": ["Vacuum bag, 2.5 kg"],
        "pack_cut": [""],
        "pack_unit": ["bag"],
        "pack_weight": ["2500"],
        "pack_price": ["52.00"],
        "hand_in": "1",
    }
    assert submit(browser, change, change, **said).status_code == 303
    diff = operator.get(change.replace("/cooperative/", "/operator/")).text
    assert "<ins>也可以磨粉做糕。</ins>" in diff
    assert "<ins>¥52.00</ins>" in diff
    assert "磨粉" not in stranger.get(f"/products/{slug}").text
    assert approve(own_app, change) == 303
    follow_search(own_app)
    assert "磨粉" in stranger.get(f"/products/{slug}").text
    assert kept(own_app, page).state is ProposalState.REPLACED
    assert kept(own_app, change).state is ProposalState.LISTED
    return change


def test_anothers_goods_are_not_there_and_standard_goods_stay_as_they_are(
    app: Flask, session: Session
) -> None:
    page = begin(signed_in(app, "cooperative"), key="goods-of-the-first")
    other = signed_in(app, "cooperative2")
    for address in (page, f"{page}/pictures/{'0' * 64}"):
        assert other.get(address).status_code == 404
    token = token_of(other.get("/cooperative/goods/new"))
    for action in ("", "/pictures", "/back", "/drop", "/list", "/withdraw", "/change"):
        assert other.post(page + action, data={"csrf_token": token}).status_code == 404
    assert signed_in(app, "operator").get(page.replace("/cooperative/", "/operator/")).status_code == 404
    kiwi = Shop(session).product(RED_KIWI)
    assert kiwi.owner_id is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "字" * 41},
        {"county_code": "x" * 60},
        {"key": ""},
    ],
)
def test_a_beginning_that_cannot_be_is_said_in_its_place(app: Flask, wrong: dict[str, str]) -> None:
    browser = signed_in(app, "cooperative")
    sent = {"name": NAME, "county_code": "522633", "key": "a-key-of-mine", **wrong}
    answer = submit(browser, "/cooperative/goods/new", "/cooperative/goods", **sent)
    assert answer.status_code == 422


def test_lists_and_reviews_ask_the_database_as_often_for_many_as_for_few(app: Flask) -> None:
    browser = signed_in(app, "cooperative")
    for number in range(3):
        begin(browser, key=f"one-of-many-{number}")
    operator = signed_in(app, "operator")
    for who, address in ((browser, "/cooperative/goods"), (operator, "/operator/goods")):
        who.get(address)
        with statements(app) as sent:
            assert who.get(address).status_code == 200
        assert len(sent) <= MOST_STATEMENTS, sent
