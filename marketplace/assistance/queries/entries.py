"""The entries behind every figure."""

from collections.abc import Iterator, Mapping

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.assistance.models import EntryRow
from marketplace.assistance.queries.selecting import conditions
from marketplace.assistance.refusals import UnknownEntry
from marketplace.assistance.types import BuyerKind, Channel, Entry, EntryId, Mode, Reason, Selection, Stage
from marketplace.catalogue.types import CertificateProof
from marketplace.custody.types import CustodyEvidence
from marketplace.kernel.paging import Page, offset
from marketplace.orders.types import OrderId, OrderLineId
from marketplace.places.types import DivisionCode, PairingId, PairingState


def lines(session: Session, selection: Selection, *, page: int = 1, per_page: int = 50) -> Page[Entry]:
    """Return the entries behind a figure, newest first."""
    wanted = conditions(EntryRow, selection)
    total = session.scalar(select(func.count()).select_from(EntryRow).where(*wanted)) or 0
    rows = session.scalars(
        select(EntryRow)
        .where(*wanted)
        .order_by(EntryRow.id.desc())
        .limit(per_page)
        .offset(offset(page, per_page))
    )
    return Page([entry_from_row(row) for row in rows], total, page, per_page)


def sum_of_lines(session: Session, selection: Selection) -> int:
    """Add up the entries behind a figure, in fen: what the figure itself shows."""
    return sum(sums_by_stage(session, selection).values())


def sums_by_stage(session: Session, selection: Selection) -> Mapping[Stage, int]:
    """Add up the entries of each stage by themselves, in fen: an order is in all that it has reached."""
    amount = func.sum(EntryRow.amount_fen)
    rows = session.execute(
        select(EntryRow.stage, amount).where(*conditions(EntryRow, selection)).group_by(EntryRow.stage)
    )
    found = {Stage(stage): int(fen) for stage, fen in rows}
    return {stage: found[stage] for stage in Stage if stage in found}


def each_line(session: Session, selection: Selection) -> Iterator[Entry]:
    """Go through the entries behind a figure, oldest first, a thousand at a time."""
    rows = session.scalars(
        select(EntryRow)
        .where(*conditions(EntryRow, selection))
        .order_by(EntryRow.id)
        .execution_options(yield_per=1000)
    )
    return map(entry_from_row, rows)


def get_entry(session: Session, entry_id: int, selection: Selection) -> Entry:
    """Return an entry within a reader's reach; refuses (UnknownEntry) any other."""
    row = session.scalars(
        select(EntryRow).where(EntryRow.id == entry_id, *conditions(EntryRow, selection))
    ).one_or_none()
    if row is None:
        raise UnknownEntry
    return entry_from_row(row)


def entries_of_order(session: Session, order_id: OrderId) -> list[Entry]:
    """Return everything recorded of an order, oldest first."""
    rows = session.scalars(select(EntryRow).where(EntryRow.order_id == order_id).order_by(EntryRow.id))
    return [entry_from_row(row) for row in rows]


def entries_of_line(session: Session, order_line_id: OrderLineId) -> list[Entry]:
    """Return everything recorded of an order line, oldest first."""
    rows = session.scalars(
        select(EntryRow).where(EntryRow.order_line_id == order_line_id).order_by(EntryRow.id)
    )
    return [entry_from_row(row) for row in rows]


def standing_by(
    session: Session, pairing_id: PairingId, state: PairingState, *, after: int = 0, limit: int = 500
) -> list[Entry]:
    """Return lines counted under a pairing in a state, each by its first entry, in order of lines."""
    standing = (
        select(EntryRow.order_line_id, func.min(EntryRow.id).label("first_id"))
        .where(
            EntryRow.pairing_id == pairing_id,
            EntryRow.pairing_state == state,
            EntryRow.order_line_id > after,
        )
        .group_by(EntryRow.order_line_id, EntryRow.stage, EntryRow.month)
        .having(func.sum(EntryRow.amount_fen) != 0)
        .subquery()
    )
    firsts = select(func.min(standing.c.first_id)).group_by(standing.c.order_line_id)
    rows = session.scalars(
        select(EntryRow).where(EntryRow.id.in_(firsts)).order_by(EntryRow.order_line_id).limit(limit)
    )
    return [entry_from_row(row) for row in rows]


def entry_from_row(row: EntryRow) -> Entry:
    return Entry(
        id=EntryId(row.id),
        stage=Stage(row.stage),
        reason=Reason(row.reason),
        reverses_id=EntryId(row.reverses_id) if row.reverses_id is not None else None,
        order_line_id=OrderLineId(row.order_line_id),
        order_id=OrderId(row.order_id),
        ordered_on=row.ordered_on,
        amount_fen=row.amount_fen,
        at=row.at,
        month=row.month,
        origin_county=DivisionCode(row.county_code),
        prefecture_code=DivisionCode(row.prefecture_code),
        city_code=DivisionCode(row.city_code),
        pairing_state=PairingState(row.pairing_state),
        pairing_id=PairingId(row.pairing_id) if row.pairing_id is not None else None,
        industry_code=row.industry_code,
        channel=Channel(row.channel),
        mode=Mode(row.mode),
        buyer_kind=BuyerKind(row.buyer_kind),
        buyer_id=row.buyer_id,
        poverty_alleviated=row.poverty_alleviated,
        key_county=row.key_county,
        certificates=tuple(CertificateProof.from_json(kept) for kept in row.certificates),
        evidence=CustodyEvidence(row.evidence),
        recognition_version=row.recognition_version,
    )
