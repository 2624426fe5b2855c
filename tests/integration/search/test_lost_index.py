"""A lost, torn, old or foreign index is noticed when it is opened: PostgreSQL answers until it is built anew.

``flask search verify`` says what differs and fails; ``rebuild`` mends it.
"""

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from shutil import rmtree

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from marketplace.adapters import embedded_postgres
from marketplace.adapters.search import make_search
from marketplace.catalogue import service as shelf
from marketplace.catalogue.types import OfferId
from marketplace.factory import create_app
from marketplace.kernel import time
from marketplace.kernel.time import FixedClock, clock_in_force
from marketplace.search import queries
from marketplace.search.engine import SearchEngine
from marketplace.search.types import SearchRequest
from tests.conftest import NOON
from tests.factories.catalogue import make_offer, make_reference
from tests.web.conftest import make_settings

pytestmark = pytest.mark.usefixtures("clock")


@dataclass(frozen=True, slots=True)
class Installed:
    """An installation with two products on the shelf."""

    app: Flask
    directory: Path

    @property
    def current(self) -> Path:
        return (self.directory / "current").resolve()

    @property
    def segment(self) -> Path:
        return max(self.current.glob("*.seg"), key=lambda path: path.stat().st_size)

    def session(self) -> Session:
        opened: Session = self.app.extensions["sessions"]()
        return opened

    def started(self) -> SearchEngine:
        """Return the search of a process that starts now."""
        return make_search(self.app.config["SETTINGS"], self.app.extensions["sessions"])

    def total(self, engine: SearchEngine) -> int:
        with self.session() as session:
            return engine.search(session, SearchRequest(at=time.now(), q="山果")).total

    def flask(self, *arguments: str) -> Result:
        """Run a command with the search of a process that starts now."""
        self.app.extensions["ports"] = replace(self.app.extensions["ports"], search=self.started())
        return self.app.test_cli_runner().invoke(args=["search", *arguments])


@pytest.fixture(scope="module")
def app(
    cluster: embedded_postgres.Cluster,
    new_database: Callable[[str], str],
    worker_id: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Flask]:
    url = cluster.url(embedded_postgres.APP, new_database(f"lost_{worker_id}"))
    made = create_app(make_settings(tmp_path_factory.mktemp("lost"), url))
    with clock_in_force(FixedClock(NOON)), made.extensions["sessions"]() as session:
        make_reference(session)
        for _ in range(2):
            make_offer(session)
        session.commit()
    yield made
    with made.app_context():
        made.extensions["sqlalchemy"].engine.dispose()


@pytest.fixture
def installed(app: Flask) -> Installed:
    """The installation with an index just built."""
    app.extensions["ports"].search.indexer.rebuild(app.extensions["sessions"])
    return Installed(app, app.config["SETTINGS"].data_dir / "search")


def drop_link(one: Installed) -> None:
    (one.directory / "current").unlink()


def drop_directory(one: Installed) -> None:
    rmtree(one.directory)


def truncate(one: Installed) -> None:
    with one.segment.open("r+b") as file:
        file.truncate(one.segment.stat().st_size // 2)


def flip(one: Installed) -> None:
    content = bytearray(one.segment.read_bytes())
    content[len(content) // 3] ^= 0x55
    one.segment.write_bytes(content)


def drop_segment(one: Installed) -> None:
    one.segment.unlink()


def tear_contents(one: Installed) -> None:
    next(one.current.glob("*.toc")).write_bytes(b"torn")


def empty_state(one: Installed) -> None:
    (one.current / "state.json").write_text("")


def garbage_state(one: Installed) -> None:
    (one.current / "state.json").write_text('{"files": 7}')


def old_language(one: Installed) -> None:
    path = one.current / "state.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"signature": "older"}))


def from_the_future(one: Installed) -> None:
    """A database restored from a backup."""
    path = one.current / "state.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"version": 10**9}))


def open_to_others(one: Installed) -> None:
    one.directory.chmod(0o777)


def open_inside(one: Installed) -> None:
    one.current.chmod(0o770)


def owned_by_another(one: Installed) -> None:
    os.chown(one.current, 12345, -1)


def lead_out(one: Installed) -> None:
    one.current.rename(one.directory.parent / "elsewhere")
    (one.directory / "current").unlink()
    (one.directory / "current").symlink_to(one.directory.parent / "elsewhere")


HARMS = (
    drop_link,
    drop_directory,
    truncate,
    flip,
    drop_segment,
    tear_contents,
    empty_state,
    garbage_state,
    old_language,
    open_to_others,
    open_inside,
    owned_by_another,
    lead_out,
)


@pytest.mark.parametrize("harm", [*HARMS, from_the_future])
def test_a_bad_index_is_noticed_at_start_and_built_anew(
    harm: Callable[[Installed], None], installed: Installed
) -> None:
    before, shelved = installed.current, installed.total(installed.started())
    assert shelved >= 2
    harm(installed)
    reader = installed.started()
    assert installed.total(reader) == shelved
    if harm is not from_the_future:
        with installed.session() as session:
            state = queries.state(session)
        assert reader.index is not None
        written = reader.index.written()
        assert written is None or not written.fits(state.signature, state.epoch)
        verified = installed.flask("verify")
        assert verified.exit_code == 1, verified.output
        assert "PostgreSQL answers" in verified.output
    writer = installed.started()
    writer.indexer.follow(installed.app.extensions["sessions"])
    assert installed.current != before
    verified = installed.flask("verify")
    assert verified.exit_code == 0, verified.output
    assert f"{shelved} products: catalogue, tokens, words and index agree" in verified.output
    assert installed.directory.stat().st_mode & 0o777 == 0o700
    assert installed.current.stat().st_mode & 0o777 == 0o700
    with installed.session() as session:
        reader.refresh(session)
    assert installed.total(reader) == shelved
    assert reader.index.written() == writer.index.written()  # type: ignore[union-attr]  # both have one


@pytest.mark.parametrize("harm", [drop_link, drop_directory, empty_state, open_to_others])
def test_an_index_lost_under_a_running_indexer_is_built_anew(
    harm: Callable[[Installed], None], installed: Installed
) -> None:
    writer = installed.started()
    sessions = installed.app.extensions["sessions"]
    writer.indexer.follow(sessions)
    harm(installed)
    writer.indexer.follow(sessions)
    assert installed.flask("verify").exit_code == 0


def test_what_others_could_have_written_is_thrown_away(
    installed: Installed, caplog: pytest.LogCaptureFixture
) -> None:
    (installed.directory / "planted").write_text("pickle")
    open_to_others(installed)
    installed.total(installed.started())
    assert "can be written by others" in caplog.text
    installed.started().indexer.follow(installed.app.extensions["sessions"])
    assert not (installed.directory / "planted").exists()
    assert [path.name for path in installed.directory.parent.glob("search*")] == ["search"]


def test_leftovers_of_dead_writers_are_swept_away(installed: Installed) -> None:
    half = installed.directory / "index-dead-1"
    half.mkdir()
    (half / "MAIN_0.toc").write_text("")
    (installed.directory / "current-1").symlink_to(half.name)
    (installed.current / "MAIN_00ff.seg").write_text("")
    (installed.current / "_MAIN_9.toc.17").write_text("")
    installed.started().indexer.rebuild(installed.app.extensions["sessions"])
    shelved = installed.total(installed.started())
    with installed.session() as session:
        make_offer(session)
        session.commit()
    previous = installed.current
    while installed.total(installed.started()) == shelved:
        installed.started().indexer.follow(installed.app.extensions["sessions"])
    names = {path.name for path in installed.directory.iterdir()}
    assert "current" in names
    assert previous.name in names
    assert not names & {"index-dead-1", "current-1"}
    assert len(names) == 3
    state = json.loads((installed.current / "state.json").read_text())
    left = {path.name for path in installed.current.iterdir()} - {"state.json", "MAIN_WRITELOCK"}
    assert left == set(state["files"])


def test_rebuild_shows_its_progress_and_keeps_the_previous_index(installed: Installed) -> None:
    before = installed.current
    done = installed.flask("rebuild")
    assert done.exit_code == 0, done.output
    assert "tokens" in done.output
    assert "index" in done.output
    assert "products indexed in" in done.output
    assert before.is_dir()
    assert installed.current != before
    assert {path.name for path in installed.directory.iterdir()} == {
        "current",
        before.name,
        installed.current.name,
    }


def test_explain_says_how_a_query_is_read(installed: Installed) -> None:
    said = installed.flask("explain", "圳品 山果 100元以内")
    assert said.exit_code == 0
    assert "圳品: certified today under zhenpin" in said.output
    assert "山果: " in said.output
    assert "100元以内: a price from any to" in said.output
    assert "nothing is called so" in installed.flask("explain", "zzzzqqq").output


CERTIFIED = (
    "scheme_codes = '{zhenpin}', valid_from = '{2026-01-01}', valid_to = '{2027-01-01}', "
    "certificate_numbers = '{x}'"
)
ONE = "slot = (SELECT min(slot) FROM search_product WHERE is_listed)"
UNKNOWN = "product_id = 1000000000"


@pytest.mark.parametrize(
    ("statement", "complaint"),
    [
        (f"UPDATE search_product SET price_fen = price_fen + 1 WHERE {ONE}", "has another price"),
        (f"UPDATE search_product SET available = 77 WHERE {ONE}", "has another available"),
        (f"UPDATE search_product SET sold = 77 WHERE {ONE}", "has another sold"),
        (f"UPDATE search_product SET county_code = '520204' WHERE {ONE}", "has another county code"),
        (
            f"UPDATE search_product SET {CERTIFIED} WHERE {ONE}",
            "has another scheme codes, valid from, valid to, certificate numbers",
        ),
        (f"UPDATE search_product SET text_digest = 'x' WHERE {ONE}", "has other words"),
        (
            f"UPDATE search_product SET is_listed = false WHERE {ONE}",
            "is listed, but search does not know it",
        ),
        (
            f"UPDATE search_product SET {UNKNOWN} WHERE {ONE}",
            "is not listed, but search still finds it",
        ),
        (
            "UPDATE search_word SET documents = 9 WHERE token = (SELECT min(token) FROM search_word)",
            "is counted 9",
        ),
        (
            f"UPDATE search_tokens SET tokens = '''茶''\\:80B' WHERE {ONE}",
            "the index holds other tokens at slot",
        ),
        (f"DELETE FROM search_tokens WHERE {ONE}", "which has no text any more"),
        (
            "UPDATE search_state SET signature = 'older'",
            "the tokens were made with another dictionary",
        ),
    ],
)
def test_verify_names_each_kind_of_difference(statement: str, complaint: str, installed: Installed) -> None:
    assert installed.flask("verify").exit_code == 0
    with installed.session() as session:
        session.execute(text(statement))
        session.commit()
    verified = installed.flask("verify")
    assert verified.exit_code == 1
    assert complaint in verified.output
    mended = installed.flask("rebuild")
    assert mended.exit_code == 0, mended.output
    verified = installed.flask("verify")
    assert verified.exit_code == 0, verified.output


def test_a_change_of_price_is_a_difference_until_it_is_followed(installed: Installed) -> None:
    with installed.session() as session:
        offer = OfferId(session.scalar(text("SELECT min(id) FROM catalogue_offer")) or 0)
        shelf.change_price(session, offer, 3_333)
        session.commit()
    verified = installed.flask("verify")
    assert verified.exit_code == 1
    assert "has another price" in verified.output
