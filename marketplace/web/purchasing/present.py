"""A unit's orders as its pages show them: how far each is, what it is waiting for."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from marketplace.kernel.message import Message, Name, msg
from marketplace.kernel.money import BASIS_POINTS
from marketplace.orders import rules
from marketplace.orders.types import Fulfilment, FulfilmentState, Order, OrderId, OrderState, OrderSummary
from marketplace.web import wording

_CALLED_OFF = frozenset({FulfilmentState.DECLINED, FulfilmentState.CANCELLED})


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitOrder:
    """One row of a unit's orders."""

    number: str
    state: wording.Toned
    first_product: Name
    line_count: int
    total_fen: int
    placed_at: datetime
    progress: Message


def unit_orders(found: Iterable[OrderSummary], whole: Mapping[OrderId, Order]) -> list[UnitOrder]:
    return [
        UnitOrder(
            number=one.number,
            state=wording.ORDER_STATES[one.state],
            first_product=one.first_product,
            line_count=one.line_count,
            total_fen=one.total_fen,
            placed_at=one.placed_at,
            progress=progress(whole[one.id]),
        )
        for one in found
    ]


def done_bp(parts: Iterable[Fulfilment]) -> int:
    """Return how much of an order was received, by parcels that were not called off."""
    states = [part.state for part in parts if part.state not in _CALLED_OFF]
    received = sum(state is FulfilmentState.RECEIVED for state in states)
    return received * BASIS_POINTS // len(states) if states else 0


def progress(order: Order) -> Message:
    """Say how far an order is: 「3 个包裹，已收 1 个，12月2日前到齐」."""
    if order.state is OrderState.AWAITING_PAYMENT:
        return msg("付款后合作社开始备货")
    coming = [part for part in order.fulfilments if part.state not in rules.ENDED]
    received = sum(part.state is FulfilmentState.RECEIVED for part in order.fulfilments)
    if not coming:
        return msg("%(count)s 个包裹已收货", count=received) if received else msg("没有要收的包裹")
    return msg(
        "%(all)s 个包裹，已收 %(received)s 个，预计 %(day)s 到齐",
        all=len(coming) + received,
        received=received,
        day=last_day(coming).isoformat(),
    )


def last_day(parts: Iterable[Fulfilment]) -> date:
    return max(part.arrives_on for part in parts)
