"""How often one address may try: per process, or shared where a Redis is configured."""

from flask import Flask
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

from marketplace.kernel.settings import Settings

limiter = Limiter(get_remote_address, default_limits=[], headers_enabled=True)

SIGN_IN = "20/minute;200/hour"
CODES = "10/minute;60/hour"
CHECKOUT = "30/minute;300/hour"


def install(app: Flask, settings: Settings) -> None:
    app.config.update(
        RATELIMIT_ENABLED=settings.rate_limits,
        RATELIMIT_STORAGE_URI=settings.redis_url or "memory://",
        RATELIMIT_STRATEGY="fixed-window",
    )
    limiter.init_app(app)
