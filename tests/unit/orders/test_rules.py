"""Which state follows which, whom an order opens to, and which lots serve which line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.catalogue.types import LotId, OfferId
from marketplace.orders import rules
from marketplace.orders.types import FulfilmentState, OrderState, Pick
from marketplace.parties.types import PartyId, PersonId

F = FulfilmentState
O = OrderState  # noqa: E741 - reads as the order's states beside F


def test_an_ended_order_never_moves_again() -> None:
    for ended in (O.COMPLETED, O.CANCELLED, O.EXPIRED):
        assert not any(rules.may_become(ended, then) for then in OrderState)


def test_an_order_that_ran_out_of_time_is_never_paid() -> None:
    assert not rules.may_become(O.EXPIRED, O.PAID)
    assert not rules.may_become(O.CANCELLED, O.PAID)
    assert rules.may_become(O.AWAITING_PAYMENT, O.PAID)


def test_every_state_has_its_row_and_every_end_is_an_end() -> None:
    assert set(rules.TRANSITIONS) == set(OrderState)
    assert set(rules.FULFILMENT_TRANSITIONS) == set(FulfilmentState)
    assert {state for state, then in rules.FULFILMENT_TRANSITIONS.items() if not then} == rules.ENDED


def test_a_late_scan_never_moves_a_part_back() -> None:
    assert rules.is_already_past(F.DELIVERED, F.IN_TRANSIT)
    assert rules.is_already_past(F.RECEIVED, F.DELIVERED)
    assert not rules.is_already_past(F.PACKED, F.IN_TRANSIT)
    assert not rules.is_already_past(F.CANCELLED, F.DELIVERED)
    assert not rules.is_already_past(F.TO_ACCEPT, F.IN_TRANSIT)


@pytest.mark.parametrize(
    ("states", "then"),
    [
        ([F.RECEIVED, F.RECEIVED], O.COMPLETED),
        ([F.RECEIVED, F.DECLINED], O.COMPLETED),
        ([F.DECLINED, F.CANCELLED], O.CANCELLED),
        ([F.RECEIVED, F.DELIVERED], None),
        ([], None),
    ],
)
def test_an_order_ends_with_its_last_part(states: list[FulfilmentState], then: OrderState | None) -> None:
    assert rules.order_state_after(states) is then


def test_an_order_opens_to_its_person_its_unit_and_the_bearer_of_its_link_only() -> None:
    def opens(**who: object) -> bool:
        given: dict[str, object] = {"person_id": None, **who}
        return rules.may_open(PersonId(1), PartyId(7), "secret", **given)  # type: ignore[arg-type]  # table of cases

    assert opens(person_id=PersonId(1))
    assert opens(unit_ids=[PartyId(7)])
    assert opens(token="secret")
    assert not opens()
    assert not opens(person_id=PersonId(2))
    assert not opens(unit_ids=[PartyId(8)])
    assert not opens(token="")
    assert not opens(token="secret ")
    assert not rules.may_open(PersonId(1), None, "secret", person_id=None, unit_ids=[PartyId(7)])


_QUANTITIES = st.lists(st.integers(1, 9), min_size=1, max_size=6)


@given(wanted=_QUANTITIES, cuts=st.lists(st.integers(1, 5), max_size=40))
def test_held_lots_are_shared_out_to_the_last_pack(wanted: list[int], cuts: list[int]) -> None:
    offer, left, held = OfferId(3), sum(wanted), []
    for lot, cut in enumerate([*cuts, left], start=1):
        taken = min(cut, left)
        left -= taken
        if taken:
            held.append((offer, LotId(lot), taken))
    picks = rules.allocate([(offer, quantity) for quantity in wanted], held)
    assert [sum(pick.quantity for pick in one) for one in picks] == wanted
    for _, lot, quantity in held:
        assert sum(pick.quantity for one in picks for pick in one if pick.lot_id == lot) == quantity


def test_lots_are_taken_in_the_order_given() -> None:
    offer = OfferId(1)
    picks = rules.allocate([(offer, 3), (offer, 2)], [(offer, LotId(9), 2), (offer, LotId(4), 3)])
    assert picks == [
        (Pick(lot_id=LotId(9), quantity=2), Pick(lot_id=LotId(4), quantity=1)),
        (Pick(lot_id=LotId(4), quantity=2),),
    ]


def test_a_hold_that_does_not_cover_the_lines_is_a_defect() -> None:
    with pytest.raises(ValueError, match="held 1 of 2"):
        rules.allocate([(OfferId(1), 2)], [(OfferId(1), LotId(1), 1)])


_PICKS = st.dictionaries(st.integers(1, 6), st.integers(1, 9), min_size=1).map(
    lambda lots: tuple(Pick(lot_id=LotId(lot), quantity=quantity) for lot, quantity in lots.items())
)


@given(picks=_PICKS, data=st.data())
def test_taking_packs_away_keeps_every_pack_in_one_place(
    picks: tuple[Pick, ...], data: st.DataObject
) -> None:
    whole = sum(pick.quantity for pick in picks)
    gone = data.draw(st.integers(0, whole))
    stays, freed = rules.reduce_picks(picks, gone)
    assert sum(pick.quantity for pick in freed) == gone
    for pick in picks:
        assert pick.quantity == sum(one.quantity for one in (*stays, *freed) if one.lot_id == pick.lot_id)
    with pytest.raises(ValueError, match="more packs"):
        rules.reduce_picks(picks, whole + 1)


@given(proposed=_PICKS, data=st.data())
def test_moving_a_hold_turns_what_was_proposed_into_what_was_taken(
    proposed: tuple[Pick, ...], data: st.DataObject
) -> None:
    left, taken = sum(pick.quantity for pick in proposed), {}
    for lot in data.draw(st.permutations(range(1, 9))):
        quantity = data.draw(st.integers(0, left))
        taken[lot] = quantity
        left -= quantity
    taken[8] += left
    chosen = tuple(Pick(lot_id=LotId(lot), quantity=quantity) for lot, quantity in taken.items() if quantity)
    stock = {pick.lot_id: pick.quantity for pick in proposed}
    for from_lot, to_lot, quantity in rules.moves(proposed, chosen):
        assert quantity > 0
        stock[from_lot] -= quantity
        stock[to_lot] = stock.get(to_lot, 0) + quantity
    assert {lot: quantity for lot, quantity in stock.items() if quantity} == {
        pick.lot_id: pick.quantity for pick in chosen
    }
