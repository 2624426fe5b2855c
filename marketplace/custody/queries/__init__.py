"""Reads of custody."""

from marketplace.custody.queries.consignments import (
    consignment_by_token,
    consignments_by_id,
    consignments_by_token,
    consignments_of,
    expected_at,
    find_by_trace_token,
    find_waybill,
    get_consignment,
    in_custody,
    undelivered,
    waiting,
    waybills_of,
)
from marketplace.custody.queries.journeys import (
    breaches_of_lines,
    get_hand_off,
    hand_offs_by_number,
    hand_offs_of_lines,
    journey,
    loads_with_lot,
    open_breaches,
)
from marketplace.custody.queries.proof import ChangedRecord, Verified, accounts, evidence, verify

__all__ = [
    "ChangedRecord",
    "Verified",
    "accounts",
    "breaches_of_lines",
    "consignment_by_token",
    "consignments_by_id",
    "consignments_by_token",
    "consignments_of",
    "evidence",
    "expected_at",
    "find_by_trace_token",
    "find_waybill",
    "get_consignment",
    "get_hand_off",
    "hand_offs_by_number",
    "hand_offs_of_lines",
    "in_custody",
    "journey",
    "loads_with_lot",
    "open_breaches",
    "undelivered",
    "verify",
    "waiting",
    "waybills_of",
]
