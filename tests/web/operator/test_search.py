"""The operator sees how a query is understood, why goods stand where they do, and what nobody finds."""

import re

import pytest
from flask import Flask

from marketplace.adapters.spreadsheets import SpreadsheetFiles
from marketplace.kernel import time
from marketplace.search import service
from marketplace.search.engine import SearchEngine
from marketplace.search.types import AskedKey, Facet, Outcome, Reading, SearchRequest
from tests.web.conftest import SignIn, signed_in


@pytest.mark.parametrize("typed", ["猕猴桃", "mihoutao", "水城 红心", "tea", "水果"])
def test_scores_fall_down_the_page_and_add_up(app: Flask, typed: str) -> None:
    engine: SearchEngine = app.extensions["ports"].search
    with app.extensions["sessions"]() as session:
        asked = SearchRequest(at=time.now(), q=typed, chosen={Facet.IN_STOCK: ("1",)})
        found = engine.search(session, asked)
        why = [engine.explain(session, asked, one) for one in found.product_ids]
    assert why
    assert [one.place for one in why] == list(range(1, len(why) + 1))
    assert [one.total for one in why] == pytest.approx(sorted((one.total for one in why), reverse=True))
    for one in why:
        points = sum(word.score for word in one.words)
        factor = 1.0
        for multiplier in one.multipliers:
            factor *= multiplier.factor
        assert one.total == pytest.approx(points * factor)
        assert points > 0
        for word in one.words:
            assert all(token.weight > 0 and token.rarity > 0 for token in word.tokens)


def test_a_query_is_told_apart_into_words_and_filters(app: Flask) -> None:
    engine: SearchEngine = app.extensions["ports"].search
    with app.extensions["sessions"]() as session:
        understood = engine.understanding(session, "圳品 奇異果 mihoutao zzzzqqqq")
    assert understood.scheme_codes == ("zhenpin",)
    fruit, sound, nonsense = understood.words
    assert (fruit.typed, fruit.meant, fruit.reading) == ("奇异果", "猕猴桃", Reading.WORD)
    assert sound.reading is Reading.PINYIN
    assert nonsense.reading is Reading.NOTHING


def test_the_page_says_it_in_words(sign_in: SignIn) -> None:
    browser = sign_in("operator")
    page = browser.get("/operator/search?q=圳品+奇異果").text
    assert "「圳品」当作筛选条件" in page
    assert "同义词，按「猕猴桃」找" in page
    assert "水城红心猕猴桃" in page
    assert re.search(r"总分 \d+\.\d\d", page)
    nothing = browser.get("/operator/search?q=zzzzqqqq").text
    assert "没有商品带这个词" in nothing
    for typed in ("\x00", "茶" * 5000, "🍵", "((("):
        assert browser.get("/operator/search", query_string={"q": typed}).status_code == 200


def test_what_nobody_finds_is_listed_and_handed_out(own_app: Flask) -> None:
    with own_app.extensions["sessions"]() as session:
        today = time.today()
        service.count_asked(
            session,
            {
                AskedKey(today, "榴莲", "zh-Hans", Outcome.NOTHING): 7,
                AskedKey(today, "=cmd()", "en", Outcome.NOTHING): 3,
                AskedKey(today, "都匀茅尖", "zh-Hans", Outcome.RELAXED): 2,
            },
        )
        session.commit()
    browser = signed_in(own_app, "operator")
    page = browser.get("/operator/searches").text
    assert page.index("榴莲") < page.index("=cmd()")
    assert "都匀茅尖" not in page
    assert "都匀茅尖" in browser.get("/operator/searches?outcome=relaxed&days=30").text
    assert browser.get("/operator/searches?outcome=x&days=x&page=x").status_code == 200
    assert "榴莲" not in browser.get("/operator/searches?q=CMD&order=latest").text
    book = SpreadsheetFiles().read(browser.get("/operator/searches?as=xlsx").data)
    rows = [row.cells for row in book.rows]
    assert ("榴莲", "简体中文", 7, 0, "新出现", today) in rows
    assert any(row[0] == "=cmd()" for row in rows)
