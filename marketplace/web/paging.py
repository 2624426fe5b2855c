"""Which page of a list was asked for, and the addresses of its others."""

from urllib.parse import urlencode

from flask import g, request

_LAST = 100_000


def page_number() -> int:
    """Return the page asked for, from 1; nonsense is the first, and no list is longer than the last."""
    return min(max(1, request.args.get("page", 1, type=int)), _LAST)


def list_address() -> str:
    """Return where the list at hand stands: beside a form that was sent and refused it is another address."""
    address: str = g.get("list_address") or request.path
    return address


def page_address(page: int) -> str:
    """Return the address of another page of the list at hand, with everything else that was asked."""
    asked = [(name, value) for name, value in request.args.items(multi=True) if name != "page"]
    if page > 1:
        asked.append(("page", str(page)))
    return f"{list_address()}?{urlencode(asked)}" if asked else list_address()
