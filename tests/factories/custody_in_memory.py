"""Hand-offs that never saw a database."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from marketplace.catalogue.types import LotId, TemperatureRange
from marketplace.custody.types import (
    Breach,
    BreachCause,
    BreachId,
    ConsignmentId,
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
)
from marketplace.kernel.message import Name
from marketplace.orders.types import FulfilmentId, OrderLineId
from marketplace.parties.types import PartyId, PersonId
from marketplace.places.types import DivisionCode

AT = datetime(2026, 11, 23, 4, 30, tzinfo=UTC)
COOPERATIVE = Holder(kind=HolderKind.COOPERATIVE, party_id=PartyId(1), name=Name("社（演示）", "", "Co-op"))
CARRIER = Holder(kind=HolderKind.CARRIER, party_id=PartyId(2), name=Name("车队（演示）", "", "Fleet"))
WAREHOUSE = Holder(kind=HolderKind.WAREHOUSE, party_id=PartyId(3), name=Name("云仓（演示）", "", "Store"))
DRIVER = Holder(kind=HolderKind.CARRIER, person_id=PersonId(9))
COURIER = Holder(kind=HolderKind.COURIER, name=Name("速运（演示）", "", "Express"))
BUYER = Holder(kind=HolderKind.BUYER)


def temperature_range(low: int, high: int) -> TemperatureRange:
    return TemperatureRange(min_milli_c=low, max_milli_c=high)


def limits(**overrides: Any) -> Limits:
    """What kiwis bear: 0 to 4 ℃, between −0.5 and 8 for two hours."""
    values: dict[str, Any] = {
        "range": temperature_range(0, 4_000),
        "excursion_lower_milli_c": -500,
        "excursion_upper_milli_c": 8_000,
        "tolerance_minutes": 120,
    }
    return Limits(**(values | overrides))


def content(line: int = 1, lot: int = 1, quantity: int = 5, **overrides: Any) -> Content:
    values: dict[str, Any] = {
        "order_line_id": OrderLineId(line),
        "fulfilment_id": FulfilmentId(1),
        "lot_id": LotId(lot),
        "quantity": quantity,
        "limits": limits(),
    }
    return Content(**(values | overrides))


def signature(who: Holder, name: str = "张三（演示）") -> Signature:
    return Signature(
        name=name,
        method=SignatureMethod.ACCOUNT,
        party_id=who.party_id,
        person_id=who.person_id,
        drawn_digest=None,
        signed_at=AT,
    )


def hand_off(**overrides: Any) -> HandOff:
    """A pick-up of five packs, signed by both, cool."""
    made = HandOff(
        id=HandOffId(1),
        uid=UUID("0f8fad5b-d9cb-469f-a165-70867728950e"),
        number="J261123-ABCDEFG",
        consignment_id=ConsignmentId(1),
        kind=HandOffKind.PICK_UP,
        from_holder=COOPERATIVE,
        to_holder=CARRIER,
        place_code=DivisionCode("522633"),
        at=AT,
        recorded_at=AT + timedelta(seconds=20),
        packages=1,
        seal_number="FQ-0001",
        seal_intact=True,
        plate="粤A00000",
        readings=Readings(surface_min_milli_c=1_500, surface_max_milli_c=3_000),
        decision=Decision.ACCEPT,
        reason=None,
        quantities=(
            HandOffQuantity(
                order_line_id=OrderLineId(1), lot_id=LotId(1), given=5, received=5, lost=0, kept=0
            ),
        ),
        giver_signature=signature(COOPERATIVE),
        receiver_signature=signature(CARRIER, "李四（演示）"),
        photo_digests=(),
        previous_id=None,
        waybill_id=None,
        breaches=(),
        schema_version=1,
        leaf_hash=b"\x01" * 32,
    )
    return replace(made, **overrides)


def breach(cause: BreachCause = BreachCause.HIGH, measured: int | None = 9_000) -> Breach:
    return Breach(
        id=BreachId(1),
        hand_off_id=HandOffId(1),
        order_line_id=OrderLineId(1),
        lot_id=LotId(1),
        cause=cause,
        measured_milli_c=measured,
        range=temperature_range(0, 4_000) if measured is not None else None,
        found_at=AT,
        resolved_at=None,
        resolution=None,
    )


def regrouping() -> Regrouping:
    """Two loads put into one, and a pack of the first into another."""

    def moved(source: int, target: int, lot: int, quantity: int) -> Moved:
        return Moved(
            from_id=ConsignmentId(source),
            to_id=ConsignmentId(target),
            order_line_id=OrderLineId(lot),
            lot_id=LotId(lot),
            quantity=quantity,
        )

    return Regrouping(
        id=RegroupingId(1),
        uid=UUID("7c9e6679-7425-40de-944b-e07fc1f90ae7"),
        holder=WAREHOUSE,
        at=AT,
        signature=signature(WAREHOUSE),
        moved=(moved(1, 3, 1, 4), moved(2, 3, 2, 6), moved(1, 4, 1, 1)),
        leaf_hash=b"\x02" * 32,
    )
