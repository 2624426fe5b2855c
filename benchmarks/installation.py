"""The installation that is measured: a demonstration multiplied to many products, kept between runs."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import psycopg

from benchmarks.multiplying import multiply
from marketplace.adapters import embedded_postgres
from marketplace.search.lexicon import make_language

ROOT = Path(__file__).parent.parent
DIRECTORY = Path(os.environ.get("BENCH_DATA_DIR", "var/bench")).resolve()
PRODUCTS = 10_000
WORKERS = 2
_BY_COMMAND = PRODUCTS
_ORIGINALS = 2_000
"""As many products as the command makes where more are wanted than it makes in some minutes."""

_READY_SECONDS = 180
_HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Installation:
    """Where the database is, and the process that runs it."""

    environment: dict[str, str]
    postgres_pid: int
    directory: Path = DIRECTORY

    @property
    def address(self) -> str:
        """Return where the database is, as psycopg reads it."""
        return self.environment["DATABASE_URL"].replace("+psycopg", "")

    def rows(self, statement: str) -> list[tuple[object, ...]]:
        with psycopg.connect(self.address) as connection:
            return connection.execute(statement.encode()).fetchall()

    def listed(self) -> int:
        """Return how many products are on the shelf."""
        found = self.rows("SELECT count(*) FROM catalogue_product WHERE status = 'listed'")
        return int(str(found[0][0]))

    def flask(self, *arguments: str) -> None:
        """Run a flask command, its output shown."""
        subprocess.run(
            [sys.executable, "-m", "flask", *arguments], env=self.environment, cwd=ROOT, check=True
        )


@dataclass(frozen=True, slots=True)
class Server:
    name: str
    url: str
    pid: int


@contextmanager
def installed(products: int = PRODUCTS) -> Iterator[Installation]:
    """Start the database; fill it where that was not done before, which takes minutes.

    Another number of products than the usual is another installation, in a folder of its own.
    """
    directory = DIRECTORY if products == PRODUCTS else DIRECTORY / str(products)
    cluster = embedded_postgres.start(directory / "postgres")
    cluster.ensure_database(embedded_postgres.DATABASE)
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "FLASK_APP": "marketplace.factory",
        "DATA_DIR": str(directory),
        "DATABASE_URL": cluster.url(embedded_postgres.APP),
        "OWNER_DATABASE_URL": cluster.url(embedded_postgres.OWNER),
        "RATE_LIMITS": "off",
        "LOG_LEVEL": os.environ.get("LOG_LEVEL", "INFO"),
    }
    made = Installation(environment, int(cluster.server.get_pid()), directory)
    try:
        _fill(made, products)
        yield made
    finally:
        cluster.stop()


def _fill(made: Installation, products: int) -> None:
    made.flask("schema", "upgrade")
    made.flask("catalogue", "load")
    quiet = Installation(made.environment | {"LOG_LEVEL": "WARNING"}, made.postgres_pid, made.directory)
    if not (made.directory / "demo-accounts.json").exists():
        quiet.flask("demo", "seed")
    by_command = products if products <= _BY_COMMAND else _ORIGINALS
    if made.listed() < by_command:
        quiet.flask("demo", "scale", "--products", str(by_command))
    multiply(made.address, products)
    marker = made.directory / "indexed.json"
    before = json.loads(marker.read_text()) if marker.exists() else None
    # An index of other words would be passed over, and PostgreSQL measured in its place.
    wanted = [made.listed(), make_language()[1]]
    if before != wanted:
        quiet.flask("search", "rebuild")
        marker.write_text(json.dumps(wanted))


@contextmanager
def served(
    made: Installation, name: str, port: int, target: str, *, workers: int = WORKERS, **settings: str
) -> Iterator[Server]:
    """Serve an application with the shop's own server."""
    command = [sys.executable, "-m", "benchmarks.serving", target, str(port), str(workers)]
    with started(name, command, port, made.environment | {"PORT": str(port)} | settings) as server:
        yield server


@contextmanager
def started(name: str, command: Sequence[str], port: int, environment: Mapping[str, str]) -> Iterator[Server]:
    """Run a server until it answers, and end it with the block."""
    log = DIRECTORY / "log"
    log.mkdir(parents=True, exist_ok=True)
    with (log / f"{name}.log").open("wb") as output:
        process = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=output, stderr=output)
    try:
        _wait(f"http://{_HOST}:{port}/readyz", process)
        yield Server(name, f"http://{_HOST}:{port}", process.pid)
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(url: str, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + _READY_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise SystemExit(f"the server ended with {process.returncode}; see {DIRECTORY / 'log'}")
        try:
            with urlopen(url, timeout=10):
                return
        except HTTPError:
            return
        except OSError:
            time.sleep(0.1)
    raise SystemExit(f"no answer from {url}")
