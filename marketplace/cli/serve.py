"""flask serve: brings a machine from nothing to a served marketplace, and stops everything with Ctrl-C."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from types import FrameType
from urllib.error import URLError
from urllib.request import urlopen

import click
from flask import current_app
from flask.cli import with_appcontext

from marketplace.cli.schema import migrate
from marketplace.kernel.settings import Settings

_START_SECONDS = 60
_STOP_SECONDS = 15


@click.command("serve", help="Set up what is missing, then serve web pages and background work.")
@click.option("--workers", default=2, show_default=True, help="Web processes.")
@click.option("--seed/--no-seed", default=True, help="Fill an empty demonstration with a year of history.")
@with_appcontext
def group(workers: int, seed: bool) -> None:
    settings: Settings = current_app.config["SETTINGS"]
    step("数据库 tables", lambda: migrate(settings))
    for name in ("catalogue", "search", "demo"):
        if name == "demo" and not (seed and settings.is_demo):
            continue
        prepare = getattr(sys.modules.get(f"marketplace.cli.{name}"), "prepare", None)
        if prepare is not None:
            prepare()
    environment = child_environment(settings)
    children = [
        subprocess.Popen(web_command(settings, workers), env=environment, start_new_session=True),  # noqa: S603
        subprocess.Popen([sys.executable, "-m", "flask", "worker"], env=environment, start_new_session=True),
    ]
    try:
        wait_until_ready(settings.port, children)
        announce(settings)
        supervise(children)
    finally:
        stop(children)


def step(label: str, work: object) -> None:
    """Say what is being done and how long it took."""
    began = time.monotonic()
    click.echo(f"· {label} ... ", nl=False)
    assert callable(work)
    work()
    click.echo(f"{time.monotonic() - began:.1f} s")


def child_environment(settings: Settings) -> Mapping[str, str]:
    """Tell the children where the database is, so that only this process holds the embedded server."""
    return {
        **os.environ,
        "FLASK_APP": os.environ.get("FLASK_APP", "marketplace.factory:create_app"),
        "DATABASE_URL": settings.database_url,
        "OWNER_DATABASE_URL": settings.owner_database_url,
        "DATA_DIR": str(settings.data_dir),
        "PORT": str(settings.port),
    }


def web_command(settings: Settings, workers: int) -> list[str]:
    return [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--factory"),
        *("--host", os.environ.get("HOST", "127.0.0.1"), "--port", str(settings.port)),
        *("--workers", str(workers), "--blocking-threads", "4", "--respawn-failed-workers"),
        *("--log-level", "warning", "--no-ws", "marketplace.factory:create_app"),
    ]


def wait_until_ready(port: int, children: list[subprocess.Popen[bytes]]) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        if any(child.poll() is not None for child in children):
            raise click.ClickException(
                "the server did not start; its message stands above (is the port in use?)"
            )
        try:
            with urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2) as answer:
                if answer.status == 200:  # noqa: PLR2004 - HTTP's OK
                    return
        except (URLError, OSError):
            time.sleep(0.1)
    raise click.ClickException("the server did not become ready in time")


def announce(settings: Settings) -> None:
    """Print the address and, in a demonstration, who can sign in."""
    click.echo(f"\n黔货入粤  {settings.public_url}\n")
    accounts = settings.data_dir / "demo-accounts.json"
    if settings.is_demo and accounts.exists():
        for account in json.loads(accounts.read_text()):
            click.echo(
                f"  {account['role']:<22} {account['login']:<16} {account['password']:<16} {account['name']}"
            )
        click.echo(f"\n  {Path(os.path.relpath(accounts))}  ·  Ctrl-C 停止 stops\n")


def supervise(children: list[subprocess.Popen[bytes]]) -> None:
    """Wait for Ctrl-C, or for a child that should not have ended."""
    stopping = threading.Event()

    def stop_waiting(_number: int, _frame: FrameType | None) -> None:
        stopping.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop_waiting)
    while not stopping.wait(0.5):
        ended = [child for child in children if child.poll() is not None]
        if ended:
            raise click.ClickException(f"a process ended with status {ended[0].returncode}")


def stop(children: list[subprocess.Popen[bytes]]) -> None:
    for child in children:
        if child.poll() is None:
            child.terminate()
    for child in children:
        try:
            child.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
    click.echo("已停止 stopped")
