"""Goods change hands: both sides sign, quantities close, the range is checked; a breach holds the lot.

What must not be sold on is taken out of sale at once, and buyer and cooperative are told in the same
transaction; a person with authority decides what becomes of it.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence

from sqlalchemy.orm import Session

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue.types import LotId, LotStatus
from marketplace.custody import queries as custody_queries
from marketplace.custody import service as custody
from marketplace.custody.types import (
    Breach,
    BreachCause,
    Consignment,
    ConsignmentState,
    HandOff,
    HandOffDraft,
    HolderKind,
)
from marketplace.kernel.message import Message, msg
from marketplace.notices import service as notices
from marketplace.notices.types import NoticeKind
from marketplace.orders import queries as order_queries
from marketplace.orders import service as orders
from marketplace.orders.types import FulfilmentId
from marketplace.parties import queries as parties
from marketplace.parties.types import PersonId
from marketplace.stock import service as stock
from marketplace.stock.types import Cause


def record(session: Session, draft: HandOffDraft) -> HandOff:
    """Record one hand-off with all that follows from it. Refuses what ``record_many`` refuses."""
    return record_many(session, [draft])[0]


def record_many(session: Session, drafts: Sequence[HandOffDraft]) -> list[HandOff]:
    """Record hand-offs of several loads, all or none, with all that follows from them.

    Refuses what custody refuses (WrongHolder, SignatureMissing, TemperatureMissing, MustRefuse, NotConserved
    …) and WrongState where an order was called off meanwhile.
    """
    before = custody_queries.consignments_by_id(session, [draft.consignment_id for draft in drafts])
    _lock_orders(session, before.values(), to_buyer=any(_to_buyer(draft) for draft in drafts))
    hand_offs = custody.record_hand_offs(session, drafts)
    tell_orders(session, hand_offs, before.values())
    hold_lots(session, hand_offs)
    return hand_offs


def tell_orders(session: Session, hand_offs: Sequence[HandOff], before: Iterable[Consignment]) -> None:
    """Move the parts of orders along: on the road with the first hand-off, delivered with the last."""
    loads = {one.id: one for one in before}
    leaving: set[FulfilmentId] = set()
    arriving: set[FulfilmentId] = set()
    for one in hand_offs:
        if not one.is_accepted:
            continue
        parts = {content.fulfilment_id for content in loads[one.consignment_id].contents if content.quantity}
        if loads[one.consignment_id].state is ConsignmentState.WAITING:
            leaving |= parts
        if one.to_holder.kind is HolderKind.BUYER:
            arriving |= parts
    for part in sorted(leaving):
        orders.mark_in_transit(session, part)
    for part in sorted(arriving - custody_queries.undelivered(session, arriving)):
        orders.mark_delivered(session, part)


def hold_lots(session: Session, hand_offs: Sequence[HandOff]) -> None:
    """Take the lots of breached and refused goods out of sale, and tell those whom it concerns."""
    breaches = [breach for one in hand_offs for breach in one.breaches]
    first = {breach.lot_id: breach for breach in reversed(breaches)}
    for lot_id, breach in sorted(first.items()):
        stock.block_lot(session, lot_id, Cause("hand_off", breach.hand_off_id, breach.cause))
    if breaches:
        _tell(session, breaches)


def decide_lot(
    session: Session, lot_id: LotId, person_id: PersonId, resolution: str, *, release: bool
) -> None:
    """Record what a person with authority decided about a held lot; releasing puts it back on sale.

    The caller has asked for the permission. A lot that is recalled stays out of sale whatever is decided
    here. Refuses (NothingHeld).
    """
    custody.resolve_breaches(session, lot_id, person_id, resolution)
    lot = catalogue.get_lot(session, lot_id)
    if release and lot.status is LotStatus.OPEN:
        stock.unblock_lot(session, lot_id, Cause("person", person_id, "released"))


def _to_buyer(draft: HandOffDraft) -> bool:
    return draft.to.kind is HolderKind.BUYER


def _lock_orders(session: Session, loads: Collection[Consignment], *, to_buyer: bool) -> None:
    """Lock the orders that will move before the loads are: whoever confirms a receipt locks in that order."""
    parts = {
        content.fulfilment_id
        for one in loads
        if to_buyer or one.state is ConsignmentState.WAITING
        for content in one.contents
    }
    if parts:
        found = order_queries.fulfilments_by_id(session, parts)
        for order_id in sorted({part.order_id for part in found.values()}):
            orders.lock_order(session, order_id)


def _tell(session: Session, breaches: Sequence[Breach]) -> None:
    """Say to each buyer, and to the people of each cooperative, once what happened to their goods."""
    lines = order_queries.lines_by_id(session, {breach.order_line_id for breach in breaches})
    found = order_queries.orders_by_id(session, {line.order_id for line in lines.values()})
    by_order: dict[int, list[Breach]] = defaultdict(list)
    by_cooperative: dict[int, list[Breach]] = defaultdict(list)
    for breach in breaches:
        line = lines[breach.order_line_id]
        by_order[line.order_id].append(breach)
        by_cooperative[line.cooperative_id].append(breach)
    for order in sorted(found.values(), key=lambda one: one.id):
        worst = by_order[order.id][0]
        notices.send(
            session,
            kind=NoticeKind.HAND_OFF,
            to_phone=order.contact.phone,
            message=msg(
                "订单 %(number)s 的%(product)s在路上%(what)s。该批次已停售待查；收货请留意，可申请退款。",
                number=order.number,
                product=lines[worst.order_line_id].product_name,
                what=in_words(worst),
            ),
            link=f"/orders/{order.number}?token={order.token}",
        )
    lots = catalogue.lots_by_id(session, {breach.lot_id for breach in breaches})
    for cooperative_id, theirs in sorted(by_cooperative.items()):
        worst = theirs[0]
        text = msg(
            "批次 %(lot)s（%(product)s）在路上%(what)s，已停售，等待处理。",
            lot=lots[worst.lot_id].code,
            product=lines[worst.order_line_id].product_name,
            what=in_words(worst),
        )
        for person, _membership in parties.members_of(session, cooperative_id):
            notices.send(session, kind=NoticeKind.HAND_OFF, to_person_id=person.id, message=text)


def in_words(breach: Breach) -> Message:
    """Say what was found, the way it stands in the middle of a sentence."""
    if breach.measured_milli_c is None:
        return msg("交接时被拒收")
    measured = f"{breach.measured_milli_c / 1000:.1f}"
    if breach.cause is BreachCause.HIGH:
        return msg("温度偏高，实测 %(measured)s ℃", measured=measured)
    return msg("温度偏低，实测 %(measured)s ℃", measured=measured)
