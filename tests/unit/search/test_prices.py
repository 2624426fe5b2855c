"""A price among the words narrows what is found; the words are read without it."""

import pytest

from marketplace.search.prices import take_out


@pytest.mark.parametrize(
    ("query", "bounds", "without"),
    [
        ("100元以内的茶", (None, 10_000), "茶"),
        ("茶叶 100以下", (None, 10_000), "茶叶"),
        ("不超过50元 蜂蜜", (None, 5_000), "蜂蜜"),
        ("tea under 100", (None, 10_000), "tea"),
        ("200元以上 礼盒", (20_000, None), "礼盒"),
        ("50-100元 辣椒", (5_000, 10_000), "辣椒"),
        ("50到100块 辣椒", (5_000, 10_000), "辣椒"),
        ("蜂蜜 50块钱", (4_000, 6_000), "蜂蜜"),
        ("１００元左右　火腿", (8_000, 12_000), "火腿"),
        ("￥30 姜", (2_400, 3_600), "姜"),
    ],
)
def test_a_price_is_taken_out(query: str, bounds: tuple[int | None, int | None], without: str) -> None:
    found = take_out(query)
    assert found is not None
    assert ((found.low_fen, found.high_fen), found.without) == (bounds, without)


@pytest.mark.parametrize(
    "query", ["", "茶", "10kg 大米", "DEMO-ZP-000101", "2026", "元宝枫", "lb-50-1234", "832平台"]
)
def test_other_numbers_are_no_price(query: str) -> None:
    assert take_out(query) is None


def test_a_long_query_is_read_only_as_far_as_a_person_types() -> None:
    assert take_out("1" * 10_000 + "元") is None
    assert take_out("茶" * 200 + "100元") is None
