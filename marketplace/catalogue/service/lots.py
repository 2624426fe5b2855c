"""Writes of lots: a harvest or making is recorded with the papers it carries."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from marketplace.catalogue import rules
from marketplace.catalogue.models import LotPaperRow, LotRow
from marketplace.catalogue.queries.goods import (
    get_offer,
    get_product,
    lots_by_id,
    offers_by_id,
    papers_of_lots,
    products_by_id,
)
from marketplace.catalogue.queries.reference import papers_for
from marketplace.catalogue.queries.rows import lot_from_row
from marketplace.catalogue.refusals import (
    LotDaysWrong,
    LotExists,
    LotNotFound,
    LotPapersMissing,
    OfferNotFound,
)
from marketplace.catalogue.types import Lot, LotDraft, LotId, LotStatus, Offer, OfferId, Product
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
    draft = LotDraft(
        offer_id=offer_id, code=code, harvested_on=harvested_on, expires_on=expires_on, papers=papers
    )
    [lot] = record_lots(session, [draft])
    return lot


def record_lots(session: Session, drafts: Sequence[LotDraft]) -> list[Lot]:
    """Record many lots or none, in a few statements; returns them in the order given.

    Refuses (OfferNotFound, LotDaysWrong, LotPapersMissing, LotExists).
    """
    offers = offers_by_id(session, {one.offer_id for one in drafts})
    if len(offers) < len({one.offer_id for one in drafts}):
        raise OfferNotFound
    products = products_by_id(session, {one.product_id for one in offers.values()})
    rows = [
        _new_lot(session, one, offers[one.offer_id], products[offers[one.offer_id].product_id])
        for one in drafts
    ]
    made = _inserted(session, rows)
    _keep_papers(session, [(made[one.offer_id, one.code].id, one.papers or {}) for one in drafts])
    recorded = [(lot.id, "recorded", {"code": code}) for (_offer_id, code), lot in made.items()]
    journal.write_many(session, "lot", recorded)
    changes.record(session, "lot", [lot.id for lot in made.values()])
    session.flush()
    return [made[one.offer_id, one.code] for one in drafts]


def _new_lot(session: Session, draft: LotDraft, offer: Offer, product: Product) -> dict[str, Any]:
    """Return a lot's columns; refuses days that cannot be and papers that lack."""
    last_day = draft.expires_on or rules.expires_on(draft.harvested_on, product.shelf_life_days)
    if draft.harvested_on > time.today() or (last_day is not None and last_day < draft.harvested_on):
        raise LotDaysWrong(draft.harvested_on)
    if draft.papers is not None:
        missing = rules.missing_lot_papers(papers_for(session, product.product_form), draft.papers)
        if missing:
            raise LotPapersMissing(missing[0].name)
    return {
        "offer_id": offer.id,
        "cooperative_id": offer.cooperative_id,
        "code": draft.code,
        "harvested_on": draft.harvested_on,
        "expires_on": last_day,
        "status": LotStatus.OPEN,
        "recorded_at": time.now(),
    }


def _inserted(session: Session, rows: Sequence[Mapping[str, Any]]) -> dict[tuple[OfferId, str], Lot]:
    """Insert lots by offer and mark; refuses (LotExists) where one of them is known."""
    if not rows:
        return {}
    found = session.scalars(
        insert(LotRow).on_conflict_do_nothing().returning(LotRow), [dict(row) for row in rows]
    )
    made = {(OfferId(row.offer_id), row.code): lot_from_row(row) for row in found}
    known = [row["code"] for row in rows if (row["offer_id"], row["code"]) not in made]
    if known or len(made) < len(rows):
        raise LotExists(known[0] if known else rows[0]["code"])
    return made


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
    _keep_papers(session, [(lot_id, {paper_code: number})], evidence_digest)


def _keep_papers(
    session: Session,
    papers: Sequence[tuple[LotId, Mapping[str, str]]],
    evidence_digest: str | None = None,
) -> None:
    """Keep the papers of many lots: code and number of each."""
    kept = [
        (lot_id, code, rules.normal_number(number))
        for lot_id, numbers in papers
        for code, number in numbers.items()
    ]
    if not kept:
        return
    statement = insert(LotPaperRow)
    offered = {name: statement.excluded[name] for name in ("number", "evidence_digest", "recorded_at")}
    session.execute(
        statement.on_conflict_do_update(index_elements=["lot_id", "paper_code"], set_=offered),
        [
            {
                "lot_id": lot_id,
                "paper_code": code,
                "number": number,
                "evidence_digest": evidence_digest,
                "recorded_at": time.now(),
            }
            for lot_id, code, number in kept
        ],
    )
    said = [(lot_id, "paper_added", {"paper_code": code, "number": number}) for lot_id, code, number in kept]
    journal.write_many(session, "lot", said)


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
