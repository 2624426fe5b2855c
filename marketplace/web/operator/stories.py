"""Stories that wait to be read by everybody: looked at beside what stands, made public or given back."""

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue import rules, service
from marketplace.catalogue.rules.contents import text_difference
from marketplace.catalogue.types import Story, StoryContent, StoryId, StoryState
from marketplace.kernel import journal
from marketplace.kernel.message import Name
from marketplace.parties import queries as parties
from marketplace.parties.types import Permission
from marketplace.places import queries as places
from marketplace.web import goods_words, history, list_words, listing, story_desk
from marketplace.web.database import read
from marketplace.web.forms import parse
from marketplace.web.guard import require
from marketplace.web.language import gettext as _
from marketplace.web.operator.routes import blueprint
from marketplace.web.outcome import done
from marketplace.web.story_desk import StoryNoteForm

PER_PAGE = 30
ONE = "/stories/<int(max=9223372036854775807):story_id>"
SHOWN = (StoryState.SUBMITTED, StoryState.RETURNED, StoryState.LIVE)
NOTE_MIN = 4


@blueprint.get("/stories", endpoint="stories")
@require(Permission.REVIEW_CATALOGUE)
def list_stories() -> ResponseReturnValue:
    asked = request.args.get("state", StoryState.SUBMITTED)
    state = StoryState(asked) if asked in set(SHOWN) else StoryState.SUBMITTED
    tools = listing.asked(list_words.WAITING, PER_PAGE)
    found = catalogue.list_stories(read(), {state}, tools.page, tools.per_page, sought=tools.sought)
    return listing.answer(
        "operator/stories.html",
        tools,
        found,
        state=state,
        states=SHOWN,
        names=goods_words.STORY_STATES,
        tellers=_tellers(read(), list(found.items)),
    )


@blueprint.get(ONE)
@require(Permission.REVIEW_CATALOGUE)
def one_story(story_id: int) -> ResponseReturnValue:
    found = catalogue.get_story(read(), StoryId(story_id))
    said = found.draft or found.live or StoryContent()
    before = found.live if found.draft is not None else None
    return render_template(
        "operator/story.html",
        story=found,
        teller=_tellers(read(), [found])[found.id],
        state=goods_words.STORY_STATES[found.state],
        said=said,
        before=before,
        segments=text_difference(before.text, said.text) if before is not None else (),
        revision=rules.story_revision(said),
        is_waiting=found.state is StoryState.SUBMITTED,
        events=history.events(read(), journal.history(read(), "story", found.id)),
    )


@blueprint.get(f"{ONE}/pictures/<digest>", endpoint="story_picture")
@require(Permission.REVIEW_CATALOGUE)
def story_picture(story_id: int, digest: str) -> Response:
    found = catalogue.get_story(read(), StoryId(story_id))
    return story_desk.picture(read(), found, digest, is_public=False)


@blueprint.post(f"{ONE}/<any(publish, back):wanted>")
@require(Permission.REVIEW_CATALOGUE)
def decide_story(story_id: int, wanted: str) -> ResponseReturnValue:
    form = parse(StoryNoteForm, request.form)
    one = catalogue.get_story(read(), StoryId(story_id)).id
    sent = form.model
    seen, note = (sent.seen, rules.clean_text(sent.note)) if sent is not None else ("", "")
    if wanted == "publish":
        done(lambda session: service.publish_story(session, one, seen), _("已公开。"))
    else:
        reason = note if len(note) >= NOTE_MIN else _("请修改后再交。")
        done(
            lambda session: service.return_story(session, one, reason, seen),
            _("已退回，对方能看到审核意见。"),
        )
    return redirect(url_for("operator.stories"), code=303)


def _tellers(session: Session, found: list[Story]) -> dict[StoryId, Name]:
    """Name who tells each story, in one statement."""
    names = parties.parties_by_id(session, {one.party_id for one in found if one.party_id is not None})
    atlas = places.atlas(session)
    return {
        one.id: names[one.party_id].name
        if one.party_id is not None
        else atlas.division(one.division_code or "").name
        for one in found
    }
