"""The web tests' ground: a filled shop in a database of its own, served by a Flask test client.

``app``, ``client``, ``sign_in`` and ``session`` share one shop for the whole run: a test adds to it and
counts on nothing that another may change. A test that must have the shop to itself takes ``own_app``.
"""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import fasteners
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from marketplace.adapters import embedded_postgres
from marketplace.factory import create_app
from marketplace.kernel import unit_of_work
from marketplace.kernel.settings import Mode, Settings
from marketplace.kernel.time import FixedClock, clock_in_force
from marketplace.parties import queries as parties
from tests.conftest import NOON, run_directory
from tests.factories.search import follow_changes
from tests.web import shop as shops
from tests.web.shop import Shop

if TYPE_CHECKING:
    from tests.web.ground import Ground

SHOP = "shop_filled"

SignIn = Callable[[str], FlaskClient]


def make_settings(directory: Path, url: str, owner_url: str = "") -> Settings:
    """What the tests' installation is set to; rate limits are off until a test turns them on."""
    return Settings(
        mode=Mode.TEST,
        secret_key="tests-only",
        data_dir=directory,
        port=8000,
        database_url=url,
        owner_database_url=owner_url or url,
        public_url="http://localhost",
        rate_limits=False,
        sandbox_secret="whsec_tests_only",
        stripe_key="",
        stripe_webhook_secrets=(),
        stripe_api_base="",
        redis_url="",
        page_cache=False,
        log_level="WARNING",
    )


@pytest.fixture(autouse=True)
def _noon(clock: FixedClock) -> FixedClock:
    """Every web test stands at noon of the same day, until it moves the clock."""
    return clock


@pytest.fixture(scope="session")
def filled_shop(cluster: embedded_postgres.Cluster, new_database: Callable[[str], str]) -> tuple[str, Path]:
    """A filled database and its index, built once a run and copied by everybody."""
    directory = run_directory() / SHOP
    with fasteners.InterProcessLock(run_directory() / "shop.lock"):
        if not cluster.has_database(SHOP):
            building = new_database(f"{SHOP}_building")
            _fill(cluster.url(embedded_postgres.APP, building), directory)
            with cluster.connect() as connection:
                connection.execute(f'ALTER DATABASE "{building}" RENAME TO "{SHOP}"')
    return SHOP, directory


@pytest.fixture(scope="session")
def copy_shop(
    cluster: embedded_postgres.Cluster, filled_shop: tuple[str, Path]
) -> Callable[[str, Path], Flask]:
    """Make an application on a copy of the filled shop."""

    def make(name: str, directory: Path) -> Flask:
        cluster.drop_database(name)
        with fasteners.InterProcessLock(run_directory() / "shop.lock"):
            cluster.create_database(name, filled_shop[0])
        shutil.copytree(filled_shop[1], directory, symlinks=True, dirs_exist_ok=True)
        return create_app(
            make_settings(
                directory,
                cluster.url(embedded_postgres.APP, name),
                cluster.url(embedded_postgres.OWNER, name),
            )
        )

    return make


@pytest.fixture(scope="session")
def app(
    copy_shop: Callable[[str, Path], Flask], worker_id: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """The application on this worker's shop, shared by its tests."""
    with clock_in_force(FixedClock(NOON)):
        made = copy_shop(f"web_{worker_id}", tmp_path_factory.mktemp("web"))
    yield made
    _close(made)


@pytest.fixture(scope="session")
def ground(
    copy_shop: Callable[[str, Path], Flask], worker_id: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator["Ground"]:
    """A shop where something happened in every room; tests only look at it."""
    from tests.web.ground import make_ground  # noqa: PLC0415 - it signs in as this module does

    with clock_in_force(FixedClock(NOON)):
        made = copy_shop(f"ground_{worker_id}", tmp_path_factory.mktemp("ground"))
        with made.extensions["sessions"]() as opened:
            filled = make_ground(made, opened)
    yield filled
    _close(made)


@pytest.fixture
def own_app(copy_shop: Callable[[str, Path], Flask], worker_id: str, tmp_path: Path) -> Iterator[Flask]:
    """An application on a shop that no other test touches; half a second."""
    made = copy_shop(f"web_own_{worker_id}", tmp_path)
    yield made
    _close(made)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A stranger's browser, reading Simplified Chinese."""
    return app.test_client()


@pytest.fixture
def sign_in(app: Flask) -> SignIn:
    """Open a browser signed in as one of the shop's people, by short name (``shop.PEOPLE``)."""
    return lambda name: signed_in(app, name)


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    """A session on the shop's database, for looking and for use cases; commit what others shall see."""
    with app.extensions["sessions"]() as opened:
        yield opened


@pytest.fixture
def shop(session: Session) -> Shop:
    return Shop(session)


def signed_in(app: Flask, name: str) -> FlaskClient:
    """Return a browser with the session that signing in leaves."""
    browser = app.test_client()
    with app.extensions["sessions"]() as opened:
        person = Shop(opened).person(name)
        epoch = parties.session_epoch(opened, person.id)
    with browser.session_transaction() as kept:
        kept["_user_id"] = f"{person.id}.{epoch}"
        kept["_fresh"] = True
    return browser


def follow_search(app: Flask) -> None:
    """Bring the index and the engine up to what was committed, as the worker does every second."""
    follow_changes(app.extensions["ports"].search, app.extensions["sessions"])


def _fill(url: str, directory: Path) -> None:
    shutil.rmtree(directory, ignore_errors=True)
    engine = create_engine(url)
    with clock_in_force(FixedClock(NOON)):
        with Session(engine, expire_on_commit=False) as opened:
            unit_of_work.commit(opened, shops.fill)
        engine.dispose()
        built = create_app(make_settings(directory, url))
        follow_search(built)
        _close(built)


def _close(app: Flask) -> None:
    """Let go of every connection, so that the database can be copied and dropped."""
    app.extensions["asked"].close()
    with app.app_context():
        app.extensions["sqlalchemy"].engine.dispose()
