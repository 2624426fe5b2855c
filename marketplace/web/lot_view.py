"""One lot as working pages show it: what it is, what holds it, its papers, what is left, what happened."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask import g
from sqlalchemy.orm import Session

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue import rules
from marketplace.catalogue.queries import WholeLot
from marketplace.catalogue.types import (
    Commitment,
    Lot,
    LotHold,
    LotId,
    LotReport,
    LotReportId,
    LotStatus,
    Paper,
    Requirement,
)
from marketplace.kernel import time
from marketplace.kernel.message import Message, Name, msg
from marketplace.kernel.refusals import NotFound
from marketplace.orders.reached import parts_reached
from marketplace.stock import queries as stock
from marketplace.stock.types import LotStock
from marketplace.web import wording

_TEST = msg("检测报告")


@dataclass(frozen=True, slots=True, kw_only=True)
class LotRow:
    """A lot as a row of a list; ``free`` packs can still be sold."""

    id: LotId
    code: str
    product: Name
    pack: Name
    harvested_on: date
    expires_on: date | None
    on_hand: int
    held: int
    free: int
    state: wording.Toned


@dataclass(frozen=True, slots=True, kw_only=True)
class LotFacts:
    """Everything that the page of one lot shows."""

    whole: WholeLot
    stock: LotStock | None
    received: int
    state: wording.Toned
    holds: tuple[LotHold, ...]
    reports: tuple[LotReport, ...]
    commitment: Commitment | None
    former: tuple[Commitment, ...]
    covers_all: bool
    papers: Sequence[tuple[Paper, str | None]]
    report_kinds: Sequence[tuple[str, Message | Name]]
    can_release: bool
    can_be_released_by_seller: bool

    @property
    def report_names(self) -> Mapping[str, Message | Name]:
        return dict(self.report_kinds)

    @property
    def is_recalled(self) -> bool:
        return self.whole.lot.status is LotStatus.RECALLED


def whole(session: Session, lot_id: int) -> WholeLot:
    """Read a lot once a request: the guard and the page both ask for it. Refuses (LotNotFound)."""
    kept: dict[int, WholeLot] = g.setdefault("whole_lots", {})
    if lot_id not in kept:
        kept[lot_id] = catalogue.get_whole_lot(session, LotId(lot_id))
    return kept[lot_id]


def facts(session: Session, lot_id: int) -> LotFacts:
    found = whole(session, lot_id)
    lot, form = found.lot, found.product.product_form
    counted, received = stock.find_lot_and_received(session, lot.id)
    holds = catalogue.holds_of_lots(session, [lot.id])[lot.id]
    reports = catalogue.reports_of_lot(session, lot.id)
    commitments = catalogue.commitments_of_lot(session, lot.id)
    standing = next((one for one in commitments if one.replaced_at is None), None)
    numbers = catalogue.papers_of_lots(session, [lot.id])[lot.id]
    needed = [one for one in catalogue.lot_papers(session, form) if _is_shown(one, numbers)]
    return LotFacts(
        whole=found,
        stock=counted,
        received=received,
        state=state_of(lot, counted),
        holds=holds,
        reports=reports,
        commitment=standing,
        former=tuple(one for one in commitments if one.replaced_at is not None),
        covers_all=standing is None or rules.covers_packs(standing, received),
        papers=[(one, numbers.get(one.code)) for one in needed],
        report_kinds=[
            (one.code, one.name if one.product_form == form else _TEST)
            for one in catalogue.report_papers(session, form)
        ],
        can_release=bool(rules.releasable(holds, reports, has_authority=True)),
        can_be_released_by_seller=bool(rules.releasable(holds, reports, has_authority=False)),
    )


def state_of(lot: Lot, counted: LotStock | None) -> wording.Toned:
    """Say in one word where a lot stands: a recall before a hold, a hold before its days, its days last."""
    today = time.today()
    if lot.status is not LotStatus.OPEN:
        return wording.LOT_STATES[lot.status]
    if counted is not None and counted.blocked:
        return (msg("在途异常，停售待查"), "stop")
    if counted is None or not counted.on_hand:
        return (msg("已发完"), "plain")
    if lot.expires_on is not None and lot.expires_on < today:
        return (msg("已过期"), "stop")
    if lot.expires_on is not None and (lot.expires_on - today).days <= catalogue.LAPSING_DAYS:
        return (msg("快到期"), "wait")
    return (msg("可售"), "good")


def rows(session: Session, lots: Sequence[Lot]) -> list[LotRow]:
    """Dress lots for a list in four statements, however many there are."""
    offers = catalogue.offers_by_id(session, {one.offer_id for one in lots})
    products = catalogue.titles_by_id(session, {one.product_id for one in offers.values()})
    variants = catalogue.variants_by_id(session, {one.variant_id for one in offers.values()})
    counted = stock.lots_by_id(session, [one.id for one in lots])
    today = time.today()
    found = []
    for lot in lots:
        offer, have = offers[lot.offer_id], counted.get(lot.id)
        is_lapsed = lot.expires_on is not None and lot.expires_on < today
        found.append(
            LotRow(
                id=lot.id,
                code=lot.code,
                product=products[offer.product_id].name,
                pack=variants[offer.variant_id].pack,
                harvested_on=lot.harvested_on,
                expires_on=lot.expires_on,
                on_hand=have.on_hand if have else 0,
                held=have.held if have else 0,
                free=have.available if have and not is_lapsed else 0,
                state=state_of(lot, have),
            )
        )
    return found


def _is_shown(paper: Paper, numbers: Mapping[str, str]) -> bool:
    return paper.requirement is Requirement.REQUIRED or paper.code in numbers


def evidence(session: Session, lot_id: LotId, report_id: LotReportId) -> str | None:
    """Return the digest of a report's paper; refuses (NotFound) where the lot has no such report."""
    for one in catalogue.reports_of_lot(session, lot_id):
        if one.id == report_id:
            return one.evidence_digest
    raise NotFound


@dataclass(frozen=True, slots=True, kw_only=True)
class ReachedPart:
    """Packs of a lot in one part of an order; ``order_number`` is for those who may see orders."""

    number: str
    order_number: str
    state: wording.Toned
    packs: int


REACHED_MOST = 500


def reached(session: Session, lot_id: LotId) -> list[ReachedPart]:
    """Return the parts of orders that packs of a lot went into, the newest first, at most 500."""
    return [
        ReachedPart(
            number=one.number,
            order_number=one.order_number,
            state=wording.FULFILMENT_STATES[one.state],
            packs=one.packs,
        )
        for one in parts_reached(session, lot_id, limit=REACHED_MOST)
    ]
