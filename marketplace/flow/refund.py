"""Giving money back: per line and quantity, freight apart; books turn at once, money when it has moved."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from marketplace.catalogue.types import LotId
from marketplace.flow import books, complete
from marketplace.kernel import idempotency
from marketplace.kernel.message import msg
from marketplace.kernel.money import format_yuan
from marketplace.notices import service as notices
from marketplace.notices.types import NoticeKind
from marketplace.orders import queries as order_queries
from marketplace.orders import rules as order_rules
from marketplace.orders import service as orders
from marketplace.orders.refusals import NothingToRefund, RefundTooLarge
from marketplace.orders.types import Fulfilment, FulfilmentId, Order, OrderId, OrderLineId
from marketplace.parties.types import PersonId
from marketplace.payment import queries as payments
from marketplace.payment import service as payment
from marketplace.payment.refusals import NothingCaptured
from marketplace.payment.types import Refund, RefundAnswer, RefundId, RefundLine, RefundRequest, RefundState
from marketplace.stock import service as stock


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundWish:
    """What is to be given back: packs by line, freight in fen by part, and why."""

    quantities: Mapping[OrderLineId, int]
    freight: Mapping[FulfilmentId, int] = field(default_factory=dict)
    reason: str
    person_id: PersonId | None = None


def refund(session: Session, order_id: OrderId, wish: RefundWish, key: str) -> Refund:
    """Give back part of a paid order, once per key, never more than was paid.

    Goods that are still on the shelf are freed; a part of which nothing is left is cancelled. Refuses
    (NothingToRefund, RefundTooLarge, NothingCaptured).
    """
    request = {
        "lines": sorted(wish.quantities.items()),
        "freight": sorted(wish.freight.items()),
        "reason": wish.reason,
    }

    def effect() -> dict[str, int]:
        order = orders.lock_order(session, order_id)
        return {"refund_id": give_back(session, order, wish).id}

    answer = idempotency.once(session, f"refund:{order_id}", key, request, effect)
    return payments.get_refund(session, RefundId(answer["refund_id"]))


def give_back(session: Session, order: Order, wish: RefundWish) -> Refund:
    """Give back within a use case that holds the order's lock."""
    capture = payments.find_applied_capture(session, order.id)
    if capture is None:
        raise NothingCaptured
    if not wish.quantities and not wish.freight:
        raise NothingToRefund
    lines = _refund_lines(order, wish)
    _free_shelf(session, order, wish)
    orders.record_refund(session, order.id, wish.quantities, wish.freight)
    freight_fen = sum(wish.freight.values())
    promised = payment.request_refund(
        session,
        capture,
        RefundRequest(
            amount_fen=freight_fen + sum(line.amount_fen for line in lines),
            reason=wish.reason,
            lines=lines,
            freight_fen=freight_fen,
            requested_by=wish.person_id,
        ),
    )
    books.given_back(session, promised)
    _cancel_empty_parts(session, order.id, reason=wish.reason)
    return promised


def everything_left(order: Order, *, reason: str, parts: tuple[Fulfilment, ...] | None = None) -> RefundWish:
    """Wish for all that has not been given back yet, of the whole order or of some of its parts."""
    meant = order.fulfilments if parts is None else parts
    return RefundWish(
        quantities={
            line.id: line.refundable_quantity
            for part in meant
            for line in part.lines
            if line.refundable_quantity
        },
        freight={
            part.id: part.freight_fen - part.refunded_freight_fen
            for part in meant
            if part.freight_fen > part.refunded_freight_fen
        },
        reason=reason,
    )


def settle_refund(session: Session, refund_id: RefundId, answer: RefundAnswer) -> None:
    """Act on what the processor says of a refund: paid out, on its way, or failed and a person's to mend."""
    if not payment.note_answer(session, refund_id, answer):
        return
    settled = payments.get_refund(session, refund_id)
    order = order_queries.get_order(session, settled.order_id)
    books.refund_turned(session, settled)
    if settled.state is RefundState.SUCCEEDED:
        notices.send(
            session,
            kind=NoticeKind.REFUND,
            message=msg(
                "订单 %(number)s 的退款 %(amount)s 已原路退回。",
                number=order.number,
                amount=format_yuan(settled.amount_fen),
            ),
            to_phone=order.contact.phone,
            link=f"/orders/{order.number}?token={order.token}",
        )


def _refund_lines(order: Order, wish: RefundWish) -> tuple[RefundLine, ...]:
    lines = {line.id: line for line in order.lines}
    if not wish.quantities.keys() <= lines.keys():
        raise RefundTooLarge
    return tuple(
        RefundLine(
            order_line_id=line_id, quantity=quantity, amount_fen=lines[line_id].unit_price_fen * quantity
        )
        for line_id, quantity in sorted(wish.quantities.items())
    )


def _free_shelf(session: Session, order: Order, wish: RefundWish) -> None:
    """Give held packs back to the shelf where the cooperative has not packed them yet."""
    freed: dict[LotId, int] = defaultdict(int)
    for part in order.fulfilments:
        if part.state not in order_rules.UNPACKED:
            continue
        for line in part.lines:
            quantity = wish.quantities.get(line.id, 0)
            if not 0 < quantity <= line.refundable_quantity:
                continue  # nothing of this line, or too much of it: the count below refuses
            stays, gone = order_rules.reduce_picks(line.picks, quantity)
            orders.set_picks(session, line.id, stays)
            for pick in gone:
                freed[pick.lot_id] += pick.quantity
    if freed and order.hold_id is not None:
        stock.release(session, order.hold_id, "refunded", freed)


def _cancel_empty_parts(session: Session, order_id: OrderId, *, reason: str) -> None:
    for part in order_queries.get_order(session, order_id).fulfilments:
        is_empty = all(line.refundable_quantity == 0 for line in part.lines)
        if is_empty and part.state in order_rules.UNPACKED:
            orders.cancel_fulfilment(session, part.id, reason=reason)
    complete.settle(session, order_id)
