"""The last mile by express: the giver signs, the courier's 揽收 and 签收 stand in for a second signature."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from marketplace.custody import queries as custody_queries
from marketplace.custody import service as custody
from marketplace.custody.types import HandOff, HandOffDraft, Holder, HolderKind, WaybillEventKind
from marketplace.flow import hand_over
from marketplace.kernel.message import Name


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispatch:
    """One parcel given to a courier: the hand-off as entered, the company and the waybill's number."""

    draft: HandOffDraft
    courier: str
    number: str


def dispatch(session: Session, parcels: Sequence[Dispatch]) -> list[HandOff]:
    """Give parcels to couriers, all or none, each under its waybill.

    Refuses (WaybillTaken) a number twice, and what ``hand_over.record_many`` refuses.
    """
    drafts: list[HandOffDraft] = []
    for parcel in sorted(parcels, key=lambda one: one.draft.consignment_id):
        waybill_id = custody.open_waybill(session, parcel.draft.consignment_id, parcel.courier, parcel.number)
        name = Name(parcel.courier, "", parcel.courier)
        courier = Holder(kind=HolderKind.COURIER, name=name)
        drafts.append(replace(parcel.draft, to=courier, receiver=None, waybill_id=waybill_id))
    return hand_over.record_many(session, drafts)


def report(
    session: Session, number: str, kind: WaybillEventKind, at: datetime, *, courier: str | None = None
) -> HandOff | None:
    """Take a courier's report; 签收 brings the parcel to its buyer and the order's parts to delivered.

    A report that came before changes nothing. Refuses (UnknownWaybill, WaybillOutOfOrder).
    """
    waybill = custody_queries.find_waybill(session, number, courier)
    before = custody_queries.get_consignment(session, waybill.consignment_id)
    arrived = custody.record_waybill_event(session, waybill.id, kind, at)
    if arrived is not None:
        hand_over.tell_orders(session, [arrived], [before])
    return arrived
