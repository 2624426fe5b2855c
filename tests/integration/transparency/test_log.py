"""The log on the real database: positions without gaps, proofs, signed heads, and no way to rewrite it."""

import hashlib
import threading
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, delete, event, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from marketplace.kernel import unit_of_work
from marketplace.kernel.time import FixedClock
from marketplace.transparency import queries, rules, service
from marketplace.transparency.keys import head_key
from marketplace.transparency.models import EntryRow, LeafRow, NodeRow, PendingRow
from marketplace.transparency.refusals import BeyondLog, LogRewritten, NotSequenced, UnknownLeaf
from marketplace.transparency.types import LeafId

DAY = date(2026, 11, 22)


def _hashes(count: int, mark: str = "") -> list[bytes]:
    return [hashlib.sha256(f"{mark}{number}".encode()).digest() for number in range(count)]


@pytest.mark.usefixtures("clock")
def test_a_leaf_waits_for_its_position_and_is_then_proved(session: Session) -> None:
    ids = service.append_leaves(session, _hashes(5))
    with pytest.raises(NotSequenced):
        queries.prove_inclusion(session, ids[0])
    assert service.sequence(session) == 5
    assert service.sequence(session) == 0
    assert queries.size(session) == 5
    for leaf_id in ids:
        assert rules.is_included(queries.prove_inclusion(session, leaf_id))
    assert queries.root(session, 5) == rules.root_of(_hashes(5))
    with pytest.raises(UnknownLeaf):
        queries.prove_inclusion(session, LeafId(10**9))
    with pytest.raises(BeyondLog):
        queries.prove_inclusion(session, ids[4], at_size=4)
    with pytest.raises(BeyondLog):
        queries.prove_consistency(session, 3, 6)


@pytest.mark.usefixtures("clock")
def test_the_log_grown_in_batches_is_the_log_grown_at_once(session: Session) -> None:
    hashes = _hashes(23)
    for start in range(0, 23, 5):
        service.append_leaves(session, hashes[start : start + 5])
        service.sequence(session, limit=3)
    while service.sequence(session, limit=3):
        pass
    assert queries.root(session, 23) == rules.root_of(hashes)
    assert rules.is_consistent(queries.prove_consistency(session, 7, 23))
    assert session.scalars(select(PendingRow)).all() == []


@pytest.mark.usefixtures("clock")
def test_a_proof_costs_the_same_in_a_long_log(session: Session) -> None:
    ids = service.append_leaves(session, _hashes(300))
    service.sequence(session)
    statements: list[str] = []
    connection = session.connection()

    @event.listens_for(connection, "before_cursor_execute")
    def count(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    queries.prove_inclusion(session, ids[2], at_size=4)
    few = len(statements)
    statements.clear()
    queries.prove_inclusion(session, ids[157], at_size=299)
    event.remove(connection, "before_cursor_execute", count)
    assert len(statements) == few <= 3


def test_heads_are_signed_once_a_day_and_extend_one_another(
    session: Session, clock: FixedClock, tmp_path: Path
) -> None:
    key = head_key(tmp_path)
    assert head_key(tmp_path).public_key == key.public_key
    assert (tmp_path / "secrets" / "transparency_ed25519").stat().st_mode & 0o077 == 0
    empty = service.sign_head(session, DAY - timedelta(days=1), key)
    assert empty.size == 0
    assert empty.root == rules.EMPTY_ROOT
    service.append_leaves(session, _hashes(3))
    service.sequence(session)
    first = service.sign_head(session, DAY, key)
    service.append_leaves(session, _hashes(4, "more"))
    service.sequence(session)
    assert service.sign_head(session, DAY, key) == first
    clock.advance(timedelta(days=1))
    second = service.sign_head(session, DAY + timedelta(days=1), key)
    assert rules.is_signed(first)
    assert rules.is_signed(second)
    assert (first.size, second.size) == (3, 7)
    proof = queries.prove_consistency(session, first.size, second.size)
    assert rules.is_consistent(proof)
    assert (proof.first_root, proof.second_root) == (first.root, second.root)
    assert queries.latest_head(session) == second
    assert [head.day for head in queries.list_heads(session).items] == [
        DAY + timedelta(days=1),
        DAY,
        DAY - timedelta(days=1),
    ]


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize("table", [LeafRow, EntryRow, NodeRow])
def test_the_database_refuses_to_rewrite_the_log(session: Session, table: type) -> None:
    service.append_leaves(session, _hashes(2))
    service.sequence(session)
    with pytest.raises(DBAPIError, match=r"append-only|permission denied"), session.begin_nested():
        session.execute(delete(table))
    column = {"leaf_hash": b"x" * 32} if table is LeafRow else {}
    column = column or ({"leaf_id": 1} if table is EntryRow else {"hash": b"x" * 32})
    with pytest.raises(DBAPIError, match=r"append-only|permission denied"), session.begin_nested():
        session.execute(update(table).values(**column))
    with pytest.raises(DBAPIError, match=r"append-only|permission denied"), session.begin_nested():
        session.execute(text(f"TRUNCATE {table.__tablename__} CASCADE"))


@pytest.mark.usefixtures("clock")
def test_nothing_more_is_signed_once_the_log_differs_from_what_was_signed(
    session: Session, tmp_path: Path
) -> None:
    key = head_key(tmp_path)
    service.append_leaves(session, _hashes(2))
    service.sequence(session)
    root = queries.root(session, 2)
    forged = bytes(reversed(root))
    session.execute(
        text(
            "INSERT INTO transparency_head (day, size, root, signed_at, public_key, signature)"
            " VALUES (:day, 2, :root, now(), :public_key, :signature)"
        ),
        {"day": DAY, "root": forged, "public_key": key.public_key, "signature": b"\x00" * 64},
    )
    with pytest.raises(LogRewritten):
        service.sign_head(session, DAY + timedelta(days=1), key)


def test_two_sequencers_and_many_writers_leave_no_gap_and_no_double(engine: Engine) -> None:
    def write(mark: str) -> None:
        for one in _hashes(10, mark):
            with Session(engine) as session:
                unit_of_work.commit(session, lambda inner, leaf=one: service.append_leaf(inner, leaf))

    def number() -> None:
        for _round in range(15):
            with Session(engine) as session:
                unit_of_work.commit(session, lambda inner: service.sequence(inner, limit=4))

    workers = [threading.Thread(target=write, args=(mark,)) for mark in "abc"]
    workers += [threading.Thread(target=number) for _one in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    with Session(engine) as session:
        unit_of_work.commit(session, service.sequence)
        positions = list(session.scalars(select(EntryRow.position).order_by(EntryRow.position)))
        leaves = list(
            session.scalars(
                select(LeafRow.leaf_hash)
                .join(EntryRow, EntryRow.leaf_id == LeafRow.id)
                .order_by(EntryRow.position)
            )
        )
        assert positions == list(range(30))
        assert queries.root(session, 30) == rules.root_of(leaves)
