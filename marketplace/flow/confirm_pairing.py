"""An official confirms that two divisions are paired, or ends it; the others it concerns are told."""

from collections.abc import Callable
from datetime import date

from sqlalchemy.orm import Session

from marketplace.kernel.message import Message, Name, msg
from marketplace.notices import service as notices
from marketplace.notices.types import NoticeKind
from marketplace.parties import queries as parties
from marketplace.parties import rules
from marketplace.parties.types import Actor
from marketplace.places import queries as places
from marketplace.places import service as pairings
from marketplace.places.refusals import PairingNotFound
from marketplace.places.types import Pairing, PairingId

LINK = "/oversight/pairings"


def pairings_in_scope(session: Session, official: Actor, day: date) -> list[Pairing]:
    """Return the pairings of a day for which an official speaks."""
    return [one for one in places.list_pairings(session, on=day) if _speaks_for(session, official, one)]


def confirm(session: Session, pairing_id: PairingId, official: Actor) -> Pairing:
    """Confirm a pairing.

    Refuses (PairingNotFound) one outside the official's scope and (PairingDecided) one already decided.
    """
    _ask(session, pairing_id, official)
    pairing = pairings.confirm_pairing(session, pairing_id, official.person.id)
    _tell(session, pairing, official, _confirmed)
    return pairing


def end(session: Session, pairing_id: PairingId, official: Actor, *, last_day: date, reason: str) -> Pairing:
    """End a pairing after a last day, or strike one that was never confirmed; refuses like ``confirm``."""
    _ask(session, pairing_id, official)
    pairing = pairings.end_pairing(session, pairing_id, official.person.id, last_day=last_day, reason=reason)
    _tell(session, pairing, official, _ended)
    return pairing


def _ask(session: Session, pairing_id: PairingId, official: Actor) -> None:
    if not _speaks_for(session, official, places.get_pairing(session, pairing_id)):
        raise PairingNotFound


def _speaks_for(session: Session, official: Actor, pairing: Pairing) -> bool:
    atlas = places.atlas(session)
    return any(rules.covers_pairing(one, pairing.gd_code, pairing.gz_code, atlas) for one in official.scopes)


def _confirmed(city: Name, prefecture: Name) -> Message:
    return msg("%(city)s—%(prefecture)s的结对关系已确认。", city=city, prefecture=prefecture)


def _ended(city: Name, prefecture: Name) -> Message:
    return msg("%(city)s—%(prefecture)s的结对关系已结束。", city=city, prefecture=prefecture)


def _tell(
    session: Session, pairing: Pairing, official: Actor, words: Callable[[Name, Name], Message]
) -> None:
    atlas = places.atlas(session)
    message = words(atlas.division(pairing.gd_code).short_name, atlas.division(pairing.gz_code).short_name)
    concerned = {
        person.id
        for person, membership in parties.list_officials(session)
        if membership.scope is not None
        and rules.covers_pairing(membership.scope, pairing.gd_code, pairing.gz_code, atlas)
    }
    for person_id in sorted(concerned - {official.person.id}):
        notices.send(session, kind=NoticeKind.PAIRING, to_person_id=person_id, message=message, link=LINK)
