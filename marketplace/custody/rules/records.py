"""What exactly is proved: a hand-off or regrouping as canonical bytes (RFC 8785), by schema version.

Names and plates enter only as salted hashes: the log proves them without telling them.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import rfc8785

from marketplace.custody.types import HandOff, HandOffQuantity, Holder, Readings, Regrouping, Signature
from marketplace.transparency.rules import leaf_hash

SCHEMA_VERSION = 1

Move = tuple[str, str, int, int, int]
"""Packs that went from one load into another: both numbers, order line, lot, quantity."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What a record says beside the fact: its load's number, what came before, the salt of its names."""

    consignment_number: str
    previous_leaf: bytes | None
    salt: str
    waybill: tuple[str, str] | None = None


def canonical(document: dict[str, Any]) -> bytes:
    encoded: bytes = rfc8785.dumps(document)
    return encoded


def leaf_of(canonical_bytes: bytes) -> bytes:
    return leaf_hash(canonical_bytes)


def hand_off_document(hand_off: HandOff, around: Surroundings) -> dict[str, Any]:
    """Return a hand-off as its canonical document, schema version 1."""
    return {
        "schema": "hand_off",
        "schema_version": SCHEMA_VERSION,
        "uid": str(hand_off.uid),
        "number": hand_off.number,
        "consignment": around.consignment_number,
        "kind": str(hand_off.kind),
        "from": _holder(hand_off.from_holder),
        "to": _holder(hand_off.to_holder),
        "place": hand_off.place_code,
        "at": _instant(hand_off.at),
        "recorded_at": _instant(hand_off.recorded_at),
        "packages": hand_off.packages,
        "seal": {"number": hand_off.seal_number, "intact": hand_off.seal_intact},
        "plate": _commitment(around.salt, hand_off.plate),
        "readings": _readings(hand_off.readings),
        "decision": str(hand_off.decision),
        "reason": hand_off.reason,
        "quantities": _quantities(hand_off.quantities),
        "breaches": [
            {
                "line": one.order_line_id,
                "lot": one.lot_id,
                "cause": str(one.cause),
                "measured_milli_c": one.measured_milli_c,
            }
            for one in sorted(hand_off.breaches, key=lambda one: (one.order_line_id, one.lot_id, one.cause))
        ],
        "giver": _signature(hand_off.giver_signature, around.salt),
        "receiver": _signature(hand_off.receiver_signature, around.salt),
        "photos": list(hand_off.photo_digests),
        "waybill": None
        if around.waybill is None
        else {"courier": around.waybill[0], "number": around.waybill[1]},
        "previous": None if around.previous_leaf is None else around.previous_leaf.hex(),
    }


def regrouping_document(regrouping: Regrouping, salt: str, moves: Iterable[Move]) -> dict[str, Any]:
    """Return a regrouping as its canonical document, schema version 1; loads are named by their numbers."""
    return {
        "schema": "regrouping",
        "schema_version": SCHEMA_VERSION,
        "uid": str(regrouping.uid),
        "holder": _holder(regrouping.holder),
        "at": _instant(regrouping.at),
        "moved": [
            {"from": source, "to": target, "line": line, "lot": lot, "quantity": quantity}
            for source, target, line, lot, quantity in sorted(moves)
        ],
        "signature": _signature(regrouping.signature, salt),
    }


def _holder(holder: Holder) -> dict[str, Any]:
    return {"kind": str(holder.kind), "party": holder.party_id, "person": holder.person_id}


def _instant(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _readings(readings: Readings) -> dict[str, Any]:
    return {
        "surface_min_milli_c": readings.surface_min_milli_c,
        "surface_max_milli_c": readings.surface_max_milli_c,
        "core_milli_c": readings.core_milli_c,
        "logger": readings.logger_number,
        "logger_min_milli_c": readings.logger_min_milli_c,
        "logger_max_milli_c": readings.logger_max_milli_c,
        "logger_mean_milli_c": readings.logger_mean_milli_c,
        "minutes_outside": readings.minutes_outside,
    }


def _quantities(quantities: Iterable[HandOffQuantity]) -> list[dict[str, int]]:
    return [
        {
            "line": one.order_line_id,
            "lot": one.lot_id,
            "given": one.given,
            "received": one.received,
            "lost": one.lost,
            "kept": one.kept,
        }
        for one in sorted(quantities, key=lambda one: (one.order_line_id, one.lot_id))
    ]


def _signature(signature: Signature | None, salt: str) -> dict[str, Any] | None:
    if signature is None:
        return None
    return {
        "name": _commitment(salt, signature.name),
        "method": str(signature.method),
        "party": signature.party_id,
        "person": signature.person_id,
        "drawn": signature.drawn_digest,
        "at": _instant(signature.signed_at),
    }


def _commitment(salt: str, value: str | None) -> str | None:
    return None if value is None else hashlib.sha256(f"{salt}\x00{value}".encode()).hexdigest()
