"""Express parcels: a courier has no account, so its waybill and the events on it stand in."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from marketplace.custody.models import WaybillEventRow, WaybillRow
from marketplace.custody.refusals import UnknownWaybill, WaybillOutOfOrder, WaybillTaken
from marketplace.custody.service import loads
from marketplace.custody.service.handing import record_hand_off
from marketplace.custody.types import (
    ConsignmentId,
    HandOff,
    HandOffDraft,
    Holder,
    HolderKind,
    WaybillEventKind,
    WaybillId,
)
from marketplace.kernel import journal, time


def open_waybill(session: Session, consignment_id: ConsignmentId, courier: str, number: str) -> WaybillId:
    """Note the waybill under which a load goes by express; the same one twice is one.

    Refuses (WaybillTaken) a number that another load already has.
    """
    session.execute(
        insert(WaybillRow)
        .values(consignment_id=consignment_id, courier=courier, number=number, recorded_at=time.now())
        .on_conflict_do_nothing()
    )
    row = session.scalars(
        select(WaybillRow).where(WaybillRow.courier == courier, WaybillRow.number == number)
    ).one()
    if row.consignment_id != consignment_id:
        raise WaybillTaken(number)
    return WaybillId(row.id)


def record_waybill_event(
    session: Session, waybill_id: WaybillId, kind: WaybillEventKind, at: datetime
) -> HandOff | None:
    """Record 揽收 or 签收 as the courier reported it; reported twice, the first one counts.

    签收 brings the goods to the buyer: the hand-off it makes is returned. Refuses (UnknownWaybill), and
    (WaybillOutOfOrder) events in the future, before the load was opened, or out of their order.
    """
    row = session.get(WaybillRow, waybill_id)
    if row is None:
        raise UnknownWaybill
    consignment_id = ConsignmentId(row.consignment_id)
    load = loads.lock(session, [consignment_id])[consignment_id]
    before = {
        event.kind: event.at
        for event in session.scalars(select(WaybillEventRow).where(WaybillEventRow.waybill_id == waybill_id))
    }
    if kind in before:
        return None
    signed_at, collected_at = (
        before.get(WaybillEventKind.SIGNED),
        before.get(WaybillEventKind.COLLECTED),
    )
    if kind is WaybillEventKind.COLLECTED:
        out_of_order = signed_at is not None and at > signed_at
    else:
        out_of_order = collected_at is not None and at < collected_at
    if out_of_order or not load.row.opened_at <= at <= time.now():
        raise WaybillOutOfOrder
    holder = load.consignment.holder
    if kind is WaybillEventKind.SIGNED and (
        holder.kind is not HolderKind.COURIER or at < load.row.held_since
    ):
        raise WaybillOutOfOrder
    session.add(WaybillEventRow(waybill_id=waybill_id, kind=kind, at=at, recorded_at=time.now()))
    journal.write(session, "consignment", consignment_id, f"waybill_{kind}", waybill=row.number)
    session.flush()
    if kind is WaybillEventKind.COLLECTED:
        return None
    return record_hand_off(
        session,
        HandOffDraft(
            consignment_id=consignment_id,
            to=Holder(kind=HolderKind.BUYER),
            giver=None,
            receiver=None,
            waybill_id=waybill_id,
            at=at,
        ),
    )
