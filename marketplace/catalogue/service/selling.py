"""Writes of what an offer says beyond its price: selling terms, and a harvest sold before it is in."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.catalogue import rules
from marketplace.catalogue.models import LotRow
from marketplace.catalogue.queries.goods import get_product, get_variant
from marketplace.catalogue.queries.reference import papers_for
from marketplace.catalogue.queries.rows import lot_from_row
from marketplace.catalogue.refusals import LotDaysWrong, LotPapersMissing, OfferTermsWrong, StatusMovedOn
from marketplace.catalogue.rules.selling import presale_problem, selling_problem
from marketplace.catalogue.service.lots import add_lot_paper
from marketplace.catalogue.service.offers import changed_offer, standing_offer
from marketplace.catalogue.types import (
    Lot,
    LotId,
    LotStatus,
    Offer,
    OfferId,
    Presale,
    ProductId,
    SellingTerms,
    VariantId,
)
from marketplace.kernel import changes, journal, time
from marketplace.places import queries as places
from marketplace.places.types import Side


def change_selling(session: Session, offer_id: OfferId, terms: SellingTerms) -> Offer:
    """Change steps, shipping days, cities and free freight from the next order on.

    Refuses (OfferTermsWrong) with the field that says it.
    """
    row = standing_offer(session, offer_id)
    cities = {str(one.code) for one in places.atlas(session).cities if one.side is Side.GUANGDONG}
    wrong = selling_problem(terms, get_variant(session, VariantId(row.variant_id)), row.price_fen, cities)
    if wrong is not None:
        raise OfferTermsWrong(wrong[1], field=wrong[0])
    row.ladder_from = [one.quantity for one in terms.ladder]
    row.ladder_fen = [one.price_fen for one in terms.ladder]
    row.ship_weekdays = sorted(set(terms.ship_weekdays))
    row.served_cities = sorted(set(terms.served_cities))
    row.free_freight_fen = terms.free_freight_fen
    return changed_offer(
        session,
        row,
        "selling_changed",
        ladder=[list(one) for one in terms.ladder],
        ship_weekdays=row.ship_weekdays,
        served_cities=row.served_cities,
        free_from_fen=terms.free_freight_fen,
    )


def open_presale(session: Session, offer_id: OfferId, wanted: Presale, code: str) -> Lot:
    """Promise packs of a harvest to come: a lot of that day, whose packs are what the cap allows.

    Refuses (OfferTermsWrong) day or cap, (StatusMovedOn) a pre-sale while another runs.
    """
    row = standing_offer(session, offer_id)
    if row.presale_on is not None:
        raise StatusMovedOn
    wrong = presale_problem(wanted, time.today(), row.minimum)
    if wrong is not None:
        raise OfferTermsWrong(wrong[1], field=wrong[0])
    row.presale_on, row.presale_cap = wanted.harvest_on, wanted.cap
    keeps = get_product(session, ProductId(row.product_id)).shelf_life_days
    lot = LotRow(
        offer_id=offer_id,
        cooperative_id=row.cooperative_id,
        code=code,
        harvested_on=wanted.harvest_on,
        expires_on=rules.expires_on(wanted.harvest_on, keeps),
        status=LotStatus.OPEN,
        recorded_at=time.now(),
    )
    session.add(lot)
    changed_offer(session, row, "presale_opened", quantity=wanted.cap, day=wanted.harvest_on.isoformat())
    session.flush()
    journal.write(session, "lot", lot.id, "recorded", code=code)
    changes.record(session, "lot", [lot.id])
    return lot_from_row(lot)


def end_presale(
    session: Session, offer_id: OfferId, lot_id: LotId, harvested_on: date, papers: Mapping[str, str]
) -> Lot:
    """Say that the harvest of a pre-sale is in, with its day and the papers each lot carries.

    Refuses (LotDaysWrong, LotPapersMissing), and (StatusMovedOn) where no pre-sale runs.
    """
    row = standing_offer(session, offer_id)
    lot = session.scalars(select(LotRow).where(LotRow.id == lot_id).with_for_update()).one()
    if row.presale_on is None or lot.offer_id != offer_id:
        raise StatusMovedOn
    if harvested_on > time.today():
        raise LotDaysWrong(harvested_on)
    product = get_product(session, ProductId(row.product_id))
    missing = rules.missing_lot_papers(papers_for(session, product.product_form), papers)
    if missing:
        raise LotPapersMissing(missing[0].name)
    row.presale_on = row.presale_cap = None
    lot.harvested_on = harvested_on
    lot.expires_on = rules.expires_on(harvested_on, product.shelf_life_days)
    changed_offer(session, row, "presale_ended", day=harvested_on.isoformat())
    for paper_code, number in papers.items():
        add_lot_paper(session, lot_id, paper_code, number)
    changes.record(session, "lot", [lot_id])
    session.flush()
    return lot_from_row(lot)
