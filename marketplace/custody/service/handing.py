"""Hand-offs are recorded: checked, made canonical, put into the log, and the load changes hands."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import insert
from sqlalchemy.orm import Session

from marketplace.custody import kept, rules
from marketplace.custody.models import BreachRow, HandOffRow, QuantityRow
from marketplace.custody.service import loads, writing
from marketplace.custody.service.checking import check
from marketplace.custody.service.loads import Load
from marketplace.custody.types import ConsignmentState, HandOff, HandOffDraft, HandOffId
from marketplace.kernel import journal, time
from marketplace.transparency import service as transparency


def record_hand_off(session: Session, draft: HandOffDraft) -> HandOff:
    """Record one hand-off. Refuses what ``record_hand_offs`` refuses."""
    return record_hand_offs(session, [draft])[0]


def record_hand_offs(
    session: Session, drafts: Sequence[HandOffDraft], *, are_receipts: bool = False
) -> list[HandOff]:
    """Record hand-offs of different loads together: all or none, in as many statements as one.

    The giver is whoever holds the load. Refuses (NotUnderWay, WrongHolder, NoSuchPass, SignatureMissing,
    WrongSigner, TemperatureMissing, MustRefuse, ReasonNeeded, NotConserved, BadMoment and the like).
    """
    if not drafts:
        return []
    now = time.now()
    locked = loads.lock(session, {draft.consignment_id for draft in drafts})
    assert len(locked) == len(drafts), "a load changes hands once at a time"
    checked = [
        check(draft, locked[draft.consignment_id].consignment, now, is_receipt=are_receipts)
        for draft in drafts
    ]
    written = writing.write(session, checked, locked)
    leaves = transparency.append_leaves(session, [one.hand_off.leaf_hash for one in written])
    keys = session.scalars(
        insert(HandOffRow).returning(HandOffRow.id, sort_by_parameter_order=True),
        [writing.columns(one, leaf_id) for one, leaf_id in zip(written, leaves, strict=True)],
    ).all()
    stored = [replace(one.hand_off, id=HandOffId(key)) for one, key in zip(written, keys, strict=True)]
    stored = _store_parts(session, stored)
    for hand_off in stored:
        _change_hands(locked[hand_off.consignment_id], hand_off)
        journal.write(
            session,
            "consignment",
            hand_off.consignment_id,
            "handed_over" if hand_off.is_accepted else "refused",
            hand_off=hand_off.number,
            to=hand_off.to_holder.key,
        )
    session.flush()
    return stored


def _store_parts(session: Session, hand_offs: Sequence[HandOff]) -> list[HandOff]:
    """Store quantities and breaches of all hand-offs, and return the hand-offs with the breaches' keys."""
    quantities = [
        {
            "hand_off_id": hand_off.id,
            "order_line_id": one.order_line_id,
            "lot_id": one.lot_id,
            "given": one.given,
            "received": one.received,
            "lost": one.lost,
            "kept": one.kept,
        }
        for hand_off in hand_offs
        for one in hand_off.quantities
    ]
    if quantities:
        session.execute(insert(QuantityRow), quantities)
    rows = [
        BreachRow(
            hand_off_id=hand_off.id,
            order_line_id=one.order_line_id,
            lot_id=one.lot_id,
            cause=one.cause,
            measured_milli_c=one.measured_milli_c,
            min_milli_c=one.range.min_milli_c if one.range else None,
            max_milli_c=one.range.max_milli_c if one.range else None,
            found_at=one.found_at,
        )
        for hand_off in hand_offs
        for one in hand_off.breaches
    ]
    session.add_all(rows)
    session.flush()
    return [
        replace(
            hand_off,
            breaches=tuple(kept.breach_of(row) for row in rows if row.hand_off_id == hand_off.id),
        )
        for hand_off in hand_offs
    ]


def _change_hands(load: Load, hand_off: HandOff) -> None:
    load.row.last_hand_off_id = hand_off.id
    if not hand_off.is_accepted:
        return
    left: dict[tuple[int, int], int] = {
        (one.order_line_id, one.lot_id): one.received for one in hand_off.quantities
    }
    for content in load.contents:
        content.quantity = left.get((content.order_line_id, content.lot_id), content.quantity)
    state = rules.STATE_OF_HOLDER[hand_off.to_holder.kind]
    loads.give(
        load.row,
        hand_off.to_holder,
        hand_off.at,
        state if any(content.quantity for content in load.contents) else ConsignmentState.LOST,
    )
    load.row.packages = hand_off.packages
    load.row.seal_number = hand_off.seal_number
