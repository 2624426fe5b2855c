"""Forms on cached pages carry no token; the browser's own word on where a request comes from guards them.

A browser says in ``Sec-Fetch-Site``, older ones in ``Origin``, from which site a form was sent, and no page
can change either. Only for what a stranger may do anyway: the basket, the city, the language.
"""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec
from urllib.parse import urlsplit

from flask import request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import Headers

from marketplace.kernel.message import msg
from marketplace.kernel.refusals import Forbidden
from marketplace.web.setup import csrf

P = ParamSpec("P")


class SentFromElsewhere(Forbidden):
    code = "sent_from_elsewhere"

    def __init__(self) -> None:
        super().__init__(msg("这次提交不是从本站页面发出的，没有处理。请回到本站页面再试。"))


def from_own_pages(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
    """Take a form without a token, but only from a page of this site. Refuses (SentFromElsewhere)."""

    @wraps(view)
    def checked(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        if not is_own(request.headers, request.host):
            raise SentFromElsewhere
        return view(*args, **kwargs)

    csrf.exempt(checked)
    return checked


def is_own(headers: Headers, host: str) -> bool:
    """Tell whether a request was sent from a page of this host; one that says nothing was not."""
    site = headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    try:
        return urlsplit(headers.get("Origin", "")).netloc == host
    except ValueError:
        return False
