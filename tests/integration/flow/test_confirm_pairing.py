"""Officials confirm and end the pairings they speak for, and the others they concern are told."""

from datetime import date

import pytest
from sqlalchemy.orm import Session

from marketplace.flow import confirm_pairing as flow
from marketplace.notices import queries as notices
from marketplace.parties import queries as parties
from marketplace.parties.types import Actor, Role, Scope
from marketplace.places import queries as places
from marketplace.places.refusals import PairingDecided, PairingNotFound
from marketplace.places.types import DivisionCode, PairingId, PairingStatus
from tests.factories.parties import make_member
from tests.factories.places import CONGJIANG, FOSHAN, GUANGZHOU, QIANDONGNAN, ZUNYI, make_places

NOVEMBER = date(2026, 11, 23)
GUIZHOU = DivisionCode("520000")


@pytest.fixture(autouse=True)
def loaded(session: Session, clock: object) -> None:
    del clock
    make_places(session)


def _official(session: Session, **scope: DivisionCode) -> Actor:
    person, _party, _membership = make_member(session, Role.OFFICIAL, scope=Scope(**scope))
    return parties.actor(session, person.id)


def _pairing(session: Session) -> PairingId:
    return next(
        one.id
        for one in places.list_pairings(session, on=NOVEMBER)
        if (one.gd_code, one.gz_code) == (FOSHAN, QIANDONGNAN)
    )


def test_the_other_officials_concerned_are_told(session: Session) -> None:
    deciding = _official(session, division_code=FOSHAN)
    concerned = [
        _official(session, division_code=QIANDONGNAN),
        _official(session, division_code=GUIZHOU),
        _official(session, city_code=FOSHAN, gz_code=QIANDONGNAN),
    ]
    _official(session, division_code=GUANGZHOU)
    _official(session, division_code=CONGJIANG)
    assert flow.confirm(session, _pairing(session), deciding).status is PairingStatus.CONFIRMED
    sent = notices.inbox(session)
    assert {one.to_person_id for one in sent.items} == {one.person.id for one in concerned}
    assert {str(one.message) for one in sent.items} == {"佛山—黔东南的结对关系已确认。"}


@pytest.mark.parametrize(
    "scope",
    [
        {"division_code": GUANGZHOU},
        {"division_code": CONGJIANG},
        {"division_code": ZUNYI},
        {"city_code": GUANGZHOU, "gz_code": QIANDONGNAN},
    ],
)
def test_an_official_of_elsewhere_finds_no_such_pairing(
    session: Session, scope: dict[str, DivisionCode]
) -> None:
    stranger = _official(session, **scope)
    with pytest.raises(PairingNotFound):
        flow.confirm(session, _pairing(session), stranger)
    with pytest.raises(PairingNotFound):
        flow.end(session, _pairing(session), stranger, last_day=NOVEMBER, reason="")
    with pytest.raises(PairingNotFound):
        flow.confirm(session, PairingId(10**12), stranger)
    assert places.get_pairing(session, _pairing(session)).status is PairingStatus.TO_BE_CONFIRMED


def test_only_the_pairings_in_scope_are_shown(session: Session) -> None:
    shown = flow.pairings_in_scope(session, _official(session, division_code=FOSHAN), NOVEMBER)
    assert {one.gd_code for one in shown} >= {FOSHAN}
    assert all(places.atlas(session).within(one.gd_code, FOSHAN) for one in shown)
    everything = flow.pairings_in_scope(session, _official(session, division_code=GUIZHOU), NOVEMBER)
    assert len(everything) == len(places.list_pairings(session, on=NOVEMBER))


def test_confirmed_once_then_ended(session: Session) -> None:
    deciding = _official(session, city_code=FOSHAN, gz_code=QIANDONGNAN)
    flow.confirm(session, _pairing(session), deciding)
    with pytest.raises(PairingDecided):
        flow.confirm(session, _pairing(session), deciding)
    ended = flow.end(session, _pairing(session), deciding, last_day=NOVEMBER, reason="协议到期")
    assert (ended.status, ended.valid_to) == (PairingStatus.ENDED, NOVEMBER)
