"""Sellers are verified again: warned in time, asked about by themselves, decided by the operator."""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from marketplace.kernel.message import Message, msg
from marketplace.notices import service as notices
from marketplace.notices.types import NoticeKind
from marketplace.parties import queries as parties
from marketplace.parties import service
from marketplace.parties.types import Party, PartyId, PartyKind, PersonId, Role

LINK = "/cooperative/standing"


def ask(session: Session, party_id: PartyId, note: str) -> None:
    """Ask for verification and tell the operator. Refuses (VerificationNotDue, VerificationAsked)."""
    service.ask_verification(session, party_id, note)
    message = msg("%(name)s申请半年复核。", name=parties.get_party(session, party_id).name)
    people = [
        person.id
        for operator in parties.list_parties(session, PartyKind.OPERATOR).items
        for person, _membership in parties.members_of(session, operator.id)
    ]
    _send(session, people, NoticeKind.OPERATION, message, "/operator/verifications")


def verify(session: Session, party_id: PartyId, against: str) -> Party:
    """Verify a seller as of today and tell its managers."""
    party = service.verify_party(session, party_id, against)
    assert party.verified_until is not None
    _tell(session, party, msg("证照复核通过，有效到 %(day)s。", day=party.verified_until))
    return party


def refuse(session: Session, party_id: PartyId, reason: str) -> Party:
    party = service.refuse_verification(session, party_id, reason)
    _tell(session, party, msg("证照复核没有通过：%(reason)s", reason=reason))
    return party


def suspend(session: Session, party_id: PartyId, reason: str) -> Party:
    """Take a party out of business and tell a cooperative's managers why, and where they read it."""
    party = service.suspend_party(session, party_id, reason)
    _tell(session, party, msg("%(name)s已暂停营业：%(reason)s", name=party.name, reason=reason), "/account")
    return party


def reinstate(session: Session, party_id: PartyId, reason: str) -> Party:
    party = service.reinstate_party(session, party_id, reason)
    _tell(session, party, msg("%(name)s已恢复营业。", name=party.name))
    return party


def watch(session: Session) -> int:
    """Warn sellers thirty days ahead, and say when it is over; returns how many were told."""
    due, lapsed = service.note_due(session), service.note_lapsed(session)
    for one in due:
        assert one.verified_until is not None
        _tell(session, one, msg("证照复核 %(day)s 到期，请申请复核。", day=one.verified_until))
    for one in lapsed:
        _tell(session, one, msg("证照复核已过期，商品已停止销售。请申请复核。"))
    return len(due) + len(lapsed)


def _tell(session: Session, party: Party, message: Message, link: str = LINK) -> None:
    people = [
        person.id
        for person, one in parties.members_of(session, party.id)
        if one.role is Role.COOPERATIVE_MANAGER
    ]
    _send(session, people, NoticeKind.ACCOUNT, message, link)


def _send(
    session: Session, people: Iterable[PersonId], kind: NoticeKind, message: Message, link: str
) -> None:
    for person_id in sorted(set(people)):
        notices.send(session, kind=kind, to_person_id=person_id, message=message, link=link)
