"""Every refusal and every failure becomes a page in the reader's language, or problem+json for the API."""

import time
from http import HTTPStatus

from flask import Flask, Response, g, jsonify, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, IntegrityError, SQLAlchemyError
from werkzeug.exceptions import HTTPException

from marketplace.kernel.logging import logger
from marketplace.kernel.message import Message, msg
from marketplace.kernel.refusals import Refusal, TooMany
from marketplace.web import guard
from marketplace.web.database import read
from marketplace.web.language import render
from marketplace.web.limits import limiter

_PAGES = {
    HTTPStatus.FORBIDDEN: 403,
    HTTPStatus.NOT_FOUND: 404,
    HTTPStatus.METHOD_NOT_ALLOWED: 404,
    HTTPStatus.GONE: 404,
    HTTPStatus.TOO_MANY_REQUESTS: 429,
}
_TOO_LARGE = msg("发来的内容太大了。照片和文件请控制在 12 MB 以内，再试一次。")
_STALE_FORM = msg("为了安全，这张表单没有提交：页面开得太久，或者浏览器不让保存 Cookie。请返回刷新后再试。")
_SOON_S = 60
_log = logger(__name__)


def install(app: Flask) -> None:
    app.register_error_handler(Refusal, on_refusal)
    app.register_error_handler(HTTPException, on_http)
    app.register_error_handler(IntegrityError, on_integrity)
    app.register_error_handler(DataError, on_unstorable)
    app.register_error_handler(Exception, on_failure)
    app.after_request(_say_when_to_try_again)


def on_refusal(refusal: Refusal) -> Response:
    _log.info("refused", code=refusal.code, status=refusal.status)
    _end_reading()
    text = render(refusal.message)
    if isinstance(refusal, TooMany):
        g.retry_after_s = refusal.retry_after_s
    if _wants_json():
        return _problem(refusal.status, refusal.code, text)
    page = str(refusal.status) if refusal.status in {403, 404} else "refusal"
    return _page(page, refusal.status, text)


def on_http(error: HTTPException) -> Response | HTTPException:
    status = error.code or 500
    if error.response is not None or status < HTTPStatus.BAD_REQUEST:
        return error
    _end_reading()
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        g.retry_after_s = _seconds_to_wait()
    if _wants_json():
        answer = _problem(status, error.name.lower().replace(" ", "_"), error.name)
    else:
        own = 422 if status < HTTPStatus.INTERNAL_SERVER_ERROR else 500
        said = _what_to_do(error)
        answer = _page(str(_PAGES.get(HTTPStatus(status), own)), status, render(said) if said else None)
    for name, value in error.get_headers():
        if name == "Allow":
            answer.headers[name] = value
    return answer


def on_integrity(error: IntegrityError) -> Response:
    """The database said no where no rule did before: readable, logged with the constraint's name."""
    constraint = getattr(getattr(error.orig, "diag", None), "constraint_name", None)
    _log.warning("database_refused", constraint=constraint)
    _end_reading()
    if _wants_json():
        return _problem(409, "conflict", str(constraint))
    return _page("422", 409, None)


def on_unstorable(error: DataError) -> Response:
    """Something was named that no column can hold: a character NUL, a number beyond all numbers."""
    _log.warning("unstorable_value", reason=type(error.orig).__name__)
    _end_reading()
    status = 404 if request.method in {"GET", "HEAD"} else 422
    if _wants_json():
        return _problem(status, "unstorable_value", HTTPStatus(status).phrase)
    return _page(str(status), status, None)


def on_failure(error: Exception) -> Response:
    _log.error("failed", exc_info=error)
    _end_reading()
    if _wants_json():
        return _problem(500, "internal_error", "Internal error")
    return _page("500", 500, None)


def _page(name: str, status: int, text: str | None) -> Response:
    return make_response(
        render_template(
            f"errors/{name}.html",
            message=text,
            back_url=guard.referring_path(),
            request_id=g.get("request_id"),
            retry_after_s=g.get("retry_after_s", _SOON_S),
        ),
        status,
    )


def _what_to_do(error: HTTPException) -> Message | None:
    if isinstance(error, CSRFError):
        return _STALE_FORM
    return _TOO_LARGE if error.code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE else None


def _seconds_to_wait() -> int:
    """Return when the limit that was hit starts anew."""
    hit = limiter.current_limit
    return _SOON_S if hit is None else max(1, round(hit.reset_at - time.time()))


def _say_when_to_try_again(response: Response) -> Response:
    if response.status_code == HTTPStatus.TOO_MANY_REQUESTS:
        response.headers["Retry-After"] = str(g.get("retry_after_s", _SOON_S))
    return response


def _end_reading() -> None:
    """Give up what the request was reading: after a failed statement nothing more could be read with it."""
    try:
        read().rollback()
    except SQLAlchemyError:
        _log.warning("database_away")


def _wants_json() -> bool:
    return request.path.startswith("/api/")


def _problem(status: int, code: str, detail: str) -> Response:
    response = jsonify(
        type="about:blank", status=status, code=code, title=HTTPStatus(status).phrase, detail=detail
    )
    response.status_code = status
    response.content_type = "application/problem+json"
    return response
