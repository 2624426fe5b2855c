"""Static files under an address that changes with their content, so that browsers may keep them for ever.

One digest covers the whole tree: what a stylesheet or a module refers to beside itself stays right.
"""

import hashlib
from functools import cache

from flask import Blueprint, Response, abort, send_from_directory

from marketplace.kernel import paths
from marketplace.web.guard import public

blueprint = Blueprint("assets", __name__)

_YEAR_SECONDS = 31_536_000


@cache
def tree_digest() -> str:
    """Digest every static file's path and content."""
    digest = hashlib.sha256()
    for path in sorted(paths.STATIC.rglob("*")):
        if path.is_file():
            digest.update(str(path.relative_to(paths.STATIC)).encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def static_url(path: str) -> str:
    """Return the address of a static file, for example ``static_url('css/site.css')``."""
    return f"/static/{tree_digest()}/{path}"


@blueprint.get("/static/<digest>/<path:path>")
@public
def static_file(digest: str, path: str) -> Response:
    if digest != tree_digest() and path != "img/mark.svg":
        abort(404)
    response = send_from_directory(paths.STATIC, path, max_age=_YEAR_SECONDS)
    response.cache_control.public = True
    response.cache_control.immutable = True
    return response


@blueprint.get("/favicon.ico")
@public
def favicon() -> Response:
    return send_from_directory(paths.STATIC, "img/mark.svg", mimetype="image/svg+xml", max_age=86_400)
