"""Reads of loads: by label, by part, by who has them; a list costs two statements however long."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from marketplace.custody import kept, rules
from marketplace.custody.models import ConsignmentRow, ContentRow, HandOffRow, WaybillEventRow, WaybillRow
from marketplace.custody.refusals import UnknownConsignment, UnknownWaybill
from marketplace.custody.types import (
    Consignment,
    ConsignmentId,
    ConsignmentState,
    HolderKind,
    Waybill,
    WaybillEvent,
    WaybillEventKind,
    WaybillId,
)
from marketplace.kernel.paging import Page, offset
from marketplace.orders.types import FulfilmentId
from marketplace.parties.types import PartyId, PersonId

_UNDER_WAY = [one for one in ConsignmentState if rules.is_under_way(one)]


def consignment_by_token(session: Session, label_token: str) -> Consignment:
    """Return the load whose label was scanned. Refuses (UnknownConsignment)."""
    return _one(session, ConsignmentRow.label_token == label_token)


def get_consignment(session: Session, consignment_id: ConsignmentId) -> Consignment:
    """Refuses (UnknownConsignment)."""
    return _one(session, ConsignmentRow.id == consignment_id)


def find_by_number(session: Session, number: str) -> Consignment | None:
    """Return a load by the number printed on it."""
    return next(iter(_consignments(session, ConsignmentRow.number == number)), None)


def consignments_by_id(
    session: Session, consignment_ids: Collection[ConsignmentId]
) -> Mapping[ConsignmentId, Consignment]:
    if not consignment_ids:
        return {}
    return {one.id: one for one in _consignments(session, ConsignmentRow.id.in_(consignment_ids))}


def consignments_by_token(session: Session, label_tokens: Collection[str]) -> list[Consignment]:
    """Return the loads of several labels, for a hand-over of all at once; unknown ones are left out."""
    return _consignments(session, ConsignmentRow.label_token.in_(label_tokens)) if label_tokens else []


def consignments_of(
    session: Session, fulfilment_ids: Collection[FulfilmentId]
) -> Mapping[FulfilmentId, tuple[Consignment, ...]]:
    """Return the loads that hold goods of each part now, or brought them to the buyer."""
    if not fulfilment_ids:
        return {}
    with_goods = select(ContentRow.consignment_id).where(
        ContentRow.fulfilment_id.in_(fulfilment_ids), ContentRow.quantity > 0
    )
    found: dict[FulfilmentId, tuple[Consignment, ...]] = defaultdict(tuple)
    for one in _consignments(session, ConsignmentRow.id.in_(with_goods)):
        for part in sorted({content.fulfilment_id for content in one.contents if content.quantity}):
            found[part] = (*found[part], one)
    return dict(found)


def waiting(session: Session, *, page: int = 1, per_page: int = 50) -> Page[Consignment]:
    """Return packed loads that wait at their cooperatives for a carrier, the longest first."""
    return _page(session, ConsignmentRow.state == ConsignmentState.WAITING, page, per_page)


def in_custody(
    session: Session,
    *,
    party_ids: Sequence[PartyId] = (),
    person_id: PersonId | None = None,
    page: int = 1,
    per_page: int = 50,
) -> Page[Consignment]:
    """Return loads that parties, or a driver without one, have in custody, the longest first."""
    mine: list[ColumnElement[bool]] = [ConsignmentRow.holder_party_id.in_(party_ids)] if party_ids else []
    if person_id is not None:
        mine.append(ConsignmentRow.holder_person_id == person_id)
    if not mine:
        return Page([], 0, page, per_page)
    return _page(session, or_(*mine) & ConsignmentRow.state.in_(_UNDER_WAY), page, per_page)


def expected_at(
    session: Session, warehouse_id: PartyId, *, page: int = 1, per_page: int = 50
) -> Page[Consignment]:
    """Return loads on their way to a warehouse, the longest first."""
    wanted = (
        (ConsignmentRow.warehouse_id == warehouse_id)
        & ConsignmentRow.state.in_([ConsignmentState.WAITING, ConsignmentState.ON_THE_ROAD])
        & ConsignmentRow.last_hand_off_id.is_not(None)
    )
    return _page(session, wanted, page, per_page)


def with_couriers(
    session: Session, party_ids: Collection[PartyId], *, page: int = 1, per_page: int = 50
) -> Page[Consignment]:
    """Return loads that parties gave to couriers and that have not arrived, the longest first."""
    given = select(HandOffRow.id).where(
        HandOffRow.id == ConsignmentRow.last_hand_off_id, HandOffRow.from_party_id.in_(party_ids)
    )
    wanted = (ConsignmentRow.state == ConsignmentState.WITH_COURIER) & given.exists()
    return _page(session, wanted, page, per_page)


def undelivered(session: Session, fulfilment_ids: Collection[FulfilmentId]) -> frozenset[FulfilmentId]:
    """Return the parts of which something has not reached the buyer yet."""
    if not fulfilment_ids:
        return frozenset()
    rows = session.scalars(
        select(ContentRow.fulfilment_id)
        .join(ConsignmentRow, ConsignmentRow.id == ContentRow.consignment_id)
        .where(
            ContentRow.fulfilment_id.in_(fulfilment_ids),
            ContentRow.quantity > 0,
            ConsignmentRow.holder_kind != HolderKind.BUYER,
        )
        .distinct()
    )
    return frozenset(FulfilmentId(one) for one in rows)


def find_waybill(session: Session, number: str, courier: str | None = None) -> Waybill:
    """Return an express parcel; refuses (UnknownWaybill) none, or several of different couriers."""
    query = select(WaybillRow.id).where(WaybillRow.number == number)
    if courier is not None:
        query = query.where(WaybillRow.courier == courier)
    ids = session.scalars(query).all()
    if len(ids) != 1:
        raise UnknownWaybill
    return waybills(session, WaybillRow.id == ids[0])[0]


def waybills_of(
    session: Session, consignment_ids: Collection[ConsignmentId]
) -> Mapping[ConsignmentId, tuple[Waybill, ...]]:
    """Return each load's express parcels, oldest first."""
    found: dict[ConsignmentId, tuple[Waybill, ...]] = defaultdict(tuple)
    for one in waybills(session, WaybillRow.consignment_id.in_(consignment_ids)):
        found[one.consignment_id] = (*found[one.consignment_id], one)
    return dict(found)


def waybills(session: Session, wanted: ColumnElement[bool]) -> list[Waybill]:
    """Return parcels with their events, in one statement."""
    rows: dict[int, WaybillRow] = {}
    events: dict[int, list[WaybillEvent]] = defaultdict(list)
    for row, event in session.execute(
        select(WaybillRow, WaybillEventRow)
        .outerjoin(WaybillEventRow, WaybillEventRow.waybill_id == WaybillRow.id)
        .where(wanted)
        .order_by(WaybillRow.id, WaybillEventRow.at)
    ):
        rows[row.id] = row
        if event is not None:
            events[row.id].append(
                WaybillEvent(kind=WaybillEventKind(event.kind), at=event.at, recorded_at=event.recorded_at)
            )
    return [
        Waybill(
            id=WaybillId(row.id),
            consignment_id=ConsignmentId(row.consignment_id),
            courier=row.courier,
            number=row.number,
            events=tuple(events[row.id]),
        )
        for row in rows.values()
    ]


def _one(session: Session, wanted: ColumnElement[bool]) -> Consignment:
    found = _consignments(session, wanted)
    if not found:
        raise UnknownConsignment
    return found[0]


def _page(session: Session, wanted: ColumnElement[bool], page: int, per_page: int) -> Page[Consignment]:
    total = session.scalar(select(func.count()).select_from(ConsignmentRow).where(wanted)) or 0
    rows = session.scalars(
        select(ConsignmentRow)
        .where(wanted)
        .order_by(ConsignmentRow.id)
        .limit(per_page)
        .offset(offset(page, per_page))
        .execution_options(populate_existing=True)
    ).all()
    return Page(with_contents(session, rows), total, page, per_page)


def _consignments(session: Session, wanted: ColumnElement[bool]) -> list[Consignment]:
    rows = session.scalars(
        select(ConsignmentRow)
        .where(wanted)
        .order_by(ConsignmentRow.id)
        .execution_options(populate_existing=True)
    ).all()
    return with_contents(session, rows)


def with_contents(session: Session, rows: Sequence[ConsignmentRow]) -> list[Consignment]:
    contents: dict[int, list[ContentRow]] = defaultdict(list)
    if rows:
        for content in session.scalars(
            select(ContentRow)
            .where(ContentRow.consignment_id.in_([row.id for row in rows]))
            .order_by(ContentRow.consignment_id, ContentRow.order_line_id, ContentRow.lot_id)
            .execution_options(populate_existing=True)
        ):
            contents[content.consignment_id].append(content)
    return [kept.consignment_of(row, contents[row.id]) for row in rows]
