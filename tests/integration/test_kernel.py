"""The ground floor on real PostgreSQL: what commits, what rolls back, what only grows."""

import threading
import time as wall

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from marketplace.kernel import changes, idempotency, jobs, journal, unit_of_work
from marketplace.kernel.message import msg
from marketplace.kernel.refusals import Conflict, Refusal
from marketplace.kernel.time import FixedClock

pytestmark = pytest.mark.usefixtures("clock")


def test_a_refused_use_case_leaves_nothing_behind(engine: Engine) -> None:
    def use_case(session: Session) -> None:
        journal.write(session, "order", 1, "placed")
        jobs.enqueue(session, "some.job", {"order": 1})
        changes.record(session, "product", [1])
        raise Refusal(msg("不行。"))

    with Session(engine) as session, pytest.raises(Refusal):
        unit_of_work.commit(session, use_case)
    with Session(engine) as session:
        for table in ("kernel_journal", "procrastinate_jobs", "kernel_change"):
            assert session.scalar(text(f"SELECT count(*) FROM {table}")) == 0


def test_a_deadlock_is_tried_again_whole(engine: Engine) -> None:
    with Session(engine) as session:
        unit_of_work.commit(
            session, lambda s: [idempotency.once(s, "test", key, {}, lambda: {"n": 0}) for key in ("a", "b")]
        )
    first_locked, tries = threading.Barrier(2), []

    def touch(order: tuple[str, str]) -> None:
        def use_case(session: Session) -> None:
            tries.append(order)
            for place, key in enumerate(order):
                session.execute(
                    text("UPDATE kernel_idempotency SET answer = answer || '{\"n\": 1}' WHERE key = :key"),
                    {"key": key},
                )
                if place == 0 and len(tries) <= 2:
                    first_locked.wait(5)

        with Session(engine) as session:
            unit_of_work.commit(session, use_case)

    threads = [threading.Thread(target=touch, args=(order,)) for order in (("a", "b"), ("b", "a"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(tries) == 3


@pytest.mark.parametrize(
    "statement",
    ["UPDATE kernel_journal SET action = 'x'", "DELETE FROM kernel_journal", "TRUNCATE kernel_journal"],
)
def test_the_journal_only_grows(session: Session, statement: str) -> None:
    journal.write(session, "order", 7, "placed")
    session.flush()
    with pytest.raises(DBAPIError):
        session.execute(text(statement))


def test_a_change_of_a_late_commit_is_not_missed(engine: Engine) -> None:
    early, late = Session(engine), Session(engine)
    changes.record(late, "product", [1])
    late.flush()
    changes.record(early, "product", [2])
    early.commit()
    with Session(engine) as reader:
        assert changes.since(reader, changes.Position()) == []
    late.commit()
    with Session(engine) as reader:
        # Other databases of the cluster have transactions too, and a row waits for all that began before it.
        found = _settled(reader, 2)
        assert {change.subject_id for change in found} == {1, 2}
        assert changes.since(reader, found[-1].position) == []
        assert changes.latest(reader) == found[-1].position
    early.close()
    late.close()


def test_the_same_form_sent_twice_has_one_effect(session: Session) -> None:
    effects: list[int] = []

    def effect() -> dict[str, int]:
        effects.append(1)
        return {"order": 42}

    first = idempotency.once(session, "checkout", "key-1", {"basket": 1}, effect)
    second = idempotency.once(session, "checkout", "key-1", {"basket": 1}, effect)
    assert first == second == {"order": 42}
    assert effects == [1]


def test_a_used_key_with_another_request_is_a_conflict(session: Session) -> None:
    idempotency.once(session, "checkout", "key-1", {"basket": 1}, dict)
    with pytest.raises(Conflict):
        idempotency.once(session, "checkout", "key-1", {"basket": 2}, dict)


def test_eight_twins_at_once_have_one_effect(engine: Engine) -> None:
    effects: list[int] = []

    def send() -> None:
        with Session(engine) as session:
            unit_of_work.commit(
                session,
                lambda s: idempotency.once(
                    s, "checkout", "key", {"basket": 1}, lambda: effects.append(1) or {"n": 1}
                ),
            )

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert effects == [1]


def test_history_is_newest_first(session: Session, clock: FixedClock) -> None:
    journal.write(session, "order", 9, "placed")
    journal.write(session, "order", 9, "paid", processor="sandbox")
    session.flush()
    assert [entry.action for entry in journal.history(session, "order", 9)] == ["paid", "placed"]


def _settled(reader: Session, count: int) -> list[changes.Change]:
    """Read until so many changes have settled, at most ten seconds."""
    until = wall.monotonic() + 10
    while True:
        found = changes.since(reader, changes.Position())
        reader.rollback()
        if len(found) >= count or wall.monotonic() > until:
            return found
        wall.sleep(0.05)
