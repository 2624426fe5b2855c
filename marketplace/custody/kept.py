"""Between rows and the frozen types that other rooms hold."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from marketplace.catalogue.types import LotId, StorageKind, TemperatureRange
from marketplace.custody.models import (
    BreachRow,
    ConsignmentRow,
    ContentRow,
    HandOffRow,
    MovedRow,
    QuantityRow,
    RegroupingRow,
)
from marketplace.custody.types import (
    Breach,
    BreachCause,
    BreachId,
    Consignment,
    ConsignmentId,
    ConsignmentState,
    Content,
    Decision,
    HandOff,
    HandOffId,
    HandOffKind,
    HandOffQuantity,
    Holder,
    HolderKind,
    Limits,
    Moved,
    Readings,
    Regrouping,
    RegroupingId,
    Signature,
    SignatureMethod,
    WaybillId,
)
from marketplace.kernel.message import Name
from marketplace.orders.types import FulfilmentId, OrderLineId
from marketplace.parties.types import PartyId, PersonId
from marketplace.places.types import DivisionCode

READINGS = tuple(Readings.__dataclass_fields__)
LIMITS = (
    "min_milli_c",
    "max_milli_c",
    "excursion_lower_milli_c",
    "excursion_upper_milli_c",
    "reject_above_milli_c",
    "tolerance_minutes",
)


def holder_of(kind: str, party_id: int | None, person_id: int | None, name: Any) -> Holder:
    return Holder(
        kind=HolderKind(kind),
        party_id=None if party_id is None else PartyId(party_id),
        person_id=None if person_id is None else PersonId(person_id),
        name=None if name is None else Name(*name),
    )


def holder_columns(stem: str, holder: Holder) -> dict[str, Any]:
    return {
        f"{stem}_kind": holder.kind,
        f"{stem}_party_id": holder.party_id,
        f"{stem}_person_id": holder.person_id,
        f"{stem}_name": None if holder.name is None else list(holder.name),
    }


def limits_columns(limits: Limits | None) -> dict[str, int | None]:
    """Spread limits over their columns; excursion limits inside the range would be none, so they give way."""
    if limits is None:
        return dict.fromkeys(LIMITS)
    low, high = limits.range.min_milli_c, limits.range.max_milli_c
    values = (
        low,
        high,
        min(limits.excursion_lower_milli_c, low),
        max(limits.excursion_upper_milli_c, high),
        limits.reject_above_milli_c,
        limits.tolerance_minutes,
    )
    return dict(zip(LIMITS, values, strict=True))


def content_of(row: ContentRow) -> Content:
    limits = None
    if row.min_milli_c is not None:
        assert row.max_milli_c is not None
        assert row.excursion_lower_milli_c is not None
        assert row.excursion_upper_milli_c is not None
        limits = Limits(
            range=TemperatureRange(min_milli_c=row.min_milli_c, max_milli_c=row.max_milli_c),
            excursion_lower_milli_c=row.excursion_lower_milli_c,
            excursion_upper_milli_c=row.excursion_upper_milli_c,
            reject_above_milli_c=row.reject_above_milli_c,
            tolerance_minutes=row.tolerance_minutes or 0,
        )
    return Content(
        order_line_id=OrderLineId(row.order_line_id),
        fulfilment_id=FulfilmentId(row.fulfilment_id),
        lot_id=LotId(row.lot_id),
        quantity=row.quantity,
        limits=limits,
    )


def consignment_of(row: ConsignmentRow, contents: Iterable[ContentRow]) -> Consignment:
    return Consignment(
        id=ConsignmentId(row.id),
        number=row.number,
        label_token=row.label_token,
        trace_token=row.trace_token,
        fulfilment_id=None if row.fulfilment_id is None else FulfilmentId(row.fulfilment_id),
        sender_id=PartyId(row.sender_id),
        destination_code=DivisionCode(row.destination_code),
        warehouse_id=None if row.warehouse_id is None else PartyId(row.warehouse_id),
        storage_kind=StorageKind(row.storage_kind),
        packages=row.packages,
        seal_number=row.seal_number,
        contents=tuple(content_of(one) for one in contents),
        holder=holder_of(row.holder_kind, row.holder_party_id, row.holder_person_id, row.holder_name),
        held_since=row.held_since,
        state=ConsignmentState(row.state),
        last_hand_off_id=None if row.last_hand_off_id is None else HandOffId(row.last_hand_off_id),
        opened_at=row.opened_at,
        received_at=row.received_at,
    )


def signature_as_json(signature: Signature | None) -> dict[str, Any] | None:
    if signature is None:
        return None
    return {
        "name": signature.name,
        "method": str(signature.method),
        "party_id": signature.party_id,
        "person_id": signature.person_id,
        "drawn_digest": signature.drawn_digest,
        "signed_at": signature.signed_at.isoformat(),
    }


def signature_of(stored: Any) -> Signature | None:
    if stored is None:
        return None
    return Signature(
        name=stored["name"],
        method=SignatureMethod(stored["method"]),
        party_id=stored["party_id"],
        person_id=stored["person_id"],
        drawn_digest=stored["drawn_digest"],
        signed_at=datetime.fromisoformat(stored["signed_at"]),
    )


def quantity_of(row: QuantityRow) -> HandOffQuantity:
    return HandOffQuantity(
        order_line_id=OrderLineId(row.order_line_id),
        lot_id=LotId(row.lot_id),
        given=row.given,
        received=row.received,
        lost=row.lost,
        kept=row.kept,
    )


def breach_of(row: BreachRow) -> Breach:
    return Breach(
        id=BreachId(row.id),
        hand_off_id=HandOffId(row.hand_off_id),
        order_line_id=OrderLineId(row.order_line_id),
        lot_id=LotId(row.lot_id),
        cause=BreachCause(row.cause),
        measured_milli_c=row.measured_milli_c,
        range=None
        if row.min_milli_c is None or row.max_milli_c is None
        else TemperatureRange(min_milli_c=row.min_milli_c, max_milli_c=row.max_milli_c),
        found_at=row.found_at,
        resolved_at=row.resolved_at,
        resolution=row.resolution,
    )


def hand_off_of(row: HandOffRow, quantities: Iterable[QuantityRow], breaches: Iterable[BreachRow]) -> HandOff:
    return HandOff(
        id=HandOffId(row.id),
        uid=row.uid,
        number=row.number,
        consignment_id=ConsignmentId(row.consignment_id),
        kind=HandOffKind(row.kind),
        from_holder=holder_of(row.from_kind, row.from_party_id, row.from_person_id, row.from_name),
        to_holder=holder_of(row.to_kind, row.to_party_id, row.to_person_id, row.to_name),
        place_code=DivisionCode(row.place_code),
        at=row.at,
        recorded_at=row.recorded_at,
        packages=row.packages,
        seal_number=row.seal_number,
        seal_intact=row.seal_intact,
        plate=row.plate,
        readings=Readings(**{name: getattr(row, name) for name in READINGS}),
        decision=Decision(row.decision),
        reason=row.reason,
        quantities=tuple(quantity_of(one) for one in quantities),
        giver_signature=signature_of(row.giver_signature),
        receiver_signature=signature_of(row.receiver_signature),
        photo_digests=tuple(row.photo_digests),
        previous_id=None if row.previous_id is None else HandOffId(row.previous_id),
        waybill_id=None if row.waybill_id is None else WaybillId(row.waybill_id),
        breaches=tuple(breach_of(one) for one in breaches),
        schema_version=row.schema_version,
        leaf_hash=row.leaf_hash,
    )


def regrouping_of(row: RegroupingRow, moved: Iterable[MovedRow]) -> Regrouping:
    signature = signature_of(row.signature)
    assert signature is not None
    return Regrouping(
        id=RegroupingId(row.id),
        uid=row.uid,
        holder=holder_of(row.holder_kind, row.holder_party_id, row.holder_person_id, row.holder_name),
        at=row.at,
        signature=signature,
        moved=tuple(
            Moved(
                from_id=ConsignmentId(one.from_id),
                to_id=ConsignmentId(one.to_id),
                order_line_id=OrderLineId(one.order_line_id),
                lot_id=LotId(one.lot_id),
                quantity=one.quantity,
            )
            for one in moved
        ),
        leaf_hash=row.leaf_hash,
    )
