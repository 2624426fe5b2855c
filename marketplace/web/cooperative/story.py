"""The story of the cooperative, in its own words and pictures."""

from flask import Response, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue import service
from marketplace.catalogue.types import Story
from marketplace.parties import queries as parties
from marketplace.parties.types import Permission
from marketplace.web.cooperative.routes import acting_for, blueprint
from marketplace.web.database import read
from marketplace.web.guard import require
from marketplace.web.story_desk import Desk


@blueprint.get("/story")
@require(Permission.MANAGE_OFFERS)
def story() -> ResponseReturnValue:
    return _desk().page()


@blueprint.post("/story")
@require(Permission.MANAGE_OFFERS)
def write_story() -> ResponseReturnValue:
    return _desk().save()


@blueprint.post("/story/pictures")
@require(Permission.MANAGE_OFFERS)
def add_story_picture() -> ResponseReturnValue:
    return _desk().add_picture()


@blueprint.get("/story/pictures/<digest>")
@require(Permission.MANAGE_OFFERS)
def story_picture(digest: str) -> Response:
    return _desk().picture(digest)


@blueprint.post("/story/pictures/<digest>/gone")
@require(Permission.MANAGE_OFFERS)
def drop_story_picture(digest: str) -> ResponseReturnValue:
    return _desk().drop_picture(digest)


def _desk() -> Desk:
    """Open the desk of the cooperative whose pages are shown."""
    mine = acting_for()

    def find(session: Session) -> Story | None:
        return catalogue.find_story(session, party_id=mine)

    return Desk(
        portal="cooperative",
        find=find,
        open=lambda session: service.open_story(session, party_id=mine),
        public_address=lambda: url_for(
            "storefront.cooperative_story", code=parties.get_party(read(), mine).code
        ),
    )
