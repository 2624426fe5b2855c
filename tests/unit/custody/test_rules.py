"""What custody decides without a database."""

from dataclasses import replace
from datetime import timedelta

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from marketplace.custody import rules
from marketplace.custody.types import (
    BreachCause,
    ConsignmentId,
    ConsignmentState,
    CustodyEvidence,
    Decision,
    HandOffKind,
    HolderKind,
    Readings,
    SignatureDraft,
    SignatureMethod,
)
from marketplace.transparency.rules import leaf_hash
from tests.factories.custody_in_memory import (
    BUYER,
    CARRIER,
    COOPERATIVE,
    COURIER,
    DRIVER,
    WAREHOUSE,
    content,
    hand_off,
    limits,
    regrouping,
    temperature_range,
)


def surface(low: int, high: int | None = None, **more: int) -> Readings:
    return Readings(surface_min_milli_c=low, surface_max_milli_c=low if high is None else high, **more)


@pytest.mark.parametrize(
    ("readings", "causes"),
    [
        (surface(0, 4_000), []),
        (surface(0, 4_001), [BreachCause.HIGH]),
        (surface(-1, 4_000), [BreachCause.LOW]),
        (surface(-1, 4_001), [BreachCause.HIGH, BreachCause.LOW]),
        # Within the excursion limits, and short by the logger's word.
        (surface(2_000, 7_900, minutes_outside=120), []),
        (surface(2_000, 7_900, minutes_outside=121), [BreachCause.HIGH]),
        (surface(-400, 2_000, minutes_outside=0), []),
        # Beyond the excursion limits no minute is short enough.
        (surface(2_000, 8_001, minutes_outside=1), [BreachCause.HIGH]),
        (surface(-501, 2_000, minutes_outside=1), [BreachCause.LOW]),
        # The core was measured because the surface was out (GB 31605-2020, 4).
        (surface(2_000, 7_000, core_milli_c=3_900), []),
        (surface(2_000, 7_000, core_milli_c=4_100), [BreachCause.HIGH]),
        (surface(-400, 2_000, core_milli_c=100), []),
        # What the logger saw since the last hand-off counts although it is cool now.
        (surface(2_000, 3_000, logger_min_milli_c=1_000, logger_max_milli_c=9_000), [BreachCause.HIGH]),
        (surface(2_000, 3_000, logger_min_milli_c=-2_000, logger_max_milli_c=3_000), [BreachCause.LOW]),
        (surface(2_000, 7_000, core_milli_c=3_900, logger_max_milli_c=7_500), [BreachCause.HIGH]),
        (Readings(), []),
    ],
)
def test_both_sides_of_the_range_count(readings: Readings, causes: list[BreachCause]) -> None:
    assert [one.cause for one in rules.findings(limits(), readings)] == causes
    assert rules.out_of_range(limits(), readings) == bool(causes)


def test_soft_frozen_goods_must_be_refused() -> None:
    """DB31/T 388: −18 ℃, up to −15 ℃ on the way, refused above −12 ℃."""
    frozen = limits(
        range=temperature_range(-25_000, -18_000),
        excursion_lower_milli_c=-25_000,
        excursion_upper_milli_c=-15_000,
        reject_above_milli_c=-12_000,
        tolerance_minutes=60,
    )
    assert rules.findings(frozen, surface(-16_000, minutes_outside=30)) == ()
    (warm,) = rules.findings(frozen, surface(-13_000))
    assert not warm.must_refuse
    (soft,) = rules.findings(frozen, surface(-11_900))
    assert soft.must_refuse
    (crust,) = rules.findings(frozen, surface(-11_900, core_milli_c=-17_000))
    assert not crust.must_refuse


def test_nobody_knows_how_long_is_too_long() -> None:
    assert rules.findings(limits(), surface(5_000))
    assert not rules.findings(limits(), surface(5_000, minutes_outside=5))


@pytest.mark.parametrize(
    "readings",
    [
        surface(3_000, 2_000),
        surface(61_000),
        surface(-81_000),
        surface(1_000, 2_000, minutes_outside=-1),
        surface(1_000, logger_min_milli_c=3_000, logger_max_milli_c=2_000),
        surface(1_000, logger_min_milli_c=1_000, logger_mean_milli_c=9_000, logger_max_milli_c=2_000),
    ],
)
def test_readings_that_cannot_be_true(readings: Readings) -> None:
    assert not rules.is_plausible(readings)


def test_a_surface_is_a_measurement() -> None:
    assert rules.is_plausible(surface(0, 4_000))
    assert rules.is_complete(surface(0))
    assert not rules.is_complete(Readings(core_milli_c=1_000))


def test_who_hands_to_whom() -> None:
    assert rules.kind_of(COOPERATIVE, CARRIER) is HandOffKind.PICK_UP
    assert rules.kind_of(CARRIER, DRIVER) is HandOffKind.PICK_UP
    assert rules.kind_of(CARRIER, WAREHOUSE) is HandOffKind.ARRIVAL
    assert rules.kind_of(WAREHOUSE, COURIER) is HandOffKind.DISPATCH
    assert rules.kind_of(COURIER, BUYER) is HandOffKind.DELIVERY
    assert rules.kind_of(CARRIER, CARRIER) is None
    assert rules.kind_of(BUYER, CARRIER) is None
    assert rules.kind_of(COURIER, COURIER) is None


def test_every_holder_has_a_state_and_every_state_its_ways_out() -> None:
    assert set(rules.STATE_OF_HOLDER) == set(HolderKind)
    assert set(rules.TRANSITIONS) == set(ConsignmentState)
    ended = {state for state, then in rules.TRANSITIONS.items() if not then}
    assert ended == {ConsignmentState.RECEIVED, ConsignmentState.REGROUPED, ConsignmentState.LOST}
    assert not any(rules.is_under_way(state) for state in ended | {ConsignmentState.DELIVERED})


def test_who_signs_for_whom() -> None:
    account = SignatureDraft(name="甲", method=SignatureMethod.ACCOUNT, party_id=CARRIER.party_id)
    assert rules.signs_for(account, CARRIER)
    assert not rules.signs_for(account, WAREHOUSE)
    assert not rules.signs_for(account, DRIVER)
    own = SignatureDraft(name="乙", method=SignatureMethod.CODE, person_id=DRIVER.person_id)
    assert rules.signs_for(own, DRIVER)
    assert not rules.signs_for(own, CARRIER)
    assert rules.giver_signs(CARRIER)
    assert not rules.giver_signs(COURIER)
    assert not rules.receiver_signs(BUYER)


def test_the_public_token_does_not_open_the_hand_off() -> None:
    token = rules.trace_token("label")
    assert token == rules.trace_token("label")
    assert token != rules.trace_token("label2")
    assert len(token) == 24
    assert rules.trace_token(token) != "label"


@given(
    quantities=st.lists(st.integers(1, 50), min_size=1, max_size=5),
    lost=st.lists(st.integers(-3, 55), min_size=5, max_size=5),
    decision=st.sampled_from(Decision),
)
def test_given_is_received_lost_and_kept(quantities: list[int], lost: list[int], decision: Decision) -> None:
    contents = [content(line, 1, quantity) for line, quantity in enumerate(quantities, start=1)]
    losses = {rules.key_of(one): count for one, count in zip(contents, lost, strict=False) if count}
    settled = rules.settle(contents, losses, decision)
    impossible = any(not 0 <= count <= one.quantity for one, count in zip(contents, lost, strict=False))
    if impossible or (decision is Decision.REFUSE and losses):
        assert settled is None
        return
    assert settled is not None
    assert [one.given for one in settled] == quantities
    assert all(one.given == one.received + one.lost + one.kept for one in settled)
    assert all(one.received == 0 for one in settled) or decision is not Decision.REFUSE


def test_losses_of_goods_that_are_not_there_are_no_losses() -> None:
    (there,) = contents = [content(1, 1, 5)]
    assert rules.settle(contents, {rules.key_of(content(2, 1, 5)): 1}, Decision.ACCEPT) is None
    assert rules.settle([replace(there, quantity=0)], {}, Decision.ACCEPT) == ()


def test_new_loads_are_made_of_what_is_there() -> None:
    one = content(1, 1, 5)
    sources = {ConsignmentId(7): [one]}
    key = (ConsignmentId(7), one.order_line_id, one.lot_id)
    assert rules.regroups(sources, [{key: 2}, {key: 3}])
    assert not rules.regroups(sources, [{key: 3}, {key: 3}])
    assert not rules.regroups(sources, [{key: 0}])
    assert not rules.regroups(sources, [{}])
    assert not rules.regroups(sources, [])


def step(kind: HandOffKind, giver: HolderKind = HolderKind.CARRIER, **overrides: bool) -> rules.Step:
    values = {"giver_signed": True, "receiver_signed": True, "is_breached": False} | overrides
    return rules.Step(kind=kind, giver=giver, **values)


PICK_UP = step(HandOffKind.PICK_UP, HolderKind.COOPERATIVE)
ARRIVAL = step(HandOffKind.ARRIVAL)
EXPRESS = step(
    HandOffKind.DISPATCH,
    HolderKind.WAREHOUSE,
    receiver_signed=False,
    is_collected=True,
    is_signed_for=True,
)
SIGNED_FOR = step(
    HandOffKind.DELIVERY,
    HolderKind.COURIER,
    giver_signed=False,
    receiver_signed=False,
    is_signed_for=True,
)
D, C, R, N = CustodyEvidence


@pytest.mark.parametrize(
    ("steps", "delivered", "received", "expected"),
    [
        ([], False, False, N),
        ([], True, True, R),
        ([PICK_UP, ARRIVAL, EXPRESS, SIGNED_FOR], True, False, D),
        ([PICK_UP, ARRIVAL, EXPRESS, SIGNED_FOR], False, False, C),
        ([replace(PICK_UP, is_breached=True), ARRIVAL, EXPRESS, SIGNED_FOR], True, True, C),
        ([replace(PICK_UP, receiver_signed=False), ARRIVAL, EXPRESS, SIGNED_FOR], True, True, C),
        ([PICK_UP, ARRIVAL, replace(EXPRESS, is_collected=False), SIGNED_FOR], True, True, C),
        ([EXPRESS, SIGNED_FOR], True, True, C),
        ([replace(EXPRESS, is_collected=False, is_signed_for=False)], True, True, R),
        ([PICK_UP, step(HandOffKind.DELIVERY, receiver_signed=False)], True, True, D),
        ([PICK_UP, step(HandOffKind.DELIVERY, receiver_signed=False)], True, False, C),
        ([PICK_UP, step(HandOffKind.RECEIPT, giver_signed=False, receiver_signed=False)], True, True, C),
    ],
)
def test_evidence_is_as_strong_as_its_weakest_step(
    steps: list[rules.Step], delivered: bool, received: bool, expected: CustodyEvidence
) -> None:
    assert rules.evidence(steps, is_delivered=delivered, is_received=received) is expected


AROUND = rules.Surroundings(consignment_number="T261123-AAAAAAA", previous_leaf=None, salt="s" * 32)


def test_a_record_is_canonical_and_tells_no_names() -> None:
    document = rules.hand_off_document(hand_off(), AROUND)
    content_bytes = rules.canonical(document)
    assert content_bytes == rfc8785.dumps(document)
    told = content_bytes.decode()
    assert "张三" not in told
    assert "粤A" not in told
    assert rules.leaf_of(content_bytes) == leaf_hash(content_bytes)
    assert document["schema_version"] == rules.SCHEMA_VERSION


@pytest.mark.parametrize(
    "change",
    [
        {"packages": 2},
        {"seal_intact": False},
        {"at": hand_off().at - timedelta(seconds=1)},
        {"readings": surface(1_500, 3_001)},
        {"plate": "粤A00001"},
        {"giver_signature": None},
        {"reason": "补写"},
        {"to_holder": DRIVER},
        {"quantities": ()},
    ],
)
def test_whatever_changes_changes_the_leaf(change: dict[str, object]) -> None:
    def leaf(**overrides: object) -> bytes:
        return rules.leaf_of(rules.canonical(rules.hand_off_document(hand_off(**overrides), AROUND)))

    assert leaf() == leaf()
    assert leaf(**change) != leaf()


def test_a_record_names_what_came_before() -> None:
    after = rules.hand_off_document(hand_off(), replace(AROUND, previous_leaf=b"\x07" * 32))
    assert after["previous"] == "07" * 32
    moves = [("T2", "T3", 2, 2, 6), ("T1", "T3", 1, 1, 4)]
    told = rules.regrouping_document(regrouping(), "s", moves)
    assert [one["from"] for one in told["moved"]] == ["T1", "T2"]
