"""What becomes of two baskets at sign-in."""

from hypothesis import given
from hypothesis import strategies as st

from marketplace.basket import rules
from marketplace.basket.types import BasketLine
from marketplace.catalogue.types import OfferId, VariantId


@st.composite
def baskets(draw: st.DrawFn) -> list[BasketLine]:
    goods = draw(
        st.lists(
            st.tuples(st.integers(1, 40), st.none() | st.integers(1, 3)),
            unique=True,
            max_size=rules.MAX_LINES,
        )
    )
    return [
        BasketLine(
            no=no,
            variant_id=VariantId(variant),
            offer_id=None if offer is None else OfferId(offer),
            quantity=draw(st.integers(1, rules.MAX_QUANTITY)),
        )
        for no, (variant, offer) in enumerate(goods, start=1)
    ]


@given(baskets(), baskets())
def test_merging_adds_up_within_the_limits(kept: list[BasketLine], brought: list[BasketLine]) -> None:
    merged = rules.merged(kept, brought)
    assert len(merged) <= rules.MAX_LINES
    assert [line.no for line in merged] == list(range(1, len(merged) + 1))
    assert all(rules.fits(line.quantity) for line in merged)
    both = {(line.variant_id, line.offer_id): 0 for line in (*kept, *brought)}
    for line in (*kept, *brought):
        both[line.variant_id, line.offer_id] += line.quantity
    for line in merged:
        assert line.quantity == min(rules.MAX_QUANTITY, both[line.variant_id, line.offer_id])
    keys = [(line.variant_id, line.offer_id) for line in merged]
    assert keys[: len(kept)] == [(line.variant_id, line.offer_id) for line in kept]
    assert len(set(keys)) == len(keys)


@given(baskets())
def test_an_empty_basket_changes_nothing(lines: list[BasketLine]) -> None:
    assert rules.merged(lines, []) == rules.merged([], lines) == tuple(lines)
