"""Placing an order: stored whole or not at all, its lines frozen, its parts planned."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from marketplace.kernel import ids, journal, time
from marketplace.orders import kept, rules
from marketplace.orders.models import FulfilmentRow, OrderLineRow, OrderRow, PickRow
from marketplace.orders.refusals import EmptyOrder
from marketplace.orders.types import (
    Fulfilment,
    FulfilmentState,
    LineDraft,
    Order,
    OrderDraft,
    OrderLine,
    OrderLineId,
    OrderState,
    PartDraft,
    Pick,
)
from marketplace.stock.types import HoldId, HoldLine


def place(session: Session, draft: OrderDraft) -> Order:
    """Store an order whole, with its lines frozen and its parts planned. Refuses (EmptyOrder)."""
    if not draft.parts or not all(part.lines for part in draft.parts):
        raise EmptyOrder
    row = _order_row(draft)
    session.add(row)
    session.flush()
    parts = [_part_row(row, part) for part in draft.parts]
    session.add_all(parts)
    session.flush()
    lines = _line_rows(
        row,
        [(part.id, line) for part, drafted in zip(parts, draft.parts, strict=True) for line in drafted.lines],
    )
    session.add_all(lines)
    session.flush()
    journal.write(session, "order", row.id, "placed", number=row.number, total_fen=row.total_fen)
    return kept.order_of(row, [_part_of(row, part, lines) for part in parts])


def bind_stock(session: Session, order: Order, hold_id: HoldId, held: Sequence[HoldLine]) -> Order:
    """Note which hold binds a new order's goods, and propose its lots to the lines in the order given."""
    lots = [(one.offer_id, one.lot_id, one.quantity) for one in held]
    proposed = rules.allocate([(line.offer_id, line.quantity) for line in order.lines], lots)
    picks = {line.id: one for line, one in zip(order.lines, proposed, strict=True)}
    session.execute(update(OrderRow).where(OrderRow.id == order.id).values(hold_id=hold_id))
    session.execute(
        insert(PickRow),
        [
            {"order_line_id": line_id, "lot_id": pick.lot_id, "position": position, "quantity": pick.quantity}
            for line_id, one in picks.items()
            for position, pick in enumerate(one, start=1)
        ],
    )
    return replace(
        order,
        hold_id=hold_id,
        lines=tuple(_picked(line, picks) for line in order.lines),
        fulfilments=tuple(
            replace(part, lines=tuple(_picked(line, picks) for line in part.lines))
            for part in order.fulfilments
        ),
    )


def _picked(line: OrderLine, picks: dict[OrderLineId, tuple[Pick, ...]]) -> OrderLine:
    return replace(line, picks=picks[line.id])


def _part_of(order: OrderRow, part: FulfilmentRow, lines: Sequence[OrderLineRow]) -> Fulfilment:
    mine = [kept.line_of(line, ()) for line in lines if line.fulfilment_id == part.id]
    return kept.fulfilment_of(part, order.number, order.destination_code, mine)


def _order_row(draft: OrderDraft) -> OrderRow:
    goods_fen = sum(line.unit_price_fen * line.quantity for part in draft.parts for line in part.lines)
    freight_fen = sum(part.freight_fen for part in draft.parts)
    return OrderRow(
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


def _line_rows(order: OrderRow, drafts: Sequence[tuple[int, LineDraft]]) -> list[OrderLineRow]:
    return [
        OrderLineRow(no=no, order_id=order.id, fulfilment_id=part_id, **kept.line_columns(line))
        for no, (part_id, line) in enumerate(drafts, start=1)
    ]


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
