"""Receipt: the buyer says that the goods are there, or says nothing for as long as the law allows.

A part that is received is earned; an order whose parts have all ended is completed, and what of it arrived
counts, with the custody evidence of each line.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from sqlalchemy.orm import Session

from marketplace.assistance import service as assistance
from marketplace.assistance.types import CountableLine, Stage
from marketplace.catalogue.types import ProductId, StorageKind
from marketplace.custody import queries as custody_queries
from marketplace.custody import service as custody
from marketplace.flow import books
from marketplace.kernel import time
from marketplace.kernel.logging import logger
from marketplace.orders import queries as order_queries
from marketplace.orders import service as orders
from marketplace.orders.refusals import UnknownFulfilment
from marketplace.orders.types import Fulfilment, FulfilmentId, FulfilmentState, Order, OrderId, OrderState
from marketplace.search import service as search
from marketplace.settlement import service as settlement

_log = logger(__name__)

PATIENCE: Mapping[StorageKind, timedelta] = {
    # 消费者权益保护法 art. 25: seven days to return, except what is fresh and perishable.
    StorageKind.AMBIENT: timedelta(days=7),
    StorageKind.CHILLED: timedelta(days=2),
    StorageKind.FROZEN: timedelta(days=2),
}
"""How long after delivery receipt is taken as confirmed when the buyer says nothing."""

_ON_THE_WAY = frozenset({FulfilmentState.IN_TRANSIT, FulfilmentState.DELIVERED})


def confirm_receipt(
    session: Session, order_id: OrderId, fulfilment_ids: Collection[FulfilmentId] | None = None
) -> Order:
    """Take the buyer's word that parts have arrived: those named, or all that are on their way.

    Parts that travel as one parcel arrive together. The caller has opened the order for its buyer. Refuses
    (UnknownFulfilment) a part of another order and (WrongState) one that has not left yet.
    """
    order = orders.lock_order(session, order_id)
    parts = {part.id: part for part in order.fulfilments}
    if fulfilment_ids is None:
        fulfilment_ids = [part.id for part in order.fulfilments if part.state in _ON_THE_WAY]
    if not parts.keys() >= set(fulfilment_ids):
        raise UnknownFulfilment
    _receive(session, _with_parcel(order, fulfilment_ids))
    settle(session, order_id)
    return order_queries.get_order(session, order_id)


def due_for_confirmation(session: Session, *, limit: int = 200) -> list[FulfilmentId]:
    """Return parts that were delivered so long ago that silence means yes."""
    now = time.now()
    return [
        part_id
        for kind, patience in PATIENCE.items()
        for part_id in order_queries.delivered_before(session, now - patience, storage_kind=kind, limit=limit)
    ]


def confirm_by_time(session: Session, fulfilment_id: FulfilmentId) -> bool:
    """Take receipt as confirmed where its time has passed; False where it was confirmed meanwhile."""
    order_id = order_queries.get_fulfilment(session, fulfilment_id).order_id
    order = orders.lock_order(session, order_id)
    part = next(one for one in order.fulfilments if one.id == fulfilment_id)
    is_due = (
        part.state is FulfilmentState.DELIVERED
        and part.delivered_at is not None
        and part.delivered_at + PATIENCE[part.storage_kind] < time.now()
    )
    if is_due:
        _receive(session, _with_parcel(order, [fulfilment_id]))
        settle(session, order_id)
    return is_due


def settle(session: Session, order_id: OrderId) -> OrderState:
    """Complete an order whose parts have all ended, and count what of it arrived; may be called again."""
    state = orders.settle(session, order_id)
    if state is OrderState.COMPLETED:
        _count(session, order_queries.get_order(session, order_id))
    return state


def _with_parcel(order: Order, fulfilment_ids: Collection[FulfilmentId]) -> list[Fulfilment]:
    """Return the parts named, and those on their way in the same parcel."""
    parcels = {part.shipment_no for part in order.fulfilments if part.id in fulfilment_ids}
    return [
        part
        for part in order.fulfilments
        if part.id in fulfilment_ids or (part.shipment_no in parcels and part.state in _ON_THE_WAY)
    ]


def _receive(session: Session, parts: Sequence[Fulfilment]) -> None:
    arriving = [part for part in parts if part.state is not FulfilmentState.RECEIVED]
    for part in arriving:
        settlement.post_completion(session, orders.mark_received(session, part.id))
        _log.info("received", order_number=part.order_number, fulfilment=part.number)
    custody.record_receipt(session, [part.id for part in arriving])


def _count(session: Session, order: Order) -> None:
    received = {part.id for part in order.fulfilments if part.state is FulfilmentState.RECEIVED}
    arrived = [line for line in order.lines if line.fulfilment_id in received]
    countable = _with_evidence(session, books.countable(session, order, arrived))
    if not assistance.recognise(session, Stage.COMPLETED, countable, at=order.completed_at):
        return  # counted before
    sold: dict[ProductId, int] = defaultdict(int)
    for line in arrived:
        sold[line.product_id] += line.refundable_quantity
    search.record_sales(session, {product: packs for product, packs in sold.items() if packs})
    _log.info("completed", order_number=order.number, lines=len(arrived))


def _with_evidence(session: Session, lines: list[CountableLine]) -> list[CountableLine]:
    evidence = custody_queries.evidence(session, [line.order_line_id for line in lines])
    return [replace(line, evidence=evidence[line.order_line_id]) for line in lines]
