"""Pictures of papers: kept as they came, and given only to those who may see them."""

from typing import cast

from flask import Response, current_app
from werkzeug.datastructures import FileStorage

from marketplace.flow.ports import Ports
from marketplace.kernel import files
from marketplace.kernel.files import FileRefused
from marketplace.kernel.refusals import NotFound


def keep(sent: FileStorage | None, field: str) -> str | None:
    """Keep a sent paper and return its digest, None where none was sent. Refuses (FileRefused)."""
    if sent is None or not sent.filename:
        return None
    content = sent.stream.read(files.MAX_BYTES + 1)
    try:
        files.check(content)
    except FileRefused as refusal:
        raise FileRefused(refusal.message, field=field) from None
    return _ports().files.put(content)


def give(digest: str | None) -> Response:
    """Give a kept paper; refuses (NotFound) where there is none. No browser runs anything in it."""
    content = _ports().files.find(digest) if digest else None
    kind = files.kind_of(content) if content is not None else None
    if content is None or kind is None:
        raise NotFound
    response = Response(content, mimetype=kind)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _ports() -> Ports:
    return cast("Ports", current_app.extensions["ports"])
