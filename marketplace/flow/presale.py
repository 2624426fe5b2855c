"""预售: a harvest is sold before it is in, never more of it than its cap; then it comes in, and is packed."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy.orm import Session

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue import service as goods
from marketplace.catalogue.types import Lot, LotId, OfferId, Presale
from marketplace.kernel import idempotency, time
from marketplace.kernel.message import msg
from marketplace.kernel.refusals import Conflict, NotFound
from marketplace.parties.types import PersonId
from marketplace.stock import queries as stock_queries
from marketplace.stock import service as stock
from marketplace.stock.types import Cause


class StillOnSale(Conflict):
    """Packs that are there are sold first: nobody who orders today shall wait for a harvest."""

    code = "still_on_sale"

    def __init__(self, packs: int) -> None:
        super().__init__(msg("现货还有 %(count)s 件，卖完再开预售。", count=packs))


class NotHarvestedYet(Conflict):
    code = "not_harvested_yet"

    def __init__(self, day: date) -> None:
        super().__init__(msg("这批货定在 %(day)s 采收，登记采收之后才能装箱。", day=day.isoformat()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Harvest:
    """What came in of a pre-sold harvest: packs, its day, papers by code with number."""

    harvested_on: date
    packs: int
    papers: Mapping[str, str] = field(default_factory=dict)


def open_presale(
    session: Session, offer_id: OfferId, wanted: Presale, *, person_id: PersonId, key: str
) -> LotId:
    """Open a pre-sale, once per key; its packs can be ordered from now on.

    Refuses (StillOnSale, OfferTermsWrong, StatusMovedOn).
    """

    def effect() -> dict[str, int]:
        left = stock_queries.supply(session, [offer_id], time.today())[offer_id].available
        if left:
            raise StillOnSale(left)
        code = f"YS{wanted.harvest_on:%y%m%d}-{offer_id}"
        lot = goods.open_presale(session, offer_id, wanted, code)
        stock.receive(session, lot.id, offer_id, wanted.cap, Cause("person", person_id, "presale"))
        return {"lot_id": lot.id}

    request = {"harvest_on": wanted.harvest_on, "cap": wanted.cap}
    return LotId(idempotency.once(session, f"presale:{offer_id}", key, request, effect)["lot_id"])


def bring_in(session: Session, offer_id: OfferId, harvest: Harvest, *, person_id: PersonId) -> None:
    """Record that the harvest is in: what was promised must be there, what is more is on sale at once.

    Refuses (NotFound: no pre-sale runs; BelowHeld, LotDaysWrong, LotPapersMissing).
    """
    lot = presale_lot(session, offer_id)
    if lot is None:
        raise NotFound
    goods.end_presale(session, offer_id, lot.id, harvest.harvested_on, harvest.papers)
    stock.renew_last_day(session, lot.id)
    there = stock_queries.lots_by_id(session, [lot.id])[lot.id].on_hand
    if harvest.packs != there:
        stock.correct(session, lot.id, harvest.packs - there, Cause("person", person_id, "harvest"))


def presale_lot(session: Session, offer_id: OfferId) -> Lot | None:
    """Return the lot whose packs an offer's pre-sale promises."""
    offer = catalogue.get_offer(session, offer_id)
    if offer.presale is None:
        return None
    day = offer.presale.harvest_on
    found = [one for one in catalogue.lots_of_offer(session, offer_id) if one.harvested_on == day]
    return found[-1] if found else None


def check_harvested(session: Session, lot_ids: Collection[LotId]) -> None:
    """Refuse (NotHarvestedYet) to pack what still stands in the field."""
    for lot in catalogue.lots_by_id(session, lot_ids).values():
        if lot.harvested_on > time.today():
            raise NotHarvestedYet(lot.harvested_on)
