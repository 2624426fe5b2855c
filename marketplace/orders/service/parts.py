"""One cooperative's part of an order: taken on or declined, packed, on the road, received."""

from sqlalchemy.orm import Session

from marketplace.kernel import time
from marketplace.orders import rules
from marketplace.orders.refusals import WrongPick
from marketplace.orders.service.giving_back import set_picks
from marketplace.orders.service.rows import lock_part, move_part, told
from marketplace.orders.service.states import settle
from marketplace.orders.types import Fulfilment, FulfilmentId, FulfilmentState, OrderId, Picks


def accept_fulfilment(session: Session, fulfilment_id: FulfilmentId) -> Fulfilment:
    """The cooperative takes its part on. Refuses (WrongState)."""
    order, row = lock_part(session, fulfilment_id)
    move_part(session, row, FulfilmentState.ACCEPTED, "accepted")
    row.accepted_at = time.now()
    return told(session, order, row)


def decline_fulfilment(session: Session, fulfilment_id: FulfilmentId, *, reason: str) -> Fulfilment:
    """The cooperative cannot supply its part, and says why. Refuses (WrongState)."""
    order, row = lock_part(session, fulfilment_id)
    row.decline_reason = reason
    move_part(session, row, FulfilmentState.DECLINED, "declined", reason=reason)
    return told(session, order, row)


def cancel_fulfilment(session: Session, fulfilment_id: FulfilmentId, *, reason: str) -> Fulfilment:
    """A part will not be supplied any more: given back before it was packed, or lost on the way.

    Refuses (WrongState).
    """
    order, row = lock_part(session, fulfilment_id)
    move_part(session, row, FulfilmentState.CANCELLED, "cancelled", reason=reason)
    return told(session, order, row)


def pack_fulfilment(session: Session, fulfilment_id: FulfilmentId, picks: Picks) -> Fulfilment:
    """Settle from which lots each line is taken and close the box; lines not named keep their proposal.

    Refuses (WrongPick, WrongState).
    """
    order, row = lock_part(session, fulfilment_id)
    for line in told(session, order, row).lines:
        chosen = picks.get(line.id, line.picks)
        if not rules.picks_fit(line, chosen):
            raise WrongPick(line.no, line.refundable_quantity, sum(pick.quantity for pick in chosen))
        if chosen != line.picks:
            set_picks(session, line.id, chosen)
    move_part(session, row, FulfilmentState.PACKED, "packed")
    row.packed_at = time.now()
    return told(session, order, row)


def mark_in_transit(session: Session, fulfilment_id: FulfilmentId) -> Fulfilment:
    """The carrier has taken the part; a second scan changes nothing. Refuses (WrongState)."""
    return _travel(session, fulfilment_id, FulfilmentState.IN_TRANSIT, "shipped_at", "in_transit")


def mark_delivered(session: Session, fulfilment_id: FulfilmentId) -> Fulfilment:
    """The part was handed over at the buyer's door; a second report changes nothing. Refuses (WrongState)."""
    return _travel(session, fulfilment_id, FulfilmentState.DELIVERED, "delivered_at", "delivered")


def mark_received(session: Session, fulfilment_id: FulfilmentId) -> Fulfilment:
    """The buyer has the part (confirmed, or by the law's days); a second report changes nothing.

    Completes the order once every part has ended. Refuses (WrongState).
    """
    return _travel(session, fulfilment_id, FulfilmentState.RECEIVED, "received_at", "received")


def _travel(
    session: Session, fulfilment_id: FulfilmentId, then: FulfilmentState, instant: str, action: str
) -> Fulfilment:
    order, row = lock_part(session, fulfilment_id)
    if not rules.is_already_past(FulfilmentState(row.state), then):
        move_part(session, row, then, action)
        setattr(row, instant, time.now())
        session.flush()
        settle(session, OrderId(row.order_id))
    return told(session, order, row)
