"""Whatever is tried on the road, in whatever order: packs are conserved and the chain never breaks."""

import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from marketplace.custody import queries, rules
from marketplace.custody.types import (
    Consignment,
    ConsignmentState,
    Decision,
    Holder,
    HolderKind,
    WaybillEventKind,
)
from marketplace.flow import complete, deliver, hand_over, regroup_loads
from marketplace.kernel import time
from marketplace.kernel.refusals import Refusal
from marketplace.kernel.time import FixedClock
from marketplace.orders.types import OrderLineId
from tests.factories.custody import (
    COOL,
    WARM,
    driver,
    everything_of,
    hand_off_draft,
    holder,
    make_carrier,
    make_loads,
    make_warehouse,
    send_by_express,
    signed_by,
)
from tests.factories.orders import make_ground, make_sold_offer
from tests.factories.parties import make_person

EXAMPLES = 400 if os.environ.get("DEEP") else 12


@dataclass(frozen=True)
class Try:
    """Something that somebody tries on the road; numbers choose among what there is."""

    what: str
    load: int
    whom: int
    count: int
    warm: bool
    decision: Decision


TRIES = st.lists(
    st.builds(
        Try,
        what=st.sampled_from(
            ["pass", "pass", "pass", "forge", "express", "collected", "signed", "split", "merge", "receipt"]
        ),
        load=st.integers(0, 5),
        whom=st.integers(0, 4),
        count=st.integers(0, 4),
        warm=st.booleans(),
        decision=st.sampled_from([Decision.ACCEPT, Decision.ACCEPT, Decision.REFUSE]),
    ),
    max_size=14,
)


class Road:
    """What stands along the road of one order of two parts."""

    def __init__(self, session: Session, clock: FixedClock) -> None:
        make_ground(session)
        offers = make_sold_offer(session), make_sold_offer(session)
        self.order, self.loads = make_loads(session, *offers, quantity=4)
        self.clock = clock
        self.session = session
        self.holders: Sequence[Holder] = (
            holder(make_carrier(session)),
            holder(make_carrier(session, "另一家（演示）")),
            holder(make_warehouse(session)),
            driver(make_person(session).id),
            Holder(kind=HolderKind.COOPERATIVE, party_id=self.loads[0].sender_id),
        )
        self.lines: list[OrderLineId] = [line.id for line in self.order.lines]
        self.packed = sum(load.quantity for load in self.loads)
        self.waybills: list[str] = []

    def everything(self) -> list[Consignment]:
        found = {one.id: one for load in self.loads for one in queries.journey(self.session, load.id).loads}
        return [found[key] for key in sorted(found)]

    def attempt(self, one: Try) -> None:
        loads = self.everything()
        load = loads[one.load % len(loads)]
        match one.what:
            case "pass" | "forge":
                self._pass(one, load)
            case "express":
                number = f"DEMO-{len(self.waybills)}"
                self.waybills.append(number)
                send_by_express(self.session, load, number)
            case "collected" | "signed" if self.waybills:
                number = self.waybills[one.count % len(self.waybills)]
                deliver.report(self.session, number, WaybillEventKind(one.what), time.now())
            case "split":
                shares = [{key: one.count} for key in everything_of(load)]
                regroup_loads.split(self.session, load.id, shares, signed_by(load.holder))
            case "merge":
                ids = [other.id for other in loads if other.holder == load.holder]
                regroup_loads.put_together(self.session, ids, signed_by(load.holder), packages=1)
            case "receipt":
                complete.confirm_receipt(self.session, self.order.id)

    def _pass(self, one: Try, load: Consignment) -> None:
        taker = self.holders[one.whom]
        giver = self.holders[one.count] if one.what == "forge" else load.holder
        keys = list(everything_of(load))
        lost = {keys[0]: one.count - 2} if keys and one.count > 2 else {}
        hand_over.record(
            self.session,
            hand_off_draft(
                load,
                taker,
                giver=signed_by(giver),
                readings=WARM if one.warm else COOL,
                lost=lost,
                decision=one.decision,
                reason="写明原因",
            ),
        )

    def check(self) -> None:
        accounts = queries.accounts(self.session, self.lines)
        assert all(rules.is_conserved(one) for one in accounts)
        loads = self.everything()
        there = sum(load.quantity for load in loads)
        assert there + sum(one.lost for one in accounts) == self.packed
        for load in loads:
            own = [
                one
                for one in queries.journey(self.session, load.id).hand_offs
                if one.consignment_id == load.id
            ]
            holders = [one.to_holder if one.is_accepted else one.from_holder for one in own]
            for former, later in pairwise(own):
                assert later.previous_id == former.id
            for kept, later in zip(holders, own[1:], strict=False):
                assert later.from_holder.key == kept.key
            if own:
                assert load.last_hand_off_id == own[-1].id
                assert load.holder.key == holders[-1].key
            if load.state in {ConsignmentState.REGROUPED, ConsignmentState.LOST}:
                assert load.quantity == 0


def test_any_sequence_conserves_packs_and_keeps_the_chain(session: Session, clock: FixedClock) -> None:
    road = Road(session, clock)

    @settings(
        max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), derandomize=False
    )
    @given(tries=TRIES)
    def walk(tries: list[Try]) -> None:
        started = clock.instant
        road.waybills.clear()
        outer = session.begin_nested()
        for one in tries:
            clock.advance(timedelta(minutes=7))
            with suppress(Refusal), session.begin_nested():
                road.attempt(one)
            road.check()
        assert queries.verify(session).changed == ()
        outer.rollback()
        session.expire_all()
        clock.instant = started

    walk()


def test_the_walk_is_no_walk_on_the_spot(session: Session, clock: FixedClock) -> None:
    """The tries above do get somewhere: the same means carry goods to the buyer, split and merged."""
    road = Road(session, clock)
    for load in range(2):
        for whom in (0, 2):
            clock.advance(timedelta(minutes=7))
            road.attempt(Try("pass", load, whom, 0, warm=False, decision=Decision.ACCEPT))
    road.attempt(Try("split", 0, 0, 1, warm=False, decision=Decision.ACCEPT))
    road.attempt(Try("merge", 0, 0, 0, warm=False, decision=Decision.ACCEPT))
    assert len(road.everything()) == 4
    last = max(load.id for load in road.everything())
    position = [load.id for load in road.everything()].index(last)
    road.attempt(Try("express", position, 0, 0, warm=False, decision=Decision.ACCEPT))
    road.attempt(Try("signed", 0, 0, 0, warm=False, decision=Decision.ACCEPT))
    road.check()
    assert queries.undelivered(session, [part.id for part in road.order.fulfilments]) == frozenset()


def test_loads_of_different_buyers_are_never_put_together(session: Session, clock: FixedClock) -> None:
    road = Road(session, clock)
    _order, (other,) = make_loads(session)
    warehouse = make_warehouse(session)
    for load in (road.loads[0], other):
        hand_over.record(session, hand_off_draft(load, holder(warehouse)))
    ids = [road.loads[0].id, other.id]
    with pytest.raises(Refusal, match="去向和贮运条件相同"):
        regroup_loads.put_together(session, ids, signed_by(holder(warehouse)), packages=1)
