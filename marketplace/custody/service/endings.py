"""How custody ends: the buyer has the goods, or a person with authority has decided about held ones."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.catalogue.types import LotId
from marketplace.custody import rules
from marketplace.custody.models import BreachRow, ConsignmentRow, ContentRow
from marketplace.custody.refusals import NothingHeld
from marketplace.custody.service import loads
from marketplace.custody.service.handing import record_hand_offs
from marketplace.custody.types import ConsignmentId, ConsignmentState, HandOffDraft, Holder, HolderKind
from marketplace.kernel import journal, time
from marketplace.orders.types import FulfilmentId
from marketplace.parties.types import PersonId


def record_receipt(session: Session, fulfilment_ids: Collection[FulfilmentId]) -> list[ConsignmentId]:
    """Record that the buyer has these parts; what is already received stays so. Returns what was received.

    Where nobody reported the delivery, the buyer's word is the last hand-off (kind ``receipt``).
    """
    wanted = session.scalars(
        select(ConsignmentRow.id)
        .join(ContentRow, ContentRow.consignment_id == ConsignmentRow.id)
        .where(
            ContentRow.fulfilment_id.in_(fulfilment_ids),
            ContentRow.quantity > 0,
            ConsignmentRow.state.not_in([ConsignmentState.RECEIVED, ConsignmentState.LOST]),
        )
        .distinct()
    ).all()
    if not wanted:
        return []
    locked = loads.lock(session, {ConsignmentId(one) for one in wanted})
    under_way = [one for one, load in locked.items() if rules.is_under_way(load.consignment.state)]
    buyer = Holder(kind=HolderKind.BUYER)
    record_hand_offs(
        session,
        [HandOffDraft(consignment_id=one, to=buyer, giver=None, receiver=None) for one in under_way],
        are_receipts=True,
    )
    received: list[ConsignmentId] = []
    for consignment_id, load in locked.items():
        if load.row.state != ConsignmentState.DELIVERED:  # somebody else was faster
            continue
        load.row.state = ConsignmentState.RECEIVED
        load.row.received_at = time.now()
        journal.write(session, "consignment", consignment_id, "received")
        received.append(consignment_id)
    session.flush()
    return received


def resolve_breaches(session: Session, lot_id: LotId, person_id: PersonId, resolution: str) -> int:
    """Record what a person with authority decided about a held lot; returns how many breaches it closes.

    Refuses (NothingHeld) a lot without an open one.
    """
    rows = session.scalars(
        select(BreachRow)
        .where(BreachRow.lot_id == lot_id, BreachRow.resolved_at.is_(None))
        .order_by(BreachRow.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    if not rows:
        raise NothingHeld
    for row in rows:
        row.resolved_at = time.now()
        row.resolved_by_id = person_id
        row.resolution = resolution
    journal.write(session, "lot", lot_id, "breach_resolved", breaches=len(rows))
    session.flush()
    return len(rows)
