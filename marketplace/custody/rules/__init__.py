"""Pure decisions of custody: who hands to whom, what is cold enough, what is conserved and proved."""

from marketplace.custody.rules.evidence import Step, evidence
from marketplace.custody.rules.movement import (
    PASSES,
    STATE_OF_HOLDER,
    TRANSITIONS,
    giver_signs,
    is_under_way,
    kind_of,
    may_become,
    receiver_signs,
    signs_for,
    trace_token,
)
from marketplace.custody.rules.quantities import account, is_conserved, key_of, regroups, settle
from marketplace.custody.rules.records import (
    SCHEMA_VERSION,
    Move,
    Surroundings,
    canonical,
    hand_off_document,
    leaf_of,
    regrouping_document,
)
from marketplace.custody.rules.temperature import Finding, findings, is_complete, is_plausible, out_of_range

__all__ = [
    "PASSES",
    "SCHEMA_VERSION",
    "STATE_OF_HOLDER",
    "TRANSITIONS",
    "Finding",
    "Move",
    "Step",
    "Surroundings",
    "account",
    "canonical",
    "evidence",
    "findings",
    "giver_signs",
    "hand_off_document",
    "is_complete",
    "is_conserved",
    "is_plausible",
    "is_under_way",
    "key_of",
    "kind_of",
    "leaf_of",
    "may_become",
    "out_of_range",
    "receiver_signs",
    "regrouping_document",
    "regroups",
    "settle",
    "signs_for",
    "trace_token",
]
