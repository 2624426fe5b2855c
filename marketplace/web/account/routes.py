"""The blueprint of one's own pages; nothing on them may be kept by anybody on the way."""

from flask import Blueprint, Response

blueprint = Blueprint("account", __name__)


@blueprint.context_processor
def bottom_bar() -> dict[str, object]:
    """Mark 「我的」 in the bar at the foot of a phone."""
    return {"bottom_here": "mine"}


@blueprint.after_request
def keep_nowhere(response: Response) -> Response:
    response.headers["Cache-Control"] = "private, no-store"
    return response
