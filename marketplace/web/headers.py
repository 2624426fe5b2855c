"""Security headers on every answer, and the request's id in its logs."""

import re
import time
import uuid

import structlog
from flask import Flask, Response, g, request

from marketplace.kernel.logging import logger
from marketplace.kernel.settings import Mode, Settings

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; frame-ancestors 'none'; base-uri 'none'; "
    "form-action 'self' {pay}"
)
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
_log = logger(__name__)


def request_id(given: str) -> str:
    """Return the id a proxy gave the request where it looks like one, else a new one."""
    return given if _REQUEST_ID.fullmatch(given) else uuid.uuid4().hex


def install(app: Flask, settings: Settings) -> None:
    policy = _POLICY.format(pay="https://checkout.stripe.com" if settings.stripe_key else "").rstrip()
    is_secure = settings.mode is Mode.PRODUCTION
    app.config.update(
        SESSION_COOKIE_NAME="__Host-session" if is_secure else "session",
        SESSION_COOKIE_SECURE=is_secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        # Only what changes a session sends it: a picture that comes late would put an older one back, and
        # the form on the page would be refused for its token.
        SESSION_REFRESH_EACH_REQUEST=False,
        MAX_CONTENT_LENGTH=12 * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=2 * 1024 * 1024,
    )

    @app.before_request
    def name_request() -> None:
        g.request_id = request_id(request.headers.get("X-Request-Id", ""))
        g.began = time.perf_counter()
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=g.request_id)

    @app.after_request
    def guard_answer(response: Response) -> Response:
        headers = response.headers
        headers.setdefault("Content-Security-Policy", policy)
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("Referrer-Policy", "same-origin")
        headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        headers.setdefault("Permissions-Policy", "camera=(self), geolocation=(), microphone=()")
        if is_secure:
            headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
        if "began" in g:
            headers["X-Request-Id"] = g.request_id
            _log.info(
                "request",
                method=request.method,
                endpoint=request.endpoint,
                status=response.status_code,
                milliseconds=round((time.perf_counter() - g.began) * 1000, 1),
            )
        return response
