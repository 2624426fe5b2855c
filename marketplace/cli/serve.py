"""flask serve: brings a machine from nothing to a served marketplace, and stops everything with Ctrl-C."""

import json
import logging
import os
import shutil
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import click
from flask import current_app
from flask.cli import with_appcontext

import marketplace
from marketplace.cli import catalogue, demo, search
from marketplace.cli.children import Child, Log
from marketplace.cli.schema import migrate
from marketplace.cli.set_up_lock import only_one
from marketplace.kernel.settings import Mode, Settings

_START_SECONDS = 120
_STOP_SECONDS = 15
_STEADY_SECONDS = 10
_ENDINGS = ("SIGINT", "SIGTERM", "SIGHUP")


@click.command("serve", help="Set up what is missing, then serve web pages and background work.")
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64), help="Web processes.")
@click.option("--seed/--no-seed", default=True, help="Fill an empty demonstration with a year of history.")
@with_appcontext
def group(workers: int, seed: bool) -> None:
    settings: Settings = current_app.config["SETTINGS"]
    host = os.environ.get("HOST", "127.0.0.1")
    refuse_busy(host, settings.port)
    _on_ending(signal.default_int_handler)
    children: list[Child] = []
    try:
        with only_one(settings), quiet(settings):
            children = make_children(settings, host, workers)
            logs = [_log(settings, child) for child in children]
            web, worker = children
            web.start(logs[0])  # it waits for the set-up, but not before it is ready to serve
            set_up(settings, seed=seed and settings.is_demo)
        current_app.extensions["sqlalchemy"].engine.dispose()
        wait_until_ready(host, settings.port, web)
        worker.start(logs[1])  # when pages are there: both at once would hold each other up
        announce(settings)
        supervise(children, logs)
    except KeyboardInterrupt:
        click.echo()
    finally:
        _on_ending(signal.SIG_IGN)
        stop(children)


def refuse_busy(host: str, port: int) -> None:
    """Say it now where somebody else listens on the port, before anything slow."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise click.ClickException(
                f"端口 {port} 不能用，换一个再试：PORT={port + 1} make run\n"
                f"Port {port} on {host} cannot be used ({error.strerror}); try PORT={port + 1} make run"
            ) from None


@contextmanager
def quiet(settings: Settings) -> Iterator[None]:
    """Write this process's own log lines into a file meanwhile: the terminal shows the steps."""
    handler = logging.getLogger().handlers[0]
    if settings.mode is Mode.PRODUCTION or not isinstance(handler, logging.StreamHandler):
        yield
        return
    path = settings.data_dir / "log" / "set-up.log"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as file:
        before = handler.setStream(file)
        try:
            yield
        finally:
            handler.setStream(before)


def set_up(settings: Settings, *, seed: bool) -> None:
    """Bring tables, catalogue, demonstration and index to what they should be; what is there stays."""
    step("数据库 tables", partial(migrate, settings))
    step("目录 catalogue", catalogue.prepare)
    if seed:
        step("演示 demonstration", demo.prepare)
    step("检索 search index", search.prepare)


def step(label: str, work: Callable[[], object]) -> None:
    """Say what is being done and how long it took; what the work itself prints stands in between."""
    began = time.monotonic()
    click.echo(f"· {label} ...")
    work()
    click.echo(f"  {label}: {time.monotonic() - began:.1f} s")


def make_children(settings: Settings, host: str, workers: int) -> list[Child]:
    environment = child_environment(settings)
    flask = (sys.executable, "-m", "flask")
    return [
        Child("web", [*flask, "web", "--host", host, "--workers", str(workers)], environment),
        Child("worker", [*flask, "worker"], environment),
    ]


def child_environment(settings: Settings) -> Mapping[str, str]:
    """Tell the children where the database is, so that only this process holds the embedded server."""
    counters = settings.data_dir / "counters"
    shutil.rmtree(counters, ignore_errors=True)
    counters.mkdir(parents=True)
    packages = Path(marketplace.__file__).parent.parent
    return {
        **os.environ,
        "FLASK_APP": "marketplace.factory:create_app",
        "PYTHONPATH": os.pathsep.join(filter(None, (str(packages), os.environ.get("PYTHONPATH")))),
        "PROMETHEUS_MULTIPROC_DIR": str(counters),
        "DATABASE_URL": settings.database_url,
        "OWNER_DATABASE_URL": settings.owner_database_url,
        "DATA_DIR": str(settings.data_dir),
        "PORT": str(settings.port),
    }


def wait_until_ready(host: str, port: int, web: Child) -> None:
    deadline = time.monotonic() + _START_SECONDS
    reached = "127.0.0.1" if host in {"0.0.0.0", ""} else f"[{host}]" if ":" in host else host  # noqa: S104 - compared
    while time.monotonic() < deadline:
        if web.status is not None:
            raise click.ClickException(f"{web.name} did not start; its message stands above")
        try:
            with urlopen(f"http://{reached}:{port}/readyz", timeout=2) as answer:
                if answer.status == 200:  # noqa: PLR2004 - HTTP's OK
                    return
        except (URLError, OSError):
            time.sleep(0.05)
    raise click.ClickException(f"the server was not ready after {_START_SECONDS} s")


def announce(settings: Settings) -> None:
    """Print the address and, in a demonstration, who can sign in."""
    click.echo(f"\n黔货入粤  {settings.public_url}\n")
    accounts = settings.data_dir / "demo-accounts.json"
    if settings.is_demo and accounts.exists():
        for account in json.loads(accounts.read_text(encoding="utf-8")):
            click.echo(
                f"  {account['role']:<22} {account['login']:<16} {account['password']:<16} {account['name']}"
            )
        click.echo(f"\n  {os.path.relpath(accounts)}")
    if settings.mode is not Mode.PRODUCTION:
        click.echo(f"  {os.path.relpath(settings.data_dir / 'log')}/")
    click.echo("  Ctrl-C 停止 stops\n")


def supervise(children: Sequence[Child], logs: Sequence[Log | None]) -> None:
    """Start again what ends by itself; give up on what cannot stay."""
    while True:
        time.sleep(0.5)
        for child, log in zip(children, logs, strict=True):
            if child.status is None:
                continue
            lasted = time.monotonic() - child.started_at
            message = f"{child.name} ended with status {child.status} after {lasted:.0f} s"
            child.wait(0)
            if lasted < _STEADY_SECONDS:
                raise click.ClickException(message)
            click.echo(f"{message}; started again", err=True)
            child.start(log)


def stop(children: Sequence[Child]) -> None:
    """End the children, then the embedded database where nobody else holds it."""
    deadline = time.monotonic() + _STOP_SECONDS
    for child in children:
        child.tell_to_stop()
    for child in children:
        child.wait(max(0.0, deadline - time.monotonic()))
    current_app.extensions["sqlalchemy"].engine.dispose()
    current_app.extensions["give_up_database"]()
    if children:
        click.echo("已停止 stopped")


def _log(settings: Settings, child: Child) -> Log | None:
    """Return the child's file; in production the lines go on to whoever supervises this process."""
    if settings.mode is Mode.PRODUCTION:
        return None
    return Log(settings.data_dir / "log" / f"{child.name}.log", partial(_tell, child.name))


def _tell(name: str, line: str) -> None:
    click.echo(f"[{name}] {line}", err=True)


def _on_ending(handler: Callable[..., object] | signal.Handlers) -> None:
    """Let Ctrl-C, SIGTERM and a closed terminal do the same."""
    for name in _ENDINGS:
        number = getattr(signal, name, None)  # Windows has no SIGHUP
        if number is not None:
            signal.signal(number, handler)
