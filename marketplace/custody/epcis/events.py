"""Hand-offs and regroupings as events of EPCIS 2.0; what is ours and what is CBV's stands in one table.

Identifiers are https URIs of this site and urn:uuid: the same fact always has the same event ids. People,
plates and addresses never leave.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid5

from marketplace.custody.epcis import terms
from marketplace.custody.types import HandOff, HandOffKind, Holder, HolderKind, Readings, Regrouping
from marketplace.kernel.time import SHANGHAI

Event = dict[str, Any]

_K = HandOffKind
STEPS: Mapping[HandOffKind, tuple[tuple[str, str], ...]] = {
    _K.PICK_UP: (("shipping", "in_transit"), ("accepting", "in_transit")),
    _K.DEPARTURE: (("shipping", "in_transit"), ("accepting", "in_transit")),
    _K.DISPATCH: (("shipping", "in_transit"),),
    _K.ARRIVAL: (("receiving", "in_progress"), ("storing", "sellable_not_accessible")),
    _K.DELIVERY: (("receiving", "retail_sold"),),
    _K.RECEIPT: (("receiving", "retail_sold"),),
    _K.RETURN: (("receiving", "returned"),),
}
"""bizStep and disposition of the events that a hand-off makes, in their order."""

REFUSED = (("inspecting", "non_conformant"),)

_MILLI = 1000


@dataclass(frozen=True, slots=True)
class Identifiers:
    """How things of this site are named outside; ``base`` is its public address, no slash at the end."""

    base: str

    def consignment(self, number: str) -> str:
        return f"{self.base}/id/consignment/{number}"

    def hand_off(self, number: str) -> str:
        return f"{self.base}/id/hand-off/{number}"

    def order(self, number: str) -> str:
        return f"{self.base}/id/order/{number}"

    def waybill(self, number: str) -> str:
        return f"{self.base}/id/waybill/{number}"

    def lot(self, lot_id: int) -> str:
        return f"{self.base}/id/lot/{lot_id}"

    def place(self, code: str) -> str:
        return f"{self.base}/id/place/{code}"

    def holder(self, holder: Holder) -> str:
        """Name a party; a driver, a courier or a buyer only by what they are."""
        if holder.party_id is not None:
            return f"{self.base}/id/party/{holder.party_id}"
        return f"{self.base}/id/role/{holder.kind}"

    def logger(self, number: str) -> str:
        return f"{self.base}/id/logger/{number}"


def of_hand_off(
    hand_off: HandOff,
    consignment_number: str,
    names: Identifiers,
    *,
    order_numbers: Sequence[str] = (),
    waybill_number: str | None = None,
) -> list[Event]:
    """Return the events that a hand-off makes; a logger's readings are an event of their own."""
    steps = STEPS[hand_off.kind] if hand_off.is_accepted else REFUSED
    events = [_event(hand_off, consignment_number, names, step, disposition) for step, disposition in steps]
    transactions = _transactions(hand_off, names, order_numbers, waybill_number)
    for event in events:
        if transactions:
            event["bizTransactionList"] = transactions
    sensors = _sensors(hand_off)
    if sensors:
        events[-1]["sensorElementList"] = sensors
    if hand_off.readings.logger_min_milli_c is not None:
        events.append(_logger_event(hand_off, consignment_number, names))
    return events


def of_regrouping(regrouping: Regrouping, numbers: Mapping[int, str], names: Identifiers) -> list[Event]:
    """Return a split or merger: what was taken out of each load, then what was put into each new one."""
    events: list[Event] = []
    for action, step, loads in (
        ("DELETE", "unpacking", {one.from_id for one in regrouping.moved}),
        ("ADD", "packing", {one.to_id for one in regrouping.moved}),
    ):
        for load in sorted(loads):
            moved = [one for one in regrouping.moved if load in (one.from_id, one.to_id)]
            packs: dict[int, int] = {}
            for one in moved:
                packs[one.lot_id] = packs.get(one.lot_id, 0) + one.quantity
            events.append(
                {
                    "type": "AggregationEvent",
                    "eventID": _event_id(regrouping.uid, f"{action}:{load}"),
                    **_times(regrouping.at),
                    "parentID": names.consignment(numbers[load]),
                    "childQuantityList": [
                        {"epcClass": names.lot(lot), "quantity": count}
                        for lot, count in sorted(packs.items())
                    ],
                    "action": action,
                    "bizStep": step,
                    "disposition": "in_progress",
                    "bizLocation": {"id": names.holder(regrouping.holder)},
                }
            )
    return events


def declared_wrong(event: Event, at: datetime, reason: str, corrective_ids: Sequence[str] = ()) -> Event:
    """Return the event that takes an event back: the same, with an error declaration (EPCIS 2.0, 7.4.1.2)."""
    if reason not in terms.ERROR_REASONS:
        raise ValueError(f"{reason} is no reason of CBV 2.0")
    declaration: dict[str, Any] = {"declarationTime": _instant(at), "reason": reason}
    if corrective_ids:
        declaration["correctiveEventIDs"] = list(corrective_ids)
    return {**event, "errorDeclaration": declaration}


def _event(
    hand_off: HandOff, consignment_number: str, names: Identifiers, step: str, disposition: str
) -> Event:
    event: Event = {
        "type": "ObjectEvent",
        "eventID": _event_id(hand_off.uid, step),
        **_times(hand_off.at),
        "action": "OBSERVE",
        "bizStep": step,
        "disposition": disposition,
        "epcList": [names.consignment(consignment_number)],
        "quantityList": _quantities(hand_off, names, step),
        "readPoint": {"id": names.place(hand_off.place_code)},
        "sourceList": [
            {"type": "possessing_party", "source": names.holder(hand_off.from_holder)},
        ],
        "destinationList": [
            {"type": "possessing_party", "destination": names.holder(hand_off.to_holder)},
        ],
    }
    if not event["quantityList"]:
        del event["quantityList"]
    if step in {"storing", "receiving"} and hand_off.to_holder.kind is HolderKind.WAREHOUSE:
        event["bizLocation"] = {"id": names.holder(hand_off.to_holder)}
    return event


def _quantities(hand_off: HandOff, names: Identifiers, step: str) -> list[dict[str, Any]]:
    """Count packs by lot: what was given at a shipping or a refusal, what was received elsewhere."""
    packs: dict[int, int] = {}
    for one in hand_off.quantities:
        count = one.given if step in {"shipping", "inspecting"} else one.received
        packs[one.lot_id] = packs.get(one.lot_id, 0) + count
    return [{"epcClass": names.lot(lot), "quantity": count} for lot, count in sorted(packs.items()) if count]


def _transactions(
    hand_off: HandOff, names: Identifiers, order_numbers: Sequence[str], waybill_number: str | None
) -> list[dict[str, str]]:
    found = [{"type": "po", "bizTransaction": names.order(number)} for number in order_numbers]
    arrives = hand_off.to_holder.kind is HolderKind.BUYER
    found.append(
        {
            "type": "recadv" if arrives else "desadv",
            "bizTransaction": names.hand_off(hand_off.number),
        }
    )
    if waybill_number is not None:
        found.append({"type": "bol", "bizTransaction": names.waybill(waybill_number)})
    return found


def _sensors(hand_off: HandOff) -> list[dict[str, Any]]:
    """Report what was measured at the hand-off itself: the surface as a range, the core as a value."""
    readings = hand_off.readings
    reports: list[dict[str, Any]] = []
    if readings.surface_min_milli_c is not None and readings.surface_max_milli_c is not None:
        reports.append(
            {
                "type": "Temperature",
                "minValue": readings.surface_min_milli_c / _MILLI,
                "maxValue": readings.surface_max_milli_c / _MILLI,
                "uom": terms.CELSIUS,
            }
        )
    if readings.core_milli_c is not None:
        reports.append({"type": "Temperature", "value": readings.core_milli_c / _MILLI, "uom": terms.CELSIUS})
    if not reports:
        return []
    reports = [{**one, **_alarm(hand_off)} for one in reports]
    return [{"sensorMetadata": {"time": _instant(hand_off.at)}, "sensorReport": reports}]


def _logger_event(hand_off: HandOff, consignment_number: str, names: Identifiers) -> Event:
    readings: Readings = hand_off.readings
    report: dict[str, Any] = {"type": "Temperature", "uom": terms.CELSIUS, **_alarm(hand_off)}
    for key, value in (
        ("minValue", readings.logger_min_milli_c),
        ("maxValue", readings.logger_max_milli_c),
        ("meanValue", readings.logger_mean_milli_c),
    ):
        if value is not None:
            report[key] = value / _MILLI
    metadata = {"time": _instant(hand_off.at)}
    if readings.logger_number is not None:
        metadata["deviceID"] = names.logger(readings.logger_number)
    return {
        "type": "ObjectEvent",
        "eventID": _event_id(hand_off.uid, "sensor_reporting"),
        **_times(hand_off.at),
        "action": "OBSERVE",
        "bizStep": "sensor_reporting",
        "epcList": [names.consignment(consignment_number)],
        "sensorElementList": [{"sensorMetadata": metadata, "sensorReport": [report]}],
    }


def _alarm(hand_off: HandOff) -> dict[str, str]:
    return {"exception": "ALARM_CONDITION"} if hand_off.is_breached else {}


def _event_id(uid: UUID, step: str) -> str:
    return f"urn:uuid:{uuid5(uid, step)}"


def _times(at: datetime) -> dict[str, str]:
    """Say when it happened, in Shanghai; whoever captures an event writes the record time."""
    offset = at.astimezone(SHANGHAI).strftime("%z")
    return {"eventTime": _instant(at), "eventTimeZoneOffset": f"{offset[:3]}:{offset[3:]}"}


def _instant(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
