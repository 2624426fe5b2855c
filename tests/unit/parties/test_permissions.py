"""Who may do what, and what a scope covers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.parties import rules
from marketplace.parties.types import PartyId, PartyKind, Permission, Role, Scope
from marketplace.places.types import DivisionCode, Side
from tests.factories.parties import actor_in_memory
from tests.factories.places import (
    CONGJIANG,
    FOSHAN,
    GUANGZHOU,
    HENGQIN,
    HONG_KONG,
    QIANDONGNAN,
    catalogue_atlas,
)

ATLAS = catalogue_atlas()
COUNTIES = st.sampled_from([one.code for one in ATLAS.counties])
CITIES = st.sampled_from([one.code for one in ATLAS.cities])
PLACES = st.sampled_from(sorted(ATLAS._divisions))
DESTINATIONS = st.sampled_from(sorted(code for code in ATLAS._divisions if ATLAS.is_destination(code)))
OFFICIAL_PLACES = st.sampled_from(
    [
        one.code
        for one in map(ATLAS.division, sorted(ATLAS._divisions))
        if rules.scope_fits(Role.OFFICIAL, Scope(division_code=one.code), ATLAS)
    ]
)


def test_the_table_knows_every_role_and_gives_every_permission_to_somebody() -> None:
    assert set(rules.PERMISSIONS) == set(Role)
    assert set().union(*rules.PERMISSIONS.values()) == set(Permission)
    assert set(rules.ROLES_OF_KIND) == set(PartyKind)
    assert set().union(*rules.ROLES_OF_KIND.values()) == set(Role) - {Role.CONSUMER}


@pytest.mark.parametrize("permission", Permission)
def test_nobody_signed_in_may_nothing(permission: Permission) -> None:
    assert not rules.may(None, permission)
    assert rules.parties_for(None, permission) == ()


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.CONSUMER])
@pytest.mark.parametrize("permission", Permission)
def test_a_role_may_what_the_table_says_for_its_own_party_only(role: Role, permission: Permission) -> None:
    actor = actor_in_memory(role, party_id=7)
    held = permission in rules.PERMISSIONS[role] or permission is Permission.BUY
    assert rules.may(actor, permission) is held
    assert rules.may(actor, permission, PartyId(7)) is held
    elsewhere = held and permission not in rules.BOUND_TO_PARTY
    assert rules.may(actor, permission, PartyId(8)) is elsewhere


def test_a_consumer_buys_and_nothing_else() -> None:
    actor = actor_in_memory()
    assert [one for one in Permission if rules.may(actor, one)] == [Permission.BUY]


def test_the_party_acted_for_comes_first() -> None:
    actor = actor_in_memory(Role.CARRIER_MEMBER, Role.WAREHOUSE_MEMBER)
    assert actor.chosen is None
    assert rules.parties_for(actor, Permission.TAKE_CUSTODY) == (PartyId(1),)
    assert rules.parties_for(actor, Permission.FULFIL) == ()
    assert actor.roles == {Role.CONSUMER, Role.CARRIER_MEMBER, Role.WAREHOUSE_MEMBER}


@given(place=OFFICIAL_PLACES, county=COUNTIES, destination=DESTINATIONS)
def test_a_division_covers_what_grows_in_it_or_arrives_in_it(
    place: DivisionCode, county: DivisionCode, destination: DivisionCode
) -> None:
    covered = rules.covers(Scope(division_code=place), county, destination, ATLAS)
    if ATLAS.division(place).side is Side.GUIZHOU:
        assert covered == (place in ATLAS.lineage(county))
    else:
        assert covered == (place in ATLAS.lineage(ATLAS.city_of(destination)))


@given(city=CITIES, gz=st.sampled_from([QIANDONGNAN, CONGJIANG]), county=COUNTIES, destination=DESTINATIONS)
def test_a_pairing_covers_only_goods_of_both_its_sides(
    city: DivisionCode, gz: DivisionCode, county: DivisionCode, destination: DivisionCode
) -> None:
    scope = Scope(city_code=city, gz_code=gz)
    expected = gz in ATLAS.lineage(county) and ATLAS.city_of(destination) == city
    assert rules.covers(scope, county, destination, ATLAS) == expected
    if expected:  # an official of either side sees it as well
        assert rules.covers(Scope(division_code=gz), county, destination, ATLAS)
        assert rules.covers(Scope(division_code=city), county, destination, ATLAS)


@given(lower=OFFICIAL_PLACES, county=COUNTIES, destination=DESTINATIONS)
def test_whoever_is_above_sees_what_those_below_see(
    lower: DivisionCode, county: DivisionCode, destination: DivisionCode
) -> None:
    if rules.covers(Scope(division_code=lower), county, destination, ATLAS):
        for upper in ATLAS.lineage(lower):
            assert rules.covers(Scope(division_code=upper), county, destination, ATLAS)


@given(place=PLACES)
def test_a_reach_is_what_covers_says_for_every_county_and_city(place: DivisionCode) -> None:
    scope = Scope(division_code=place)
    if rules.scope_fits(Role.OFFICIAL, scope, ATLAS):
        reach = rules.reach(scope, ATLAS)
        for county in ATLAS.counties:
            for city in (FOSHAN, GUANGZHOU, HONG_KONG, HENGQIN):
                within = (reach.origin_counties is None or county.code in reach.origin_counties) and (
                    reach.city_codes is None or city in reach.city_codes
                )
                assert within == rules.covers(scope, county.code, city, ATLAS)


@pytest.mark.parametrize(
    ("scope", "fits"),
    [
        (Scope(division_code=DivisionCode("520000")), True),
        (Scope(division_code=DivisionCode("440000")), True),
        (Scope(division_code=FOSHAN), True),
        (Scope(division_code=QIANDONGNAN), True),
        (Scope(division_code=CONGJIANG), True),
        (Scope(division_code=DivisionCode("440605")), False),
        (Scope(division_code=HONG_KONG), False),
        (Scope(division_code=DivisionCode("999999")), False),
        (Scope(city_code=FOSHAN, gz_code=QIANDONGNAN), True),
        (Scope(city_code=HONG_KONG, gz_code=QIANDONGNAN), False),
        (Scope(city_code=QIANDONGNAN, gz_code=FOSHAN), False),
        (Scope(city_code=FOSHAN, gz_code=DivisionCode("520000")), False),
    ],
)
def test_an_official_has_a_scope_that_exists(scope: Scope, fits: bool) -> None:
    assert rules.scope_fits(Role.OFFICIAL, scope, ATLAS) is fits
    assert not rules.scope_fits(Role.OPERATOR, scope, ATLAS)


def test_only_officials_have_scopes() -> None:
    assert not rules.scope_fits(Role.OFFICIAL, None, ATLAS)
    assert rules.scope_fits(Role.COOPERATIVE_MEMBER, None, ATLAS)


@pytest.mark.parametrize(
    "parts",
    [
        {},
        {"city_code": FOSHAN},
        {"gz_code": QIANDONGNAN},
        {"division_code": FOSHAN, "city_code": FOSHAN},
        {"division_code": FOSHAN, "city_code": FOSHAN, "gz_code": QIANDONGNAN},
    ],
)
def test_half_a_scope_cannot_be_made(parts: dict[str, DivisionCode]) -> None:
    with pytest.raises(ValueError, match="scope"):
        Scope(**parts)


@pytest.mark.parametrize(
    ("scope", "speaks"),
    [
        (Scope(division_code=DivisionCode("520000")), True),
        (Scope(division_code=DivisionCode("440000")), True),
        (Scope(division_code=FOSHAN), True),
        (Scope(division_code=QIANDONGNAN), True),
        (Scope(city_code=FOSHAN, gz_code=QIANDONGNAN), True),
        (Scope(division_code=CONGJIANG), False),
        (Scope(division_code=GUANGZHOU), False),
        (Scope(city_code=GUANGZHOU, gz_code=QIANDONGNAN), False),
        (Scope(city_code=FOSHAN, gz_code=CONGJIANG), False),
    ],
)
def test_who_speaks_for_the_pairing_of_foshan_and_qiandongnan(scope: Scope, speaks: bool) -> None:
    assert rules.covers_pairing(scope, FOSHAN, QIANDONGNAN, ATLAS) is speaks
