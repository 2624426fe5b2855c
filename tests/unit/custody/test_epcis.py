"""Our events are valid EPCIS 2.0: GS1's own schema, with format checks, is the judge."""

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft7Validator
from jsonschema.validators import validator_for

from marketplace.custody.epcis import Identifiers, declared_wrong, document, of_hand_off, of_regrouping, terms
from marketplace.custody.epcis.events import REFUSED, STEPS
from marketplace.custody.types import BreachCause, Decision, HandOffKind, Readings
from tests.factories.custody_in_memory import (
    AT,
    BUYER,
    CARRIER,
    COURIER,
    DRIVER,
    WAREHOUSE,
    breach,
    hand_off,
    regrouping,
)

STANDARD = Path(__file__).parents[3] / ".." / "shared" / "epcis"
NAMES = Identifiers("https://demo.example")
NUMBER = "T261123-AAAAAAA"


@cache
def _validator() -> Any:
    path = STANDARD / "EPCIS-JSON-Schema.json"
    if not path.is_file():
        pytest.skip("GS1's schema does not lie beside the repository: it has no open licence")
    schema = json.loads(path.read_text(encoding="utf-8"))
    kind = validator_for(schema, default=Draft7Validator)
    return kind(schema, format_checker=kind.FORMAT_CHECKER)


@pytest.fixture
def check() -> Callable[[list[dict[str, Any]]], None]:
    validator = _validator()

    def ask(events: list[dict[str, Any]]) -> None:
        made = document(events, AT)
        problems = [f"{list(one.absolute_path)}: {one.message}" for one in validator.iter_errors(made)]
        assert problems == []

    return ask


Check = Callable[[list[dict[str, Any]]], None]

KINDS = {
    HandOffKind.PICK_UP: CARRIER,
    HandOffKind.ARRIVAL: WAREHOUSE,
    HandOffKind.DEPARTURE: DRIVER,
    HandOffKind.DISPATCH: COURIER,
    HandOffKind.DELIVERY: BUYER,
    HandOffKind.RECEIPT: BUYER,
    HandOffKind.RETURN: WAREHOUSE,
}


@pytest.mark.parametrize(("kind", "taker"), KINDS.items())
@pytest.mark.parametrize("decision", [Decision.ACCEPT, Decision.REFUSE])
def test_every_hand_off_is_valid(check: Check, kind: HandOffKind, taker: Any, decision: Decision) -> None:
    events = of_hand_off(
        hand_off(kind=kind, to_holder=taker, decision=decision),
        NUMBER,
        NAMES,
        order_numbers=["Q261123-BBBBBBB"],
        waybill_number="DEMO-SF-1",
    )
    check(events)
    assert [(one["bizStep"], one["disposition"]) for one in events] == list(
        STEPS[kind] if decision is Decision.ACCEPT else REFUSED
    )


def test_the_validator_that_judges_sees_what_is_wrong(check: Check) -> None:
    (event, *_rest) = of_hand_off(hand_off(), NUMBER, NAMES)
    with pytest.raises(AssertionError):
        check([{**event, "bizStep": "bringing"}])
    with pytest.raises(AssertionError):
        check([{**event, "eventTime": "2026-11-23T12:30:00"}])
    with pytest.raises(AssertionError):
        check([{**event, "sensorElementList": [{"sensorReport": [{"value": 3}]}]}])


def test_a_breach_raises_an_alarm_and_a_logger_reports_on_its_own(check: Check) -> None:
    readings = Readings(
        surface_min_milli_c=6_500,
        surface_max_milli_c=9_000,
        core_milli_c=7_250,
        logger_number="DEMO-L1",
        logger_min_milli_c=-250,
        logger_max_milli_c=9_100,
        logger_mean_milli_c=4_000,
        minutes_outside=200,
    )
    events = of_hand_off(hand_off(readings=readings, breaches=(breach(),)), NUMBER, NAMES)
    check(events)
    report = events[1]["sensorElementList"][0]["sensorReport"]
    assert report[0] == {
        "type": "Temperature",
        "minValue": 6.5,
        "maxValue": 9.0,
        "uom": "CEL",
        "exception": "ALARM_CONDITION",
    }
    assert report[1]["value"] == 7.25
    assert events[2]["bizStep"] == "sensor_reporting"
    assert events[2]["sensorElementList"][0]["sensorReport"][0]["meanValue"] == 4.0
    calm = of_hand_off(hand_off(breaches=(breach(BreachCause.REFUSED, None),)), NUMBER, NAMES)
    assert "exception" not in calm[1]["sensorElementList"][0]["sensorReport"][0]


def test_split_and_merger_conserve_packs(check: Check) -> None:
    numbers = {1: "T1", 2: "T2", 3: "T3", 4: "T4"}
    events = of_regrouping(regrouping(), numbers, NAMES)
    check(events)
    moved = {"DELETE": 0, "ADD": 0}
    for event in events:
        moved[event["action"]] += sum(one["quantity"] for one in event["childQuantityList"])
    assert moved == {"DELETE": 11, "ADD": 11}
    assert {event["parentID"] for event in events if event["action"] == "ADD"} == {
        NAMES.consignment("T3"),
        NAMES.consignment("T4"),
    }


def test_a_mistake_is_the_same_event_declared_wrong(check: Check) -> None:
    (wrong, *_rest) = of_hand_off(hand_off(), NUMBER, NAMES)
    (right, *_rest) = of_hand_off(hand_off(packages=2, uid=regrouping().uid), NUMBER, NAMES)
    taken_back = declared_wrong(wrong, AT, "incorrect_data", [right["eventID"]])
    check([taken_back, right])
    assert taken_back["eventID"] == wrong["eventID"]
    with pytest.raises(ValueError, match="no reason"):
        declared_wrong(wrong, AT, "because")


def test_nothing_personal_leaves() -> None:
    events = of_hand_off(hand_off(from_holder=DRIVER), NUMBER, NAMES)
    told = json.dumps(events, ensure_ascii=False)
    for secret in ("张三", "李四", "粤A", "person"):
        assert secret not in told


def test_the_same_fact_has_the_same_ids() -> None:
    first, second = (of_hand_off(hand_off(), NUMBER, NAMES) for _once in range(2))
    assert first == second
    ids = [
        one["eventID"]
        for one in [*first, *of_regrouping(regrouping(), {1: "a", 2: "b", 3: "c", 4: "d"}, NAMES)]
    ]
    assert len(set(ids)) == len(ids)


def _enumerated(part: Any) -> set[str]:
    if isinstance(part, dict):
        found = set(part.get("enum", ()))
        return found.union(*(_enumerated(one) for one in part.values()))
    return set().union(*(_enumerated(one) for one in part)) if isinstance(part, list) else set()


def test_our_terms_are_the_standards() -> None:
    schema = _validator().schema["definitions"]
    for name, ours in (
        ("bizStep", terms.BIZ_STEPS),
        ("disposition", terms.DISPOSITIONS),
        ("bizTransaction-type", terms.BIZ_TRANSACTIONS),
        ("source-dest-type", terms.SOURCES_AND_DESTINATIONS),
        ("error-reason", terms.ERROR_REASONS),
        ("sensorAlertType", terms.SENSOR_ALERTS),
    ):
        assert _enumerated(schema[name]) == ours
    used = {pair for steps in (*STEPS.values(), REFUSED) for pair in steps}
    assert {step for step, _one in used} <= terms.BIZ_STEPS
    assert {disposition for _one, disposition in used} <= terms.DISPOSITIONS


@given(
    low=st.integers(-80_000, 60_000),
    high=st.integers(-80_000, 60_000),
    kind=st.sampled_from(list(KINDS)),
)
def test_whatever_was_measured_is_valid(low: int, high: int, kind: HandOffKind) -> None:
    readings = Readings(surface_min_milli_c=min(low, high), surface_max_milli_c=max(low, high))
    events = of_hand_off(hand_off(kind=kind, to_holder=KINDS[kind], readings=readings), NUMBER, NAMES)
    assert _validator().is_valid(document(events, AT))
