"""What a cooperative writes: plain words, nothing that leads away, and every change told apart."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.catalogue import rules
from marketplace.catalogue.rules.contents import text_difference
from marketplace.catalogue.types import GoodsContent, PackContent

BOX = PackContent(code="rice-5kg", pack="5 千克/袋", unit_code="bag", net_weight_g=5000, price_fen=8800)
RICE = GoodsContent(
    name="加榜香禾（演示）",
    county_code="522633",
    description="梯田里的老品种糯稻，蒸熟满屋香，冷了也不硬，适合做糍粑。",
    sale_months=(10, 11, 12),
    pictures=("a" * 64,),
    packs=(BOX,),
)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("<script>alert(1)</script>", "代码"),
        ("加微信看更多", "微信"),
        ("电话13800138000", "电话"),
        ("见 https://example.com", "网址"),
        ("全国第一的糯米", "全国第一"),
        ("常吃能降血压", "降血压"),
    ],
)
def test_what_may_not_be_said_is_told_with_its_reason(text: str, word: str) -> None:
    assert word in str(rules.text_problem(text))


def test_plain_words_pass_and_unseen_characters_go() -> None:
    assert rules.text_problem("海拔 900 米，10<20 天发货，一箱 5 斤。") is None
    assert rules.clean_text("甜\u202e的\u200b\r\n\r\n\r\n\r\n  第二段 ") == "甜的\n\n第二段"


def test_new_goods_are_all_new_and_a_change_names_what_it_changes() -> None:
    new = {one.what for one in rules.differences(None, RICE)}
    assert {"name", "description", "pack_added", "pictures"} <= new
    changed = replace(
        RICE,
        description=RICE.description.replace("糍粑", "糍粑和粽子"),
        allergens=("nut",),
        packs=(replace(BOX, price_fen=9200), PackContent(pack="礼盒", unit_code="box", net_weight_g=2500)),
    )
    found = {one.what: one for one in rules.differences(RICE, changed)}
    assert set(found) == {"description", "allergens", "price_fen", "pack_added"}
    assert found["price_fen"].part == BOX.pack
    assert [one for one in found["description"].segments if one.kind != "same"] == [("added", "和粽子")]
    assert rules.differences(RICE, RICE) == ()


@given(st.text(max_size=60), st.text(max_size=60))
def test_a_difference_tells_both_texts(before: str, after: str) -> None:
    pieces = text_difference(before, after)
    assert "".join(one.text for one in pieces if one.kind != "added") == before
    assert "".join(one.text for one in pieces if one.kind != "gone") == after


@given(
    st.builds(
        GoodsContent,
        name=st.text(max_size=9),
        shelf_life_days=st.none() | st.integers(1, 900),
        harvest_months=st.lists(st.integers(1, 12), max_size=12).map(tuple),
        pictures=st.lists(st.text(max_size=5), max_size=3).map(tuple),
        packs=st.lists(
            st.builds(PackContent, pack=st.text(max_size=5), price_fen=st.integers(0, 10**7)), max_size=3
        ).map(tuple),
    )
)
def test_what_is_written_is_read_again(content: GoodsContent) -> None:
    plain: dict[str, Any] = rules.to_plain(content)
    assert rules.goods_content(plain) == content
    assert rules.goods_content(plain | {"a_later_field": 1}) == content


@given(st.integers(1, 10**7))
def test_a_band_holds_the_price_it_was_approved_with(price_fen: int) -> None:
    low, high = rules.band(price_fen)
    assert 0 < low <= price_fen <= high
