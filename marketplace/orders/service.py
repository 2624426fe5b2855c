"""Writes of orders. Every change leaves a line in the journal, in the same transaction."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from marketplace.kernel import ids, journal, time
from marketplace.orders import kept, queries, rules
from marketplace.orders.models import FulfilmentRow, OrderLineRow, OrderRow, PickRow
from marketplace.orders.refusals import (
    EmptyOrder,
    RefundTooLarge,
    UnknownFulfilment,
    UnknownOrder,
    WrongPick,
    WrongState,
)
from marketplace.orders.types import (
    Fulfilment,
    FulfilmentId,
    FulfilmentState,
    Order,
    OrderDraft,
    OrderId,
    OrderLineId,
    OrderState,
    PartDraft,
    Pick,
    Picks,
)
from marketplace.stock.types import HoldId, HoldLine


def place(session: Session, draft: OrderDraft) -> Order:
    """Store an order whole, with its lines frozen and its parts planned. Refuses (EmptyOrder)."""
    if not draft.parts or not all(part.lines for part in draft.parts):
        raise EmptyOrder
    goods_fen = sum(line.unit_price_fen * line.quantity for part in draft.parts for line in part.lines)
    freight_fen = sum(part.freight_fen for part in draft.parts)
    row = OrderRow(
        number=ids.public_number("Q", time.today()),
        token=ids.new_token(),
        person_id=draft.person_id,
        unit_id=draft.unit_id,
        state=OrderState.AWAITING_PAYMENT,
        contact_phone=draft.contact.phone,
        contact_language=draft.contact.language,
        contact_email=draft.contact.email,
        recipient=draft.address.recipient,
        recipient_phone=draft.address.phone,
        destination_code=draft.address.division_code,
        address_line=draft.address.line,
        goods_fen=goods_fen,
        freight_fen=freight_fen,
        total_fen=goods_fen + freight_fen,
        policy_version=draft.policy_version,
        placed_at=time.now(),
    )
    session.add(row)
    session.flush()
    _store_parts(session, row, draft.parts)
    journal.write(session, "order", row.id, "placed", number=row.number, total_fen=row.total_fen)
    return queries.get_order(session, OrderId(row.id))


def bind_stock(session: Session, order_id: OrderId, hold_id: HoldId, held: Sequence[HoldLine]) -> Order:
    """Note which hold binds an order's goods, and propose its lots to the lines in the order given."""
    row = _locked(session, order_id)
    row.hold_id = hold_id
    lines = queries.get_order(session, order_id).lines
    lots = [(one.offer_id, one.lot_id, one.quantity) for one in held]
    proposals = rules.allocate([(line.offer_id, line.quantity) for line in lines], lots)
    session.add_all(
        PickRow(order_line_id=line.id, lot_id=pick.lot_id, position=position, quantity=pick.quantity)
        for line, picks in zip(lines, proposals, strict=True)
        for position, pick in enumerate(picks, start=1)
    )
    session.flush()
    return queries.get_order(session, order_id)


def mark_paid(session: Session, order_id: OrderId) -> bool:
    """Take an order as paid and hand its parts to their cooperatives; False where it already was.

    Refuses (WrongState) an order that is no longer waiting for money.
    """
    row = _locked(session, order_id)
    if row.state in {OrderState.PAID, OrderState.COMPLETED}:
        return False
    _move(session, row, OrderState.PAID, "paid")
    row.paid_at = time.now()
    _move_parts(session, row, FulfilmentState.TO_ACCEPT)
    return True


def expire(session: Session, order_id: OrderId) -> None:
    """Close an order that nobody paid for in time. Refuses (WrongState)."""
    _close(session, _locked(session, order_id), OrderState.EXPIRED, "expired")


def cancel(session: Session, order_id: OrderId, *, reason: str) -> None:
    """Call an order off, unpaid, or paid with no part accepted yet. Refuses (WrongState)."""
    row = _locked(session, order_id)
    parts = session.scalars(select(FulfilmentRow.state).where(FulfilmentRow.order_id == order_id)).all()
    if row.state == OrderState.PAID and not rules.may_cancel_paid(FulfilmentState(one) for one in parts):
        raise WrongState(row.number)
    _close(session, row, OrderState.CANCELLED, "cancelled", reason=reason)


def accept_fulfilment(session: Session, fulfilment_id: FulfilmentId) -> Fulfilment:
    """The cooperative takes its part on. Refuses (WrongState)."""
    row = _locked_part(session, fulfilment_id)
    _move_part(session, row, FulfilmentState.ACCEPTED, "accepted")
    row.accepted_at = time.now()
    return _told(session, row)


def decline_fulfilment(session: Session, fulfilment_id: FulfilmentId, *, reason: str) -> Fulfilment:
    """The cooperative cannot supply its part, and says why. Refuses (WrongState)."""
    row = _locked_part(session, fulfilment_id)
    row.decline_reason = reason
    _move_part(session, row, FulfilmentState.DECLINED, "declined", reason=reason)
    return _told(session, row)


def cancel_fulfilment(session: Session, fulfilment_id: FulfilmentId, *, reason: str) -> Fulfilment:
    """A part will not be supplied any more: given back before it was packed, or lost on the way.

    Refuses (WrongState).
    """
    row = _locked_part(session, fulfilment_id)
    _move_part(session, row, FulfilmentState.CANCELLED, "cancelled", reason=reason)
    return _told(session, row)


def pack_fulfilment(session: Session, fulfilment_id: FulfilmentId, picks: Picks) -> Fulfilment:
    """Settle from which lots each line is taken and close the box; lines not named keep their proposal.

    Refuses (WrongPick, WrongState).
    """
    row = _locked_part(session, fulfilment_id)
    for line in queries.get_fulfilment(session, fulfilment_id).lines:
        chosen = picks.get(line.id, line.picks)
        if not rules.picks_fit(line, chosen):
            raise WrongPick(line.no, line.refundable_quantity, sum(pick.quantity for pick in chosen))
        if chosen != line.picks:
            set_picks(session, line.id, chosen)
    _move_part(session, row, FulfilmentState.PACKED, "packed")
    row.packed_at = time.now()
    return _told(session, row)


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


def settle(session: Session, order_id: OrderId) -> OrderState:
    """Complete or cancel a paid order whose parts have all ended; return where it stands."""
    row = _locked(session, order_id)
    states = session.scalars(select(FulfilmentRow.state).where(FulfilmentRow.order_id == order_id)).all()
    then = rules.order_state_after(FulfilmentState(one) for one in states)
    if row.state == OrderState.PAID and then is not None:
        if then is OrderState.COMPLETED:
            row.completed_at = time.now()
        else:
            row.closed_at = time.now()
        _move(session, row, then, str(then))
    return OrderState(row.state)


def record_refund(
    session: Session,
    order_id: OrderId,
    quantities: Mapping[OrderLineId, int],
    freight: Mapping[FulfilmentId, int],
) -> None:
    """Count packs and freight as given back; the same pack is never given back twice, whoever races.

    ``freight`` is in fen by part. Refuses (RefundTooLarge).
    """
    if min((*quantities.values(), *freight.values()), default=0) <= 0:
        raise RefundTooLarge
    for line_id, quantity in sorted(quantities.items()):
        changed = session.execute(
            update(OrderLineRow)
            .where(
                OrderLineRow.id == line_id,
                OrderLineRow.order_id == order_id,
                OrderLineRow.refunded_quantity + quantity <= OrderLineRow.quantity,
            )
            .values(refunded_quantity=OrderLineRow.refunded_quantity + quantity)
            .returning(OrderLineRow.id)
        ).first()
        if changed is None:
            raise RefundTooLarge
    for part_id, amount_fen in sorted(freight.items()):
        changed = session.execute(
            update(FulfilmentRow)
            .where(
                FulfilmentRow.id == part_id,
                FulfilmentRow.order_id == order_id,
                FulfilmentRow.refunded_freight_fen + amount_fen <= FulfilmentRow.freight_fen,
            )
            .values(refunded_freight_fen=FulfilmentRow.refunded_freight_fen + amount_fen)
            .returning(FulfilmentRow.id)
        ).first()
        if changed is None:
            raise RefundTooLarge
    journal.write(
        session,
        "order",
        order_id,
        "refund_recorded",
        lines={str(line): quantity for line, quantity in quantities.items()},
        freight={str(part): amount for part, amount in freight.items()},
    )


def set_picks(session: Session, line_id: OrderLineId, picks: Sequence[Pick]) -> None:
    """Replace the lots that serve a line."""
    session.execute(delete(PickRow).where(PickRow.order_line_id == line_id))
    session.add_all(
        PickRow(order_line_id=line_id, lot_id=pick.lot_id, position=position, quantity=pick.quantity)
        for position, pick in enumerate(picks, start=1)
    )
    session.flush()


def lock_order(session: Session, order_id: OrderId) -> Order:
    """Return an order that nobody else can change until this transaction ends. Refuses (UnknownOrder)."""
    _locked(session, order_id)
    return queries.get_order(session, order_id)


def _store_parts(session: Session, order: OrderRow, parts: Sequence[PartDraft]) -> None:
    rows = [_part_row(order, part) for part in parts]
    session.add_all(rows)
    session.flush()
    drafts = [(row.id, line) for row, part in zip(rows, parts, strict=True) for line in part.lines]
    lines = [
        OrderLineRow(no=no, order_id=order.id, fulfilment_id=part_id, **kept.line_columns(line))
        for no, (part_id, line) in enumerate(drafts, start=1)
    ]
    session.add_all(lines)
    session.flush()


def _part_row(order: OrderRow, part: PartDraft) -> FulfilmentRow:
    return FulfilmentRow(
        number=f"{order.number}-{part.no}",
        order_id=order.id,
        part_no=part.no,
        shipment_no=part.shipment_no,
        cooperative_id=part.cooperative_id,
        warehouse_id=part.warehouse_id,
        storage_kind=part.storage_kind,
        weight_g=part.weight_g,
        freight_fen=part.freight_fen,
        refunded_freight_fen=0,
        state=FulfilmentState.AWAITING_PAYMENT,
        ships_on=part.ships_on,
        arrives_on=part.arrives_on,
        reasons=[kept.message_as_json(reason) for reason in part.reasons],
        label_token=ids.new_token(),
    )


def _locked(session: Session, order_id: OrderId) -> OrderRow:
    row = session.scalars(
        select(OrderRow)
        .where(OrderRow.id == order_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()
    if row is None:
        raise UnknownOrder
    return row


def _locked_part(session: Session, fulfilment_id: FulfilmentId) -> FulfilmentRow:
    """Lock the order first, then its part: everybody takes them in this order."""
    order_id = session.scalar(select(FulfilmentRow.order_id).where(FulfilmentRow.id == fulfilment_id))
    if order_id is None:
        raise UnknownFulfilment
    _locked(session, OrderId(order_id))
    return session.scalars(
        select(FulfilmentRow)
        .where(FulfilmentRow.id == fulfilment_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def _move(session: Session, row: OrderRow, then: OrderState, action: str, **detail: Any) -> None:
    if not rules.may_become(OrderState(row.state), then):
        raise WrongState(row.number)
    row.state = then
    journal.write(session, "order", row.id, action, **detail)


def _move_part(
    session: Session, row: FulfilmentRow, then: FulfilmentState, action: str, **detail: Any
) -> None:
    if not rules.fulfilment_may_become(FulfilmentState(row.state), then):
        raise WrongState(row.number)
    row.state = then
    journal.write(session, "fulfilment", row.id, action, **detail)


def _move_parts(session: Session, order: OrderRow, then: FulfilmentState) -> None:
    """Move every part that has not ended."""
    for part in session.scalars(
        select(FulfilmentRow)
        .where(FulfilmentRow.order_id == order.id, FulfilmentRow.state.not_in(rules.ENDED))
        .order_by(FulfilmentRow.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all():
        _move_part(session, part, then, str(then))
    session.flush()


def _close(session: Session, row: OrderRow, then: OrderState, action: str, **detail: Any) -> None:
    _move(session, row, then, action, **detail)
    row.closed_at = time.now()
    _move_parts(session, row, FulfilmentState.CANCELLED)


def _travel(
    session: Session, fulfilment_id: FulfilmentId, then: FulfilmentState, instant: str, action: str
) -> Fulfilment:
    row = _locked_part(session, fulfilment_id)
    if not rules.is_already_past(FulfilmentState(row.state), then):
        _move_part(session, row, then, action)
        setattr(row, instant, time.now())
        session.flush()
        settle(session, OrderId(row.order_id))
    return _told(session, row)


def _told(session: Session, row: FulfilmentRow) -> Fulfilment:
    session.flush()
    return queries.get_fulfilment(session, FulfilmentId(row.id))
