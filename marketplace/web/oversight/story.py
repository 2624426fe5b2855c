"""The story of a county, written by its officials."""

from flask import Response, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue import service
from marketplace.catalogue.rules import nominating_county
from marketplace.catalogue.types import Story
from marketplace.kernel.refusals import NotFound
from marketplace.parties.types import Permission
from marketplace.places import queries as places
from marketplace.web import guard
from marketplace.web.database import read
from marketplace.web.guard import require
from marketplace.web.oversight.routes import blueprint
from marketplace.web.story_desk import Desk


@blueprint.get("/story")
@require(Permission.NOMINATE_GOODS)
def story() -> ResponseReturnValue:
    return _desk().page()


@blueprint.post("/story")
@require(Permission.NOMINATE_GOODS)
def write_story() -> ResponseReturnValue:
    return _desk().save()


@blueprint.post("/story/pictures")
@require(Permission.NOMINATE_GOODS)
def add_story_picture() -> ResponseReturnValue:
    return _desk().add_picture()


@blueprint.get("/story/pictures/<digest>")
@require(Permission.NOMINATE_GOODS)
def story_picture(digest: str) -> Response:
    return _desk().picture(digest)


@blueprint.post("/story/pictures/<digest>/gone")
@require(Permission.NOMINATE_GOODS)
def drop_story_picture(digest: str) -> ResponseReturnValue:
    return _desk().drop_picture(digest)


def _desk() -> Desk:
    """Open the desk of the county that the official looks through; there is none for any other scope."""
    county = nominating_county(guard.scope(), places.atlas(read()))
    if county is None:
        raise NotFound

    def find(session: Session) -> Story | None:
        return catalogue.find_story(session, division_code=county)

    return Desk(
        portal="oversight",
        find=find,
        open=lambda session: service.open_story(session, division_code=county),
        public_address=lambda: url_for("storefront.county_story", code=county),
    )
