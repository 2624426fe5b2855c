"""Every page in every writing: nothing untranslated, nothing left in Simplified, the choice remembered."""

import re
from collections.abc import Callable
from urllib.parse import parse_qsl, urlsplit

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.web.ground import ENGLISH, READERS, SIMPLIFIED, TRADITIONAL, Ground
from tests.web.reading import Page, Words
from tests.web.shop import RED_KIWI
from tests.writings import has_chinese, simplified_only

# A walk that reads fewer pages went nowhere.
FEWEST = 10


def _foreign(page: Page, address: str, wrong: Callable[[str], bool]) -> list[Words]:
    """Return words in the page's language but not in its writing; what was searched for is the reader's."""
    typed = [value for _, value in parse_qsl(urlsplit(address).query) if len(value) > 1]
    found = []
    for one in page.words:
        text = one.text
        for value in typed:
            text = text.replace(value, "")
        if one.lang == page.lang and wrong(text):
            found.append(one)
    return found


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("lang", [ENGLISH, TRADITIONAL])
def test_every_page_is_wholly_in_its_language(ground: Ground, reader: str, lang: str) -> None:
    wrong = has_chinese if lang == ENGLISH else (lambda text: bool(simplified_only(text)))
    left = set[tuple[str, str, str]]()
    pages = ground.read_by(reader, lang)
    for read in pages:
        assert (read.page.lang, read.language) == (lang, lang), read.address
        left |= {(one.text, one.where, read.address) for one in _foreign(read.page, read.address, wrong)}
    assert len(pages) >= FEWEST, "the walk did not get far"
    assert not left, "\n".join(map(str, sorted(left)))


def chosen(browser: FlaskClient, lang: str, back_to: str = "/counties") -> TestResponse:
    return browser.post(
        "/language",
        data={"lang": lang, "next": back_to},
        headers={"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost"},
    )


@pytest.mark.parametrize(
    ("lang", "title"),
    [
        (SIMPLIFIED, "贵州 88 个县区"),
        (TRADITIONAL, "貴州 88 個縣區"),
        (ENGLISH, "The 88 counties of Guizhou"),
    ],
)
def test_the_language_is_switched_on_any_page_and_remembered(
    client: FlaskClient, lang: str, title: str
) -> None:
    answer = chosen(client, lang)
    assert (answer.status_code, answer.location) == (303, "/counties")
    assert client.get_cookie("lang") is not None
    for _ in range(2):
        page = client.get("/counties")
        assert f"<h1>{title}</h1>" in page.text
        assert f'<html lang="{lang}"' in page.text
        assert page.headers["Content-Language"] == lang


def test_a_language_nobody_offers_changes_nothing(client: FlaskClient) -> None:
    chosen(client, ENGLISH)
    chosen(client, "tlh")
    assert client.get("/about").headers["Content-Language"] == ENGLISH


@pytest.mark.parametrize(
    ("asked", "lang"),
    [
        ("zh-HK,zh;q=0.9,en;q=0.8", TRADITIONAL),
        ("zh-TW", TRADITIONAL),
        ("en-GB,en;q=0.9", ENGLISH),
        ("zh-CN,zh;q=0.9,en;q=0.8", SIMPLIFIED),
        ("fr-FR,fr;q=0.9", SIMPLIFIED),
        ("fr-FR,fr;q=0.9,en;q=0.5", ENGLISH),
        ("", SIMPLIFIED),
    ],
)
def test_before_a_choice_the_browser_says_it(client: FlaskClient, asked: str, lang: str) -> None:
    page = client.get("/about", headers={"Accept-Language": asked})
    assert page.headers["Content-Language"] == lang
    assert Page(page.text).lang == lang
    chosen(client, ENGLISH)
    assert client.get("/about", headers={"Accept-Language": asked}).headers["Content-Language"] == ENGLISH


@pytest.mark.parametrize("lang", [TRADITIONAL, ENGLISH])
def test_weights_are_metric_outside_the_mainland(client: FlaskClient, lang: str) -> None:
    client.set_cookie("lang", lang)
    page = client.get(f"/products/{RED_KIWI}").text
    assert "斤" not in page
    assert any(re.search(r"¥[\d.]+/500 ?g", one.text) for one in Page(page).words)


def test_names_come_from_the_data_and_other_words_from_the_dictionary(client: FlaskClient) -> None:
    client.set_cookie("lang", TRADITIONAL)
    page = client.get(f"/products/{RED_KIWI}").text
    for shown in ("水城紅心獼猴桃", "產地", "放進購物籃", "搜尋貴州好物"):
        assert shown in page, shown


@pytest.mark.parametrize(
    ("lang", "sentence"),
    [(TRADITIONAL, "沒有找到這一頁"), (ENGLISH, "This page was not found")],
)
def test_what_is_not_there_is_said_in_the_readers_language(
    client: FlaskClient, lang: str, sentence: str
) -> None:
    client.set_cookie("lang", lang)
    page = client.get("/nothing-here")
    assert page.status_code == 404
    assert sentence in page.text
    assert page.headers["Content-Language"] == lang
