"""Wiring only: settings, extensions, adapters and blueprints come together here and nowhere else."""

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from types import ModuleType
from typing import Any

from flask import Flask
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.orm import sessionmaker
from werkzeug.middleware.proxy_fix import ProxyFix

import marketplace.cli
import marketplace.jobs
import marketplace.web
from marketplace.adapters import embedded_postgres
from marketplace.adapters.demo_inbox import DemoInbox
from marketplace.adapters.notice_files import NoticeFiles
from marketplace.adapters.payments import Payments, deliver_within, make_payments
from marketplace.adapters.search import make_search
from marketplace.adapters.spreadsheets import SpreadsheetFiles
from marketplace.adapters.typst_print import TypstPrinter
from marketplace.flow.ports import Ports
from marketplace.jobs.drain import drain, run_scheduled
from marketplace.kernel import logging, paths
from marketplace.kernel.settings import Mode, Settings, SettingsError, from_environment
from marketplace.kernel.storage import DirectoryStore
from marketplace.notices.port import NoticePort
from marketplace.web import page_cache, setup


def create_app(settings: Settings | None = None) -> Flask:
    """Build the application for the settings of the environment, or for given ones."""
    settings, give_up_database = _with_database(settings or from_environment())
    logging.configure(level=settings.log_level)
    app = Flask("marketplace", template_folder=str(paths.TEMPLATES), static_folder=None)
    app.config.update(
        SETTINGS=settings,
        SECRET_KEY=settings.secret_key,
        TESTING=settings.mode is Mode.TEST,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS={"pool_pre_ping": True, "pool_size": 8, "max_overflow": 8},
    )
    db = SQLAlchemy(app)
    Migrate(app, db, directory=str(paths.MIGRATIONS))
    with app.app_context():
        sessions = sessionmaker(db.engine, expire_on_commit=False)
    app.extensions["sessions"] = sessions
    app.extensions["give_up_database"] = give_up_database
    app.extensions["ports"] = Ports(
        notices=_notices(settings),
        payments={},
        search=make_search(settings, sessions),
        files=DirectoryStore(settings.data_dir / "files"),
        spreadsheets=SpreadsheetFiles(),
    )
    _offer_payments(app, make_payments(settings, sessions))
    # For what pays without a web server beside it: the demonstration's history, and tests.
    app.extensions["pay_in_process"] = lambda: _offer_payments(
        app, make_payments(settings, sessions, deliver=deliver_within(app))
    )
    app.extensions["drain"] = partial(drain, app)
    app.extensions["run_scheduled"] = partial(run_scheduled, app)
    app.extensions["printer"] = TypstPrinter(paths.TEMPLATES / "print", paths.STATIC / "vendor" / "fonts")
    app.url_map.strict_slashes = False  # /oversight/ is what people type
    setup.install(app)
    for blueprint in _found(marketplace.web, "blueprint"):
        app.register_blueprint(blueprint)
    page_cache.install(app, settings)
    if settings.trusted_proxies:
        count = settings.trusted_proxies
        proxied = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=0)
        setattr(app, "wsgi_app", proxied)  # noqa: B010 - Flask's own way in
    for command in (*_found(marketplace.cli, "group"), *_found(marketplace.jobs, "group")):
        app.cli.add_command(command)
    return app


def _notices(settings: Settings) -> NoticePort:
    """Choose the channel to people: files for the operator's sender, else the demonstration's inbox."""
    if settings.notice_directory is not None:
        return NoticeFiles(settings.notice_directory, settings.public_url)
    if settings.mode is Mode.PRODUCTION:
        raise SettingsError("NOTICE_DIRECTORY must be set in production: its inbox is the demonstration's")
    return DemoInbox(settings.data_dir / "mail")


def create_web_app() -> Flask:
    """Build the application for a web process, warm: its first visitor waits no longer than the next.

    One page is answered here and now, so templates are compiled and the search's tables are read before the
    process takes a connection. A database that is away does not keep it from starting.
    """
    app = create_app()
    app.extensions["ports"].search.follow(app.extensions["sessions"])
    app.test_client().get("/")
    return app


def _offer_payments(app: Flask, payments: Payments) -> None:
    app.extensions["sandbox"] = payments.sandbox
    app.extensions["ports"] = replace(app.extensions["ports"], payments=payments.ports)


def _with_database(settings: Settings) -> tuple[Settings, Callable[[], None]]:
    """Where no server is named, start the embedded one, or join the one that runs on the same data.

    Returns also how to give it up: the last process to do so stops it.
    """
    if settings.database_url:
        return settings, lambda: None
    cluster = embedded_postgres.start(settings.data_dir / "postgres")
    cluster.ensure_database(embedded_postgres.DATABASE)
    with_database = replace(
        settings,
        database_url=cluster.url(embedded_postgres.APP),
        owner_database_url=cluster.url(embedded_postgres.OWNER),
    )
    return with_database, cluster.stop


def _found(package: ModuleType, attribute: str) -> list[Any]:
    """Collect what each module of an edge exports under one name, in the order of the modules' names."""
    modules = [
        importlib.import_module(found.name)
        for found in pkgutil.iter_modules(package.__path__, f"{package.__name__}.")
    ]
    return [getattr(module, attribute) for module in modules if hasattr(module, attribute)]
