"""Writing a story: the same form for a cooperative and for a county, each on its own pages."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import Field
from sqlalchemy.orm import Session

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue import rules, service
from marketplace.catalogue.rules.contents import NAME_MAX, TEXT_MAX
from marketplace.catalogue.types import Story, StoryContent, StoryState
from marketplace.kernel import journal
from marketplace.kernel.refusals import NotFound, Refusal
from marketplace.web import goods_words, history, stored_pictures
from marketplace.web.database import read, write
from marketplace.web.forms import Form, FormModel, parse
from marketplace.web.language import gettext as _
from marketplace.web.outcome import done
from marketplace.web.timeline import Event
from marketplace.web.wording import Toned

Open = Callable[[Session], Story]


class StoryForm(FormModel):
    title: Annotated[str, Field(max_length=NAME_MAX)] = ""
    title_en: Annotated[str, Field(max_length=120)] = ""
    text: Annotated[str, Field(max_length=TEXT_MAX)] = ""
    text_en: Annotated[str, Field(max_length=TEXT_MAX)] = ""


class StoryNoteForm(FormModel):
    seen: Annotated[str, Field(min_length=32, max_length=32)]
    note: Annotated[str, Field(max_length=400)] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryPage:
    """What the writer sees; ``story`` None where nothing was begun."""

    story: Story | None
    state: Toned | None
    said: StoryContent
    is_waiting: bool
    events: list[Event]


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Whose story is written: how it is found and opened, and the portal's blueprint."""

    portal: str
    find: Callable[[Session], Story | None]
    open: Open
    public_address: Callable[[], str]

    def page(self, form: Form[Any] | None = None) -> str:
        story = self.find(read())
        told = [] if story is None else journal.history(read(), "story", story.id)
        said = StoryContent() if story is None else story.draft or story.live or StoryContent()
        page = StoryPage(
            story=story,
            state=None if story is None else goods_words.STORY_STATES[story.state],
            said=said,
            is_waiting=story is not None and story.state is StoryState.SUBMITTED,
            events=history.events(read(), told) if told else [],
        )
        typed = {
            "title": said.title,
            "title_en": said.title_en,
            "text": said.text,
            "text_en": said.text_en,
        }
        return render_template(
            f"{self.portal}/story.html",
            page=page,
            form=form or Form(typed=typed),
            desk=self,
            story_address=self.public_address(),
        )

    def save(self) -> ResponseReturnValue:
        form = parse(StoryForm, request.form)
        if form.model is None:
            return self.page(form), 422
        sent = form.model
        content = StoryContent(
            title=rules.clean_text(sent.title),
            title_en=rules.clean_text(sent.title_en),
            text=rules.clean_text(sent.text),
            text_en=rules.clean_text(sent.text_en),
        )
        is_whole = "hand_in" in request.form

        def use_case(session: Session) -> None:
            story = service.write_story(session, self.open(session).id, content)
            if is_whole:
                service.submit_story(session, story.id)

        try:
            write(use_case)
        except Refusal as refusal:
            form.refuse(refusal)
            return self.page(form), refusal.status
        flash(_("已交给平台审核，一般一个工作日内有结果。") if is_whole else _("已保存。"), "good")
        return self.back()

    def add_picture(self) -> ResponseReturnValue:
        try:
            picture = stored_pictures.received(request.files.get("photo"))
            write(lambda session: service.add_story_picture(session, self.open(session).id, picture))
        except Refusal as refusal:
            form: Form[Any] = Form(typed={})
            form.refuse(refusal)
            return self.page(form), refusal.status
        flash(_("照片已放上。"), "good")
        return self.back()

    def drop_picture(self, digest: str) -> ResponseReturnValue:
        story = self.find(read())
        if story is None:
            raise NotFound
        done(lambda session: service.drop_story_picture(session, story.id, digest), _("已删掉这张照片。"))
        return self.back()

    def picture(self, digest: str) -> Response:
        return picture(read(), self.find(read()), digest, is_public=False)

    def back(self) -> ResponseReturnValue:
        return redirect(url_for(f"{self.portal}.story"), code=303)


def picture(session: Session, story: Story | None, digest: str, *, is_public: bool) -> Response:
    """Answer a picture of a story: for everybody only one that is live. Refuses (NotFound)."""
    contents: Sequence[StoryContent | None] = () if story is None else (story.live,)
    if story is not None and not is_public:
        contents = (story.live, story.draft)
    own = {one for content in contents if content is not None for one in content.pictures}
    found = catalogue.pictures_by_digest(session, [digest]).get(digest) if digest in own else None
    if found is None:
        raise NotFound
    wanted = found.small_digest if stored_pictures.asked_for_small() else found.digest
    return stored_pictures.answer(wanted, is_public=is_public)
