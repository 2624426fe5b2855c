"""An official's word on a pairing moves what was counted under it: out of 待确认, in the same month."""

from datetime import date

from sqlalchemy.orm import Session

from marketplace.assistance import queries as record
from marketplace.assistance import service as assistance
from marketplace.assistance.types import Entry
from marketplace.flow import confirm_pairing
from marketplace.parties.types import Actor
from marketplace.places import queries as places
from marketplace.places.types import Pairing, PairingId, PairingState, PairingStatus, PairingVerdict

AT_ONCE = 1000
"""How many lines move with the official's word itself; a job moves the rest within the minute."""


def confirm(session: Session, pairing_id: PairingId, official: Actor) -> Pairing:
    """Confirm a pairing and count its lines as 结对内. Refuses (PairingNotFound, PairingDecided)."""
    pairing = confirm_pairing.confirm(session, pairing_id, official)
    restate(session, pairing.id, PairingState.UNCONFIRMED, limit=AT_ONCE)
    return pairing


def strike(
    session: Session, pairing_id: PairingId, official: Actor, *, last_day: date, reason: str
) -> Pairing:
    """End a pairing, or strike one that never was; refuses like ``confirm``, and (PairingDaysWrong)."""
    was_open = places.get_pairing(session, pairing_id).status is PairingStatus.TO_BE_CONFIRMED
    pairing = confirm_pairing.end(session, pairing_id, official, last_day=last_day, reason=reason)
    state = PairingState.UNCONFIRMED if was_open else PairingState.PAIRED
    restate(session, pairing.id, state, limit=AT_ONCE)
    return pairing


def restate(session: Session, pairing_id: PairingId, state: PairingState, *, limit: int = AT_ONCE) -> int:
    """Ask again how lines counted under a pairing stand on the day of their order; returns how many moved."""
    moved = 0
    standing = record.standing_by(session, pairing_id, state, limit=limit)
    for entry in standing:
        moved += bool(assistance.restate(session, entry.order_line_id, _verdict(session, entry)))
    return moved


def restate_decided(session: Session) -> int:
    """Move what still waits under pairings that have been decided; returns how many lines moved."""
    return sum(
        restate(session, one, PairingState.UNCONFIRMED)
        for one in record.pairings_in_doubt(session)
        if places.get_pairing(session, one).status is not PairingStatus.TO_BE_CONFIRMED
    )


def _verdict(session: Session, entry: Entry) -> PairingVerdict:
    return places.pairing_on(
        session, destination_code=entry.city_code, origin_code=entry.origin_county, day=entry.ordered_on
    )
