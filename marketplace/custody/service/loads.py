"""Loads, locked: a packed load is opened, and what several writers may want is taken one at a time."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from marketplace.custody import kept, rules
from marketplace.custody.models import ConsignmentRow, ContentRow
from marketplace.custody.refusals import UnknownConsignment
from marketplace.custody.types import (
    Consignment,
    ConsignmentDraft,
    ConsignmentId,
    ConsignmentState,
    Content,
    Holder,
    HolderKind,
    RegroupingId,
)
from marketplace.kernel import ids, journal, time
from marketplace.kernel.locking import locked
from marketplace.orders.types import FulfilmentId
from marketplace.parties import queries as parties


@dataclass(slots=True)
class Load:
    """A consignment's row with its contents' rows, locked until the transaction ends."""

    row: ConsignmentRow
    contents: list[ContentRow]

    @property
    def consignment(self) -> Consignment:
        return kept.consignment_of(self.row, self.contents)


def open_consignment(session: Session, draft: ConsignmentDraft) -> Consignment:
    """Open the consignment of a packed part; a second call returns the first one's.

    Its sender, the cooperative, is its first holder. Refuses (UnknownConsignment) an empty load.
    """
    if draft.fulfilment_id is not None:
        there = session.scalars(
            select(ConsignmentRow).where(
                ConsignmentRow.fulfilment_id == draft.fulfilment_id, ConsignmentRow.regrouping_id.is_(None)
            )
        ).one_or_none()
        if there is not None:
            return lock(session, [ConsignmentId(there.id)])[ConsignmentId(there.id)].consignment
    if not draft.contents:
        raise UnknownConsignment
    sender = parties.get_party(session, draft.sender_id)
    holder = Holder(kind=HolderKind.COOPERATIVE, party_id=sender.id, name=sender.name)
    return add(session, [draft], holder, time.now())[0]


def add(
    session: Session,
    drafts: Sequence[ConsignmentDraft],
    holder: Holder,
    at: datetime,
    regrouping_id: RegroupingId | None = None,
    numbers: Sequence[str] | None = None,
) -> list[Consignment]:
    """Store new loads in the hands of a holder."""
    numbers = numbers or [ids.public_number("T", time.today()) for _draft in drafts]
    rows = [
        _row(draft, number, holder, at, regrouping_id) for draft, number in zip(drafts, numbers, strict=True)
    ]
    session.add_all(rows)
    session.flush()
    columns = [
        {
            "consignment_id": row.id,
            "order_line_id": one.order_line_id,
            "lot_id": one.lot_id,
            "fulfilment_id": one.fulfilment_id,
            "packed": one.quantity,
            "quantity": one.quantity,
            **kept.limits_columns(one.limits),
        }
        for row, draft in zip(rows, drafts, strict=True)
        for one in draft.contents
    ]
    session.execute(insert(ContentRow), columns)
    for row in rows:
        journal.write(session, "consignment", row.id, "opened", number=row.number)
    found = lock(session, [ConsignmentId(row.id) for row in rows])
    return [found[ConsignmentId(row.id)].consignment for row in rows]


def lock(session: Session, consignment_ids: Collection[ConsignmentId]) -> Mapping[ConsignmentId, Load]:
    """Lock consignments, by ascending key, and return them with their contents, in two statements.

    Refuses (UnknownConsignment).
    """
    rows = locked(session, ConsignmentRow, consignment_ids, UnknownConsignment).values()
    contents: dict[int, list[ContentRow]] = defaultdict(list)
    for content in session.scalars(
        select(ContentRow)
        .where(ContentRow.consignment_id.in_(consignment_ids))
        .order_by(ContentRow.consignment_id, ContentRow.order_line_id, ContentRow.lot_id)
        .execution_options(populate_existing=True)
    ):
        contents[content.consignment_id].append(content)
    return {ConsignmentId(row.id): Load(row, contents[row.id]) for row in rows}


def give(row: ConsignmentRow, holder: Holder, at: datetime, state: ConsignmentState) -> None:
    """Write into a locked row who has the load now."""
    assert rules.may_become(ConsignmentState(row.state), state) or row.state == state
    for column, value in kept.holder_columns("holder", holder).items():
        setattr(row, column, value)
    row.held_since = at
    row.state = state


def _row(
    draft: ConsignmentDraft, number: str, holder: Holder, at: datetime, regrouping_id: RegroupingId | None
) -> ConsignmentRow:
    return ConsignmentRow(
        number=number,
        label_token=draft.label_token,
        trace_token=rules.trace_token(draft.label_token),
        fulfilment_id=draft.fulfilment_id,
        regrouping_id=regrouping_id,
        sender_id=draft.sender_id,
        destination_code=draft.destination_code,
        warehouse_id=draft.warehouse_id,
        storage_kind=draft.storage_kind,
        packages=draft.packages,
        seal_number=draft.seal_number,
        state=rules.STATE_OF_HOLDER[holder.kind],
        **kept.holder_columns("holder", holder),
        held_since=at,
        opened_at=at,
    )


def only_fulfilment(contents: Iterable[Content]) -> FulfilmentId | None:
    """Return the part that all contents belong to; None where there are several."""
    found = {one.fulfilment_id for one in contents}
    return found.pop() if len(found) == 1 else None
