"""Papers behind certificates and applications: shown to those who check them, never to the public."""

from flask import Response, current_app, make_response
from itsdangerous import BadData, URLSafeSerializer
from werkzeug.datastructures import FileStorage

from marketplace.flow.hand_in_certificate import keep_evidence
from marketplace.kernel import files
from marketplace.kernel.files import FileKind, FileRefused
from marketplace.kernel.message import msg
from marketplace.kernel.refusals import NotFound
from marketplace.kernel.storage import FileStore
from marketplace.parties.types import PartyId

ACCEPTED = ",".join(sorted(files.PAPERS))


def keep(sent: FileStorage | None) -> str:
    """Keep a sent paper and return its digest; refuses (FileRefused) none, or what is no PDF or picture."""
    digest = keep_if_sent(sent, "evidence")
    if digest is None:
        raise FileRefused(msg("请附上证书的扫描件或照片。"), field="evidence")
    return digest


def keep_if_sent(sent: FileStorage | None, field: str) -> str | None:
    """Keep a paper of a form's field, None where none was sent; refuses (FileRefused) as ``keep``."""
    if sent is None or not sent.filename:
        return None
    try:
        return keep_evidence(sent.stream.read(files.MAX_BYTES + 1), _store())
    except FileRefused as refused:
        refused.field = field
        raise


def sealed(digest: str, party_id: PartyId) -> str:
    """Return what a form carries of a paper that arrived already, so that nobody sends it twice."""
    return _seal().dumps([digest, party_id])


def opened(token: str, party_id: PartyId) -> str | None:
    """Return the digest that the form of the same party carried; None for anything else."""
    try:
        digest, party = _seal().loads(token)
    except (BadData, TypeError, ValueError):
        return None
    return str(digest) if party == party_id else None


def kind(digest: str | None) -> FileKind | None:
    """Tell what a kept paper is; None where there is none."""
    content = _store().find(digest) if digest else None
    return None if content is None else files.kind_of(content)


def answer(digest: str | None) -> Response:
    """Answer a kept paper under its own type; refuses (NotFound) where there is none."""
    content = _store().find(digest) if digest else None
    found = None if content is None else files.kind_of(content)
    if content is None or found is None:
        raise NotFound
    response = make_response(content)
    response.content_type = found.value
    response.headers["Content-Disposition"] = f'inline; filename="{digest}.{found.name.lower()}"'
    response.headers["Cache-Control"] = "private, no-store"
    # A paper is looked at, it never acts: no script, no form, no page around it; a PDF's viewer shows it.
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'"
    )
    return response


def _seal() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt="certificate evidence")


def _store() -> FileStore:
    store: FileStore = current_app.extensions["ports"].files
    return store
