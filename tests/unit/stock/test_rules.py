"""Which lots and which days serve a quantity, and what may become of a hold."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.catalogue.types import LotId, OfferId
from marketplace.stock import rules
from marketplace.stock.types import HoldState, LotStock, PackingShare, Wanted

TODAY = date(2026, 11, 23)
days = st.none() | st.integers(-3, 30).map(lambda ahead: TODAY + timedelta(days=ahead))


@st.composite
def lots(draw: st.DrawFn) -> list[LotStock]:
    made = []
    for number in range(1, draw(st.integers(0, 6)) + 1):
        on_hand = draw(st.integers(0, 9))
        held = draw(st.integers(0, on_hand))
        blocked = draw(st.booleans())
        made.append(
            LotStock(
                lot_id=LotId(number),
                offer_id=OfferId(draw(st.integers(1, 2))),
                on_hand=on_hand,
                held=held,
                available=0 if blocked else on_hand - held,
                blocked=blocked,
                expires_on=draw(days),
            )
        )
    return made


@given(lots(), st.integers(1, 20), st.integers(0, 10))
def test_the_first_to_expire_goes_first(found: list[LotStock], quantity: int, ahead: int) -> None:
    needed_on = TODAY + timedelta(days=ahead)
    usable = {lot.lot_id: lot for lot in found if rules.is_usable(lot, needed_on) and lot.available}
    picks = rules.first_expired_first_out(found, quantity, needed_on)
    if picks is None:
        assert sum(lot.available for lot in usable.values()) < quantity
        return
    assert sum(packs for _, packs in picks) == quantity
    assert all(0 < packs <= usable[lot_id].available for lot_id, packs in picks)
    last = max(usable[lot_id].expires_on or date.max for lot_id, _ in picks)
    picked = dict(picks)
    for lot_id, lot in usable.items():
        if (lot.expires_on or date.max) < last:
            assert picked[lot_id] == lot.available, "a lot that expires earlier is used up first"


@given(lots(), st.integers(0, 10))
def test_what_is_sellable_is_what_can_be_taken(found: list[LotStock], ahead: int) -> None:
    day = TODAY + timedelta(days=ahead)
    for offer_id, packs in rules.sellable(found, day).items():
        of_offer = [lot for lot in found if lot.offer_id == offer_id]
        assert rules.first_expired_first_out(of_offer, packs + 1, day) is None
        if packs:
            assert rules.first_expired_first_out(of_offer, packs, day)


@given(
    st.integers(1, 60),
    st.integers(1, 9),
    st.dictionaries(st.integers(0, 8).map(lambda n: TODAY + timedelta(days=n)), st.integers(0, 12)),
)
def test_packing_keeps_within_every_days_capacity(
    quantity: int, capacity: int, taken: dict[date, int]
) -> None:
    horizon = [TODAY + timedelta(days=ahead) for ahead in range(rules.PACKING_HORIZON_DAYS)]
    free = {day: max(0, capacity - taken.get(day, 0)) for day in horizon}
    shares = rules.spread_over_days(quantity, capacity, taken, TODAY)
    if shares is None:
        assert sum(free.values()) < quantity
        return
    assert sum(share.quantity for share in shares) == quantity
    assert all(0 < share.quantity <= free[share.packs_on] for share in shares)
    for day in horizon:
        if day < shares[-1].packs_on:
            assert sum(share.quantity for share in shares if share.packs_on == day) == free[day]


@given(st.lists(st.tuples(days.filter(bool), st.integers(0, 5)), max_size=5), st.integers(1, 12))
def test_released_packs_give_the_latest_days_back(packed: list[tuple[date, int]], quantity: int) -> None:
    given_back = rules.give_back_days(packed, quantity)
    assert sum(packs for _, packs in given_back) == min(quantity, sum(packs for _, packs in packed))
    assert [day for day, _ in given_back] == sorted((day for day, _ in given_back), reverse=True)


def test_what_is_wanted_of_one_offer_is_added_up() -> None:
    early, late = TODAY + timedelta(days=2), TODAY + timedelta(days=5)

    def share(day: date, quantity: int, capacity: int) -> PackingShare:
        return PackingShare(packs_on=day, quantity=quantity, capacity=capacity)

    summed = rules.sum_wanted(
        [
            Wanted(offer_id=OfferId(7), quantity=1),
            Wanted(offer_id=OfferId(3), quantity=2, fresh_on=early, packing=(share(early, 2, 9),)),
            Wanted(
                offer_id=OfferId(3),
                quantity=4,
                fresh_on=late,
                packing=(share(late, 1, 9), share(early, 3, 8)),
            ),
        ]
    )
    assert summed == (
        Wanted(
            offer_id=OfferId(3),
            quantity=6,
            fresh_on=late,
            packing=(share(early, 5, 8), share(late, 1, 9)),
        ),
        Wanted(offer_id=OfferId(7), quantity=1),
    )


@pytest.mark.parametrize("state", list(HoldState))
def test_an_ended_hold_stays_ended(state: HoldState) -> None:
    ways_on = [later for later in HoldState if rules.may_become(state, later)]
    assert bool(ways_on) == (state in rules.BINDING)
    assert state not in ways_on


def test_a_paid_hold_never_expires() -> None:
    assert not rules.may_become(HoldState.COMMITTED, HoldState.EXPIRED)
    assert set(rules.TRANSITIONS) == set(HoldState)
