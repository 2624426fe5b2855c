from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.orders.types import FulfilmentState
from marketplace.reviews import rules


@settings(deadline=None)
@given(st.lists(st.integers(1, 5), min_size=1))
def test_the_average_lies_between_worst_and_best(ratings: list[int]) -> None:
    average = rules.average_tenths(sum(ratings), len(ratings))
    assert 10 * min(ratings) <= average <= 10 * max(ratings)
    assert abs(average * len(ratings) - 10 * sum(ratings)) * 2 <= len(ratings)


def test_only_received_goods_are_spoken_of() -> None:
    assert rules.may_review(FulfilmentState.RECEIVED, 1)
    assert not rules.may_review(FulfilmentState.DELIVERED, 1)
    assert not rules.may_review(FulfilmentState.RECEIVED, 0)
