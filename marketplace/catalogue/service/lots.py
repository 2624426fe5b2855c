"""Writes of lots: a harvest or making is recorded with the papers it carries."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from marketplace.catalogue import rules
from marketplace.catalogue.models import LotPaperRow, LotRow
from marketplace.catalogue.queries.goods import get_offer, get_product, lots_by_id, papers_of_lots
from marketplace.catalogue.queries.reference import papers_for
from marketplace.catalogue.queries.rows import lot_from_row
from marketplace.catalogue.refusals import (
    LotDaysWrong,
    LotExists,
    LotNotFound,
    LotPapersMissing,
)
from marketplace.catalogue.types import Lot, LotId, LotStatus, OfferId
from marketplace.kernel import changes, journal, time


def record_lot(
    session: Session,
    offer_id: OfferId,
    code: str,
    harvested_on: date,
    expires_on: date | None = None,
    papers: Mapping[str, str] | None = None,
) -> Lot:
    """Record a lot of an offer; its last day follows from the product's shelf life where none is given.

    ``papers`` are paper codes with their numbers; where they are given they must be all that each lot of such
    goods carries (LotPapersMissing, 农业农村部令2025年第4号). Refuses (LotDaysWrong, LotExists).
    """
    offer = get_offer(session, offer_id)
    product = get_product(session, offer.product_id)
    last_day = expires_on or rules.expires_on(harvested_on, product.shelf_life_days)
    if harvested_on > time.today() or (last_day is not None and last_day < harvested_on):
        raise LotDaysWrong(harvested_on)
    if papers is not None:
        missing = rules.missing_lot_papers(papers_for(session, product.product_form), papers)
        if missing:
            raise LotPapersMissing(missing[0].name)
    lot_id = session.scalar(
        insert(LotRow)
        .values(
            offer_id=offer_id,
            cooperative_id=offer.cooperative_id,
            code=code,
            harvested_on=harvested_on,
            expires_on=last_day,
            status=LotStatus.OPEN,
            recorded_at=time.now(),
        )
        .on_conflict_do_nothing()
        .returning(LotRow.id)
    )
    if lot_id is None:
        raise LotExists(code)
    for paper_code, number in (papers or {}).items():
        add_lot_paper(session, LotId(lot_id), paper_code, number)
    return changed(session, locked(session, LotId(lot_id)), "recorded", code=code)


def check_lot_papers(session: Session, lot_id: LotId) -> None:
    """Refuse (LotPapersMissing) a lot that lacks a paper it must carry, once all it has are recorded."""
    offer = get_offer(session, lots_by_id(session, [lot_id])[lot_id].offer_id)
    product = get_product(session, offer.product_id)
    held = papers_of_lots(session, [lot_id])[lot_id]
    missing = rules.missing_lot_papers(papers_for(session, product.product_form), held)
    if missing:
        raise LotPapersMissing(missing[0].name)


def add_lot_paper(
    session: Session, lot_id: LotId, paper_code: str, number: str, evidence_digest: str | None = None
) -> None:
    """Keep a paper that travels with a lot; one of the same kind given again replaces the former."""
    values = {
        "number": rules.normal_number(number),
        "evidence_digest": evidence_digest,
        "recorded_at": time.now(),
    }
    session.execute(
        insert(LotPaperRow)
        .values(lot_id=lot_id, paper_code=paper_code, **values)
        .on_conflict_do_update(index_elements=["lot_id", "paper_code"], set_=values)
    )
    journal.write(
        session, "lot", lot_id, "paper_added", paper_code=paper_code, number=rules.normal_number(number)
    )


def locked(session: Session, lot_id: LotId) -> LotRow:
    """Lock a lot's row; refuses (LotNotFound)."""
    row = session.scalars(
        select(LotRow).where(LotRow.id == lot_id).with_for_update().execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        raise LotNotFound
    return row


def changed(session: Session, row: LotRow, action: str, **detail: Any) -> Lot:
    """Write down what happened to a lot and tell the rooms above."""
    session.flush()
    journal.write(session, "lot", row.id, action, **detail)
    changes.record(session, "lot", [row.id])
    return lot_from_row(row)
