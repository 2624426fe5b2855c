"""A harvest comes into the store: its lot with the papers it must carry, and the packs that may be sold."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy.orm import Session

from marketplace.catalogue import service as catalogue
from marketplace.catalogue.types import LotDraft, LotId, OfferId
from marketplace.flow import promise_lot
from marketplace.kernel import idempotency
from marketplace.parties.types import Person, PersonId
from marketplace.stock import queries as stock_queries
from marketplace.stock import service as stock
from marketplace.stock.refusals import UnknownLot
from marketplace.stock.types import Cause, LotStock


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """What a cooperative says of a harvest or making; ``packs`` of the offer, papers by code with number.

    Without a last day it follows from the product's shelf life.
    """

    code: str
    harvested_on: date
    packs: int
    expires_on: date | None = None
    papers: Mapping[str, str] = field(default_factory=dict)


def receive_harvest(
    session: Session,
    offer_id: OfferId,
    arrival: Arrival,
    *,
    person_id: PersonId,
    key: str,
    promised_by: Person | None = None,
) -> LotStock:
    """Record a new lot and put its packs on sale, once per key.

    ``promised_by`` has 承诺达标合格证 of the lot issued with it. Refuses (LotPapersMissing, LotDaysWrong,
    LotExists, BadQuantity, ContactMissing).
    """
    request = {
        "code": arrival.code,
        "harvested_on": arrival.harvested_on,
        "expires_on": arrival.expires_on,
        "packs": arrival.packs,
        "papers": sorted(arrival.papers.items()),
        "is_promised": promised_by is not None,
    }

    def effect() -> dict[str, int]:
        papers = arrival.papers if promised_by is None else None
        lot = catalogue.record_lot(
            session, offer_id, arrival.code, arrival.harvested_on, arrival.expires_on, papers
        )
        stock.receive(session, lot.id, offer_id, arrival.packs, _by(person_id, "harvest"))
        if promised_by is not None:
            _promise(session, lot.id, arrival.papers, promised_by)
        return {"lot_id": lot.id}

    answer = idempotency.once(session, f"harvest:{offer_id}", key, request, effect)
    lot_id = LotId(answer["lot_id"])
    return stock_queries.lots_by_id(session, [lot_id])[lot_id]


def record_harvests(session: Session, arrivals: Sequence[tuple[OfferId, Arrival]]) -> dict[LotId, int]:
    """Record new lots of a list; returns their packs, which ``receive_all`` puts on sale.

    Refuses (LotPapersMissing, LotDaysWrong, LotExists) and then records none.
    """
    lots = catalogue.record_lots(
        session,
        [
            LotDraft(
                offer_id=offer_id,
                code=one.code,
                harvested_on=one.harvested_on,
                expires_on=one.expires_on,
                papers=one.papers,
            )
            for offer_id, one in arrivals
        ],
    )
    return {lot.id: one.packs for lot, (_offer_id, one) in zip(lots, arrivals, strict=True)}


def receive_all(session: Session, arrivals: Mapping[LotId, int], *, person_id: PersonId) -> None:
    """Put the packs of a list of lots on sale; its caller sees to it that the list comes once.

    Refuses (BadQuantity, UnknownLot).
    """
    stock.receive_many(session, arrivals, _by(person_id, "listed"))


def count_all(session: Session, counted: Mapping[LotId, int], *, person_id: PersonId) -> None:
    """Bring a list of lots to what stock-taking found; refuses (UnknownLot, BelowHeld)."""
    stock.correct_many(session, counted, _by(person_id, "counted"))


def receive_more(
    session: Session, offer_id: OfferId, lot_id: LotId, packs: int, *, person_id: PersonId, key: str
) -> LotStock:
    """Bring more packs of a lot that is known into the store, once per key.

    Refuses (BadQuantity, UnknownLot: no such lot of this offer).
    """
    _own_lot(session, offer_id, lot_id)

    def effect() -> dict[str, int]:
        stock.receive(session, lot_id, offer_id, packs, _by(person_id, "more"))
        return {"lot_id": lot_id}

    idempotency.once(session, f"receive:{lot_id}", key, {"packs": packs}, effect)
    return stock_queries.lots_by_id(session, [lot_id])[lot_id]


def count_lot(
    session: Session, offer_id: OfferId, lot_id: LotId, counted: int, *, person_id: PersonId
) -> LotStock:
    """Bring a lot to what stock-taking found on the shelf; finding what is written changes nothing.

    Refuses (UnknownLot: no such lot of this offer; BelowHeld: packs promised to orders must be there).
    """
    lot = _own_lot(session, offer_id, lot_id)
    if counted == lot.on_hand:
        return lot
    return stock.correct(session, lot_id, counted - lot.on_hand, _by(person_id, "counted"))


def _promise(session: Session, lot_id: LotId, papers: Mapping[str, str], person: Person) -> None:
    for code, number in papers.items():
        catalogue.add_lot_paper(session, lot_id, code, number)
    draft = promise_lot.prepare(session, lot_id, person)
    promise_lot.promise(session, lot_id, person, basis=draft.basis, contact=draft.contact)
    catalogue.check_lot_papers(session, lot_id)


def _own_lot(session: Session, offer_id: OfferId, lot_id: LotId) -> LotStock:
    """Return a lot of this offer; another offer's looks like none."""
    lot = stock_queries.lots_by_id(session, [lot_id]).get(lot_id)
    if lot is None or lot.offer_id != offer_id:
        raise UnknownLot(lot_id)
    return lot


def _by(person_id: PersonId, kind: str) -> Cause:
    return Cause("person", person_id, kind)
