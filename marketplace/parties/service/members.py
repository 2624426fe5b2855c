"""People join parties in a role, and leave them."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.kernel import journal, time
from marketplace.parties.models import MembershipRow, PartyRow
from marketplace.parties.queries import (
    find_person_by_phone,
    get_party,
    get_person,
    members_of,
    membership_from_rows,
)
from marketplace.parties.refusals import (
    AlreadyMember,
    LastManager,
    MembershipNotFound,
    PartyNotFound,
    PhoneUnknown,
    RoleUnfit,
)
from marketplace.parties.rules import COOPERATIVE_ROLES, parse_phone, role_fits, scope_fits
from marketplace.parties.service.people import register_person
from marketplace.parties.types import Membership, MembershipId, PartyId, PartyKind, PersonId, Role, Scope
from marketplace.places import queries as places


def add_member(
    session: Session, person_id: PersonId, party_id: PartyId, role: Role, scope: Scope | None = None
) -> Membership:
    """Give somebody a role in a party; an official's needs a scope.

    Refuses (RoleUnfit) a role that parties of this kind do not have, and (AlreadyMember) one held already.
    """
    person = get_person(session, person_id)
    party = session.scalars(select(PartyRow).where(PartyRow.id == party_id).with_for_update()).one_or_none()
    if party is None:
        raise PartyNotFound
    if not role_fits(role, PartyKind(party.kind)) or not scope_fits(role, scope, places.atlas(session)):
        raise RoleUnfit
    division, city, gz = (
        (scope.division_code, scope.city_code, scope.gz_code) if scope else (None, None, None)
    )
    held = session.scalars(
        select(MembershipRow).where(
            MembershipRow.person_id == person.id,
            MembershipRow.party_id == party.id,
            MembershipRow.role == role,
            MembershipRow.scope_division_code.is_not_distinct_from(division),
            MembershipRow.scope_city_code.is_not_distinct_from(city),
            MembershipRow.scope_gz_code.is_not_distinct_from(gz),
            MembershipRow.ended_at.is_(None),
        )
    ).one_or_none()
    if held is not None:
        raise AlreadyMember
    row = MembershipRow(
        person_id=person.id,
        party_id=party.id,
        role=role,
        scope_division_code=division,
        scope_city_code=city,
        scope_gz_code=gz,
        began_at=time.now(),
    )
    session.add(row)
    session.flush()
    journal.write(session, "membership", row.id, "began", person=person.id, party=party.id, role=role)
    return membership_from_rows(row, party)


def let_in(session: Session, party_id: PartyId, phone: str, display_name: str, role: Role) -> Membership:
    """Give somebody a role in a cooperative by their phone; whoever is not known yet is registered.

    Somebody who has another role there changes it. Refuses (PhoneUnknown, RoleUnfit, AlreadyMember) and
    (LastManager) the only manager who would be one no longer.
    """
    number = parse_phone(phone)
    if number is None:
        raise PhoneUnknown
    if role not in COOPERATIVE_ROLES:
        raise RoleUnfit
    person = find_person_by_phone(session, number) or register_person(
        session, phone=number, display_name=display_name, is_demo=get_party(session, party_id).is_demo
    )
    _lock_party(session, party_id)
    for former, membership in members_of(session, party_id):
        if former.id == person.id and membership.role is not role:
            _refuse_last_manager(session, party_id, membership.id)
            end_membership(session, membership.id)
    return add_member(session, person.id, party_id, role)


def let_out(session: Session, party_id: PartyId, membership_id: MembershipId) -> PersonId:
    """Take somebody's role in a cooperative away; returns who it was.

    Refuses (MembershipNotFound) another party's people, and (LastManager).
    """
    _lock_party(session, party_id)
    found = next((person for person, one in members_of(session, party_id) if one.id == membership_id), None)
    if found is None:
        raise MembershipNotFound
    _refuse_last_manager(session, party_id, membership_id)
    end_membership(session, membership_id)
    return found.id


def end_membership(session: Session, membership_id: MembershipId) -> None:
    """Take somebody's role away; the record that they had it stays."""
    row = session.scalars(
        select(MembershipRow)
        .where(MembershipRow.id == membership_id, MembershipRow.ended_at.is_(None))
        .with_for_update()
    ).one_or_none()
    if row is None:
        raise MembershipNotFound
    row.ended_at = time.now()
    journal.write(session, "membership", row.id, "ended", person=row.person_id, party=row.party_id)
    session.flush()


def _lock_party(session: Session, party_id: PartyId) -> None:
    """Let changes of one party's people come one after another, so that a last manager is the last."""
    session.execute(select(PartyRow.id).where(PartyRow.id == party_id).with_for_update())


def _refuse_last_manager(session: Session, party_id: PartyId, leaving: MembershipId) -> None:
    managers = {
        one.id for _person, one in members_of(session, party_id) if one.role is Role.COOPERATIVE_MANAGER
    }
    if managers == {leaving}:
        raise LastManager
