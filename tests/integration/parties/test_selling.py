"""Who may sell: one rule, said twice (in Python and in SQL), that takes effect where offers are chosen."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from marketplace.flow import verify_sellers
from marketplace.kernel import journal, time
from marketplace.kernel.time import FixedClock
from marketplace.kernel.waiting import look
from marketplace.notices import queries as notices
from marketplace.parties import queries, rules
from marketplace.parties.models import PartyRow
from marketplace.parties.refusals import (
    VerificationAsked,
    VerificationNotAsked,
    VerificationNotDue,
)
from marketplace.parties.types import Party, PartyKind, PartyStatus, Role, SellerQueue
from tests.factories.parties import make_member, make_party
from tests.factories.places import make_places

DAYS = st.integers(-400, 400)


@pytest.fixture
def seller(session: Session, clock: FixedClock) -> Party:
    del clock
    make_places(session)
    return make_party(session)


def _again(session: Session, party: Party) -> Party:
    session.expire_all()
    return queries.get_party(session, party.id)


@given(status=st.sampled_from(PartyStatus), ends=DAYS, asked=DAYS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_rule_says_the_same_in_both_languages(
    session: Session, seller: Party, status: PartyStatus, ends: int, asked: int
) -> None:
    day = time.today()
    session.execute(
        update(PartyRow)
        .where(PartyRow.id == seller.id)
        .values(status=status, verified_until=day + timedelta(days=ends))
    )
    on = day + timedelta(days=asked)
    in_sql = session.scalar(select(queries.sells(PartyRow.id, on)).where(PartyRow.id == seller.id))
    party = _again(session, seller)
    assert in_sql == rules.may_sell(party, on) == (rules.selling_problem(party, on) is None)
    assert in_sql == (status is PartyStatus.ACTIVE and asked <= ends)


def test_others_than_cooperatives_never_sell(session: Session, seller: Party) -> None:
    del seller
    carrier = make_party(session, PartyKind.CARRIER)
    assert carrier.verified_until is None
    assert not rules.may_sell(carrier, time.today())


def test_asking_deciding_and_what_the_days_make_of_it(
    session: Session, seller: Party, clock: FixedClock
) -> None:
    manager, _party, _held = make_member(session, Role.COOPERATIVE_MANAGER, seller)
    operator, _op, _held = make_member(session, Role.OPERATOR)
    with pytest.raises(VerificationNotDue):
        verify_sellers.ask(session, seller.id, "")
    assert verify_sellers.watch(session) == 0

    clock.advance(timedelta(days=160))  # three weeks before the end
    assert verify_sellers.watch(session) == 1
    assert verify_sellers.watch(session) == 0
    assert [one.party.id for one in queries.list_sellers_due(session, SellerQueue.DUE).items] == [seller.id]
    verify_sellers.ask(session, seller.id, "法定代表人没有变")
    with pytest.raises(VerificationAsked):
        verify_sellers.ask(session, seller.id, "")
    assert look(session, {"asked": queries.verifications_asked()})["asked"].count == 1
    verify_sellers.refuse(session, seller.id, "执照照片看不清")
    with pytest.raises(VerificationNotAsked):
        verify_sellers.refuse(session, seller.id, "又一次")

    clock.advance(timedelta(days=30))
    assert not rules.may_sell(_again(session, seller), time.today())
    assert verify_sellers.watch(session) == 1
    assert verify_sellers.watch(session) == 0
    assert queries.list_sellers_due(session, SellerQueue.LAPSED).total == 1
    verify_sellers.ask(session, seller.id, "")
    verified = verify_sellers.verify(session, seller.id, "国家企业信用信息公示系统")
    assert verified.verified_until == rules.verified_until(time.today())
    assert rules.may_sell(verified, time.today())
    assert queries.list_sellers_due(session, SellerQueue.LAPSED).total == 0

    told = [str(one.message) for one in notices.inbox(session, person_id=manager.id).items]
    assert any("复核通过" in one for one in told)
    assert any("看不清" in one for one in told)
    assert any("停止销售" in one for one in told)
    assert len(told) == 4
    assert notices.inbox(session, person_id=operator.id).total == 2
    actions = [one.action for one in journal.history(session, "party", seller.id)]
    assert actions[:2] == ["verified", "verification_asked"]


def test_suspended_people_read_why(session: Session, seller: Party) -> None:
    manager, _party, _held = make_member(session, Role.COOPERATIVE_MANAGER, seller)
    assert queries.suspended_of(session, manager.id) == []
    verify_sellers.suspend(session, seller.id, "抽检不合格（演示）")
    ((party, reason),) = queries.suspended_of(session, manager.id)
    assert (party.id, reason) == (seller.id, "抽检不合格（演示）")
    actor = queries.find_actor(session, manager.id)
    assert actor is not None
    assert actor.memberships == ()
    verify_sellers.reinstate(session, seller.id, "复检合格")
    assert queries.suspended_of(session, manager.id) == []
