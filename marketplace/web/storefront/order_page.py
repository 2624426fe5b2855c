"""An order as its buyer sees it: what happens next and by when, each parcel's way and temperatures."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from marketplace.catalogue.types import StorageKind, TemperatureRange
from marketplace.custody import queries as custody
from marketplace.custody.rules import trace_token
from marketplace.custody.types import CustodyEvidence, HandOff
from marketplace.flow.complete import PATIENCE
from marketplace.kernel.message import Message, Name, msg
from marketplace.orders import rules
from marketplace.orders.types import Fulfilment, FulfilmentState, Order, OrderLineId, OrderState
from marketplace.parties import queries as parties
from marketplace.payment import queries as payments
from marketplace.payment.types import Attempt, Refund
from marketplace.reviews import queries as reviews
from marketplace.web.present import day as day_text
from marketplace.web.present import moment
from marketplace.web.storefront.order_events import events
from marketplace.web.timeline import Event
from marketplace.web.wording import FULFILMENT_STATES, ORDER_STATES, Toned

_F = FulfilmentState
_ROAD = (_F.TO_ACCEPT, _F.ACCEPTED, _F.PACKED, _F.IN_TRANSIT, _F.DELIVERED, _F.RECEIVED)
EVIDENCE = {
    CustodyEvidence.DOUBLE_SIGNED: msg("全程双方签字交接"),
    CustodyEvidence.CARRIER_TRACKED: msg("有承运记录"),
    CustodyEvidence.RECEIPT_ONLY: msg("只有收货确认"),
    CustodyEvidence.NONE: msg("没有交接记录"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelPart:
    """One cooperative's part of a parcel."""

    part: Fulfilment
    state: Toned
    trace_token: str | None
    measured: TemperatureRange | None
    range: TemperatureRange | None
    is_breached: bool
    evidence: Message | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """What reaches the buyer together; ``can_confirm`` where it is on its way or there."""

    no: int
    storage_kind: StorageKind
    warehouse_name: Name | None
    arrives_on: date
    parts: Sequence[ParcelPart]
    events: Sequence[Event]
    can_confirm: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPage:
    order: Order
    state: Toned
    next_step: Message
    live: Attempt | None
    parcels: Sequence[Parcel]
    refunds: Sequence[Refund]
    reviewed: Collection[OrderLineId]
    can_cancel: bool
    can_share: bool


def gather(session: Session, order: Order) -> OrderPage:
    """Gather the page in at most seven statements, the order itself read already."""
    waits = order.state is OrderState.AWAITING_PAYMENT
    live = payments.find_live_attempt(session, order.id) if waits else None
    return OrderPage(
        order=order,
        state=ORDER_STATES[order.state],
        next_step=next_step(order, live),
        live=live,
        parcels=_parcels(session, order),
        refunds=payments.refunds_of_order(session, order.id) if order.refunded_fen else (),
        reviewed=set(reviews.reviews_of_lines(session, [line.id for line in order.lines]))
        if order.state is OrderState.COMPLETED
        else (),
        can_cancel=waits
        or (order.state is OrderState.PAID and rules.may_cancel_paid(one.state for one in order.fulfilments)),
        can_share=order.state is OrderState.COMPLETED,
    )


def next_step(order: Order, live: Attempt | None) -> Message:
    """Say what happens next and by when, at every moment of an order."""
    match order.state:
        case OrderState.AWAITING_PAYMENT if live is not None:
            return msg("商品已为您留好，请在 %(until)s 前付款。", until=moment(live.expires_at))
        case OrderState.AWAITING_PAYMENT:
            return msg("付款时间已过，可以再试一次；不付款的话，留着的商品很快会放回货架。")
        case OrderState.CANCELLED:
            return msg("订单已取消。付过的款会原路退回，一般 1 至 7 个工作日到账。")
        case OrderState.EXPIRED:
            return msg("没有在时限内付款，订单已失效，商品已放回货架。")
        case OrderState.COMPLETED:
            return msg("全部收货，订单完成。")
        case OrderState.PAID:
            return _next_of_parts(order)


def _next_of_parts(order: Order) -> Message:
    """Say what the part that is furthest behind waits for."""
    open_parts = [one for one in order.fulfilments if one.state not in rules.ENDED]
    behind = min(open_parts, key=lambda one: _ROAD.index(one.state), default=None)
    if behind is None:
        return msg("正在结束这笔订单。")
    arrives = day_text(max(one.arrives_on for one in open_parts))
    match behind.state:
        case FulfilmentState.TO_ACCEPT:
            return msg(
                "等合作社接单，%(ships)s发出，预计%(arrives)s送到。",
                ships=day_text(behind.ships_on),
                arrives=arrives,
            )
        case FulfilmentState.ACCEPTED:
            return msg(
                "合作社正在装箱，%(ships)s发出，预计%(arrives)s送到。",
                ships=day_text(behind.ships_on),
                arrives=arrives,
            )
        case FulfilmentState.PACKED:
            return msg("已装箱，等承运商来取，预计%(arrives)s送到。", arrives=arrives)
        case FulfilmentState.IN_TRANSIT:
            return msg("在路上，预计%(arrives)s送到。", arrives=arrives)
        case _:
            return msg(
                "已送到，请确认收货；到 %(until)s 没有确认会自动确认。", until=_silence_ends(open_parts)
            )


def _silence_ends(parts: Sequence[Fulfilment]) -> str:
    ends = [one.delivered_at + PATIENCE[one.storage_kind] for one in parts if one.delivered_at is not None]
    return moment(max(ends)) if ends else ""


def _parcels(session: Session, order: Order) -> list[Parcel]:
    moved = [line.id for part in order.fulfilments if part.packed_at for line in part.lines]
    hand_offs = custody.hand_offs_of_lines(session, moved)
    arrived = [line.id for part in order.fulfilments if part.delivered_at for line in part.lines]
    evidence = custody.evidence(session, arrived)
    warehouses = {one.warehouse_id for one in order.fulfilments if one.warehouse_id is not None}
    names = (
        {one.id: one.name for one in parties.parties_by_id(session, warehouses).values()}
        if warehouses
        else {}
    )
    shipments: dict[int, list[Fulfilment]] = defaultdict(list)
    for part in order.fulfilments:
        shipments[part.shipment_no].append(part)
    return [
        Parcel(
            no=no,
            storage_kind=parts[0].storage_kind,
            warehouse_name=names.get(parts[0].warehouse_id) if parts[0].warehouse_id else None,
            arrives_on=max(one.arrives_on for one in parts),
            parts=[_part(one, hand_offs, evidence) for one in parts],
            events=events(parts, _hand_offs(parts, hand_offs)),
            can_confirm=any(one.state in {_F.IN_TRANSIT, _F.DELIVERED} for one in parts),
        )
        for no, parts in sorted(shipments.items())
    ]


def _hand_offs(
    parts: Sequence[Fulfilment], by_line: Mapping[OrderLineId, tuple[HandOff, ...]]
) -> list[HandOff]:
    through = {one.id: one for part in parts for line in part.lines for one in by_line.get(line.id, ())}
    return sorted(through.values(), key=lambda one: one.at)


def _part(
    part: Fulfilment,
    hand_offs: Mapping[OrderLineId, tuple[HandOff, ...]],
    evidence: Mapping[OrderLineId, CustodyEvidence],
) -> ParcelPart:
    steps, first = _hand_offs([part], hand_offs), part.lines[0]
    kept = None
    if first.range_min_milli_c is not None and first.range_max_milli_c is not None:
        kept = TemperatureRange(min_milli_c=first.range_min_milli_c, max_milli_c=first.range_max_milli_c)
    found = [evidence[line.id] for line in part.lines if line.id in evidence]
    return ParcelPart(
        part=part,
        state=FULFILMENT_STATES[part.state],
        trace_token=trace_token(part.label_token) if part.packed_at else None,
        measured=_measured(steps),
        range=kept,
        is_breached=any(one.is_breached for one in steps),
        evidence=EVIDENCE[max(found, key=list(CustodyEvidence).index)] if found else None,
    )


def _measured(steps: Sequence[HandOff]) -> TemperatureRange | None:
    """Return the coldest and the warmest that was measured on the way."""
    seen = [
        value
        for one in steps
        for value in (
            one.readings.surface_min_milli_c,
            one.readings.surface_max_milli_c,
            one.readings.core_milli_c,
            one.readings.logger_min_milli_c,
            one.readings.logger_max_milli_c,
        )
        if value is not None
    ]
    return TemperatureRange(min_milli_c=min(seen), max_milli_c=max(seen)) if seen else None
