"""The rows of a hold: locked first, then its lots; every line says what is still open."""

from collections.abc import Mapping

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from marketplace.catalogue.types import LotId, OfferId
from marketplace.kernel import journal, time
from marketplace.stock import rules
from marketplace.stock.models import HoldLineRow, HoldRow
from marketplace.stock.queries import hold_from_rows
from marketplace.stock.refusals import BadQuantity, HoldEnded, NotHeld, UnknownHold
from marketplace.stock.service.counting import lock_lots
from marketplace.stock.types import Cause, Hold, HoldId, HoldState, LotStock


def lock_hold(session: Session, hold_id: HoldId) -> HoldRow:
    row = session.scalars(
        select(HoldRow)
        .where(HoldRow.id == hold_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()
    if row is None:
        raise UnknownHold(hold_id)
    return row


def open_lines(session: Session, hold_id: HoldId) -> dict[LotId, int]:
    rows = session.execute(
        select(HoldLineRow.lot_id, HoldLineRow.open).where(
            HoldLineRow.hold_id == hold_id, HoldLineRow.open > 0
        )
    )
    return {LotId(lot_id): still for lot_id, still in rows}


def lock_lots_of_hold(
    session: Session, hold_id: HoldId, lots: Mapping[LotId, int], also: LotId | None = None
) -> dict[LotId, LotStock]:
    offers = session.scalars(
        select(HoldLineRow.offer_id)
        .where(HoldLineRow.hold_id == hold_id, HoldLineRow.lot_id.in_(lots))
        .distinct()
    ).all()
    wanted = set(lots) if also is None else {*lots, also}
    return lock_lots(session, [OfferId(offer) for offer in offers], wanted)


def check_held(hold_id: HoldId, still: Mapping[LotId, int], quantities: Mapping[LotId, int]) -> None:
    if not quantities or any(quantity <= 0 for quantity in quantities.values()):
        raise BadQuantity
    for lot_id, quantity in sorted(quantities.items()):
        if still.get(lot_id, 0) < quantity:
            raise NotHeld(hold_id, lot_id, still.get(lot_id, 0))


def move_line(
    session: Session, hold_id: HoldId, lot_id: LotId, *, released: int = 0, shipped: int = 0
) -> None:
    session.execute(
        update(HoldLineRow)
        .where(HoldLineRow.hold_id == hold_id, HoldLineRow.lot_id == lot_id)
        .values(released=HoldLineRow.released + released, shipped=HoldLineRow.shipped + shipped)
    )


def add_line(session: Session, hold_id: HoldId, lot: LotStock, quantity: int) -> None:
    there = session.get(HoldLineRow, (hold_id, lot.lot_id), populate_existing=True)
    if there is None:
        session.add(
            HoldLineRow(
                hold_id=hold_id,
                lot_id=lot.lot_id,
                offer_id=lot.offer_id,
                quantity=quantity,
                released=0,
                shipped=0,
            )
        )
    else:
        there.quantity += quantity
    session.flush()


def become(session: Session, row: HoldRow, state: HoldState, **detail: str) -> None:
    if not rules.may_become(HoldState(row.state), state):
        raise HoldEnded(HoldId(row.id), HoldState(row.state))
    row.state = state
    if state not in rules.BINDING:
        row.ended_at = time.now()
    journal.write(session, "hold", row.id, state, **detail)
    session.flush()


def cause_of(row: HoldRow) -> Cause:
    return Cause(row.cause_type, row.cause_id, row.cause_kind)


def read_hold(session: Session, row: HoldRow) -> Hold:
    lines = session.execute(
        select(HoldLineRow.offer_id, HoldLineRow.lot_id, HoldLineRow.open)
        .where(HoldLineRow.hold_id == row.id, HoldLineRow.open > 0)
        .order_by(HoldLineRow.offer_id, HoldLineRow.lot_id)
    )
    return hold_from_rows(row, lines.all())
