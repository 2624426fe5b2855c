"""The indexer dies at any moment: nothing is lost, readers answer, and the next one brings the index up."""

import json
import os
import random
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session, sessionmaker

from marketplace.adapters.postgres_text import PostgresText
from marketplace.adapters.whoosh_text import WhooshText
from marketplace.cli.search import differences
from marketplace.kernel import time as clock
from marketplace.kernel.message import Name
from marketplace.search.engine import SearchEngine
from marketplace.search.types import SearchRequest
from tests.conftest import IS_DEEP
from tests.deploy.conftest import Start, until
from tests.deploy.search_process import BEGAN
from tests.factories.catalogue import make_product, make_reference

KILLS = 100 if IS_DEEP else 3
PATIENCE = 600
"""Seconds: no promise, only the end of waiting on a machine that is busy with something else."""
CHILD = "tests.deploy.search_process"
FAMILY = "山果"
_HELD = """
    SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database
    WHERE locktype = 'advisory' AND datname = current_database()
"""


@dataclass
class Shelf:
    """What a test commits, and what processes that start now find of it."""

    sessions: Callable[[], Session]
    directory: Path
    listed: int = 0

    def add(self, count: int) -> None:
        with self.sessions() as session:
            for _ in range(count):
                self.listed += 1
                name = f"{FAMILY}{self.listed}（演示）"
                make_product(session, name=Name(name, name, f"Hill fruit {self.listed} (demo)"))
            session.commit()

    def started(self) -> SearchEngine:
        return SearchEngine(WhooshText(self.directory), fallback=PostgresText(self.sessions))

    def total(self, engine: SearchEngine) -> int:
        with self.sessions() as session:
            return engine.search(session, SearchRequest(at=clock.now(), q=FAMILY)).total

    def caught_up(self) -> SearchEngine:
        """Let a new indexer follow until it has read all that is committed."""
        engine = self.started()
        until(lambda: not self._is_taken(), PATIENCE, "the dead one's connection is gone")
        until(lambda: self._follow(engine) and not self._unread(), PATIENCE, "the new indexer catches up")
        self._follow(engine)
        return engine

    def _follow(self, engine: SearchEngine) -> bool:
        engine.indexer.follow(self.sessions)
        return True

    def _is_taken(self) -> bool:
        """Return whether an indexer holds the lock: while one does, another does nothing."""
        with self.sessions() as session:
            return bool(session.scalar(text(_HELD)))

    def _unread(self) -> int:
        with self.sessions() as session:
            return (
                session.scalar(
                    text(
                        "SELECT count(*) FROM kernel_change, search_state"
                        " WHERE (kernel_change.transaction_id, kernel_change.id)"
                        " > (search_state.transaction_id, search_state.change_id)"
                    )
                )
                or 0
            )

    def check_whole(self, engine: SearchEngine) -> None:
        """Compare everything with the database, as ``flask search verify`` does."""
        with self.sessions() as session:
            assert list(differences(session, engine)) == []
        assert self.total(engine) == self.listed
        assert engine.index is not None
        assert engine.index.written() is not None
        assert self.total(self.started()) == self.listed

    def leftovers(self) -> set[str]:
        """Return files and directories of the index that belong to nothing."""
        current = (self.directory / "current").resolve()
        state = json.loads((current / "state.json").read_text())
        inside = {path.name for path in current.iterdir()} - set(state["files"])
        indexes = {path.name for path in self.directory.glob("index-*")}
        previous = sorted(indexes - {current.name})[-1:]
        others = {path.name for path in self.directory.iterdir()} - {"current", current.name, *previous}
        return (inside | others) - {"state.json", "MAIN_WRITELOCK"}


@pytest.fixture
def shelf(engine: Engine, environment: dict[str, str]) -> Shelf:
    sessions = sessionmaker(engine, expire_on_commit=False)
    with sessions() as session:
        make_reference(session)
        session.commit()
    made = Shelf(sessions, Path(environment["DATA_DIR"]) / "search")
    made.add(20)
    return made


def test_an_indexer_killed_at_any_moment_loses_nothing(shelf: Shelf, start: Start, tmp_path: Path) -> None:
    chance, log = random.Random(os.getpid() if IS_DEEP else 11), tmp_path / "processes.log"
    for life in range(1, KILLS + 1):
        child = start(CHILD, "rebuild")
        until(lambda life=life: log.read_text().count(BEGAN) == life, PATIENCE, "the indexer begins")  # type: ignore[misc]  # bound at once
        dies_at = time.monotonic() + chance.uniform(0.05, 2.5)
        while time.monotonic() < dies_at:
            shelf.add(2)
        child.send_signal(signal.SIGKILL)
        child.wait()
        reader = shelf.started()
        assert 0 <= shelf.total(reader) <= shelf.listed
        shelf.check_whole(shelf.caught_up())
    shelf.add(1)
    shelf.check_whole(shelf.caught_up())
    assert shelf.leftovers() == set()


def test_an_indexer_that_dies_between_commit_and_its_word_is_followed_by_one_that_takes_it_over(
    shelf: Shelf, start: Start
) -> None:
    shelf.check_whole(shelf.caught_up())
    built = (shelf.directory / "current").resolve()
    shelf.add(3)
    child = start(CHILD, "die-before-word")
    assert child.wait(PATIENCE) == -signal.SIGKILL
    state = json.loads((built / "state.json").read_text())
    assert {path.name for path in built.glob("*.toc")} != {name for name in state["files"] if "toc" in name}
    assert shelf.total(shelf.started()) == shelf.listed, "PostgreSQL answers"
    shelf.check_whole(shelf.caught_up())
    assert (shelf.directory / "current").resolve() == built, "nothing was built anew"
    shelf.add(1)
    shelf.check_whole(shelf.caught_up())
    assert shelf.leftovers() == set()
