"""The tests' ground: one throw-away PostgreSQL, one migrated template, a database for each worker."""

import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import fasteners
import hypothesis
import pytest
from alembic import command
from alembic.config import Config
from argon2 import PasswordHasher
from flask import Flask
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session

from marketplace.adapters import embedded_postgres
from marketplace.kernel import journal, paths
from marketplace.kernel.time import FixedClock, clock_in_force
from marketplace.parties import passwords

# One count for every property: some cases in each run, the full number when make test-deep asks for it.
IS_DEEP = bool(os.environ.get("DEEP"))
hypothesis.settings.register_profile("quick", deadline=None, max_examples=20)
hypothesis.settings.register_profile(
    "deep",
    deadline=None,
    max_examples=10_000,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("deep" if IS_DEEP else "quick")

SHIPPED_HASHER = passwords.HASHER
MEMORY = Path("/dev/shm")
_RUN = "marketplace-tests-"
_ROOM_BYTES = 4 * 2**30
_LONG_AGO_SECONDS = 24 * 3600
NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)  # 12:00 in Shanghai


# They go through every page or query once more, or through whole processes, which others cover line by line:
# counting lines there costs a third of their time and finds none.
_WALKS = (
    *("search_quality/", "browser/", "deploy/"),
    *("web/test_edges", "web/test_languages", "web/test_routes_by_role", "web/test_statements"),
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave what is only there for its number of cases to the deep run; count no lines on long walks."""
    for item in items:
        if any(walk in item.nodeid for walk in _WALKS):
            item.add_marker(pytest.mark.no_cover)
        if not IS_DEEP and item.get_closest_marker("deep"):
            item.add_marker(pytest.mark.skip(reason="make test-deep runs it"))


def migrate(url: str, revision: str = "head", *, down: bool = False) -> None:
    """Bring a database to a revision as the role that owns its tables."""
    config = Config()
    config.set_main_option("script_location", str(paths.MIGRATIONS))
    config.attributes["url"] = url
    (command.downgrade if down else command.upgrade)(config, revision)


def _template_name() -> str:
    digest = hashlib.sha256()
    for path in sorted((paths.MIGRATIONS).rglob("*.py")):
        digest.update(path.read_bytes())
    return f"template_{digest.hexdigest()[:12]}"


@cache
def run_directory() -> Path:
    """Return where the workers of one run keep what they share: the cluster, filled shops and locks.

    In memory where there is room: a database is copied there in a tenth of the time.
    """
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", f"alone-{os.getpid()}")
    parent = MEMORY if _has_room(MEMORY) else Path(tempfile.gettempdir())
    directory = parent / f"{_RUN}{run}"
    directory.mkdir(exist_ok=True)
    _clear_up(parent)
    return directory


def _has_room(directory: Path) -> bool:
    return os.access(directory, os.W_OK) and shutil.disk_usage(directory).free > _ROOM_BYTES


def _clear_up(parent: Path) -> None:
    """Remove what runs left that were killed."""
    for left in parent.glob(f"{_RUN}*"):
        with suppress(OSError):  # another worker may be at it
            if left.stat().st_mtime < time.time() - _LONG_AGO_SECONDS:
                shutil.rmtree(left)


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[embedded_postgres.Cluster]:
    """The throw-away cluster, shared by the workers of one run and gone with the last of them."""
    directory = run_directory()
    with fasteners.InterProcessLock(directory / "lock"):
        started = embedded_postgres.start(directory / "postgres", durable=False)
    yield started
    started.stop()
    if not (directory / "postgres" / "postmaster.pid").exists():
        shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture(scope="session")
def template(cluster: embedded_postgres.Cluster) -> str:
    """A database at the newest revision, from which others are copied in a fraction of a second."""
    name = _template_name()
    with fasteners.InterProcessLock(run_directory() / "template.lock"):
        if not cluster.has_database(name):
            building = f"{name}_building"
            cluster.drop_database(building)
            cluster.create_database(building)
            migrate(cluster.url(embedded_postgres.OWNER, building))
            with cluster.connect() as connection:
                connection.execute(f'ALTER DATABASE "{building}" RENAME TO "{name}"')
    return name


@pytest.fixture(scope="session")
def new_database(cluster: embedded_postgres.Cluster, template: str) -> Callable[[str], str]:
    """Copy the template under a name; returns the name."""
    lock = run_directory() / "template.lock"

    def make(name: str) -> str:
        cluster.drop_database(name)
        with fasteners.InterProcessLock(lock):  # a template may have no other user while it is copied
            cluster.create_database(name, template)
        return name

    return make


@pytest.fixture(scope="session")
def worker_engine(
    cluster: embedded_postgres.Cluster, new_database: Callable[[str], str], worker_id: str
) -> Iterator[Engine]:
    """The worker's own database, for tests whose work is rolled back."""
    engine = create_engine(
        cluster.url(embedded_postgres.APP, new_database(f"worker_{worker_id}_{os.getpid()}"))
    )
    yield engine
    engine.dispose()


@pytest.fixture(scope="session", autouse=True)
def quick_hashes() -> Iterator[None]:
    """Let a hash cost nothing here: every sign-in would take a tenth of a second."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        yield


@pytest.fixture(scope="session", autouse=True)
def templates_compiled_once() -> Iterator[None]:
    """Let the many applications of a run share what a template is compiled to."""
    compiled = run_directory() / "templates"
    compiled.mkdir(exist_ok=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(Flask.jinja_options, "bytecode_cache", FileSystemBytecodeCache(str(compiled)))
        yield
    if "PYTEST_XDIST_TESTRUNUID" not in os.environ and not (run_directory() / "postgres").exists():
        shutil.rmtree(run_directory(), ignore_errors=True)  # with a cluster, who stops it does so


@pytest.fixture(autouse=True)
def nobody_acts_on() -> Iterator[None]:
    """Forget who acted last: a person of one test's database is nobody in the next one's."""
    yield
    journal.acting_person.set(None)


@pytest.fixture
def session(worker_engine: Engine) -> Iterator[Session]:
    """A session whose commits are savepoints: everything is rolled back after the test."""
    with worker_engine.connect() as connection:
        outer = connection.begin()
        with Session(connection, join_transaction_mode="create_savepoint", expire_on_commit=False) as opened:
            yield opened
        outer.rollback()


@pytest.fixture
def engine(
    cluster: embedded_postgres.Cluster, new_database: Callable[[str], str], worker_id: str
) -> Iterator[Engine]:
    """A database of its own, for races and whatever else really commits on several connections."""
    name = new_database(f"own_{worker_id}_{os.getpid()}")
    opened = create_engine(cluster.url(embedded_postgres.APP, name), pool_size=20, max_overflow=30)
    yield opened
    opened.dispose()
    cluster.drop_database(name)


@pytest.fixture
def clock() -> Iterator[FixedClock]:
    """Noon in Shanghai on a Monday in November 2026, until a test moves it."""
    fixed = FixedClock(NOON)
    with clock_in_force(fixed):
        yield fixed


@pytest.fixture(scope="session")
def worker_id(request: pytest.FixtureRequest) -> str:
    """The worker's name, also when the run is not spread over workers."""
    return str(getattr(request.config, "workerinput", {}).get("workerid", "main"))
