"""Parties and memberships in PostgreSQL."""

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from marketplace.kernel import journal, paging
from marketplace.kernel.message import Name
from marketplace.kernel.time import FixedClock
from marketplace.parties import queries, rules, service
from marketplace.parties.refusals import (
    AlreadyMember,
    CodeTaken,
    MembershipNotFound,
    PartyNotFound,
    RoleUnfit,
)
from marketplace.parties.types import ContractMode, PartyId, PartyKind, PartyStatus, Permission, Role, Scope
from marketplace.places.refusals import UnknownPlace
from tests.factories.parties import KIND_OF_ROLE, make_member, make_party, make_person
from tests.factories.places import CONGJIANG, FOSHAN, QIANDONGNAN, make_places


@pytest.fixture(autouse=True)
def places(session: Session, clock: FixedClock) -> None:
    del clock
    make_places(session)


def test_a_list_is_counted_within_bounds_and_every_page_of_it_is_reached(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = [make_party(session, PartyKind.CARRIER).code for _ in range(6)]
    codes = sorted(made)
    pages = [queries.list_parties(session, PartyKind.CARRIER, page=page, per_page=2) for page in (1, 3, 9)]
    assert [(one.total, one.is_more, one.page) for one in pages] == [
        (6, False, 1),
        (6, False, 3),
        (6, False, 3),
    ]
    assert queries.list_parties(session, PartyKind.WAREHOUSE, page=2).items == []
    monkeypatch.setattr(paging, "MOST_COUNTED", 2)
    pages = [queries.list_parties(session, PartyKind.CARRIER, page=page, per_page=2) for page in (1, 2, 3)]
    assert [(one.total, one.is_more) for one in pages] == [(2, True), (4, True), (6, False)]
    assert [one.code for page in pages for one in page.items] == codes
    newest = queries.list_parties(session, PartyKind.CARRIER, sought=paging.Sought(order="newest"))
    by_code = queries.list_parties(session, sought=paging.Sought(text=codes[2].lower()))
    assert [one.code for one in newest.items] == made[::-1]
    assert [one.code for one in by_code.items] == [codes[2]]


def test_parties_get_a_readable_code_and_sellers_a_contract(session: Session) -> None:
    found = {kind: make_party(session, kind) for kind in PartyKind}
    assert len({one.code for one in found.values()}) == len(PartyKind)
    assert found[PartyKind.COOPERATIVE].contract_mode is ContractMode.RESALE
    assert found[PartyKind.CARRIER].contract_mode is None
    assert queries.find_party_by_code(session, found[PartyKind.CARRIER].code) == found[PartyKind.CARRIER]
    assert queries.parties_by_id(session, [one.id for one in found.values()]) == {
        one.id: one for one in found.values()
    }
    assert journal.history(session, "party", found[PartyKind.CARRIER].id)[0].action == "registered"


def test_terms_given_are_terms_kept(session: Session) -> None:
    party = service.register_party(
        session,
        kind=PartyKind.COOPERATIVE,
        name=Name("云上合作社（演示）", "雲上合作社（演示）", "Cloud Co-op (demo)"),
        division_code=CONGJIANG,
        code="DEMO-HZS-1",
        contract_mode=ContractMode.AGENCY,
        licence_number="DEMO-1",
        is_demo=True,
    )
    assert (party.code, party.contract_mode, party.licence_number, party.is_demo) == (
        "DEMO-HZS-1",
        ContractMode.AGENCY,
        "DEMO-1",
        True,
    )
    with pytest.raises(CodeTaken):
        service.register_party(
            session, kind=PartyKind.CARRIER, name=party.name, division_code=FOSHAN, code="DEMO-HZS-1"
        )
    with pytest.raises(UnknownPlace):
        service.register_party(session, kind=PartyKind.CARRIER, name=party.name, division_code="999999")


def test_lists_are_paged_by_code(session: Session) -> None:
    made = sorted(make_party(session, PartyKind.WAREHOUSE).code for _number in range(5))
    first = queries.list_parties(session, PartyKind.WAREHOUSE, page=1, per_page=2)
    last = queries.list_parties(session, PartyKind.WAREHOUSE, page=3, per_page=2)
    assert (first.total, first.pages) == (5, 3)
    assert [one.code for one in first.items] == made[:2]
    assert [one.code for one in last.items] == made[4:]
    assert queries.list_parties(session, PartyKind.WAREHOUSE, status=PartyStatus.SUSPENDED).total == 0


@pytest.mark.parametrize("role", list(KIND_OF_ROLE))
def test_a_member_has_the_role_s_permissions_for_that_party_only(session: Session, role: Role) -> None:
    person, party, membership = make_member(session, role)
    actor = queries.actor(session, person.id)
    assert actor.memberships == (membership,)
    assert actor.chosen == membership
    other = make_party(session, party.kind)
    for permission in rules.PERMISSIONS[role]:
        assert rules.may(actor, permission, party.id)
        assert rules.may(actor, permission, other.id) is (permission not in rules.BOUND_TO_PARTY)


@pytest.mark.parametrize("role", list(KIND_OF_ROLE))
@pytest.mark.parametrize("kind", PartyKind)
def test_roles_fit_only_parties_of_their_kind(session: Session, role: Role, kind: PartyKind) -> None:
    person, party = make_person(session), make_party(session, kind)
    scope = Scope(division_code=FOSHAN) if role is Role.OFFICIAL else None
    if KIND_OF_ROLE[role] is kind:
        assert service.add_member(session, person.id, party.id, role, scope).role is role
    else:
        with pytest.raises(RoleUnfit):
            service.add_member(session, person.id, party.id, role, scope)


def test_an_official_may_have_several_scopes_but_each_once(session: Session) -> None:
    person, party, _first = make_member(session, Role.OFFICIAL, scope=Scope(division_code=FOSHAN))
    pairing = Scope(city_code=FOSHAN, gz_code=QIANDONGNAN)
    service.add_member(session, person.id, party.id, Role.OFFICIAL, pairing)
    with pytest.raises(AlreadyMember):
        service.add_member(session, person.id, party.id, Role.OFFICIAL, pairing)
    with pytest.raises(RoleUnfit):
        service.add_member(session, person.id, party.id, Role.OFFICIAL)
    assert queries.actor(session, person.id).scopes == (Scope(division_code=FOSHAN), pairing)
    assert (person.id, pairing) in {
        (found.id, membership.scope) for found, membership in queries.list_officials(session)
    }


def test_the_chosen_membership_decides_for_whom_one_acts(session: Session) -> None:
    person, first, one = make_member(session, Role.COOPERATIVE_MEMBER)
    second = make_party(session)
    other = service.add_member(session, person.id, second.id, Role.COOPERATIVE_MEMBER)
    undecided = queries.actor(session, person.id)
    assert undecided.chosen is None
    assert rules.parties_for(undecided, Permission.FULFIL) == (first.id, second.id)
    chosen = queries.find_actor(session, person.id, chosen_id=other.id)
    assert chosen is not None
    assert chosen.chosen == other
    assert rules.parties_for(chosen, Permission.FULFIL) == (second.id, first.id)
    foreign = queries.find_actor(session, person.id, chosen_id=one.id + 10**6)
    assert foreign is not None
    assert foreign.chosen_id is None


def test_whoever_leaves_may_nothing_more_and_may_come_back(session: Session) -> None:
    person, party, membership = make_member(session, Role.CARRIER_MEMBER)
    service.end_membership(session, membership.id)
    assert queries.actor(session, person.id).memberships == ()
    assert queries.members_of(session, party.id) == []
    with pytest.raises(MembershipNotFound):
        service.end_membership(session, membership.id)
    again = service.add_member(session, person.id, party.id, Role.CARRIER_MEMBER)
    assert again.id != membership.id
    assert [found.id for found, _membership in queries.members_of(session, party.id)] == [person.id]


def test_members_of_a_suspended_party_may_nothing_until_it_is_back(session: Session) -> None:
    person, party, _membership = make_member(session, Role.COOPERATIVE_MEMBER)
    assert service.suspend_party(session, party.id, "证照过期").status is PartyStatus.SUSPENDED
    assert not rules.may(queries.actor(session, person.id), Permission.FULFIL)
    service.reinstate_party(session, party.id, "已补办")
    assert rules.may(queries.actor(session, person.id), Permission.FULFIL, party.id)
    actions = [entry.action for entry in journal.history(session, "party", party.id)]
    assert actions == ["active", "suspended", "registered"]
    with pytest.raises(PartyNotFound):
        service.suspend_party(session, PartyId(10**12), "")


def test_an_actor_costs_one_statement(session: Session) -> None:
    person, _party, _membership = make_member(session, Role.OPERATOR)
    session.flush()
    session.expire_all()
    seen: list[str] = []
    connection = session.connection()
    event.listen(connection, "before_cursor_execute", lambda *given: seen.append(given[2]))
    queries.actor(session, person.id)
    assert len(seen) == 1


@pytest.mark.parametrize(
    "columns",
    [
        {"role": "consumer"},
        {"role": "official"},
        {"role": "operator", "scope_division_code": "440600"},
        {"role": "official", "scope_city_code": "440600"},
        {"role": "official", "scope_division_code": "440600", "scope_city_code": "440600"},
    ],
)
def test_the_database_refuses_half_a_scope(session: Session, columns: dict[str, str]) -> None:
    person, party, _membership = make_member(session, Role.CARRIER_MEMBER)
    values = {"person_id": person.id, "party_id": party.id, **columns}
    names = ", ".join(values)
    marks = ", ".join(f":{name}" for name in values)
    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(
            text(f"INSERT INTO parties_membership ({names}, began_at) VALUES ({marks}, '2026-01-01')"), values
        )
