"""Story pages: what a cooperative or a county tells of itself, with its pictures and its goods."""

from dataclasses import dataclass

from flask import Response, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue.refusals import StoryNotFound
from marketplace.catalogue.types import Story, StoryContent, StoryId
from marketplace.kernel import time
from marketplace.kernel.message import Name
from marketplace.kernel.refusals import NotFound
from marketplace.parties import queries as parties
from marketplace.parties.types import PartyKind
from marketplace.places import queries as places
from marketplace.places.types import Level, Side
from marketplace.search.types import Facet, SearchRequest, Sort
from marketplace.web import story_desk
from marketplace.web.database import read
from marketplace.web.guard import public
from marketplace.web.page_cache import cacheable
from marketplace.web.storefront.cards import make_cards
from marketplace.web.storefront.routes import blueprint, search_engine

GOODS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A live story as its page and its teller's page show it."""

    said: StoryContent
    pictures: list[str]
    address: str


@blueprint.get("/cooperatives/<code>/story")
@cacheable
@public
def cooperative_story(code: str) -> ResponseReturnValue:
    party = parties.find_party_by_code(read(), code)
    if party is None or party.kind is not PartyKind.COOPERATIVE:
        raise NotFound
    told = of_cooperative(read(), code)
    home = url_for("storefront.cooperative", code=code)
    return _page(told, party.name, home, Facet.COOPERATIVE, code)


@blueprint.get("/counties/<code>/story")
@cacheable
@public
def county_story(code: str) -> ResponseReturnValue:
    found = places.atlas(read()).find(code)
    if found is None or found.level is not Level.COUNTY or found.side is not Side.GUIZHOU:
        raise NotFound
    home = url_for("storefront.county", code=code)
    return _page(of_county(read(), code), found.name, home, Facet.COUNTY, code)


@blueprint.get("/stories/<int(max=9223372036854775807):story_id>/pictures/<digest>", endpoint="story_picture")
@public
def story_picture(story_id: int, digest: str) -> Response:
    story = catalogue.get_story(read(), StoryId(story_id))
    return story_desk.picture(read(), story, digest, is_public=True)


def of_cooperative(session: Session, code: str) -> Told | None:
    """Return what a cooperative tells, where that is live."""
    party = parties.find_party_by_code(session, code)
    story = None if party is None else catalogue.find_story(session, party_id=party.id)
    return _told(story, url_for("storefront.cooperative_story", code=code))


def of_county(session: Session, code: str) -> Told | None:
    story = catalogue.find_story(session, division_code=code)
    return _told(story, url_for("storefront.county_story", code=code))


def _told(story: Story | None, address: str) -> Told | None:
    if story is None or story.live is None:
        return None
    pictures = [
        url_for("storefront.story_picture", story_id=story.id, digest=one) for one in story.live.pictures
    ]
    return Told(said=story.live, pictures=pictures, address=address)


def _page(told: Told | None, teller: Name, home: str, facet: Facet, code: str) -> str:
    if told is None:
        raise StoryNotFound
    asked = SearchRequest(at=time.now(), chosen={facet: (code,)}, sort=Sort.SEASON, per_page=GOODS)
    found = search_engine().search(read(), asked)
    return render_template(
        "storefront/story.html",
        told=told,
        teller=teller,
        home=home,
        cards=make_cards(read(), found.product_ids),
    )
