"""Words and writings: every text has its English with the same places, and a Traditional form fit to read."""

import re
from collections.abc import Iterator
from functools import cache

import pytest
from babel.messages.catalog import Message as Entry
from flask import Flask
from markupsafe import Markup
from werkzeug.datastructures import LanguageAccept

from marketplace.kernel.message import Name, msg
from marketplace.translations import english, read_english
from marketplace.translations.extraction import extracted, missing
from marketplace.web import language
from tests.writings import has_chinese, simplified_only

_PLACE = re.compile(r"%\((\w+)\)([sd])")


@cache
def of_today() -> list[Entry]:
    """Every text of code and templates: reading them all takes seconds."""
    return [entry for entry in extracted() if entry.id]


def _forms(text: object) -> tuple[str, ...]:
    return tuple(text) if isinstance(text, tuple | list) else (str(text),)


def _texts() -> Iterator[str]:
    for entry in of_today():
        yield from dict.fromkeys(_forms(entry.id))


@pytest.fixture
def app() -> Flask:
    made = Flask(__name__)
    language.install(made)
    return made


@pytest.fixture(scope="module")
def entries() -> list[Entry]:
    return [entry for entry in read_english() if entry.id]


def test_every_text_of_the_code_has_its_english() -> None:
    catalog = read_english()
    written = {entry.id for entry in catalog}
    assert [entry.id for entry in of_today() if entry.id not in written] == []
    assert missing(catalog) == []


def test_english_keeps_every_place_and_no_chinese(entries: list[Entry]) -> None:
    wrong = [
        (source, form)
        for entry in entries
        for source, form in zip(_forms(entry.id), _forms(entry.string), strict=True)
        if sorted(_PLACE.findall(form)) != sorted(_PLACE.findall(source)) or has_chinese(form)
    ]
    assert wrong == []


def test_the_english_file_is_of_today(entries: list[Entry]) -> None:
    today = {entry.id for entry in of_today()}
    assert [entry.id for entry in entries if entry.id not in today] == []


def test_traditional_has_no_character_that_only_the_mainland_writes() -> None:
    texts = list(_texts())
    assert len(texts) > 1000
    left = {text: found for text in texts if (found := simplified_only(language.to_hant(text)))}
    assert left == {}


def test_traditional_keeps_every_place() -> None:
    wrong = [text for text in _texts() if _PLACE.findall(language.to_hant(text)) != _PLACE.findall(text)]
    assert wrong == []


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("面条", "麵條"),
        ("干辣椒", "乾辣椒"),
        ("协作干部", "協作幹部"),
        ("封签完好", "封簽完好"),
        ("全程双签", "全程雙簽"),
        ("打印标签", "打印標籤"),
        ("退款冲减", "退款沖減"),
        ("待复核", "待覆核"),
        ("登录", "登入"),
        ("没有联想，按回车搜索", "沒有聯想，按 Enter 鍵搜尋"),
        ("收款账号", "收款賬戶號碼"),
        ("短信里的 6 位数字", "短訊裏的 6 位數字"),
        ("“菜篮子”", "「菜籃子」"),
        ("台江县", "台江縣"),
        ("开封后密封", "開封後密封"),
        ("姜", "薑"),
    ],
)
def test_hong_kong_writes_it_so(source: str, shown: str) -> None:
    assert language.to_hant(source) == shown


@pytest.mark.parametrize(
    ("cookie", "accepted", "chosen"),
    [
        ("en", [("zh-CN", 1.0)], "en"),
        ("", [("zh-HK", 1.0)], "zh-Hant-HK"),
        ("", [("zh-Hans-HK", 1.0)], "zh-Hans"),
        ("", [("zh-Hant-CN", 1.0)], "zh-Hant-HK"),
        ("", [("en-US", 0.8), ("zh-MO", 0.9)], "zh-Hant-HK"),
        ("", [("enm", 1.0)], "zh-Hans"),
        ("de", [("de", 1.0)], "zh-Hans"),
    ],
)
def test_the_choice_comes_first_then_the_browser(
    cookie: str, accepted: list[tuple[str, float]], chosen: str
) -> None:
    assert language.choose(cookie, LanguageAccept(accepted)) == chosen


@pytest.mark.parametrize(
    ("lang", "sentence"),
    [
        ("zh-Hans", "计入佛山—黔东南消费帮扶"),
        ("zh-Hant-HK", "計入佛山—黔東南消費幫扶"),
        ("en", "counted as consumption assistance Foshan–Qiandongnan"),
    ],
)
def test_a_message_takes_names_in_the_readers_language(app: Flask, lang: str, sentence: str) -> None:
    said = msg(
        "计入%(city)s—%(prefecture)s消费帮扶",
        city=Name("佛山", "佛山", "Foshan"),
        prefecture=Name("黔东南", "黔東南", "Qiandongnan"),
    )
    with app.test_request_context(headers={"Cookie": f"lang={lang}"}):
        assert language.render(said) == sentence


def test_a_message_within_a_message_is_in_the_readers_language_too(app: Flask) -> None:
    said = msg("%(step)s：拒收", step=msg("交接单"))
    with app.test_request_context(headers={"Cookie": "lang=en"}):
        assert language.render(said) == "Hand-off record: refused"


def test_a_name_without_traditional_is_converted_and_without_english_stays(app: Flask) -> None:
    name = Name("从江香禾合作社", "", "")
    with app.test_request_context(headers={"Cookie": "lang=zh-Hant-HK"}):
        assert language.name_in_language(name) == "從江香禾合作社"
    with app.test_request_context(headers={"Cookie": "lang=en"}):
        assert language.name_in_language(name) == "从江香禾合作社"


@pytest.mark.parametrize(
    ("lang", "typed", "shown"),
    [
        ("zh-Hans", "张三（演示）", "张三（演示）"),
        ("en", "Chan <b>", "Chan <b>"),
        ("en", "A & 张三（演示）!", 'A &amp; <span lang="zh">张三（演示）</span>!'),
        ("zh-Hant-HK", "A 张三", '<span lang="zh">A 张三</span>'),
    ],
)
def test_what_was_typed_is_marked_as_what_it_is(app: Flask, lang: str, typed: str, shown: str) -> None:
    with app.test_request_context(headers={"Cookie": f"lang={lang}"}):
        marked = language.as_written(typed)
    assert str(marked) == shown
    assert isinstance(marked, Markup) == (shown != typed)


def test_a_name_of_the_catalogue_is_no_typed_text(app: Flask) -> None:
    with app.test_request_context(headers={"Cookie": "lang=en"}):
        assert language.as_written(Name("评价机构", "評價機構", "Evaluation body")) == "Evaluation body"
    with app.test_request_context(headers={"Cookie": "lang=zh-Hant-HK"}):
        assert language.as_written(Name("评价机构", "評價機構", "Evaluation body")) == "評價機構"


def test_one_and_many_have_their_words() -> None:
    said = english()
    assert said.ungettext("%(num)s 件", "%(num)s 件", 1) % {"num": 1} == "1 item"
    assert said.ungettext("%(num)s 件", "%(num)s 件", 2) % {"num": 2} == "2 items"


def test_an_answer_names_its_language_when_it_is_a_page(app: Flask) -> None:
    app.add_url_rule("/page", "page", lambda: "<p>")
    app.add_url_rule("/data", "data", lambda: {"a": 1})
    browser = app.test_client()
    browser.set_cookie("lang", "en")
    assert browser.get("/page").headers["Content-Language"] == "en"
    assert "Content-Language" not in browser.get("/data").headers
