"""Every refusal and every failure becomes a page in the reader's language, or problem+json for the API."""

from http import HTTPStatus

from flask import Flask, Response, jsonify, render_template, request
from sqlalchemy.exc import IntegrityError
from werkzeug.exceptions import HTTPException

from marketplace.kernel.logging import logger
from marketplace.kernel.refusals import Refusal
from marketplace.web.language import render

Answer = tuple[str | Response, int]

_PAGES = frozenset({403, 404, 422, 429, 500})
_log = logger(__name__)


def install(app: Flask) -> None:
    app.register_error_handler(Refusal, on_refusal)
    app.register_error_handler(HTTPException, on_http)
    app.register_error_handler(IntegrityError, on_integrity)
    app.register_error_handler(Exception, on_failure)


def on_refusal(refusal: Refusal) -> Answer:
    _log.info("refused", code=refusal.code, status=refusal.status)
    text = render(refusal.message)
    if _wants_json():
        return _problem(refusal.status, refusal.code, text), refusal.status
    template = f"errors/{refusal.status}.html" if refusal.status in {403, 404} else "errors/refusal.html"
    return render_template(template, message=text), refusal.status


def on_http(error: HTTPException) -> Answer | HTTPException:
    status = error.code or 500
    if error.response is not None or status < HTTPStatus.BAD_REQUEST:
        return error
    if _wants_json():
        return _problem(status, (error.name or "error").lower().replace(" ", "_"), error.name), status
    page = status if status in _PAGES else (422 if status < HTTPStatus.INTERNAL_SERVER_ERROR else 500)
    return render_template(f"errors/{page}.html", message=None), status


def on_integrity(error: IntegrityError) -> Answer:
    """The database said no where no rule did before: readable, logged with the constraint's name."""
    constraint = getattr(getattr(error.orig, "diag", None), "constraint_name", None)
    _log.warning("database_refused", constraint=constraint)
    if _wants_json():
        return _problem(409, "conflict", str(constraint)), 409
    return render_template("errors/422.html", message=None), 409


def on_failure(error: Exception) -> Answer:
    _log.error("failed", exc_info=error)
    if _wants_json():
        return _problem(500, "internal_error", "Internal error"), 500
    return render_template("errors/500.html", message=None), 500


def _wants_json() -> bool:
    return request.path.startswith("/api/")


def _problem(status: int, code: str, detail: str) -> Response:
    response = jsonify(
        type="about:blank", status=status, code=code, title=HTTPStatus(status).phrase, detail=detail
    )
    response.content_type = "application/problem+json"
    return response
