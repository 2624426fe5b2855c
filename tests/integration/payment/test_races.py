"""Races on real connections: the last unit is sold once, no fen goes back twice."""

import threading
from collections import Counter
from collections.abc import Callable
from contextvars import copy_context

from marketplace.flow import checkout
from marketplace.flow.payment_received import receive
from marketplace.flow.refund import RefundWish, refund
from marketplace.kernel.refusals import Refusal
from marketplace.orders.refusals import RefundTooLarge
from marketplace.payment import queries as payments
from marketplace.payment.types import Processor
from marketplace.stock import queries as stock
from tests.factories.orders import make_sold_offer, wish_for
from tests.factories.payment import paid_state
from tests.integration.payment.conftest import Market


def _race(count: int, act: Callable[[int], object]) -> Counter[str]:
    """Let everybody act at once; count the outcomes by name, ``done`` for those that were not refused."""
    start, outcomes = threading.Barrier(count), Counter[str]()
    lock = threading.Lock()

    def run(number: int) -> None:
        start.wait()
        try:
            act(number)
            outcome = "done"
        except Refusal as refusal:
            outcome = refusal.code
        with lock:
            outcomes[outcome] += 1

    # A thread has no clock of its own: each runs in a copy of the test's context.
    threads = [threading.Thread(target=copy_context().run, args=(run, number)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def test_eight_buyers_for_five_units_buy_five(market: Market) -> None:
    offer = market.write(lambda session: make_sold_offer(session, 5))
    wishes = [market.write(lambda session: wish_for(session, [offer])) for _ in range(8)]
    outcomes = _race(
        8, lambda number: market.write(lambda session: checkout.place(session, wishes[number], "race"))
    )
    assert outcomes["done"] == 5
    assert sum(outcomes.values()) == 8
    assert market.write(lambda session: stock.available(session, [offer.id])) == {offer.id: 0}


def test_the_same_form_sent_eight_times_at_once_is_one_order(market: Market) -> None:
    offer = market.write(lambda session: make_sold_offer(session, 20))
    wish = market.write(lambda session: wish_for(session, [offer]))
    placed: list[int] = []
    _race(
        8,
        lambda _: placed.append(market.write(lambda session: checkout.place(session, wish, "same")).order.id),
    )
    assert len(placed) == 8
    assert len(set(placed)) == 1
    assert market.write(lambda session: stock.available(session, [offer.id])) == {offer.id: 19}


def test_eight_refunds_at_once_never_give_back_more_than_was_bought(market: Market) -> None:
    order, attempt = market.place(quantity=5)
    market.write(lambda session: receive(session, Processor.SANDBOX, paid_state(attempt)))
    line = order.lines[0]
    wish = RefundWish(quantities={line.id: 2}, reason="race")
    outcomes = _race(
        8, lambda number: market.write(lambda session: refund(session, order.id, wish, f"race-{number}"))
    )
    assert outcomes == {"done": 2, RefundTooLarge.code: 6}
    promised = market.write(lambda session: payments.refunds_of_order(session, order.id))
    assert sum(one.amount_fen for one in promised) == 4 * line.unit_price_fen
    capture = market.write(lambda session: payments.find_applied_capture(session, order.id))
    assert capture is not None
    assert capture.refunded_fen == 4 * line.unit_price_fen
