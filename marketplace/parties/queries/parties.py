"""Reads of parties."""

from collections.abc import Collection, Mapping

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from marketplace.kernel.message import Name
from marketplace.kernel.paging import ANY, Listing, Page, Sought, in_order, read_page
from marketplace.parties.models import MembershipRow, PartyRow, PersonRow
from marketplace.parties.refusals import PartyNotFound, PersonNotFound
from marketplace.parties.types import (
    Actor,
    ContractMode,
    Language,
    Membership,
    MembershipId,
    Party,
    PartyId,
    PartyKind,
    PartyStatus,
    Person,
    PersonId,
    Role,
    Scope,
)
from marketplace.places.types import DivisionCode


def find_person(session: Session, person_id: int) -> Person | None:
    row = session.get(PersonRow, person_id)
    return None if row is None else person_from_row(row)


def get_person(session: Session, person_id: int) -> Person:
    """Return a person; refuses (PersonNotFound)."""
    found = find_person(session, person_id)
    if found is None:
        raise PersonNotFound
    return found


def find_person_by_phone(session: Session, phone: str) -> Person | None:
    row = session.scalars(select(PersonRow).where(PersonRow.phone == phone)).one_or_none()
    return None if row is None else person_from_row(row)


def persons_by_id(session: Session, ids: Collection[int]) -> Mapping[PersonId, Person]:
    rows = session.scalars(select(PersonRow).where(PersonRow.id.in_(set(ids))))
    return {PersonId(row.id): person_from_row(row) for row in rows}


def find_actor(
    session: Session, person_id: int, *, epoch: int | None = None, chosen_id: int | None = None
) -> Actor | None:
    """Return a person with what they belong to, in one statement; None where the session has been ended.

    ``epoch`` is what the session was opened under: changing the password or signing out everywhere moves the
    person's on. Memberships of suspended parties do not count.
    """
    rows = session.execute(
        select(PersonRow, MembershipRow, PartyRow)
        .outerjoin(
            MembershipRow, and_(MembershipRow.person_id == PersonRow.id, MembershipRow.ended_at.is_(None))
        )
        .outerjoin(
            PartyRow, and_(PartyRow.id == MembershipRow.party_id, PartyRow.status == PartyStatus.ACTIVE)
        )
        .where(PersonRow.id == person_id)
        .order_by(MembershipRow.id)
    ).all()
    if not rows or (epoch is not None and rows[0][0].session_epoch != epoch):
        return None
    memberships = tuple(
        membership_from_rows(membership, party)
        for _person, membership, party in rows
        if membership is not None and party is not None
    )
    chosen = next((one.id for one in memberships if one.id == chosen_id), None)
    return Actor(person=person_from_row(rows[0][0]), memberships=memberships, chosen_id=chosen)


def actor(session: Session, person_id: int) -> Actor:
    """Return a person with what they belong to; refuses (PersonNotFound)."""
    found = find_actor(session, person_id)
    if found is None:
        raise PersonNotFound
    return found


def session_epoch(session: Session, person_id: int) -> int:
    """Return the number under which a session is opened now; refuses (PersonNotFound)."""
    epoch = session.scalar(select(PersonRow.session_epoch).where(PersonRow.id == person_id))
    if epoch is None:
        raise PersonNotFound
    return epoch


def find_party(session: Session, party_id: int) -> Party | None:
    row = session.get(PartyRow, party_id)
    return None if row is None else party_from_row(row)


def get_party(session: Session, party_id: int) -> Party:
    """Return a party; refuses (PartyNotFound)."""
    found = find_party(session, party_id)
    if found is None:
        raise PartyNotFound
    return found


def find_party_by_code(session: Session, code: str) -> Party | None:
    row = session.scalars(select(PartyRow).where(PartyRow.code == code)).one_or_none()
    return None if row is None else party_from_row(row)


def parties_by_id(session: Session, ids: Collection[int]) -> Mapping[PartyId, Party]:
    rows = session.scalars(select(PartyRow).where(PartyRow.id.in_(set(ids))))
    return {PartyId(row.id): party_from_row(row) for row in rows}


def parties_by_code(session: Session, codes: Collection[str]) -> Mapping[str, Party]:
    rows = session.scalars(select(PartyRow).where(PartyRow.code.in_(set(codes))))
    return {row.code: party_from_row(row) for row in rows}


def parties_named(session: Session, text: str, kind: PartyKind, *, limit: int = 20) -> list[Party]:
    """Return parties of a kind with a name, in any language, that contains the text, by code."""
    rows = session.scalars(
        select(PartyRow)
        .where(PartyRow.kind == kind, or_(*_is_named(text)))
        .order_by(PartyRow.code)
        .limit(limit)
    )
    return [party_from_row(row) for row in rows]


def party_ids_named(session: Session, text: str, *, limit: int) -> frozenset[PartyId]:
    """Return parties of any kind with a name, in any language, that contains the text; bounded."""
    found = session.scalars(
        select(PartyRow.id).where(or_(*_is_named(text))).order_by(PartyRow.id).limit(limit)
    )
    return frozenset(map(PartyId, found))


def cooperatives_in(division_codes: Collection[str]) -> Select[tuple[int]]:
    """Choose the cooperatives registered in one of some divisions, for a list that another room makes."""
    return select(PartyRow.id).where(
        PartyRow.kind == PartyKind.COOPERATIVE, PartyRow.division_code.in_(division_codes)
    )


def list_parties(
    session: Session,
    kind: PartyKind | None = None,
    *,
    status: PartyStatus | None = None,
    sought: Sought = ANY,
    page: int = 1,
    per_page: int = 50,
) -> Page[Party]:
    """Return parties by code, of one kind or all."""
    where: list[ColumnElement[bool]] = []
    if kind is not None:
        where.append(PartyRow.kind == kind)
    if status is not None:
        where.append(PartyRow.status == status)
    if sought.text:
        where.append(or_(PartyRow.code == sought.text.upper(), *_is_named(sought.text)))
    order = in_order(_ORDERS, sought)
    found = read_page(session, Listing(select(PartyRow), PartyRow.id, where, order), page, per_page)
    return found.of([party_from_row(row) for row, *_ in found.rows])


def _is_named(text: str) -> list[ColumnElement[bool]]:
    """Match names that contain the text; han has no case, and looking past it costs ten times as much."""
    if text.upper() == text.lower():
        return [name.contains(text, autoescape=True) for name in (PartyRow.name_zh, PartyRow.name_zh_hant)]
    names = (PartyRow.name_zh, PartyRow.name_zh_hant, PartyRow.name_en)
    return [name.icontains(text, autoescape=True) for name in names]


_ORDERS = {"code": (PartyRow.code,), "newest": (PartyRow.id.desc(),)}


def active_parties(session: Session, kinds: Collection[PartyKind], *, limit: int = 100) -> list[Party]:
    """Return the parties at work of some kinds, kind by kind in the order given, each by code."""
    order = list(dict.fromkeys(kinds))
    place = func.row_number().over(partition_by=PartyRow.kind, order_by=PartyRow.code).label("place")
    ranked = (
        select(PartyRow.id, place)
        .where(PartyRow.kind.in_(order), PartyRow.status == PartyStatus.ACTIVE)
        .subquery()
    )
    rows = session.scalars(
        select(PartyRow).join(ranked, ranked.c.id == PartyRow.id).where(ranked.c.place <= limit)
    )
    found = [party_from_row(row) for row in rows]
    return sorted(found, key=lambda one: (order.index(one.kind), one.code))


def members_of(session: Session, party_id: int) -> list[tuple[Person, Membership]]:
    """Return the people of a party with their roles, earliest first."""
    return _members(session, MembershipRow.party_id == party_id)


def list_officials(session: Session) -> list[tuple[Person, Membership]]:
    """Return every official with the scope they have."""
    return _members(session, MembershipRow.role == Role.OFFICIAL)


def _members(session: Session, wanted: ColumnElement[bool]) -> list[tuple[Person, Membership]]:
    rows = session.execute(
        select(PersonRow, MembershipRow, PartyRow)
        .join(MembershipRow, MembershipRow.person_id == PersonRow.id)
        .join(PartyRow, PartyRow.id == MembershipRow.party_id)
        .where(wanted, MembershipRow.ended_at.is_(None))
        .order_by(MembershipRow.id)
    )
    return [
        (person_from_row(person), membership_from_rows(membership, party))
        for person, membership, party in rows
    ]


def person_from_row(row: PersonRow) -> Person:
    return Person(
        id=PersonId(row.id),
        phone=row.phone,
        display_name=row.display_name,
        language=Language(row.language) if row.language else None,
        email=row.email,
        has_password=row.password_hash is not None,
        is_demo=row.is_demo,
    )


def party_from_row(row: PartyRow) -> Party:
    return Party(
        id=PartyId(row.id),
        kind=PartyKind(row.kind),
        code=row.code,
        name=Name(row.name_zh, row.name_zh_hant, row.name_en),
        division_code=DivisionCode(row.division_code),
        status=PartyStatus(row.status),
        contract_mode=ContractMode(row.contract_mode) if row.contract_mode else None,
        licence_number=row.licence_number,
        verified_until=row.verified_until,
        is_demo=row.is_demo,
        registered_at=row.registered_at,
    )


def membership_from_rows(row: MembershipRow, party: PartyRow) -> Membership:
    return Membership(
        id=MembershipId(row.id),
        party_id=PartyId(row.party_id),
        party_name=Name(party.name_zh, party.name_zh_hant, party.name_en),
        party_kind=PartyKind(party.kind),
        role=Role(row.role),
        scope=_scope(row),
    )


def _scope(row: MembershipRow) -> Scope | None:
    if row.scope_division_code is not None:
        return Scope(division_code=DivisionCode(row.scope_division_code))
    if row.scope_city_code is not None and row.scope_gz_code is not None:
        return Scope(city_code=DivisionCode(row.scope_city_code), gz_code=DivisionCode(row.scope_gz_code))
    return None
