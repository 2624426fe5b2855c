"""Pure decisions about reviews: who may write one, and how ratings come together."""

from marketplace.orders.types import FulfilmentState

BEST = 5
TEXT_MAX = 500


def may_review(state: FulfilmentState, remaining_quantity: int) -> bool:
    """Tell whether a line can be spoken of: received, and not given back whole."""
    return state is FulfilmentState.RECEIVED and remaining_quantity > 0


def average_tenths(total: int, count: int) -> int:
    """Return the average of ratings in tenths, rounded half up."""
    return (total * 20 + count) // (2 * count)
