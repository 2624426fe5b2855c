"""The wheel holds everything it serves, and works where nothing but the wheel is."""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import NullPool, create_engine, text

from marketplace.adapters import embedded_postgres
from tests.deploy.conftest import ROOT

LOOK = """
import json, re
from marketplace.factory import create_app
from marketplace.kernel import paths
app = create_app()
client = app.test_client()
home = client.get("/")
addresses = re.findall(r'(?:href|src)="(/static/[^"]+)"', home.text)
print(json.dumps({
    "package": __import__("marketplace").__file__,
    "site": str(paths.SITE),
    "home": home.status_code,
    "title": "黔货入粤" in home.text,
    "english": "Guizhou" in client.get("/about", headers={"Accept-Language": "en"}).text,
    "files": {address: client.get(address).status_code for address in sorted(set(addresses))},
    "htmx": len(client.get([one for one in addresses if "htmx" in one][0]).data),
}))
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel as make does, with no network."""
    directory = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(directory)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return next(directory.glob("*.whl"))


@pytest.fixture
def empty_database(cluster: embedded_postgres.Cluster, worker_id: str) -> Iterator[tuple[str, str]]:
    name = f"wheel_{worker_id}_{os.getpid()}"
    cluster.drop_database(name)
    cluster.create_database(name)
    yield cluster.url(embedded_postgres.APP, name), cluster.url(embedded_postgres.OWNER, name)
    cluster.drop_database(name)


def _files(folder: str, wanted: Callable[[Path], bool] = lambda _path: True) -> set[str]:
    """Return the files below a folder of the checkout, as the wheel should name them."""
    return {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and wanted(path)
    }


def test_it_holds_every_template_style_drawing_table_and_word(wheel: Path) -> None:
    assert (ROOT / "static/vendor/htmx.min.js").exists(), "make assets fetches it"
    names = set(zipfile.ZipFile(wheel).namelist())
    for folder in ("templates", "static", "catalog_data"):
        missing = {f"marketplace/_site/{one}" for one in _files(folder)} - names
        assert not missing
    assert _files("marketplace", lambda path: path.suffix in {".py", ".po", ".ini", ".mako"}) <= names
    for needed in (
        "templates/layouts/base.html",
        "static/vendor/echarts.LICENSE",
        "catalog_data/products.csv",
    ):
        assert f"marketplace/_site/{needed}" in names
    strays = {one for one in names if one.startswith(("tests/", "benchmarks/", "var/", "app.py"))}
    assert not strays
    assert not {one for one in names if one.endswith((".pyc", ".env"))}


def test_it_migrates_a_database_and_serves_without_the_checkout(
    wheel: Path, empty_database: tuple[str, str], tmp_path: Path
) -> None:
    unpacked, elsewhere = tmp_path / "site", tmp_path / "elsewhere"
    zipfile.ZipFile(wheel).extractall(unpacked)
    elsewhere.mkdir()
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(unpacked),
        "FLASK_APP": "marketplace.factory",
        "DATA_DIR": str(tmp_path / "var"),
        "DATABASE_URL": empty_database[0],
        "OWNER_DATABASE_URL": empty_database[1],
        "LOG_LEVEL": "WARNING",
        "PYTHONIOENCODING": "utf-8",
    }

    def run(*arguments: str) -> str:
        command = [sys.executable, *arguments]
        done = subprocess.run(
            command, env=environment, cwd=elsewhere, capture_output=True, encoding="utf-8", check=False
        )
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout

    run("-m", "flask", "schema", "upgrade")
    run("-m", "flask", "catalogue", "load")
    engine = create_engine(empty_database[1], poolclass=NullPool)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM catalogue_product")) == 213
    found = json.loads(run("-c", LOOK).splitlines()[-1])
    assert found["package"].startswith(str(unpacked))
    assert found["site"] == str(unpacked / "marketplace" / "_site")
    assert (found["home"], found["title"], found["english"]) == (200, True, True)
    assert set(found["files"].values()) == {200}
    assert any(address.endswith("site.css") for address in found["files"])
    assert found["htmx"] > 10_000
    shutil.rmtree(unpacked)
