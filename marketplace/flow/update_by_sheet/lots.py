"""The sheet of lots: harvests and makings come in, each with its mark, its day, its packs and its papers."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from sqlalchemy.orm import Session

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue import rules
from marketplace.catalogue.refusals import LotDaysWrong, LotPapersMissing
from marketplace.catalogue.types import Lot, LotId, Offer, OfferId, Paper, Requirement, SchemeLevel
from marketplace.flow import receive_stock
from marketplace.flow.receive_stock import Arrival
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
from marketplace.flow.update_by_sheet.words import words
from marketplace.kernel import time
from marketplace.kernel.message import msg
from marketplace.parties.types import PartyId

CODE_MAX = 40
_PAPER = "paper-"
NewLot = tuple[OfferId, Arrival]


def columns(session: Session, cooperative_id: PartyId) -> tuple[Column, ...]:
    """Return the columns, one for each paper that lots of this cooperative's goods may carry among them."""
    names = words().names
    return (
        *offer_columns(),
        lot_column(),
        Column(
            code="harvested_on",
            name=names["harvested_on"],
            kind=Kind.PAST,
            help=msg("只写月日，就算今天以前最近的那一天。"),
            example=date(2026, 11, 3),
        ),
        Column(
            code="expires_on",
            name=names["expires_on"],
            kind=Kind.COMING,
            help=msg("不填就按保质期算；只写月日，就算今天以后最近的那一天。"),
            example=None,
        ),
        Column(
            code="packs",
            name=names["packs"],
            kind=Kind.COUNT,
            help=msg("入库几件。"),
            example=120,
        ),
        *(
            Column(
                code=f"{_PAPER}{paper.code}",
                name=paper.name,
                kind=Kind.CODE,
                help=msg("证件编号；这类商品要带的才填。"),
                example="DEMO-CC-1103",
            )
            for paper in _papers(session, read_shelf(session, cooperative_id))
        ),
    )


def plan(session: Session, by: By, reading: Reading) -> Plan:
    """Say which lots would come in; one that is known already must say what is known of it."""
    shelf = read_shelf(session, by.cooperative_id, with_lots=True)
    known_papers = catalogue.papers_of_lots(session, [lot.id for lots in shelf.lots.values() for lot in lots])
    draft = Draft(reading)
    wanted: dict[int, NewLot] = {}
    packs: dict[LotId, int] = {}
    for row in reading.rows:
        offer = offer_of(shelf, row, draft)
        if offer is None or draft.is_second(row, (offer.id, row.text("lot"))):
            continue
        lot = shelf.find_lot(offer, row.text("lot"))
        if lot is not None:
            _compare(shelf, lot, row, draft, known_papers[lot.id])
            continue
        arrival = _arrival(session, shelf, offer, row, draft)
        if arrival is not None:
            draft.steps.append(_step(shelf, offer, arrival, row))
            wanted[row.number] = (offer.id, arrival)

    def record(opened: Session, rows: Sequence[int]) -> None:
        packs.update(receive_stock.record_harvests(opened, [wanted[one] for one in rows]))

    return draft.done(record, lambda opened: receive_stock.receive_all(opened, packs, person_id=by.person_id))


def export(session: Session, cooperative_id: PartyId) -> Iterator[list[Leaving]]:
    """Yield a row for each lot in store with the papers it carries."""
    shelf = read_shelf(session, cooperative_id, with_lots=True)
    papers = _papers(session, shelf)
    carried = catalogue.papers_of_lots(session, [lot.id for lots in shelf.lots.values() for lot in lots])
    for offer in shelf.offers.values():
        for lot in shelf.lots[offer.id]:
            held = shelf.held.get(lot.id)
            if held is not None and held.on_hand:
                yield [
                    *offer_cells(shelf, offer),
                    lot.code,
                    lot.harvested_on,
                    lot.expires_on,
                    held.on_hand,
                    *(carried[lot.id].get(paper.code) for paper in papers),
                ]


def _papers(session: Session, shelf: Shelf) -> tuple[Paper, ...]:
    """Return the papers that lots of these goods must or may carry, each kind once, by its code.

    One paper goes by several names with several goods; the first stands in the head.
    """
    found: dict[str, Paper] = {}
    for form in sorted({product.product_form for product in shelf.products.values()}):
        for paper in catalogue.papers_for(session, form):
            if paper.level is SchemeLevel.LOT and paper.requirement is not Requirement.NOT_NEEDED:
                found.setdefault(paper.code, paper)
    return tuple(found[code] for code in sorted(found))


def _compare(shelf: Shelf, lot: Lot, row: ReadRow, draft: Draft, papers: Mapping[str, str]) -> None:
    """Refuse a row that says of a known lot what is not so: days and papers stand, packs are stock."""
    held = shelf.held.get(lot.id)
    said: list[tuple[str, object, object]] = [
        ("harvested_on", row.day("harvested_on"), lot.harvested_on),
        ("expires_on", row.day("expires_on"), lot.expires_on),
        ("packs", row.number_in("packs"), held.on_hand if held is not None else 0),
    ]
    said += [
        (column, rules.normal_number(number), papers.get(column.removeprefix(_PAPER)))
        for column in row.values
        if column.startswith(_PAPER) and (number := row.text(column))
    ]
    for column, given, known in said:
        if given is not None and given != known:
            draft.refuse(
                row,
                column,
                msg("批次 %(lot)s 已经登记过，这里不能改。改件数请用库存表格。", lot=lot.code),
            )


def _arrival(session: Session, shelf: Shelf, offer: Offer, row: ReadRow, draft: Draft) -> Arrival | None:
    """Return a new lot that the use case would take; else note why not."""
    harvested_on, packs = row.day("harvested_on"), row.number_in("packs")
    expires_on = row.day("expires_on")
    papers = {
        column.removeprefix(_PAPER): row.text(column) for column in row.values if column.startswith(_PAPER)
    }
    product = shelf.product(offer)
    before = len(draft.problems)
    if len(row.text("lot")) > CODE_MAX:
        draft.refuse(row, "lot", msg("最多 %(count)s 个字。", count=CODE_MAX))
    if harvested_on is None:
        draft.refuse(row, "harvested_on", msg("不能为空。"))
    elif harvested_on > time.today() or (expires_on is not None and expires_on < harvested_on):
        draft.refuse(row, "harvested_on", LotDaysWrong(harvested_on).message)
    if packs is None or not 1 <= packs <= COUNT_MAX:
        draft.refuse(row, "packs", msg("请填写 1 至 %(most)s 之间的件数。", most=COUNT_MAX))
    for paper in rules.missing_lot_papers(catalogue.papers_for(session, product.product_form), papers):
        draft.refuse(row, f"{_PAPER}{paper.code}", LotPapersMissing(paper.name).message)
    if len(draft.problems) > before or harvested_on is None or packs is None:
        return None
    return Arrival(
        code=row.text("lot"), harvested_on=harvested_on, packs=packs, expires_on=expires_on, papers=papers
    )


def _step(shelf: Shelf, offer: Offer, arrival: Arrival, row: ReadRow) -> Step:
    names = words().names
    changes = [
        Change(what=names["harvested_on"], before="", after=arrival.harvested_on.isoformat()),
        Change(what=names["packs"], before="", after=str(arrival.packs)),
    ]
    if arrival.expires_on is not None:
        changes.insert(1, Change(what=names["expires_on"], before="", after=arrival.expires_on.isoformat()))
    return Step(
        row=row.number,
        about=(*shelf.about(offer), arrival.code),
        changes=tuple(changes),
    )
