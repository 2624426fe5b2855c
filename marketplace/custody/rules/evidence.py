"""How strong the proof is that a line's goods arrived."""

from collections.abc import Sequence
from dataclasses import dataclass

from marketplace.custody.types import CustodyEvidence, HandOffKind, HolderKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One accepted hand-off of a line's goods, as far as it proves anything."""

    kind: HandOffKind
    giver: HolderKind
    giver_signed: bool
    receiver_signed: bool
    is_breached: bool
    is_collected: bool = False
    is_signed_for: bool = False


_ROADSIDE = frozenset({HandOffKind.PICK_UP, HandOffKind.ARRIVAL, HandOffKind.DEPARTURE, HandOffKind.RETURN})


def evidence(steps: Sequence[Step], *, is_delivered: bool, is_received: bool) -> CustodyEvidence:
    """Rank the proof of a line's arrival.

    ``double_signed``: it arrived, both sides signed every hand-off between parties, in range; on the last
    mile by express the giver's signature with 揽收 and 签收 stands in. ``carrier_tracked``: somebody on the
    road signed or reported. ``receipt_only``: only the buyer said so.
    """
    both = any(step.giver_signed and step.receiver_signed for step in steps)
    if is_delivered and both and all(_stands(step, is_received=is_received) for step in steps):
        return CustodyEvidence.DOUBLE_SIGNED
    if any(_is_tracked(step) for step in steps):
        return CustodyEvidence.CARRIER_TRACKED
    return CustodyEvidence.RECEIPT_ONLY if is_received else CustodyEvidence.NONE


def _stands(step: Step, *, is_received: bool) -> bool:
    if step.is_breached:
        return False
    if step.kind in _ROADSIDE:
        return step.giver_signed and step.receiver_signed
    if step.kind is HandOffKind.DISPATCH:
        return step.giver_signed and step.is_collected and step.is_signed_for
    if step.giver is HolderKind.COURIER:
        return step.is_signed_for
    return step.giver_signed and (step.receiver_signed or is_received)


def _is_tracked(step: Step) -> bool:
    if step.kind is HandOffKind.DISPATCH:
        return step.is_collected or step.is_signed_for
    if step.kind is HandOffKind.RECEIPT:
        return False
    return step.giver_signed or step.receiver_signed or step.is_signed_for
