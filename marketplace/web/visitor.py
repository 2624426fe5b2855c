"""What a browser remembers beside the session: language, city, basket; none of it says who somebody is."""

from flask import current_app
from werkzeug.wrappers import Response

BASKET_COOKIE = "basket"
_YEAR_SECONDS = 31_536_000


def remember(answer: Response, name: str, value: str) -> None:
    """Keep a value in a cookie for a year, out of reach of scripts and of other sites' forms."""
    answer.set_cookie(
        name,
        value,
        max_age=_YEAR_SECONDS,
        secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
        httponly=True,
        samesite="Lax",
    )


def forget(answer: Response, name: str) -> None:
    answer.delete_cookie(name, samesite="Lax")
