"""The sheet of stock: what was counted of each lot, and what came in of it."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from marketplace.catalogue.types import Lot, LotId, Offer
from marketplace.flow import receive_stock
from marketplace.flow.update_by_sheet.cells import COUNT_MAX
from marketplace.flow.update_by_sheet.shelf import (
    Shelf,
    lot_column,
    offer_cells,
    offer_columns,
    offer_of,
    read_shelf,
)
from marketplace.flow.update_by_sheet.types import (
    By,
    Change,
    Column,
    Draft,
    Kind,
    Leaving,
    Plan,
    Reading,
    ReadRow,
    Step,
)
from marketplace.flow.update_by_sheet.words import key, words
from marketplace.kernel.message import Message, msg
from marketplace.parties.types import PartyId
from marketplace.stock.refusals import BelowHeld
from marketplace.stock.types import LotStock


@dataclass(slots=True)
class _Moved:
    """What the rows of a sheet say of lots, in packs."""

    received: dict[LotId, int] = field(default_factory=dict)
    counted: dict[LotId, int] = field(default_factory=dict)


def columns(_session: Session, _cooperative_id: PartyId) -> tuple[Column, ...]:
    names = words().names
    return (
        *offer_columns(),
        lot_column(),
        Column(
            code="on_hand",
            name=names["on_hand"],
            kind=Kind.COUNT,
            help=msg("架上实有几件；不盘点就不用改。"),
            example=120,
        ),
        Column(
            code="received",
            name=names["received"],
            kind=Kind.COUNT,
            help=msg("这一批次又来了几件；没有就空着。"),
            example=None,
        ),
    )


def plan(session: Session, by: By, reading: Reading) -> Plan:
    """Say what each row would count or bring in; a lot stands in one row only."""
    shelf = read_shelf(session, by.cooperative_id, with_lots=True)
    by_code = _lots_by_code(shelf)
    draft = Draft(reading)
    moved = _Moved()
    for row in reading.rows:
        found = _lot_of(shelf, by_code, row, draft)
        if found is None or draft.is_second(row, found[1].id):
            continue
        step = _step(shelf, found, row, draft, moved)
        if step is not None:
            draft.steps.append(step)
    return draft.done(finish=lambda opened: _move(opened, moved, by))


def export(session: Session, cooperative_id: PartyId) -> Iterator[list[Leaving]]:
    """Yield a row for each lot in store, the column of what came in left empty."""
    shelf = read_shelf(session, cooperative_id, with_lots=True)
    for offer in shelf.offers.values():
        for lot in shelf.lots[offer.id]:
            held = shelf.held.get(lot.id)
            if held is not None and held.on_hand:
                yield [*offer_cells(shelf, offer), lot.code, held.on_hand, None]


def _lots_by_code(shelf: Shelf) -> dict[str, list[tuple[Offer, Lot]]]:
    found: dict[str, list[tuple[Offer, Lot]]] = {}
    for offer_id, lots in shelf.lots.items():
        for lot in lots:
            found.setdefault(key(lot.code), []).append((shelf.offers[offer_id], lot))
    return found


def _lot_of(
    shelf: Shelf, by_code: dict[str, list[tuple[Offer, Lot]]], row: ReadRow, draft: Draft
) -> tuple[Offer, Lot] | None:
    """Return the lot that a row means; its mark alone will do where no other offer has the same."""
    code = row.text("lot")
    known = by_code.get(key(code), [])
    if row.number_in("offer") is None and not row.text("product") and len(known) == 1:
        return known[0]
    offer = offer_of(shelf, row, draft)
    if offer is None:
        return None
    lot = shelf.find_lot(offer, code)
    if lot is None or lot.id not in shelf.held:
        draft.refuse(row, "lot", msg("没有批次 %(lot)s。新批次请用批次表格登记。", lot=code))
        return None
    return offer, lot


def _step(shelf: Shelf, found: tuple[Offer, Lot], row: ReadRow, draft: Draft, moved: _Moved) -> Step | None:
    offer, lot = found
    held = shelf.held[lot.id]
    counted, received = row.number_in("on_hand"), row.number_in("received") or 0
    is_counted = counted is not None and counted != held.on_hand
    problem = _problem(held, counted, received, is_counted=is_counted)
    if problem is not None:
        draft.refuse(row, *problem)
        return None
    if not is_counted and not received:
        return None
    after = counted if counted is not None and is_counted else held.on_hand + received
    if is_counted:
        moved.counted[lot.id] = after
    else:
        moved.received[lot.id] = received
    return Step(
        row=row.number,
        about=(*shelf.about(offer), lot.code),
        changes=(Change(what=words().names["on_hand"], before=str(held.on_hand), after=str(after)),),
    )


def _problem(
    held: LotStock, counted: int | None, received: int, *, is_counted: bool
) -> tuple[str, Message] | None:
    """Say why a count or an arrival cannot be: both at once leaves open which of them is right."""
    if max(counted or 0, received) > COUNT_MAX:
        column = "received" if received > COUNT_MAX else "on_hand"
        return column, msg("最多 %(most)s 件。", most=COUNT_MAX)
    if is_counted and received:
        return "received", msg("在库件数改了，又填了本次入库，分不清按哪个算。请只改一个。")
    if counted is not None and is_counted and counted < held.held:
        return "on_hand", BelowHeld(held.lot_id, held.held).message
    return None


def _move(session: Session, moved: _Moved, by: By) -> None:
    """Bring in and count all lots of the sheet at once: an offer's lots are locked one time, not per row."""
    receive_stock.receive_all(session, moved.received, person_id=by.person_id)
    receive_stock.count_all(session, moved.counted, person_id=by.person_id)
