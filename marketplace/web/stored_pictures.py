"""Pictures out of the file store: answered as what they are, kept by browsers for a year."""

from flask import Response, current_app, request
from werkzeug.datastructures import FileStorage

from marketplace.catalogue.types import Picture
from marketplace.flow.ports import Ports
from marketplace.kernel.files import kind_of
from marketplace.kernel.pictures import NotAPicture, keep_picture
from marketplace.kernel.refusals import NotFound
from marketplace.kernel.storage import FileStore

_YEAR_SECONDS = 31_536_000
_SIZES = frozenset({"large", "small"})


def files() -> FileStore:
    ports: Ports = current_app.extensions["ports"]
    return ports.files


def answer(digest: str | None, *, is_public: bool) -> Response:
    """Answer a stored picture; its address changes with it, so it may be kept. Refuses (NotFound)."""
    content = files().find(digest) if digest else None
    kind = kind_of(content) if content else None
    if content is None or kind is None or not kind.startswith("image/"):
        raise NotFound
    answered = Response(content, mimetype=kind)
    who = "public" if is_public else "private"
    answered.headers["Cache-Control"] = f"{who}, max-age={_YEAR_SECONDS}"
    return answered


def asked_for_small() -> bool:
    """Tell whether the smaller of both sizes was asked for; anything else than either does not exist."""
    size = request.args.get("size", "large")
    if size not in _SIZES:
        raise NotFound
    return size == "small"


def received(sent: FileStorage | None) -> Picture:
    """Keep the picture of a form in both sizes; refuses (NotAPicture) anything else."""
    if sent is None or not sent.filename:
        raise NotAPicture
    return Picture(**keep_picture(sent.stream.read(), files())._asdict())
