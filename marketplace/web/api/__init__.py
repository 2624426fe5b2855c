"""The documented API: read-only, versioned, generated from the types that validate."""

from flask import Blueprint

blueprint = Blueprint("api", __name__)

from marketplace.web.api import browsing, documentation, totals, views  # noqa: E402, F401 - they register on the blueprint
