"""The papers behind a lot's reports: kept as they came, shown to the seller and to those who check."""

from flask import Response, current_app, make_response
from werkzeug.datastructures import FileStorage

from marketplace.kernel import files
from marketplace.kernel.files import FileRefused
from marketplace.kernel.refusals import NotFound
from marketplace.kernel.storage import FileStore

ACCEPTED = ",".join(sorted(files.PAPERS))
FIELD = "evidence"


def keep(sent: FileStorage | None) -> str | None:
    """Keep a sent paper and return its digest; None where none was sent. Refuses (FileRefused)."""
    if sent is None or not sent.filename:
        return None
    content = sent.stream.read(files.MAX_BYTES + 1)
    try:
        files.check(content)
    except FileRefused as refused:
        refused.field = FIELD
        raise
    return _store().put(content)


def answer(digest: str | None) -> Response:
    """Answer a kept paper under its own type; refuses (NotFound) where there is none."""
    content = _store().find(digest) if digest else None
    kind = None if content is None else files.kind_of(content)
    if content is None or kind is None:
        raise NotFound
    response = make_response(content)
    response.content_type = kind.value
    response.headers["Content-Disposition"] = f'inline; filename="{digest}.{kind.name.lower()}"'
    # A paper is looked at, it never acts: no script, no form, no page around it.
    response.headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'"
    return response


def _store() -> FileStore:
    store: FileStore = current_app.extensions["ports"].files
    return store
