"""What every audience shares: language, forms' tokens, headers, limits, errors and the words of templates."""

from collections.abc import MutableMapping
from typing import Any

from flask import Flask, current_app, request
from flask.templating import Environment
from flask_wtf.csrf import CSRFProtect, generate_csrf
from jinja2 import StrictUndefined
from markupsafe import Markup
from sqlalchemy.exc import SQLAlchemyError

from marketplace.kernel.settings import Settings
from marketplace.parties.types import Person
from marketplace.web import (
    asked,
    assets,
    delivery,
    errors,
    guard,
    headers,
    health,
    language,
    limits,
    listing,
    present,
    standing,
)

csrf = CSRFProtect()


class OneWorld(Environment):
    """Templates with the same globals, those of the environment itself.

    Jinja lays a chain of mappings over them for each template, and compares two such chains name by name
    whenever a page imports a component: a tenth of what a product's page costs.
    """

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        return super().make_globals(d) if d else self.globals


def install(app: Flask) -> None:
    settings: Settings = app.config["SETTINGS"]
    app.jinja_environment = OneWorld
    language.install(app)
    headers.install(app, settings)
    limits.install(app, settings)
    errors.install(app)
    health.install(app)
    asked.install(app, settings)
    guard.install(app)
    app.config["WTF_CSRF_TIME_LIMIT"] = None
    csrf.init_app(app)
    environment = app.jinja_env
    environment.undefined = StrictUndefined
    environment.trim_blocks = environment.lstrip_blocks = True
    environment.add_extension("jinja2.ext.do")
    environment.filters.update(present.FILTERS)
    environment.globals.update(
        _=language.gettext,
        gettext=language.gettext,
        ngettext=language.ngettext,
        static_url=assets.static_url,
        csrf_field=csrf_field,
        languages=language.LANGUAGES,
        demo_mode=settings.is_demo,
    )

    standing.install(app)
    listing.install(app)

    @app.context_processor
    def words_of_the_request() -> dict[str, object]:
        return {
            "lang": language.current(),
            "here": _here(),
            "deliver_to": delivery.chosen_city(),
            "delivery_cities": delivery.cities(),
            "current_person": _person(),
            "basket_count": None,
        }


def _here() -> str:
    """Return the address that forms lead back to; of one too long to be led back to, only its path."""
    if not request:
        return "/"
    whole = request.full_path.rstrip("?")
    return whole if len(whole) <= guard.PATH_MAX else request.path


def _person() -> Person | None:
    """Return who is asking; nobody while the database is away, so that the page that says so can be shown."""
    try:
        return guard.current_person()
    except SQLAlchemyError:
        return None


def csrf_field() -> Markup:
    """Return the hidden token of a form."""
    return Markup('<input type="hidden" name="csrf_token" value="{}">').format(generate_csrf())


def settings() -> Settings:
    found: Settings = current_app.config["SETTINGS"]
    return found
