"""The cooperative's side of an order: take it on or decline it, pick what expires first, pack.

Every step also comes for many parts at once, so that twenty orders take a few taps.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy.orm import Session

from marketplace.catalogue.types import LotId
from marketplace.flow.open_load import open_load
from marketplace.flow.presale import check_harvested
from marketplace.flow.refund import everything_left, give_back
from marketplace.kernel.message import msg
from marketplace.notices import service as notices
from marketplace.notices.types import NoticeKind
from marketplace.orders import queries as order_queries
from marketplace.orders import rules as order_rules
from marketplace.orders import service as orders
from marketplace.orders.refusals import UnknownFulfilment, WrongPick
from marketplace.orders.types import Fulfilment, FulfilmentId, Order, OrderLine, Pick, Picks
from marketplace.parties.types import PartyId
from marketplace.stock import service as stock


def accept(
    session: Session, cooperative_ids: Collection[PartyId], fulfilment_ids: Collection[FulfilmentId]
) -> list[Fulfilment]:
    """Take on parts of these cooperatives, all or none. Refuses (UnknownFulfilment, WrongState)."""
    _check_mine(session, cooperative_ids, fulfilment_ids)
    return [orders.accept_fulfilment(session, one) for one in sorted(fulfilment_ids)]


def decline(
    session: Session, cooperative_ids: Collection[PartyId], fulfilment_id: FulfilmentId, *, reason: str
) -> Fulfilment:
    """Say that a part cannot be supplied: its goods are freed, its money and freight go back to the buyer.

    Refuses (UnknownFulfilment, WrongState).
    """
    part = _check_mine(session, cooperative_ids, [fulfilment_id])[fulfilment_id]
    declined = orders.decline_fulfilment(session, fulfilment_id, reason=reason)
    order = orders.lock_order(session, part.order_id)
    freed: dict[LotId, int] = defaultdict(int)
    for pick in (pick for line in declined.lines for pick in line.picks):
        freed[pick.lot_id] += pick.quantity
    if order.hold_id is not None and freed:
        stock.release(session, order.hold_id, "declined", freed)
    give_back(session, order, everything_left(order, reason="declined", parts=(declined,)))
    notices.send(
        session,
        kind=NoticeKind.ORDER,
        message=msg("订单 %(number)s 有一个包裹无法供货，货款和运费正在退回。", number=order.number),
        to_phone=order.contact.phone,
        link=f"/orders/{order.number}?token={order.token}",
    )
    return order_queries.get_fulfilment(session, fulfilment_id)


def pack(
    session: Session,
    cooperative_ids: Collection[PartyId],
    fulfilment_ids: Collection[FulfilmentId],
    picks: Picks | None = None,
) -> list[Fulfilment]:
    """Close the boxes of accepted parts, all or none; lines that are not named take what was proposed.

    The packs leave the cooperative's stock and become a consignment in its hands. Refuses (UnknownFulfilment,
    WrongState, WrongPick, LotBlocked, OutOfStock of another lot than proposed).
    """
    mine = _check_mine(session, cooperative_ids, fulfilment_ids)
    return [_pack(session, mine[one], picks or {}) for one in sorted(fulfilment_ids)]


def _pack(session: Session, part: Fulfilment, picks: Picks) -> Fulfilment:
    order = orders.lock_order(session, part.order_id)
    part = order_queries.get_fulfilment(session, part.id)
    for line in part.lines:
        chosen = picks.get(line.id)
        if chosen is not None:
            _move(session, order, line, chosen)
    packed = orders.pack_fulfilment(session, part.id, picks)
    leaving: dict[LotId, int] = defaultdict(int)
    for pick in (pick for line in packed.lines for pick in line.picks):
        leaving[pick.lot_id] += pick.quantity
    check_harvested(session, leaving)
    if order.hold_id is not None:
        stock.ship(session, order.hold_id, leaving)
    open_load(session, packed)
    return packed


def _move(session: Session, order: Order, line: OrderLine, chosen: Sequence[Pick]) -> None:
    """Move the hold of a line from the lots proposed to the lots taken."""
    if not order_rules.picks_fit(line, chosen):
        raise WrongPick(line.no, line.refundable_quantity, sum(pick.quantity for pick in chosen))
    if order.hold_id is None:
        return
    for from_lot, to_lot, quantity in order_rules.moves(line.picks, chosen):
        stock.move_hold(session, order.hold_id, from_lot, to_lot, quantity)


def _check_mine(
    session: Session, cooperative_ids: Collection[PartyId], fulfilment_ids: Collection[FulfilmentId]
) -> Mapping[FulfilmentId, Fulfilment]:
    """Return the parts where all belong to these cooperatives; a stranger's part does not exist for them."""
    found = order_queries.fulfilments_by_id(session, fulfilment_ids)
    for one in fulfilment_ids:
        if one not in found or found[one].cooperative_id not in cooperative_ids:
            raise UnknownFulfilment
    return found
