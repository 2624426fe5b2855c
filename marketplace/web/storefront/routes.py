"""The blueprint of the shop's pages, the ports behind them, and how personal answers are kept."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, cast

from flask import Blueprint, Response, current_app, make_response
from flask.typing import ResponseReturnValue

from marketplace.flow.ports import Ports
from marketplace.search.engine import SearchEngine

P = ParamSpec("P")

blueprint = Blueprint("storefront", __name__)


def ports() -> Ports:
    return cast("Ports", current_app.extensions["ports"])


def search_engine() -> SearchEngine:
    return ports().search


def personal(view: Callable[P, ResponseReturnValue]) -> Callable[P, Response]:
    """Mark a page that shows one visitor's own things: nobody on the way keeps it."""

    @wraps(view)
    def marked(*args: P.args, **kwargs: P.kwargs) -> Response:
        answer = make_response(view(*args, **kwargs))
        answer.headers["Cache-Control"] = "private, no-store"
        return answer

    return marked
