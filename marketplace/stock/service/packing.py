"""Packing days: how many packs of an offer are promised for a day, within what it can pack."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from marketplace.catalogue.types import OfferId
from marketplace.stock import rules
from marketplace.stock.models import HoldPackingRow, PackingDayRow
from marketplace.stock.refusals import DayFull
from marketplace.stock.types import HoldId, Wanted


def take(session: Session, hold_id: HoldId, wanted: Sequence[Wanted]) -> None:
    """Promise the packing days of a hold, by ascending offer and day; refuses DayFull where one is taken."""
    shares = [(one.offer_id, share) for one in wanted for share in one.packing]
    if not shares:
        return
    for offer_id, share in shares:
        if share.quantity > share.capacity:
            raise DayFull(offer_id, share.packs_on)
    upsert = insert(PackingDayRow).values(
        [
            {
                "offer_id": offer,
                "packs_on": share.packs_on,
                "taken": share.quantity,
                "capacity": share.capacity,
            }
            for offer, share in shares
        ]
    )
    promised = session.execute(
        upsert.on_conflict_do_update(
            index_elements=["offer_id", "packs_on"],
            set_={"taken": PackingDayRow.taken + upsert.excluded.taken, "capacity": upsert.excluded.capacity},
            where=PackingDayRow.taken + upsert.excluded.taken <= upsert.excluded.capacity,
        ).returning(PackingDayRow.offer_id, PackingDayRow.packs_on)
    )
    done = {(offer_id, day) for offer_id, day in promised}
    for offer_id, share in shares:
        if (offer_id, share.packs_on) not in done:
            raise DayFull(offer_id, share.packs_on)
    session.execute(
        insert(HoldPackingRow),
        [
            {"hold_id": hold_id, "offer_id": offer, "packs_on": share.packs_on, "quantity": share.quantity}
            for offer, share in shares
        ],
    )


def give_back(session: Session, hold_id: HoldId, freed: Mapping[OfferId, int]) -> None:
    """Free the packing days of packs that will not be packed after all."""
    rows = session.execute(
        select(HoldPackingRow.offer_id, HoldPackingRow.packs_on, HoldPackingRow.quantity)
        .where(
            HoldPackingRow.hold_id == hold_id, HoldPackingRow.offer_id.in_(freed), HoldPackingRow.quantity > 0
        )
        .order_by(HoldPackingRow.offer_id, HoldPackingRow.packs_on)
    ).all()
    for offer_id in sorted(freed):
        planned = [(row.packs_on, row.quantity) for row in rows if row.offer_id == offer_id]
        for day, quantity in sorted(rules.give_back_days(planned, freed[offer_id])):
            session.execute(
                update(PackingDayRow)
                .where(PackingDayRow.offer_id == offer_id, PackingDayRow.packs_on == day)
                .values(taken=PackingDayRow.taken - quantity)
            )
            session.execute(
                update(HoldPackingRow)
                .where(
                    HoldPackingRow.hold_id == hold_id,
                    HoldPackingRow.offer_id == offer_id,
                    HoldPackingRow.packs_on == day,
                )
                .values(quantity=HoldPackingRow.quantity - quantity)
            )
