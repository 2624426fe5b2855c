"""What custody costs: as many statements for many loads, lines and lots as for one."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from marketplace.custody import queries, service
from marketplace.custody.types import Consignment
from marketplace.flow.trace import find_trace
from tests.factories.custody import (
    hand_off_draft,
    holder,
    make_carrier,
    make_load,
    make_loads,
    make_warehouse,
    pass_on,
)
from tests.factories.orders import make_ground, make_sold_offer

MOST_STATEMENTS = 12


@pytest.fixture(autouse=True)
def ground(session: Session, clock: object) -> None:
    make_ground(session)


@contextmanager
def counting(session: Session) -> Iterator[list[str]]:
    statements: list[str] = []
    connection = session.connection()

    def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    event.listen(connection, "before_cursor_execute", note)
    yield statements
    event.remove(connection, "before_cursor_execute", note)


def _count(session: Session, ask: Callable[[], object]) -> int:
    session.flush()
    session.expunge_all()
    with counting(session) as statements:
        ask()
    return len(statements)


def test_a_hand_over_of_many_loads_costs_what_one_costs(session: Session) -> None:
    carrier = make_carrier(session)
    one = make_load(session)
    many = [make_load(session) for _one in range(5)]

    def hand_over(loads: list[Consignment]) -> Callable[[], object]:
        drafts = [hand_off_draft(load, holder(carrier)) for load in loads]
        return lambda: service.record_hand_offs(session, drafts)

    assert _count(session, hand_over([one])) == _count(session, hand_over(many)) <= 15


def test_lists_and_journeys_cost_the_same_however_long(session: Session) -> None:
    carrier, warehouse = make_carrier(session), make_warehouse(session)
    first = make_load(session)
    pass_on(session, first, carrier)
    line = first.contents[0].order_line_id

    def asks(load: Consignment) -> dict[str, Callable[[], object]]:
        return {
            "in_custody": lambda: queries.in_custody(session, party_ids=[carrier.id]),
            "journey": lambda: queries.journey(session, load.id),
            "evidence": lambda: queries.evidence(session, [line]),
            "of_lines": lambda: queries.hand_offs_of_lines(session, [line]),
            "trace": lambda: find_trace(session, load.trace_token),
        }

    few = {name: _count(session, ask) for name, ask in asks(first).items()}
    cooperative = make_sold_offer(session)
    _order, loads = make_loads(session, cooperative, make_sold_offer(session), quantity=3)
    for load in loads:
        pass_on(session, load, carrier)
    for _round in range(3):
        pass_on(session, first, warehouse)
        pass_on(session, first, carrier)
    assert {name: _count(session, ask) for name, ask in asks(first).items()} == few
    assert few["journey"] <= 6
    assert few["trace"] <= MOST_STATEMENTS - 1
