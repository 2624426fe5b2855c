"""Parties and people for tests; names carry （演示）, numbers are nobody's."""

from itertools import count

from sqlalchemy.orm import Session

from marketplace.kernel.message import Name
from marketplace.parties import service
from marketplace.parties.types import (
    Actor,
    Membership,
    MembershipId,
    Party,
    PartyId,
    PartyKind,
    Person,
    PersonId,
    Role,
    Scope,
)
from marketplace.places.types import DivisionCode
from tests.factories.places import CONGJIANG, FOSHAN

_numbers = count(1)

KIND_OF_ROLE = {
    Role.PURCHASING_MEMBER: PartyKind.PURCHASING_UNIT,
    Role.COOPERATIVE_MANAGER: PartyKind.COOPERATIVE,
    Role.COOPERATIVE_MEMBER: PartyKind.COOPERATIVE,
    Role.COOPERATIVE_PACKER: PartyKind.COOPERATIVE,
    Role.CARRIER_MEMBER: PartyKind.CARRIER,
    Role.WAREHOUSE_MEMBER: PartyKind.WAREHOUSE,
    Role.OFFICIAL: PartyKind.AUTHORITY,
    Role.OPERATOR: PartyKind.OPERATOR,
}


def new_phone() -> str:
    """Return a mobile number that no other test has had."""
    return f"+86139{next(_numbers):08d}"


def make_party(
    session: Session,
    kind: PartyKind = PartyKind.COOPERATIVE,
    division_code: DivisionCode = CONGJIANG,
    name: str = "山谷合作社（演示）",
) -> Party:
    """Register a party; the divisions must be loaded (``make_places``)."""
    return service.register_party(
        session, kind=kind, name=Name(name, name, f"{name} (demo)"), division_code=division_code, is_demo=True
    )


def make_person(session: Session, display_name: str = "王小明（演示）", phone: str | None = None) -> Person:
    return service.register_person(
        session, phone=phone or new_phone(), display_name=display_name, is_demo=True
    )


def make_member(
    session: Session, role: Role, party: Party | None = None, scope: Scope | None = None
) -> tuple[Person, Party, Membership]:
    """Register a person with a role; an official without a scope is 佛山's."""
    party = party or make_party(session, KIND_OF_ROLE[role])
    person = make_person(session)
    if role is Role.OFFICIAL and scope is None:
        scope = Scope(division_code=FOSHAN)
    return person, party, service.add_member(session, person.id, party.id, role, scope)


def actor_in_memory(*roles: Role, party_id: int = 1, scope: Scope | None = None) -> Actor:
    """Make an actor without a database, a member of one party in each of the roles."""
    person = Person(
        id=PersonId(1),
        phone="+8613900000000",
        display_name="王小明（演示）",
        language=None,
        email=None,
        has_password=False,
        is_demo=True,
    )
    memberships = tuple(
        Membership(
            id=MembershipId(number),
            party_id=PartyId(party_id),
            party_name=Name("演示", "演示", "Demo"),
            party_kind=KIND_OF_ROLE[role],
            role=role,
            scope=(scope or Scope(division_code=FOSHAN)) if role is Role.OFFICIAL else None,
        )
        for number, role in enumerate(roles, start=1)
    )
    return Actor(person=person, memberships=memberships)
