"""flask web: serves pages from several processes, and starts a killed one again.

The web server is Granian: ``benchmarks/servers.py`` measures it beside gunicorn, with workers killed now and
then, and the README says what was found.
"""

import gc

import click
from flask import current_app
from flask.cli import with_appcontext
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels
from granian.server import Server

from marketplace.cli.set_up_lock import wait_for_set_up
from marketplace.kernel.settings import Settings
from marketplace.search import pinyin

WEB_APP = "marketplace.factory:create_web_app"
_THREADS = 4
_STOP_SECONDS = 5


@click.command("web", help="Serve web pages only, once the database is set up.")
@click.option("--host", default="127.0.0.1", show_default=True, envvar="HOST", help="Address to listen on.")
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64), help="Web processes.")
@with_appcontext
def group(host: str, workers: int) -> None:
    settings: Settings = current_app.config["SETTINGS"]
    # The processes are forked from this one where the system forks: what is read here they need not read
    # again, so that one takes a killed one's place within a second.
    pinyin.read_dictionary()
    wait_for_set_up(settings)
    gc.freeze()
    serve(WEB_APP, host, settings.port, workers)


def serve(target: str, host: str, port: int, workers: int) -> None:
    """Serve until told to stop the WSGI application that a function makes, named ``module:function``."""
    server = Server(
        target,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        factory=True,
        http=HTTPModes.http1,
        websockets=False,
        workers=workers,
        blocking_threads=_THREADS,
        respawn_failed_workers=True,
        workers_kill_timeout=_STOP_SECONDS,
        log_level=LogLevels.warning,
    )
    server.serve()
