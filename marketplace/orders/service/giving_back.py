"""What of an order is given back, and which lots still serve its lines."""

from collections.abc import Mapping, Sequence

from sqlalchemy import delete, insert, update
from sqlalchemy.orm import Session

from marketplace.kernel import journal
from marketplace.orders.models import FulfilmentRow, OrderLineRow, PickRow
from marketplace.orders.refusals import RefundTooLarge
from marketplace.orders.types import FulfilmentId, OrderId, OrderLineId, Pick


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
    if picks:
        session.execute(
            insert(PickRow),
            [
                {
                    "order_line_id": line_id,
                    "lot_id": pick.lot_id,
                    "position": position,
                    "quantity": pick.quantity,
                }
                for position, pick in enumerate(picks, start=1)
            ],
        )
