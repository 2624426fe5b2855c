"""Reads of lots: a cooperative's list, what holds one, its reports."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, Select, exists, or_, select
from sqlalchemy.orm import Session

from marketplace.catalogue.models import (
    LotHoldRow,
    LotPaperRow,
    LotReportRow,
    LotRow,
    OfferRow,
    ProductRow,
    VariantRow,
)
from marketplace.catalogue.queries.reference import papers_for, reference
from marketplace.catalogue.queries.rows import (
    lot_from_row,
    offer_from_row,
    product_from_row,
    variant_from_row,
)
from marketplace.catalogue.refusals import LotNotFound
from marketplace.catalogue.rules import COMMITMENT
from marketplace.catalogue.types import (
    HoldCause,
    Lot,
    LotHold,
    LotHoldId,
    LotId,
    LotOrder,
    LotReport,
    LotReportId,
    LotStatus,
    LotView,
    Offer,
    OfferId,
    Paper,
    Product,
    ReportResult,
    Requirement,
    SchemeLevel,
    Variant,
)
from marketplace.kernel import time
from marketplace.kernel.paging import ANY, Listing, Page, Sought, in_order, read_page
from marketplace.parties.types import PartyId

LAPSING_DAYS = 7
TEST_REPORT = "test_report"

LotIds = Select[tuple[int]]
"""A choice of lots' keys that another room makes, such as those with packs in store."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LotFilter:
    """What a list of lots shows; ``in_store`` and ``blocked`` are what the stock says of them.

    ``code`` is the beginning of a lot's mark.
    """

    view: LotView
    in_store: LotIds
    blocked: LotIds
    offer_id: OfferId | None = None
    code: str = ""
    order: LotOrder = LotOrder.EXPIRY


@dataclass(frozen=True, slots=True, kw_only=True)
class WholeLot:
    """A lot with the offer, product and pack that it is of."""

    lot: Lot
    offer: Offer
    product: Product
    variant: Variant


def list_lots(
    session: Session,
    cooperative_id: PartyId,
    wanted: LotFilter,
    page: int = 1,
    per_page: int = 50,
) -> Page[Lot]:
    """Return one page of a cooperative's lots, in one statement."""
    conditions, order = _conditions(session, cooperative_id, wanted), _ORDERS[wanted.order]
    found = read_page(session, Listing(select(LotRow), LotRow.id, conditions, order), page, per_page)
    return found.of([lot_from_row(row) for row, *_ in found.rows])


def get_whole_lot(session: Session, lot_id: LotId) -> WholeLot:
    """Return a lot with what it is of, in one statement; refuses (LotNotFound)."""
    found = session.execute(
        select(LotRow, OfferRow, ProductRow, VariantRow)
        .join(OfferRow, OfferRow.id == LotRow.offer_id)
        .join(ProductRow, ProductRow.id == OfferRow.product_id)
        .join(VariantRow, VariantRow.id == OfferRow.variant_id)
        .where(LotRow.id == lot_id)
    ).one_or_none()
    if found is None:
        raise LotNotFound
    lot, offer, product, variant = found
    return WholeLot(
        lot=lot_from_row(lot),
        offer=offer_from_row(offer),
        product=product_from_row(product, reference(session)),
        variant=variant_from_row(variant),
    )


def lots_marked(mark: str) -> LotIds:
    """Choose the lots whose mark begins so, for a list of another room."""
    return select(LotRow.id).where(LotRow.code.startswith(mark, autoescape=True))


def held_lots(
    session: Session,
    page: int = 1,
    per_page: int = 50,
    *,
    status: LotStatus | None = None,
    sought: Sought = ANY,
) -> Page[Lot]:
    """Return every lot that is held or recalled, whoever's it is, the newest first."""
    stopped: list[ColumnElement[bool]] = [LotRow.status != LotStatus.OPEN]
    if status is not None:
        stopped.append(LotRow.status == status)
    if sought.text:
        stopped.append(LotRow.code.startswith(sought.text, autoescape=True))
    order = in_order(_STOPPED_ORDERS, sought)
    found = read_page(session, Listing(select(LotRow), LotRow.id, stopped, order), page, per_page)
    return found.of([lot_from_row(row) for row, *_ in found.rows])


def holds_of_lots(session: Session, lot_ids: Collection[LotId]) -> Mapping[LotId, tuple[LotHold, ...]]:
    """Return what holds or held each lot, the newest first."""
    found: dict[LotId, tuple[LotHold, ...]] = dict.fromkeys(lot_ids, ())
    for row in session.scalars(
        select(LotHoldRow).where(LotHoldRow.lot_id.in_(found)).order_by(LotHoldRow.id.desc())
    ):
        found[LotId(row.lot_id)] += (hold_from_row(row),)
    return found


def reports_of_lot(session: Session, lot_id: LotId) -> tuple[LotReport, ...]:
    """Return a lot's reports, the newest first."""
    rows = session.scalars(
        select(LotReportRow).where(LotReportRow.lot_id == lot_id).order_by(LotReportRow.id.desc())
    )
    return tuple(map(report_from_row, rows))


def lot_papers(session: Session, product_form: str) -> tuple[Paper, ...]:
    """Return the papers that a lot of such goods must or may carry, the required ones first."""
    found = [
        one
        for one in papers_for(session, product_form)
        if one.level is SchemeLevel.LOT and one.requirement is not Requirement.NOT_NEEDED
    ]
    return tuple(sorted(found, key=lambda one: one.requirement is not Requirement.REQUIRED))


def is_promised_form(session: Session, product_form: str) -> bool:
    """Tell whether lots of such goods carry a 承诺达标合格证 (农业农村部令2025年第4号), ever."""
    return any(one.code == COMMITMENT for one in lot_papers(session, product_form))


def report_papers(session: Session, product_form: str) -> tuple[Paper, ...]:
    """Return the kinds of reports that lots of such goods may have; everything may be tested."""
    papers = [one for one in lot_papers(session, product_form) if one.code != COMMITMENT]
    if all(one.code != TEST_REPORT for one in papers):
        every = (one for found in reference(session).papers.values() for one in found)
        papers += [one for one in every if one.code == TEST_REPORT][:1]
    return tuple(papers)


def hold_from_row(row: LotHoldRow) -> LotHold:
    return LotHold(
        id=LotHoldId(row.id),
        lot_id=LotId(row.lot_id),
        cause=HoldCause(row.cause),
        reason=row.reason,
        report_id=None if row.report_id is None else LotReportId(row.report_id),
        held_at=row.held_at,
        released_at=row.released_at,
        release_reason=row.release_reason,
    )


def report_from_row(row: LotReportRow) -> LotReport:
    return LotReport(
        id=LotReportId(row.id),
        lot_id=LotId(row.lot_id),
        paper_code=row.paper_code,
        number=row.number,
        issuer=row.issuer,
        issued_on=row.issued_on,
        result=ReportResult(row.result),
        findings=row.findings,
        evidence_digest=row.evidence_digest,
        recorded_at=row.recorded_at,
    )


def _conditions(
    session: Session, cooperative_id: PartyId, wanted: LotFilter
) -> Sequence[ColumnElement[bool]]:
    today = time.today()
    conditions: list[ColumnElement[bool]] = [LotRow.cooperative_id == cooperative_id]
    if wanted.offer_id is not None:
        conditions.append(LotRow.offer_id == wanted.offer_id)
    if wanted.code:
        conditions.append(LotRow.code.startswith(wanted.code, autoescape=True))
    if wanted.view not in {LotView.ALL, LotView.STOPPED}:
        conditions.append(LotRow.id.in_(wanted.in_store))
    if wanted.view is LotView.STOPPED:
        conditions.append(or_(LotRow.status != LotStatus.OPEN, LotRow.id.in_(wanted.blocked)))
    elif wanted.view is LotView.LAPSING:
        conditions.append(LotRow.expires_on.between(today, today + timedelta(days=LAPSING_DAYS)))
    elif wanted.view is LotView.LAPSED:
        conditions.append(LotRow.expires_on < today)
    elif wanted.view is LotView.UNPROMISED:
        conditions += [~_is_promised(), _is_to_be_promised(session), LotRow.harvested_on <= today]
    return conditions


def _is_promised() -> ColumnElement[bool]:
    return exists().where(LotPaperRow.lot_id == LotRow.id, LotPaperRow.paper_code == COMMITMENT)


def _is_to_be_promised(session: Session) -> ColumnElement[bool]:
    forms = [one for one in reference(session).papers if is_promised_form(session, one)]
    return exists().where(
        OfferRow.id == LotRow.offer_id,
        ProductRow.id == OfferRow.product_id,
        ProductRow.product_form.in_(forms),
    )


_STOPPED_ORDERS = {"newest": (LotRow.id.desc(),), "oldest": (LotRow.id,), "code": (LotRow.code, LotRow.id)}
_ORDERS = {
    LotOrder.EXPIRY: (LotRow.expires_on.asc().nulls_last(), LotRow.id),
    LotOrder.NEWEST: (LotRow.id.desc(),),
    LotOrder.CODE: (LotRow.code, LotRow.id),
}
