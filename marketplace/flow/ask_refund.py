"""A buyer asks for money back: at once for goods still on the shelf or a small loss, else by a person."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Session

from marketplace.flow.refund import RefundWish, give_back
from marketplace.kernel import idempotency, journal, time
from marketplace.kernel.message import msg
from marketplace.notices import service as notices
from marketplace.notices.types import NoticeKind
from marketplace.orders import rules
from marketplace.orders import service as orders
from marketplace.orders.refusals import NothingToRefund, RefundTooLarge
from marketplace.orders.types import (
    Fulfilment,
    FulfilmentId,
    Order,
    OrderId,
    OrderLine,
    OrderLineId,
    OrderState,
)
from marketplace.parties import queries as parties
from marketplace.parties.types import PartyKind, PersonId

AT_ONCE_FEN = 3_000
"""坏果包赔: a loss of at most ¥30 a line, shown within two days of arrival, is given back by rule."""

AT_ONCE_FOR = timedelta(hours=48)


class RefundOutcome(StrEnum):
    AT_ONCE = "at_once"
    BY_PERSON = "by_person"


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundAsk:
    """What the buyer asks for: packs of one line, and why in their words."""

    line_id: OrderLineId
    quantity: int
    reason: str
    person_id: PersonId | None


def ask_refund(session: Session, order_id: OrderId, ask: RefundAsk, key: str) -> RefundOutcome:
    """Give back what a rule allows, once per key; anything else is put before the operator's people.

    Refuses (NothingToRefund: unpaid, or no line of this order; RefundTooLarge).
    """
    request = {"line": ask.line_id, "quantity": ask.quantity, "reason": ask.reason}
    answer = idempotency.once(
        session, f"ask_refund:{order_id}", key, request, lambda: _ask(session, order_id, ask)
    )
    return RefundOutcome(answer["outcome"])


def is_at_once(part: Fulfilment, line: OrderLine, quantity: int) -> bool:
    """Tell whether packs of a line are given back without a person deciding."""
    if part.state in rules.UNPACKED:
        return True
    arrived = part.delivered_at or part.received_at
    return (
        arrived is not None
        and time.now() <= arrived + AT_ONCE_FOR
        and line.unit_price_fen * (line.refunded_quantity + quantity) <= AT_ONCE_FEN
    )


def _ask(session: Session, order_id: OrderId, ask: RefundAsk) -> dict[str, Any]:
    order = orders.lock_order(session, order_id)
    part, line = _line_of(order, ask.line_id)
    if order.state not in {OrderState.PAID, OrderState.COMPLETED}:
        raise NothingToRefund
    if not 0 < ask.quantity <= line.refundable_quantity:
        raise RefundTooLarge
    if is_at_once(part, line, ask.quantity):
        give_back(session, order, _wish(part, line, ask))
        return {"outcome": RefundOutcome.AT_ONCE}
    journal.write(session, "order", order.id, "refund_asked", line=line.no, quantity=ask.quantity)
    _tell_operators(session, order, line, ask)
    return {"outcome": RefundOutcome.BY_PERSON}


def _line_of(order: Order, line_id: OrderLineId) -> tuple[Fulfilment, OrderLine]:
    for part in order.fulfilments:
        for line in part.lines:
            if line.id == line_id:
                return part, line
    raise NothingToRefund


def _wish(part: Fulfilment, line: OrderLine, ask: RefundAsk) -> RefundWish:
    """Wish for the packs; where nothing of an unpacked part is left, for its freight as well."""
    left = sum(one.refundable_quantity for one in part.lines) - ask.quantity
    freight: dict[FulfilmentId, int] = {}
    if left == 0 and part.state in rules.UNPACKED and part.freight_fen > part.refunded_freight_fen:
        freight[part.id] = part.freight_fen - part.refunded_freight_fen
    return RefundWish(
        quantities={line.id: ask.quantity}, freight=freight, reason=ask.reason, person_id=ask.person_id
    )


def _tell_operators(session: Session, order: Order, line: OrderLine, ask: RefundAsk) -> None:
    message = msg(
        "订单 %(number)s 申请退款：%(product)s %(count)s 件。理由：%(reason)s",
        number=order.number,
        product=line.product_name,
        count=ask.quantity,
        reason=ask.reason,
    )
    for operator in parties.list_parties(session, PartyKind.OPERATOR).items:
        for person, _membership in parties.members_of(session, operator.id):
            notices.send(
                session,
                kind=NoticeKind.OPERATION,
                to_person_id=person.id,
                message=message,
                link=f"/operator/orders/{order.number}",
            )
