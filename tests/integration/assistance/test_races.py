"""Real connections: while lines are recognised and folded, every read is exact."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from marketplace.assistance import queries, rules, service
from marketplace.assistance.models import EntryRow
from marketplace.assistance.refusals import ReversalTooLarge
from marketplace.assistance.types import Dimension, Selection, Stage
from marketplace.assistance.verification import verify
from marketplace.flow import books
from marketplace.kernel import unit_of_work
from marketplace.kernel.time import FixedClock, clock_in_force
from marketplace.orders.types import Order
from tests.conftest import NOON
from tests.factories.orders import make_ground, make_order, make_sold_offer
from tests.factories.parties import make_person

WRITERS = 4
EVERYTHING = Selection(period=rules.EVER)


@pytest.fixture
def orders(engine: Engine, clock: FixedClock) -> list[Order]:
    def prepare(session: Session) -> list[Order]:
        make_ground(session)
        offer, person = make_sold_offer(session, 200), make_person(session)
        return [make_order(session, offer, person=person) for _ in range(WRITERS * 3)]

    with Session(engine, expire_on_commit=False) as session:
        return unit_of_work.commit(session, prepare)


def write(engine: Engine, use_case: Callable[[Session], object]) -> None:
    with Session(engine) as session:
        unit_of_work.commit(session, use_case)


def work(engine: Engine, orders: list[Order]) -> None:
    """Take orders as paid, then take each line back a fen at a time."""
    with clock_in_force(FixedClock(NOON)):
        for order in orders:
            write(
                engine,
                lambda session, order=order: service.recognise(  # type: ignore[misc]  # the loop's own
                    session, Stage.PAID, books.countable(session, order, order.lines)
                ),
            )
            for cause in range(8):
                write(
                    engine,
                    lambda session, order=order, cause=cause: service.reverse(  # type: ignore[misc]  # the loop's own
                        session, order.lines[0].id, 1, cause=("refund", cause + 1)
                    ),
                )


def keep_folding(engine: Engine, done: threading.Event) -> int:
    folded = 0
    while not done.is_set():
        with Session(engine) as session:
            folded += unit_of_work.commit(session, lambda one: service.fold(one, limit=3))
    return folded


def keep_reading(engine: Engine, done: threading.Event) -> int:
    """Compare the total with the entries themselves, in one snapshot, again and again."""
    reads = 0
    while not done.is_set():
        with Session(engine) as session:
            session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
            table = queries.tables(session, [Dimension.COUNTY], EVERYTHING)[Dimension.COUNTY]
            entries = dict(
                session.execute(
                    select(EntryRow.stage, func.sum(EntryRow.amount_fen)).group_by(EntryRow.stage)
                )
                .tuples()
                .all()
            )
            assert table.total.ordered_fen == int(entries.get(Stage.ORDERED, 0))
            assert table.total.paid_fen == int(entries.get(Stage.PAID, 0))
            reads += 1
    return reads


def test_every_read_is_exact_while_others_write_and_fold(engine: Engine, orders: list[Order]) -> None:
    done = threading.Event()
    with ThreadPoolExecutor(WRITERS + 4) as pool:
        folders = [pool.submit(keep_folding, engine, done) for _ in range(2)]
        readers = [pool.submit(keep_reading, engine, done) for _ in range(2)]
        writers = [pool.submit(work, engine, orders[number::WRITERS]) for number in range(WRITERS)]
        for writer in writers:
            writer.result()
        done.set()
        assert sum(folder.result() for folder in folders) > 0
        assert min(reader.result() for reader in readers) > 0
    with Session(engine) as session:
        total = queries.tables(session, [Dimension.COUNTY], EVERYTHING)[Dimension.COUNTY].total
        assert total.paid_fen == sum(order.goods_fen - 8 for order in orders)
        while unit_of_work.commit(session, service.fold):
            pass
        assert queries.unfolded_count(session) == 0
        found = verify(session)
        assert {one.kind for one in found} == {"entry"}  # no order says that it was paid or given back
        total = queries.tables(session, [Dimension.COUNTY], EVERYTHING)[Dimension.COUNTY].total
        assert total.paid_fen == sum(order.goods_fen - 8 for order in orders)


def test_the_same_stage_said_by_many_at_once_counts_once(engine: Engine, orders: list[Order]) -> None:
    order = orders[0]
    ready = threading.Barrier(6)

    def say() -> int:
        with clock_in_force(FixedClock(NOON)), Session(engine) as session:
            ready.wait()
            return unit_of_work.commit(
                session,
                lambda one: service.recognise(one, Stage.PAID, books.countable(one, order, order.lines)),
            )

    with ThreadPoolExecutor(6) as pool:
        said = [pool.submit(say) for _ in range(6)]
        assert sorted(one.result() for one in said) == [0, 0, 0, 0, 0, len(order.lines)]
    with Session(engine) as session:
        assert (
            queries.sum_of_lines(session, Selection(period=rules.EVER, stage=Stage.PAID)) == order.goods_fen
        )


def test_one_line_is_never_taken_back_twice(engine: Engine, orders: list[Order]) -> None:
    line = orders[0].lines[0]
    ready = threading.Barrier(5)

    def take(cause: int) -> bool:
        with clock_in_force(FixedClock(NOON)), Session(engine) as session:
            ready.wait()
            try:
                unit_of_work.commit(
                    session,
                    lambda one: service.reverse(one, line.id, line.goods_fen, cause=("refund", cause)),
                )
            except ReversalTooLarge:
                return False
            return True

    with ThreadPoolExecutor(5) as pool:
        assert sum(pool.map(take, range(1, 6))) == 1
