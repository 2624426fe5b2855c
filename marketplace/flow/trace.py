"""The public journey of goods: what was measured and who had them, and nothing about any person."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue.types import CertificateProof, Lot, LotId, LotStatus, StorageKind, TemperatureRange
from marketplace.custody import queries as custody
from marketplace.custody.types import (
    BreachCause,
    Consignment,
    ConsignmentState,
    HandOff,
    HandOffKind,
    HolderKind,
    Journey,
    Regrouping,
    WaybillEventKind,
)
from marketplace.kernel.message import Name
from marketplace.orders import queries as orders
from marketplace.orders.types import OrderLine, OrderLineId
from marketplace.places import queries as places
from marketplace.places.types import DivisionCode


@dataclass(frozen=True, slots=True, kw_only=True)
class TracedLot:
    """One lot in the parcel: its day and the papers it travels with, by the paper's code.

    ``commitment_token`` opens the lot's own 承诺达标合格证.
    """

    code: str
    harvested_on: date
    expires_on: date | None
    papers: Mapping[str, str]
    commitment_token: str | None
    is_recalled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TracedLine:
    """Goods in the parcel: what, from where, by whose word."""

    product_name: Name
    product_slug: str
    pack: Name
    county_code: DivisionCode
    producer_name: Name
    range: TemperatureRange | None
    certificates: tuple[CertificateProof, ...]
    lots: tuple[TracedLot, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TracedStep:
    """One step of the journey; ``what`` is a hand-off's kind, ``regrouped``, ``collected`` or ``received``.

    Parties are named, people never; the place is no closer than a county or a city.
    """

    what: str
    at: datetime
    place_code: DivisionCode | None = None
    from_name: Name | None = None
    to_name: Name | None = None
    to_kind: HolderKind | None = None
    measured: TemperatureRange | None = None
    breach: BreachCause | None = None
    is_refused: bool = False
    is_double_signed: bool = False
    seal_intact: bool | None = None
    lost: int = 0
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    token: str
    storage_kind: StorageKind
    state: ConsignmentState
    destination_code: DivisionCode
    range: TemperatureRange | None
    seen: TemperatureRange | None
    is_breached: bool
    opened_at: datetime
    lines: tuple[TracedLine, ...]
    steps: tuple[TracedStep, ...]


def find_trace(session: Session, token: str) -> Trace | None:
    """Return the journey of a public token, or of a label's own; None where there is none (yet)."""
    journey = custody.find_journey(session, token)
    if journey is None:
        return None
    load = journey.consignment
    city = places.atlas(session).city_of(load.destination_code)
    lines = orders.lines_by_id(session, {one.order_line_id for one in load.contents})
    measured = [one for hand_off in journey.hand_offs if (one := _measured(hand_off)) is not None]
    return Trace(
        token=load.trace_token,
        storage_kind=load.storage_kind,
        state=_state(journey),
        destination_code=city,
        range=load.range,
        seen=_hull(measured),
        is_breached=any(one.is_breached for one in journey.hand_offs),
        opened_at=min(one.opened_at for one in journey.loads),
        lines=tuple(_lines(session, load, lines)),
        steps=tuple(_steps(journey, city)),
    )


def _lines(
    session: Session, load: Consignment, lines: Mapping[OrderLineId, OrderLine]
) -> Iterable[TracedLine]:
    lot_ids = {one.lot_id for one in load.contents}
    lots = catalogue.lots_and_commitments(session, lot_ids)
    papers = catalogue.papers_of_lots(session, lot_ids)
    for line in sorted(lines.values(), key=lambda one: one.no):
        contents = [one for one in load.contents if one.order_line_id == line.id]
        limits = next((one.limits for one in contents if one.limits is not None), None)
        yield TracedLine(
            product_name=line.product_name,
            product_slug=line.product_slug,
            pack=line.pack,
            county_code=line.county_code,
            producer_name=line.producer_name,
            range=None if limits is None else limits.range,
            certificates=line.certificates,
            lots=tuple(_lot(*lots[one.lot_id], papers) for one in contents),
        )


def _lot(lot: Lot, commitment_token: str | None, papers: Mapping[LotId, Mapping[str, str]]) -> TracedLot:
    return TracedLot(
        code=lot.code,
        harvested_on=lot.harvested_on,
        expires_on=lot.expires_on,
        papers=papers.get(lot.id, {}),
        commitment_token=commitment_token,
        is_recalled=lot.status is LotStatus.RECALLED,
    )


def _steps(journey: Journey, city: DivisionCode) -> list[TracedStep]:
    steps = [_of_hand_off(one, city) for one in journey.hand_offs]
    steps += [_of_regrouping(one) for one in journey.regroupings]
    steps += [
        TracedStep(what=str(event.kind), at=event.at, note=waybill.courier)
        for waybill in journey.waybills
        for event in waybill.events
        if event.kind is WaybillEventKind.COLLECTED
    ]
    received = journey.consignment.received_at
    if received is not None and not any(one.kind is HandOffKind.RECEIPT for one in journey.hand_offs):
        steps.append(TracedStep(what="received", at=received, place_code=city))
    return sorted(steps, key=lambda one: one.at)


def _of_hand_off(one: HandOff, city: DivisionCode) -> TracedStep:
    arrives = one.to_holder.kind is HolderKind.BUYER
    breach = next((found.cause for found in one.breaches if found.measured_milli_c is not None), None)
    return TracedStep(
        what=str(one.kind),
        at=one.at,
        place_code=city if arrives else one.place_code,
        from_name=one.from_holder.name,
        to_name=one.to_holder.name,
        to_kind=one.to_holder.kind,
        measured=_measured(one),
        breach=breach,
        is_refused=not one.is_accepted,
        is_double_signed=one.is_double_signed,
        seal_intact=one.seal_intact,
        lost=sum(quantity.lost for quantity in one.quantities),
    )


def _of_regrouping(one: Regrouping) -> TracedStep:
    return TracedStep(what="regrouped", at=one.at, from_name=one.holder.name, to_name=one.holder.name)


def _measured(one: HandOff) -> TemperatureRange | None:
    seen = [
        value
        for value in (
            one.readings.surface_min_milli_c,
            one.readings.surface_max_milli_c,
            one.readings.core_milli_c,
            one.readings.logger_min_milli_c,
            one.readings.logger_max_milli_c,
        )
        if value is not None
    ]
    return TemperatureRange(min_milli_c=min(seen), max_milli_c=max(seen)) if seen else None


def _hull(ranges: list[TemperatureRange]) -> TemperatureRange | None:
    if not ranges:
        return None
    return TemperatureRange(
        min_milli_c=min(one.min_milli_c for one in ranges), max_milli_c=max(one.max_milli_c for one in ranges)
    )


def _state(journey: Journey) -> ConsignmentState:
    """Say where the goods are: of a load that was put into others, where those are."""
    own = journey.consignment.state
    if own is not ConsignmentState.REGROUPED:
        return own
    now = [one.state for one in journey.loads if one.state is not ConsignmentState.REGROUPED]
    order = list(ConsignmentState)
    return min(now, key=order.index, default=own)
