"""Reads of what custody proves: evidence per line, accounts that close, records that were not changed."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session, aliased

from marketplace.catalogue.types import LotId
from marketplace.custody import kept, rules
from marketplace.custody.models import (
    BreachRow,
    ConsignmentRow,
    ContentRow,
    HandOffRow,
    MovedRow,
    QuantityRow,
    RegroupingRow,
    WaybillEventRow,
    WaybillRow,
)
from marketplace.custody.queries.journeys import hand_offs_from_rows
from marketplace.custody.types import (
    Account,
    BreachCause,
    ConsignmentState,
    CustodyEvidence,
    Decision,
    HandOffKind,
    HolderKind,
    WaybillEventKind,
)
from marketplace.orders.types import OrderLineId
from marketplace.transparency import queries as transparency
from marketplace.transparency.types import LeafId


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedRecord:
    """A record whose columns no longer say what its proved bytes say, or whose bytes are not its leaf's."""

    id: int
    number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What a batch of records came to; ``last_id`` is where the next begins, None behind the last."""

    count: int
    changed: tuple[ChangedRecord, ...]
    last_id: int | None


@dataclass(frozen=True, slots=True)
class _Arrival:
    on_the_way: int
    received: bool


def evidence(
    session: Session, order_line_ids: Collection[OrderLineId]
) -> Mapping[OrderLineId, CustodyEvidence]:
    """Return by what each line's arrival stands, for every line asked about, in three statements."""
    if not order_line_ids:
        return {}
    steps = _steps(session, order_line_ids)
    arrivals = _arrivals(session, order_line_ids)
    return {
        line_id: rules.evidence(
            steps.get(line_id, []),
            is_delivered=line_id in arrivals and not arrivals[line_id].on_the_way,
            is_received=line_id in arrivals and arrivals[line_id].received,
        )
        for line_id in order_line_ids
    }


def _steps(session: Session, line_ids: Collection[OrderLineId]) -> dict[OrderLineId, list[rules.Step]]:
    collected, signed = aliased(WaybillEventRow), aliased(WaybillEventRow)
    breached = (
        select(BreachRow.id)
        .where(
            BreachRow.hand_off_id == QuantityRow.hand_off_id,
            BreachRow.order_line_id == QuantityRow.order_line_id,
            BreachRow.cause != BreachCause.REFUSED,
        )
        .exists()
    )
    rows = session.execute(
        select(
            QuantityRow.order_line_id,
            HandOffRow.kind,
            HandOffRow.from_kind,
            HandOffRow.decision,
            HandOffRow.giver_signature.is_not(None),
            HandOffRow.receiver_signature.is_not(None),
            breached,
            collected.at.is_not(None),
            signed.at.is_not(None),
        )
        .join(HandOffRow, HandOffRow.id == QuantityRow.hand_off_id)
        .outerjoin(
            collected,
            and_(collected.waybill_id == HandOffRow.waybill_id, collected.kind == WaybillEventKind.COLLECTED),
        )
        .outerjoin(
            signed,
            and_(signed.waybill_id == HandOffRow.waybill_id, signed.kind == WaybillEventKind.SIGNED),
        )
        .where(QuantityRow.order_line_id.in_(line_ids))
        .order_by(HandOffRow.at, HandOffRow.id)
    )
    steps: dict[OrderLineId, list[rules.Step]] = defaultdict(list)
    for line_id, kind, giver, decision, gave, took, was_breached, was_collected, was_signed in rows:
        if decision == Decision.REFUSE and not was_breached:
            continue
        steps[OrderLineId(line_id)].append(
            rules.Step(
                kind=HandOffKind(kind),
                giver=HolderKind(giver),
                giver_signed=gave,
                receiver_signed=took,
                is_breached=was_breached,
                is_collected=was_collected,
                is_signed_for=was_signed,
            )
        )
    return steps


def _arrivals(session: Session, line_ids: Collection[OrderLineId]) -> dict[OrderLineId, _Arrival]:
    on_the_way = func.coalesce(
        func.sum(ContentRow.quantity).filter(ConsignmentRow.holder_kind != HolderKind.BUYER), 0
    )
    received = func.bool_or(and_(ConsignmentRow.state == ConsignmentState.RECEIVED, ContentRow.quantity > 0))
    rows = session.execute(
        select(ContentRow.order_line_id, on_the_way, received)
        .join(ConsignmentRow, ConsignmentRow.id == ContentRow.consignment_id)
        .where(ContentRow.order_line_id.in_(line_ids))
        .group_by(ContentRow.order_line_id)
    )
    return {OrderLineId(line): _Arrival(int(left), bool(got)) for line, left, got in rows}


def accounts(session: Session, order_line_ids: Collection[OrderLineId]) -> list[Account]:
    """Return every holder's account of each line and lot, in two statements; each must close."""
    came: dict[tuple[str, int, int], int] = defaultdict(int)
    went, lost, on_hand = came.copy(), came.copy(), came.copy()
    for row, content in session.execute(
        select(ConsignmentRow, ContentRow)
        .join(ConsignmentRow, ConsignmentRow.id == ContentRow.consignment_id)
        .where(ContentRow.order_line_id.in_(order_line_ids))
        .execution_options(populate_existing=True)
    ):
        where = (content.order_line_id, content.lot_id)
        if row.regrouping_id is None:
            came[f"{HolderKind.COOPERATIVE}:{row.sender_id}", *where] += content.packed
        holder = kept.holder_of(row.holder_kind, row.holder_party_id, row.holder_person_id, None)
        on_hand[holder.key, *where] += content.quantity
    for giver, taker, line, lot, received, gone in session.execute(
        select(
            HandOffRow.from_key,
            HandOffRow.to_key,
            QuantityRow.order_line_id,
            QuantityRow.lot_id,
            QuantityRow.received,
            QuantityRow.lost,
        )
        .join(HandOffRow, HandOffRow.id == QuantityRow.hand_off_id)
        .where(QuantityRow.order_line_id.in_(order_line_ids), HandOffRow.decision != Decision.REFUSE)
    ):
        went[giver, line, lot] += received
        lost[giver, line, lot] += gone
        came[taker, line, lot] += received
    return [
        Account(
            holder_key=holder,
            order_line_id=OrderLineId(line),
            lot_id=LotId(lot),
            came=came[holder, line, lot],
            went=went[holder, line, lot],
            lost=lost[holder, line, lot],
            on_hand=on_hand[holder, line, lot],
        )
        for holder, line, lot in sorted({*came, *went, *lost, *on_hand})
    ]


def verify(session: Session, *, after_id: int = 0, limit: int = 1000) -> Verified:
    """Hold so many hand-offs after a key against what was proved; none changed is right.

    The stored bytes are hashed and held against the log's leaf, and rebuilt from the columns.
    """
    previous = aliased(HandOffRow)
    rows = session.execute(
        select(
            HandOffRow,
            ConsignmentRow.number,
            func.coalesce(previous.leaf_hash, RegroupingRow.leaf_hash),
            WaybillRow.courier,
            WaybillRow.number,
        )
        .join(ConsignmentRow, ConsignmentRow.id == HandOffRow.consignment_id)
        .outerjoin(previous, previous.id == HandOffRow.previous_id)
        .outerjoin(RegroupingRow, RegroupingRow.id == ConsignmentRow.regrouping_id)
        .outerjoin(WaybillRow, WaybillRow.id == HandOffRow.waybill_id)
        .where(HandOffRow.id > after_id)
        .order_by(HandOffRow.id)
        .limit(limit)
        .execution_options(populate_existing=True)
    ).all()
    parts = hand_offs_from_rows(session, [row[0] for row in rows])
    leaves = transparency.leaves_by_id(session, [LeafId(row[0].leaf_id) for row in rows])
    changed: list[ChangedRecord] = []
    for row, number, before, courier, waybill in rows:
        around = rules.Surroundings(
            consignment_number=number,
            previous_leaf=before,
            salt=row.salt,
            waybill=None if courier is None else (courier, waybill),
        )
        content = rules.canonical(rules.hand_off_document(parts[row.id], around))
        leaf = leaves[LeafId(row.leaf_id)].leaf_hash
        if content != row.canonical or not rules.leaf_of(row.canonical) == row.leaf_hash == leaf:
            changed.append(ChangedRecord(id=row.id, number=row.number))
    last_id = rows[-1][0].id if len(rows) == limit else None
    return Verified(count=len(rows), changed=tuple(changed), last_id=last_id)


def verify_regroupings(session: Session, *, after_id: int = 0, limit: int = 1000) -> Verified:
    """Hold so many splits and mergers after a key against what was proved, as ``verify`` does hand-offs."""
    rows = session.scalars(
        select(RegroupingRow)
        .where(RegroupingRow.id > after_id)
        .order_by(RegroupingRow.id)
        .limit(limit)
        .execution_options(populate_existing=True)
    ).all()
    source, target = aliased(ConsignmentRow), aliased(ConsignmentRow)
    moves: dict[int, list[rules.Move]] = defaultdict(list)
    for regrouping_id, *move in session.execute(
        select(
            MovedRow.regrouping_id,
            source.number,
            target.number,
            MovedRow.order_line_id,
            MovedRow.lot_id,
            MovedRow.quantity,
        )
        .join(source, source.id == MovedRow.from_id)
        .join(target, target.id == MovedRow.to_id)
        .where(MovedRow.regrouping_id.in_([row.id for row in rows]))
    ):
        moves[regrouping_id].append((move[0], move[1], move[2], move[3], move[4]))
    leaves = transparency.leaves_by_id(session, [LeafId(row.leaf_id) for row in rows])
    changed: list[ChangedRecord] = []
    for row in rows:
        document = rules.regrouping_document(kept.regrouping_of(row, ()), row.salt, moves[row.id])
        leaf = leaves[LeafId(row.leaf_id)].leaf_hash
        is_same = rules.canonical(document) == row.canonical
        if not is_same or not rules.leaf_of(row.canonical) == row.leaf_hash == leaf:
            changed.append(ChangedRecord(id=row.id, number=str(row.uid)))
    last_id = rows[-1].id if len(rows) == limit else None
    return Verified(count=len(rows), changed=tuple(changed), last_id=last_id)


def verify_all(session: Session, *, batch: int = 1000) -> Iterator[Verified]:
    """Hold every record against what was proved, batch by batch, and forget each batch."""
    for look in (verify, verify_regroupings):
        after: int | None = 0
        while after is not None:
            checked = look(session, after_id=after, limit=batch)
            session.expunge_all()
            yield checked
            after = checked.last_id
