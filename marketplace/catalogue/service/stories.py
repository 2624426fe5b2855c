"""Writes of stories: a cooperative or a county tells of itself; a person looks before everybody reads."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from marketplace.catalogue import rules
from marketplace.catalogue.models import StoryRow
from marketplace.catalogue.queries.proposals import story_from_row
from marketplace.catalogue.refusals import (
    DescriptionIncomplete,
    StatusMovedOn,
    StoryNotFound,
    TooManyPictures,
)
from marketplace.catalogue.rules.contents import PICTURES_MAX
from marketplace.catalogue.service.proposals import keep_picture
from marketplace.catalogue.types import Picture, Story, StoryContent, StoryId, StoryState
from marketplace.kernel import changes, journal, time
from marketplace.kernel.locking import locked_one
from marketplace.parties.types import PartyId
from marketplace.places.types import DivisionCode

_NO_CONTENT = StoryContent()


def open_story(
    session: Session, *, party_id: PartyId | None = None, division_code: DivisionCode | None = None
) -> Story:
    """Return the story of a cooperative or of a county, begun where there is none; one of both is named."""
    session.execute(
        insert(StoryRow)
        .values(
            party_id=party_id,
            division_code=division_code,
            live=None,
            draft=rules.to_plain(_NO_CONTENT),
            state=StoryState.DRAFT,
            note="",
            changed_at=time.now(),
            live_since=None,
        )
        .on_conflict_do_nothing()
    )
    which = StoryRow.party_id == party_id if party_id is not None else StoryRow.division_code == division_code
    return story_from_row(session.scalars(select(StoryRow).where(which)).one())


def write_story(session: Session, story_id: StoryId, content: StoryContent) -> Story:
    """Say it otherwise; what everybody reads stays until somebody has looked. Pictures are kept apart."""
    row = _locked(session, story_id)
    before = _draft(row)
    kept = StoryContent(
        title=content.title,
        title_en=content.title_en,
        text=content.text,
        text_en=content.text_en,
        pictures=before.pictures,
    )
    return _written(session, row, kept)


def add_story_picture(session: Session, story_id: StoryId, picture: Picture) -> Story:
    """Put a picture behind the others; refuses (TooManyPictures)."""
    row = _locked(session, story_id)
    content = _draft(row)
    keep_picture(session, picture)
    if picture.digest not in content.pictures and len(content.pictures) >= PICTURES_MAX:
        raise TooManyPictures(PICTURES_MAX)
    return _with_pictures(session, row, tuple(dict.fromkeys((*content.pictures, picture.digest))))


def drop_story_picture(session: Session, story_id: StoryId, digest: str) -> Story:
    row = _locked(session, story_id)
    return _with_pictures(session, row, tuple(one for one in _draft(row).pictures if one != digest))


def submit_story(session: Session, story_id: StoryId) -> Story:
    """Hand a story in; refuses (DescriptionIncomplete) what lacks something or may not be said."""
    row = _locked(session, story_id)
    wrong = rules.story_problems(_draft(row))
    if wrong:
        name, problem = next(iter(wrong.items()))
        raise DescriptionIncomplete(problem, field=name)
    return _move(session, row, StoryState.SUBMITTED)


def publish_story(session: Session, story_id: StoryId, seen: str) -> Story:
    """Let everybody read what was seen; refuses (StatusMovedOn) where it is another now."""
    row = _seen(session, story_id, seen)
    row.live, row.draft, row.live_since, row.note = row.draft, None, time.now(), ""
    return _move(session, row, StoryState.LIVE)


def return_story(session: Session, story_id: StoryId, note: str, seen: str) -> Story:
    """Give a story back with what is to be mended."""
    row = _seen(session, story_id, seen)
    row.note = note
    return _move(session, row, StoryState.RETURNED, reason=note)


def _draft(row: StoryRow) -> StoryContent:
    """Return what is being written: a live story is taken up where it stands."""
    return rules.story_content(row.draft or row.live or {})


def _with_pictures(session: Session, row: StoryRow, pictures: tuple[str, ...]) -> Story:
    before = _draft(row)
    return _written(
        session,
        row,
        StoryContent(
            title=before.title,
            title_en=before.title_en,
            text=before.text,
            text_en=before.text_en,
            pictures=pictures,
        ),
    )


def _written(session: Session, row: StoryRow, content: StoryContent) -> Story:
    row.draft, row.changed_at = rules.to_plain(content), time.now()
    if row.state != StoryState.DRAFT:
        return _move(session, row, StoryState.DRAFT, action="begun")
    session.flush()
    return story_from_row(row)


def _seen(session: Session, story_id: StoryId, seen: str) -> StoryRow:
    row = _locked(session, story_id)
    if row.state != StoryState.SUBMITTED or rules.story_revision(_draft(row)) != seen:
        raise StatusMovedOn
    return row


def _locked(session: Session, story_id: StoryId) -> StoryRow:
    return locked_one(session, StoryRow, story_id, StoryNotFound)


def _move(
    session: Session, row: StoryRow, wanted: StoryState, *, action: str | None = None, **detail: Any
) -> Story:
    if wanted not in rules.STORY_TRANSITIONS[StoryState(row.state)]:
        raise StatusMovedOn
    row.state, row.changed_at = wanted, time.now()
    session.flush()
    journal.write(session, "story", row.id, action or str(wanted), **detail)
    if wanted is StoryState.LIVE:
        changes.record(session, "story", [row.id])
    return story_from_row(row)
