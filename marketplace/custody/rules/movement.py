"""Who may hand goods to whom, what that hand-off is, and who must sign it."""

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Mapping

from marketplace.custody.types import (
    ConsignmentState,
    HandOffKind,
    Holder,
    HolderKind,
    SignatureDraft,
)

_H = HolderKind
_K = HandOffKind
PASSES: Mapping[tuple[HolderKind, HolderKind], HandOffKind] = {
    (_H.COOPERATIVE, _H.CARRIER): _K.PICK_UP,
    (_H.COOPERATIVE, _H.WAREHOUSE): _K.ARRIVAL,
    (_H.COOPERATIVE, _H.COURIER): _K.DISPATCH,
    (_H.COOPERATIVE, _H.BUYER): _K.DELIVERY,
    (_H.CARRIER, _H.CARRIER): _K.PICK_UP,
    (_H.CARRIER, _H.WAREHOUSE): _K.ARRIVAL,
    (_H.CARRIER, _H.COURIER): _K.DISPATCH,
    (_H.CARRIER, _H.BUYER): _K.DELIVERY,
    (_H.CARRIER, _H.COOPERATIVE): _K.RETURN,
    (_H.WAREHOUSE, _H.CARRIER): _K.DEPARTURE,
    (_H.WAREHOUSE, _H.WAREHOUSE): _K.ARRIVAL,
    (_H.WAREHOUSE, _H.COURIER): _K.DISPATCH,
    (_H.WAREHOUSE, _H.BUYER): _K.DELIVERY,
    (_H.WAREHOUSE, _H.COOPERATIVE): _K.RETURN,
    (_H.COURIER, _H.BUYER): _K.DELIVERY,
    (_H.COURIER, _H.CARRIER): _K.RETURN,
    (_H.COURIER, _H.WAREHOUSE): _K.RETURN,
    (_H.COURIER, _H.COOPERATIVE): _K.RETURN,
}

_S = ConsignmentState
STATE_OF_HOLDER: Mapping[HolderKind, ConsignmentState] = {
    _H.COOPERATIVE: _S.WAITING,
    _H.CARRIER: _S.ON_THE_ROAD,
    _H.WAREHOUSE: _S.STORED,
    _H.COURIER: _S.WITH_COURIER,
    _H.BUYER: _S.DELIVERED,
}

_MOVING = frozenset({_S.WAITING, _S.ON_THE_ROAD, _S.STORED, _S.WITH_COURIER})
TRANSITIONS: Mapping[ConsignmentState, frozenset[ConsignmentState]] = {
    **{state: _MOVING | {_S.DELIVERED, _S.RECEIVED, _S.REGROUPED, _S.LOST} for state in _MOVING},
    _S.DELIVERED: frozenset({_S.RECEIVED}),
    _S.RECEIVED: frozenset(),
    _S.REGROUPED: frozenset(),
    _S.LOST: frozenset(),
}

# Whoever signs for these has no account and no phone in hand: waybill events or the receipt stand in.
_UNSIGNED = frozenset({_H.COURIER, _H.BUYER})


def kind_of(giver: Holder, taker: Holder) -> HandOffKind | None:
    """Return what a hand-off from one holder to another is; None where there is no such hand-off."""
    return None if giver.key == taker.key else PASSES.get((giver.kind, taker.kind))


def may_become(now: ConsignmentState, then: ConsignmentState) -> bool:
    return then in TRANSITIONS[now]


def is_under_way(state: ConsignmentState) -> bool:
    """Tell whether somebody on the road still answers for the goods."""
    return state in _MOVING


def giver_signs(giver: Holder) -> bool:
    return giver.kind not in _UNSIGNED


def receiver_signs(taker: Holder) -> bool:
    """Tell whether the taking side must sign; a buyer at the door may, a courier never does."""
    return taker.kind not in _UNSIGNED


def signs_for(signature: SignatureDraft, holder: Holder) -> bool:
    """Tell whether a signature speaks for a holder: its party's, or the driver's own."""
    if holder.party_id is not None:
        return signature.party_id == holder.party_id
    return holder.person_id is None or signature.person_id == holder.person_id


def trace_token(label_token: str) -> str:
    """Return the public token of a journey; the label's own, which opens the hand-off, stays unknown."""
    digest = hashlib.sha256(b"trace\x00" + label_token.encode()).digest()
    return urlsafe_b64encode(digest[:18]).decode()
