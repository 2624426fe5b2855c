"""Money is whole fen: what is split adds up, what is written can be read again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.kernel import money

fen = st.integers(-(10**14), 10**14)


@given(fen)
def test_what_is_written_can_be_read_again(amount: int) -> None:
    assert money.parse_yuan(money.format_plain(amount)) == amount


@given(fen, st.lists(st.integers(0, 10**6), min_size=1, max_size=12).filter(any))
def test_parts_of_a_split_add_up_and_are_within_a_fen_of_fair(amount: int, weights: list[int]) -> None:
    parts = money.split(amount, weights)
    assert sum(parts) == amount
    whole = sum(weights)
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part * whole - amount * weight) < whole


@given(st.lists(st.integers(0, 10**12), min_size=1, max_size=20))
def test_amounts_shown_in_wan_still_add_up(amounts: list[int]) -> None:
    shown = money.rounded_to_add_up(amounts, money.FEN_PER_WAN)
    total = sum(amounts)
    assert sum(shown) == (2 * total + money.FEN_PER_WAN) // (2 * money.FEN_PER_WAN)
    assert all(
        abs(one * money.FEN_PER_WAN - amount) < money.FEN_PER_WAN
        for one, amount in zip(shown, amounts, strict=True)
    )


@pytest.mark.parametrize(
    ("text", "fen_read"),
    [
        ("86", 8600),
        ("¥1,234.5", 123450),
        ("-0.01", -1),
        (" 12.30 ", 1230),
        ("1.234", None),
        ("十元", None),
        ("", None),
    ],
)
def test_amounts_as_people_type_them(text: str, fen_read: int | None) -> None:
    assert money.parse_yuan(text) == fen_read


@pytest.mark.parametrize(
    ("rate_bp", "amount", "taken"), [(1000, 999, 100), (1, 49, 0), (5000, 1, 1), (-1000, 999, -100)]
)
def test_a_share_rounds_half_up(rate_bp: int, amount: int, taken: int) -> None:
    assert money.share(amount, rate_bp) == taken


def test_weights_must_mean_something() -> None:
    with pytest.raises(ValueError, match="not all zero"):
        money.split(100, [0, 0])
