"""承诺达标合格证 of a lot in two taps: everything that it says is known already."""

from collections.abc import Iterable
from dataclasses import replace

from sqlalchemy.orm import Session

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue import service as lots
from marketplace.catalogue.lot_refusals import ContactMissing, NotPromised
from marketplace.catalogue.queries import WholeLot
from marketplace.catalogue.types import (
    Commitment,
    CommitmentBasis,
    CommitmentDraft,
    LotId,
    LotReport,
    ReportResult,
)
from marketplace.parties import queries as parties
from marketplace.parties.types import Person
from marketplace.stock import queries as stock


def prepare(session: Session, lot_id: LotId, person: Person) -> CommitmentDraft:
    """Say what a lot's certificate would say now. Refuses (LotNotFound)."""
    return prepare_of(
        session,
        catalogue.get_whole_lot(session, lot_id),
        stock.received(session, lot_id),
        catalogue.reports_of_lot(session, lot_id),
        person,
    )


def prepare_of(
    session: Session, whole: WholeLot, received: int, reports: Iterable[LotReport], person: Person
) -> CommitmentDraft:
    """Say what a lot's certificate would say (农业农村部令2025年第4号), of what is read already.

    Product, the packs that came in, county of origin, who promises, the contact of the cooperative's last
    certificate or else the phone of who issues it, and the strongest basis that the lot's reports give.
    """
    offer = whole.offer
    concerned = parties.parties_by_id(session, {offer.cooperative_id, offer.producer_id})
    promiser = concerned[offer.cooperative_id]
    tested = any(
        one.result is ReportResult.PASSED and one.paper_code == catalogue.TEST_REPORT for one in reports
    )
    return CommitmentDraft(
        product_name=whole.product.name,
        pack=whole.variant.pack,
        packs=received,
        net_weight_g=whole.variant.net_weight_g,
        county_code=whole.product.county_code,
        promiser_id=promiser.id,
        promiser_name=promiser.name,
        producer_name=concerned[offer.producer_id].name,
        contact=catalogue.last_contact(session, offer.cooperative_id) or _spoken(person.phone),
        basis=CommitmentBasis.ENTRUSTED_TEST if tested else CommitmentBasis.CONTROLLED,
        is_demo=promiser.is_demo,
    )


def promise(
    session: Session, lot_id: LotId, person: Person, *, basis: CommitmentBasis, contact: str
) -> Commitment:
    """Issue a lot's certificate; the former one, if any, is replaced.

    A second tap gives the first certificate.
    Refuses (LotNotFound, NotPromised, ContactMissing, LotNotOpen, NothingReceived).
    """
    if not contact:
        raise ContactMissing
    if not may_promise(session, catalogue.get_whole_lot(session, lot_id)):
        raise NotPromised
    draft = prepare(session, lot_id, person)
    return lots.issue_commitment(session, lot_id, replace(draft, basis=basis, contact=contact))


def may_promise(session: Session, whole: WholeLot) -> bool:
    """Tell whether a lot is of goods that a promise may be given for."""
    return catalogue.is_promised_form(session, whole.product.product_form)


def _spoken(phone: str | None) -> str:
    """Write a mainland number the way it is dialled there."""
    return (phone or "").removeprefix("+86")
